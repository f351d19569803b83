"""A JSON object with every member kept, read as leniently as the PBX writes."""

from __future__ import annotations

import json
from typing import Any


class Members(list[tuple[str, Any]]):
    """An object's members in their order, repeated names too."""


def json_object(body: bytes) -> Members | None:
    """The members of the JSON object that the body begins with, None when there is none.

    A byte order mark, white space and rubbish after the object do not matter.
    """
    text = body.decode("utf-8-sig", "replace").lstrip()
    decoder = json.JSONDecoder(object_pairs_hook=Members, parse_constant=_no_constant)
    try:
        value, _end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Members) else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def only(members: Members | None, name: str) -> object:
    """The value of a member that occurs once, else None."""
    values = [value for key, value in members or () if key == name]
    return values[0] if len(values) == 1 else None
