"""Members that occur more than once in an object of a JSON text, and where."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from hbgui.core.settings import Place, Repeated

_NAME_MAX = 50

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],\n]')


class Seen:
    """Reads objects as `json` does, and notes whether a member was repeated."""

    def __init__(self) -> None:
        self.repeats = False

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """The `object_pairs_hook`: the last value of a name wins."""
        members = dict(pairs)
        self.repeats = self.repeats or len(members) < len(pairs)
        return members


@dataclass(slots=True)
class _Level:
    """An object or a list that is being read. `key` is the member's name or the item's number,
    `names` say of each member whether it has come again."""

    is_object: bool
    key: str | int = 0
    names: dict[str, bool] = field(default_factory=dict)

    def again(self, name: str) -> bool:
        """Whether this member comes for the second time."""
        self.key = name[:_NAME_MAX]
        told = self.names.get(name)
        self.names[name] = told is not None
        return told is False


def repeated_members(text: str) -> tuple[Repeated, ...]:
    """Those of a text that is sound JSON, each where it comes for the second time."""
    found: list[Repeated] = []
    levels: list[_Level] = []
    name_next = False
    line, line_begin = 1, 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "\n":
            line, line_begin = line + 1, token.end()
            continue
        if word in "{[":
            levels.append(_Level(word == "{"))
        elif word in "}]":
            levels.pop()
        elif name_next and levels[-1].again(json.loads(word)):
            place = Place(line, token.start() - line_begin + 1)
            found.append(Repeated(tuple(level.key for level in levels), place))
        elif word == "," and isinstance(levels[-1].key, int):
            levels[-1].key += 1
        name_next = word in "{," and levels[-1].is_object
    return tuple(found)
