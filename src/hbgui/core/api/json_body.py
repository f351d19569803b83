"""JSON bodies as PBXs write them: where they end, their charset, the objects in them."""

from __future__ import annotations

import codecs
import json
import re
from collections import deque
from dataclasses import dataclass
from encodings.aliases import aliases
from itertools import accumulate, islice
from typing import Any

_REST_OF_TEXT = re.compile(rb'(?:[^"\\]++|\\.)*+("|\\?\Z)', re.DOTALL)
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+("|\\?\Z)', re.DOTALL)
"""Matches unfinished strings too; otherwise each quote inside one would be tried as a start."""

_BRACE = re.compile(rb"[{}]")
_OTHERS = bytes(set(range(256)) - set(b"{}"))
_STEPS = {ord("{"): 1, ord("}"): -1}


class ObjectEnd:
    """Finds the end of a JSON object in bytes that arrive piece by piece.

    It counts braces outside of strings; it does not check that the rest is JSON. Each byte is
    examined once, by C code, so that hostile input cannot freeze the window.
    """

    def __init__(self) -> None:
        self.found = False
        self.rest = 0
        """The number of bytes in the last piece that follow the object."""
        self._depth = 0
        self._in_text = False
        self._escaped = False

    @property
    def begun(self) -> bool:
        """Whether an object or a string has begun and not ended."""
        return not self.found and (self._depth > 0 or self._in_text)

    def feed(self, piece: bytes) -> bool:
        """Add a piece; whether the object is complete now. An empty piece changes nothing: it comes
        when only half of a two-byte character has arrived."""
        if not piece:
            return self.found
        begin = self._end_of_text(piece) if self._in_text else 0
        after = piece[begin:]
        number = self._end_among(_TEXT.sub(b"", after).translate(None, _OTHERS))
        if number:
            # Only now find the position, which takes longer.
            masked = _TEXT.sub(lambda text: b" " * len(text[0]), after)
            last = next(islice(_BRACE.finditer(masked), number - 1, None))
            self.rest = len(masked) - last.end()
            self.found = True
        for text in deque(_TEXT.finditer(after), maxlen=1):
            self._open(text)
        return self.found

    def _end_of_text(self, piece: bytes) -> int:
        match = _REST_OF_TEXT.match(piece, 1 if self._escaped else 0)
        self._open(match)
        return match.end() if match else len(piece)

    def _open(self, text: re.Match[bytes] | None) -> None:
        """Remember whether this string continues in the next piece."""
        self._in_text = text is None or text[1] != b'"'
        self._escaped = text is not None and text[1] == b"\\"

    def _end_among(self, braces: bytes) -> int:
        """The number, from 1, of the brace that ends the object; 0 if it does not end here."""
        closing = braces.count(b"}")
        if closing < max(self._depth, 1):
            self._depth += len(braces) - 2 * closing
            return 0
        depths = accumulate(map(_STEPS.__getitem__, braces), initial=self._depth)
        for number, depth in enumerate(depths):
            if number and depth <= 0:
                return number
            self._depth = depth
        return 0


QUIET_S = 0.25
"""A body of unknown length ends when its object is complete and nothing came for this time."""

_CHARSET = re.compile(r"""[;\s]charset\s*=\s*["']?([\w.:+-]{1,40})""", re.IGNORECASE | re.ASCII)

_CODECS = {
    "utf_8": "utf-8",
    "utf_16": "utf-16",
    "utf_16_le": "utf-16-le",
    "utf_16_be": "utf-16-be",
    # Senders name a small character set but use the larger one that contains it.
    **dict.fromkeys(("gbk", "gb2312", "gb18030", "x_gbk"), "gb18030"),
    **dict.fromkeys(("big5", "x_x_big5", "cn_big5"), "big5hkscs"),
    **dict.fromkeys(("big5hkscs", "cp950"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "cp932", "x_sjis", "windows_31j"), "cp932"),
    **dict.fromkeys(("euc_kr", "cp949", "windows_949"), "cp949"),
    "latin_1": "iso-8859-1",
    **{f"iso8859_{part}": f"iso8859-{part}" for part in (*range(2, 12), *range(13, 17))},
    **{f"cp125{digit}": f"cp125{digit}" for digit in range(9)},
    "koi8_r": "koi8-r",
    "koi8_u": "koi8-u",
}
"""The accepted charsets, by Python's names for them. The list is closed because Python also has
codecs that decompress data or hide text."""


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


_BY_NAME = {
    **{_bare(alias): _CODECS[name] for alias, name in aliases.items() if name in _CODECS},
    **{_bare(name): codec for name, codec in _CODECS.items()},
}
"""The codecs by each of their names without punctuation: `GB_2312-80`, `cp-1251`."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_LONGEST_MARK = max(map(len, _MARKS))


def charset_of(content_type: str) -> str:
    """The codec for the charset in a `Content-Type`; empty if it has none or an unknown one."""
    found = _CHARSET.search(";" + content_type)
    return _BY_NAME.get(_bare(found[1]), "") if found else ""


def decode(body: bytes, charset: str = "") -> str:
    """The whole body as text. `charset` is a result of `charset_of`; empty is UTF-8.

    A byte that is invalid in the charset becomes `\\\\xfc`: with the doubled backslash it is
    valid inside a JSON string.
    """
    return _Decoder(charset).feed(body, final=True)


class BodyEnd:
    """Finds where a body of unknown length may end: after complete objects, when no other has
    begun. Call `feed` with each piece of the body.
    """

    OBJECTS_MAX = 64
    """The most objects that are searched for: only an attacker sends more."""

    def __init__(self, charset: str = "") -> None:
        self.begun = False
        """Whether anything but white space has arrived."""
        self.objects = 0
        self._decoder = _Decoder(charset)
        self._object = ObjectEnd()

    @property
    def reached(self) -> bool:
        """Whether an object has ended and no other has begun. Another may still follow: wait for it
        QUIET_S."""
        return self.objects > 0 and not self.inside

    @property
    def inside(self) -> bool:
        """Whether an object has begun and not ended."""
        return self._object.begun

    def feed(self, piece: bytes) -> bool:
        """Add a piece; whether the end may be reached."""
        text = self._decoder.feed(piece).encode("utf-8", "replace")
        self.begun = self.begun or bool(text.strip())
        while self.objects < self.OBJECTS_MAX and self._object.feed(text):
            self.objects += 1
            text = text[len(text) - self._object.rest :]
            self._object = ObjectEnd()
        return self.reached


class _Decoder:
    """Decodes bytes to text, piece by piece. A byte order mark overrides the named charset and is
    not part of the text."""

    def __init__(self, charset: str) -> None:
        self._charset = charset
        self._pending = b""
        self._codec: codecs.IncrementalDecoder | None = None
        self._at_begin = True

    def feed(self, piece: bytes, *, final: bool = False) -> str:
        if self._codec is None:
            self._pending += piece
            if not final and self._too_short():
                return ""
            piece, self._pending = self._pending, b""
            self._codec = codecs.getincrementaldecoder(self._choose(piece))(_BYTES_SHOWN)
        text = self._codec.decode(piece, final)
        if self._at_begin and text:
            self._at_begin = False
            return text.removeprefix("\ufeff")
        return text

    def _too_short(self) -> bool:
        """Whether the next byte may still change the detected charset."""
        least = 2 if self._charset.startswith("utf-16") else 1
        return len(self._pending) < least or (
            len(self._pending) < _LONGEST_MARK
            and any(mark != self._pending and mark.startswith(self._pending) for mark in _MARKS)
        )

    def _choose(self, begin: bytes) -> str:
        for mark, charset in _MARKS.items():
            if begin.startswith(mark):
                return charset
        if self._charset.startswith("utf-16"):
            # JSON begins with ASCII, so one of two bytes is zero; otherwise the charset is wrong.
            if b"\0" not in begin[:2]:
                return "utf-8"
            return "utf-16-be" if begin.startswith(b"\0") else "utf-16-le"
        return self._charset or "utf-8"


def _shown(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError), "this handler is for decoding only"
    odd = error.object[error.start : error.end]
    return "".join(f"\\\\x{byte:02x}" for byte in odd), error.end


_BYTES_SHOWN = "hbgui.bytes_shown"
codecs.register_error(_BYTES_SHOWN, _shown)


OBJECTS_MAX = 64
"""The most objects of one body that are read; what follows counts as `rest`."""

_BETWEEN = re.compile("[\\s,\0\x1e\ufeff]*+")
"""What may separate two objects of one body: real senders use each of these."""


class Members(list[tuple[str, Any]]):
    """The members of a JSON object in their order, including repeated names."""


@dataclass(frozen=True, slots=True)
class Found:
    """One object, and the text that it was read from."""

    members: Members
    text: str


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of a body, one after the other. `rest` is the text from the first place that is
    no object; `cut_off`: `rest` is an unfinished object; `alone`: the body is one object and white
    space."""

    found: tuple[Found, ...] = ()
    rest: str = ""
    cut_off: bool = False
    alone: bool = False

    @property
    def several(self) -> bool:
        """Whether there is more than one object, or an unfinished second one."""
        return len(self.found) > 1 or (bool(self.found) and self.cut_off)

    @property
    def first(self) -> Members | None:
        """The members of the first object."""
        return self.found[0].members if self.found else None


def read_objects(text: str) -> Objects:
    """The objects of a body, with commas, line ends, NULs or nothing between them.

    Control characters inside a string, such as TAB, are accepted. An integer with more digits than
    Python parses is returned as text.
    """
    decoder = json.JSONDecoder(
        object_pairs_hook=Members, parse_int=_whole, parse_constant=_no_constant, strict=False
    )
    text = text.strip("\ufeff \t\r\n")
    found: list[Found] = []
    begin = end = 0
    while begin < len(text) and len(found) < OBJECTS_MAX:
        try:
            value, after = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError) as error:
            cut_off = _is_cut_off(text, begin, error)
            return Objects(tuple(found), text[begin:], cut_off)
        if not isinstance(value, Members):
            break
        end = after
        found.append(Found(value, text[begin:end]))
        begin = _after(text, end)
    cut_off = begin == 0 and _lacks_first_brace(decoder, text)
    alone = len(found) == 1 and end == len(text)
    return Objects(tuple(found), text[begin:], cut_off, alone)


