"""Events as the bodies of reports, in the three formats."""

from __future__ import annotations

import json

from hbgui.simulator.events import Event, Members, Value

DEFAULT, WELL_FORMED, V2 = "1.0.0", "1.0.2", "2.0.0"
"""What `version` in login or heartbeat asks for. Whatever else it says means the default."""


def bodies(event: Event, version: str, serial: str) -> list[bytes]:
    """The reports of an event in the format that `version` asks for; none if it has no word."""
    if version == V2:
        return [encoded((*members, ("sn", serial))) for members in event.v2]
    form = tuple if version == WELL_FORMED else _default
    return [encoded((*form(members), ("sn", serial))) for members in event.v1]


def name_of(body: bytes) -> str:
    """The event that a body tells, for people; empty when it tells none."""
    try:
        told = json.loads(body)
        return str(told.get("event") or told.get("action") or "")
    except (ValueError, AttributeError, RecursionError):
        return ""


def encoded(members: Members) -> bytes:
    """Compact JSON. Names that repeat stay."""
    return _text(members).encode("utf-8", "surrogatepass")


def _default(members: Members) -> Members:
    """The form of 2017: the parties side by side, so that names repeat."""
    flat: list[tuple[str, Value]] = []
    for name, value in members:
        if name == "call" and isinstance(value, list):
            flat += [pair for party in value if isinstance(party, tuple) for pair in party]
        else:
            flat.append((name, value))
    return tuple(flat)


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        return f"{{{','.join(f'{json.dumps(name)}:{_text(inner)}' for name, inner in value)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_text, value))}]"
    # Events have strings only; who writes a script may have anything.
    return json.dumps(value, ensure_ascii=False)
