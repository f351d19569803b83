"""JSON objects with every member kept, read as leniently as the PBX writes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from hbgui.core.body_text import decode

OBJECTS_MAX = 64
"""Objects of one body that are read; what follows counts as `rest`."""

_BETWEEN = re.compile("[\\s,\0\x1e\ufeff]*+")
"""What stands between two objects of one body: senders have put all of these there."""


class Members(list[tuple[str, Any]]):
    """An object's members in their order, repeated names too."""


@dataclass(frozen=True, slots=True)
class Found:
    """One object, and the text that it was read from."""

    members: Members
    text: str


@dataclass(frozen=True, slots=True)
class Objects:
    """What a body holds: objects one after the other. `rest` is the text from where there is
    none, `cut_off` says that it is a part of one, `alone` that the body is one object and white
    space."""

    found: tuple[Found, ...] = ()
    rest: str = ""
    cut_off: bool = False
    alone: bool = False

    @property
    def several(self) -> bool:
        """Whether there is more than one, or the beginning of another."""
        return len(self.found) > 1 or (bool(self.found) and self.cut_off)

    @property
    def first(self) -> Members | None:
        """The members of the first object."""
        return self.found[0].members if self.found else None


def read_objects(text: str) -> Objects:
    """The objects of a body, with commas, line ends, NULs or nothing between them.

    A raw control character in a text, as TAB, does not matter. A whole number of more digits than
    Python reads stays a text.
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
    """Whether what begins there as an object is sound up to its end, and only not finished."""
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
    """Whether all from where reading failed is a word that may go on."""
    return _OPEN.fullmatch(text, place) is not None


def objects_in(body: bytes) -> Objects:
    """The same for a body in UTF-8, or one that begins with a byte order mark."""
    return read_objects(decode(body))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits


def only(members: Members | None, name: str) -> object:
    """The value of a member that occurs once, else None."""
    values = [value for key, value in members or () if key == name]
    return values[0] if len(values) == 1 else None


def repeated(members: Members | None, name: str) -> bool:
    """Whether a member occurs more than once."""
    return sum(key == name for key, _value in members or ()) > 1
