"""A body as text: which charset holds, whoever sent it, and where what it says may end."""

from __future__ import annotations

import codecs
import re
from encodings.aliases import aliases

from hbgui.core.object_end import ObjectEnd

QUIET_S = 0.25
"""A body of no told length is over when its object is complete and this much time has passed."""

_CHARSET = re.compile(r"""[;\s]charset\s*=\s*["']?([\w.:+-]{1,40})""", re.IGNORECASE | re.ASCII)

_CODECS = {
    "utf_8": "utf-8",
    "utf_16": "utf-16",
    "utf_16_le": "utf-16-le",
    "utf_16_be": "utf-16-be",
    # The larger sets of which the named ones are a part: senders mean these.
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
"""The charsets that are read, by Python's name for them: a closed list, since Python also knows
codecs that unpack, or that hide what is written."""


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


_BY_NAME = {
    **{_bare(alias): _CODECS[name] for alias, name in aliases.items() if name in _CODECS},
    **{_bare(name): codec for name, codec in _CODECS.items()},
}
"""The same by each of their names, however its parts are divided: `GB_2312-80`, `cp-1251`."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_LONGEST_MARK = max(map(len, _MARKS))


def charset_of(content_type: str) -> str:
    """The codec for the charset that a `Content-Type` names; empty when it names none of the
    list."""
    found = _CHARSET.search(";" + content_type)
    return _BY_NAME.get(_bare(found[1]), "") if found else ""


def decode(body: bytes, charset: str = "") -> str:
    """The whole body as text. `charset` is a result of `charset_of`; empty is UTF-8.

    A byte that is not of the charset stays to be read as `\\\\xfc`, with its backslash doubled:
    between quotes that is JSON, too.
    """
    return _Decoder(charset).feed(body, final=True)


class BodyEnd:
    """Where a body of no told length may end: after whole objects with none begun behind them.

    To be fed with each piece of the body.
    """

    OBJECTS_MAX = 64
    """Each is looked for anew in what follows the one before."""

    def __init__(self, charset: str = "") -> None:
        self.begun = False
        """Whether anything but white space came."""
        self.objects = 0
        self._decoder = _Decoder(charset)
        self._object = ObjectEnd()

    @property
    def reached(self) -> bool:
        """Whether an object has ended and no other has begun. More may follow all the same, so
        wait QUIET_S for it."""
        return self.objects > 0 and not self.inside

    @property
    def inside(self) -> bool:
        """Whether an object has begun and not ended."""
        return self._object.begun

    def feed(self, piece: bytes) -> bool:
        """Take a piece, and say whether the end may be reached."""
        text = self._decoder.feed(piece).encode("utf-8", "replace")
        self.begun = self.begun or bool(text.strip())
        while self.objects < self.OBJECTS_MAX and self._object.feed(text):
            self.objects += 1
            text = text[len(text) - self._object.rest :]
            self._object = ObjectEnd()
        return self.reached


class _Decoder:
    """From bytes to text, piece by piece. A byte order mark tells the charset, whatever was
    named, and is no part of the text."""

    def __init__(self, charset: str) -> None:
        self._charset = charset
        self._held = b""
        self._codec: codecs.IncrementalDecoder | None = None
        self._at_begin = True

    def feed(self, piece: bytes, *, final: bool = False) -> str:
        if self._codec is None:
            self._held += piece
            if not final and self._too_short():
                return ""
            piece, self._held = self._held, b""
            self._codec = codecs.getincrementaldecoder(self._choose(piece))(_BYTES_SHOWN)
        text = self._codec.decode(piece, final)
        if self._at_begin and text:
            self._at_begin = False
            return text.removeprefix("\ufeff")
        return text

    def _too_short(self) -> bool:
        """Whether the next byte may change what charset it is."""
        least = 2 if self._charset.startswith("utf-16") else 1
        return len(self._held) < least or (
            len(self._held) < _LONGEST_MARK
            and any(mark != self._held and mark.startswith(self._held) for mark in _MARKS)
        )

    def _choose(self, begin: bytes) -> str:
        for mark, charset in _MARKS.items():
            if begin.startswith(mark):
                return charset
        if self._charset.startswith("utf-16"):
            # JSON begins with ASCII, so one half of it is zero; else it is named wrongly.
            if b"\0" not in begin[:2]:
                return "utf-8"
            return "utf-16-be" if begin.startswith(b"\0") else "utf-16-le"
        return self._charset or "utf-8"


def _shown(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError), "only decoding comes here"
    odd = error.object[error.start : error.end]
    return "".join(f"\\\\x{byte:02x}" for byte in odd), error.end


_BYTES_SHOWN = "hbgui.bytes_shown"
codecs.register_error(_BYTES_SHOWN, _shown)