def _lacks_first_brace(decoder: json.JSONDecoder, text: str) -> bool:
    if not (text.startswith('"') and text.endswith("}")):
        return False
    try:
        _value, end = decoder.raw_decode("{" + text)
    except (ValueError, RecursionError):
        return False
    return end == 1 + len(text)


def _after(text: str, end: int) -> int:
    between = _BETWEEN.match(text, end)
    return between.end() if between else end


def _is_cut_off(text: str, begin: int, error: Exception) -> bool:
    """Whether the object that begins there is valid so far, and only unfinished."""
    return (
        text[begin] == "{"
        and isinstance(error, json.JSONDecodeError)
        and (error.pos >= len(text) or _open_at(text, error.pos))
    )


_OPEN = re.compile(
    r"""
      "(?:[^"\\]|\\.)*+\\?            # a text without its end
    | -?[0-9.eE+-]*                   # a number without its last digits
    | t(?:ru?)? | f(?:al?|als)? | n(?:ul?)?
    | \\?u?[0-9a-fA-F]{0,4}           # an escape
    """,
    re.VERBOSE | re.DOTALL,
)


def _open_at(text: str, place: int) -> bool:
    """Whether the text from this position is an unfinished JSON token."""
    return _OPEN.fullmatch(text, place) is not None


def objects_in(body: bytes) -> Objects:
    """The objects of a body in UTF-8, or of one that begins with a byte order mark."""
    return read_objects(decode(body))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits


def only(members: Members | None, name: str) -> object:
    """The value of a member that occurs exactly once, else None."""
    values = [value for key, value in members or () if key == name]
    return values[0] if len(values) == 1 else None


def repeated(members: Members | None, name: str) -> bool:
    """Whether a member occurs more than once."""
    return sum(key == name for key, _value in members or ()) > 1
