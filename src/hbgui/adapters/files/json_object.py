"""Reading a JSON object from a file."""

from __future__ import annotations

import codecs
import json
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hbgui.core.settings import FileFault, Place, Repeated

_NAME_MAX = 50
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],\n]')
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


class DamagedError(Exception):
    """The file holds no JSON object that can be read.

    `fault` says why. `place` is the line and column of the mistake, None where there is none.
    `detail` is the text of Python's JSON parser, or empty.
    """

    def __init__(self, fault: FileFault, place: Place | None = None, detail: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.place = place
        self.detail = detail


class NotAFileError(OSError):
    """The path leads to a folder, a pipe or a device."""

    def __init__(self) -> None:
        super().__init__(0, "it is not a file")


def file_bytes(path: Path, size_max: int) -> bytes:
    """The content of the file. Does not open a pipe, which could block.

    Raises OSError, NotAFileError among them, and DamagedError TOO_LARGE when the file holds more
    than `size_max` bytes.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise NotAFileError
    with path.open("rb") as file:
        data = file.read(size_max + 1)
    if len(data) > size_max:
        raise DamagedError(FileFault.TOO_LARGE)
    return data


def object_from(data: bytes) -> tuple[dict[str, Any], tuple[Repeated, ...]]:
    """Parse a file that holds one JSON object. Raises DamagedError.

    Returns its members and, of those that occur more than once at any depth, the second
    occurrence. The last value of a repeated member counts.
    """
    text, reader = _text(data), _ObjectReader()
    try:
        value = json.loads(text, object_pairs_hook=reader.object)
    except json.JSONDecodeError as error:
        failure = _syntax(text, error)
    except RecursionError:
        failure = DamagedError(FileFault.TOO_DEEP)
    except ValueError:  # Python's text would explain its limit
        failure = DamagedError(FileFault.SYNTAX, _long_number(text), "a number has too many digits")
    else:
        if isinstance(value, dict):
            return value, _repeated_members(text) if reader.repeats else ()
        failure = DamagedError(FileFault.NOT_SETTINGS, Place(1, 1))
    raise failure


def _text(data: bytes) -> str:
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise DamagedError(FileFault.EMPTY)
    if _is_wide(data):
        raise DamagedError(FileFault.UTF16)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
    raise DamagedError(FileFault.NOT_UTF8, place_at(before, len(before)))


def _is_wide(data: bytes) -> bool:
    """Whether the text is UTF-16 or UTF-32: by its byte order mark, or since every other byte at
    its beginning is zero."""
    begin = data[: min(len(data), 64) & ~1]
    even_bytes, odd_bytes = begin[::2], begin[1::2]
    every_other = all(even_bytes) != all(odd_bytes) and not (any(even_bytes) and any(odd_bytes))
    return data.startswith(_WIDE_MARKS) or (len(begin) >= 4 and every_other)


def _syntax(text: str, error: json.JSONDecodeError) -> DamagedError:
    at = error.pos
    filled_from = len(text.rstrip("\0"))
    if filled_from < len(text):
        return DamagedError(FileFault.ZERO_BYTES, place_at(text, filled_from))
    if _is_cut_off(text[at:].strip(), error.msg):
        return DamagedError(FileFault.CUT_OFF, place_at(text, len(text.rstrip())))
    if text[at] in "}]":
        # A comma before the bracket is the mistake; Python points at it from 3.13 on only.
        before = text[:at].rstrip()
        at = len(before) - 1 if before.endswith(",") else at
    return DamagedError(FileFault.SYNTAX, place_at(text, at), error.msg)


def _is_cut_off(rest: str, reason: str) -> bool:
    """Whether the text is correct up to its end, which comes too early."""
    if reason.startswith("Unterminated string"):
        return True
    if reason.startswith("Invalid \\u") and '"' not in rest:
        return True
    return any(word.startswith(rest) for word in ("true", "false", "null", "-"))


def _long_number(text: str) -> Place | None:
    found = re.search(r"[0-9]{4301}", text)
    return place_at(text, found.start()) if found else None


def place_at(text: str, at: int) -> Place:
    """The line and column, both from 1, of the character with the index `at`."""
    before = text[:at]
    return Place(before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


class _ObjectReader:
    """Builds objects as `json` does, and records whether a member was repeated."""

    def __init__(self) -> None:
        self.repeats = False

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """The `object_pairs_hook`: the last value of a name wins."""
        members = dict(pairs)
        self.repeats = self.repeats or len(members) < len(pairs)
        return members


@dataclass(slots=True)
class _Level:
    """An object or a list that is being read.

    `key` is the name of the present member or the number of the present item. `names` maps each
    member so far to whether it has occurred more than once.
    """

    is_object: bool
    key: str | int = 0
    names: dict[str, bool] = field(default_factory=dict)

    def again(self, name: str) -> bool:
        """Record this member. Returns whether this is its second occurrence."""
        self.key = name[:_NAME_MAX]
        repeated = self.names.get(name)
        self.names[name] = repeated is not None
        return repeated is False


def _repeated_members(text: str) -> tuple[Repeated, ...]:
    """The repeated members of a correct JSON text, each at its second occurrence."""
    found: list[Repeated] = []
    levels: list[_Level] = []
    name_next = False
    line, line_begin = 1, 0
    for token in _TOKEN.finditer(text):
        symbol = token[0]
        if symbol == "\n":
            line, line_begin = line + 1, token.end()
            continue
        if symbol in "{[":
            levels.append(_Level(symbol == "{"))
        elif symbol in "}]":
            levels.pop()
        elif name_next and levels[-1].again(json.loads(symbol)):
            place = Place(line, token.start() - line_begin + 1)
            found.append(Repeated(tuple(level.key for level in levels), place))
        elif symbol == "," and isinstance(levels[-1].key, int):
            levels[-1].key += 1
        name_next = symbol in "{," and levels[-1].is_object
    return tuple(found)
