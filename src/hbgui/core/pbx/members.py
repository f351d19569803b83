"""Reading and writing the members of a profile in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeVar

from hbgui.core.pbx.address import absolute_url, check_host, check_port, wire_host
from hbgui.core.pbx.connection import Pin, parse_fingerprint
from hbgui.core.pbx.destination import ANNOUNCED_MAX, Announced, ReportTarget, UrlMode

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Member:
    """How one field of a dataclass is stored in JSON. `member` creates it with the field.

    - `read` converts a value from JSON, None if it is invalid; `write` converts it back.
    - `local`: the member is for this computer only; exports and imports do not touch it.
    - `bounds`: the smallest and largest number that an import accepts.
    - `complete`: for a list, whether all of its entries could be read.
    """

    read: Callable[[object], Any]
    write: Callable[[Any], object]
    local: bool
    bounds: tuple[int, int] | None
    complete: Callable[[object, Any], bool] | None


def as_it_is(value: object) -> object:
    """The value itself, or a dict of its fields if it is a dataclass. A StrEnum is written as
    text."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value


def member(
    default: T,
    read: Callable[[object], T | None],
    write: Callable[[T], object] = as_it_is,
    *,
    local: bool = False,
    bounds: tuple[int, int] | None = None,
    complete: Callable[[object, T], bool] | None = None,
) -> T:
    """A field of a dataclass with its default and its `Member`."""
    return field(default=default, metadata={"row": Member(read, write, local, bounds, complete)})


def rows_of(kind: type) -> dict[str, Member]:
    """The `Member` of each field of a dataclass, by name in order; other fields are left out."""
    return {f.name: f.metadata["row"] for f in fields(kind) if "row" in f.metadata}


def read_members(
    rows: Mapping[str, Member], entry: Mapping[str, object]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read an entry of a file: the valid values by name, and the names of invalid members.

    A member that is missing, null or invalid has no value in the result: the default is used. Of a
    list with some invalid entries, the valid ones are in the result and its name is among the
    invalid members, at the end.
    """
    given = {name: entry[name] for name in rows if entry.get(name) is not None}
    values = {name: rows[name].read(value) for name, value in given.items()}
    wrong = [name for name, value in values.items() if value is None]
    for name, value in given.items():
        complete = rows[name].complete
        if complete is not None and not complete(value, values[name]):
            wrong.append(name)
    return {name: value for name, value in values.items() if value is not None}, tuple(wrong)


def write_members(rows: Mapping[str, Member], whole: object) -> dict[str, Any]:
    """The members of a dataclass object in the form for JSON."""
    return {name: row.write(getattr(whole, name)) for name, row in rows.items()}


def text(value: object) -> str | None:
    """A text. A whole number is accepted too: people write ports without quotation marks."""
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) else None


def whole_number(value: object) -> int | None:
    """A whole number."""
    return value if type(value) is int else None


def flag(value: object) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def choice(kind: type[E]) -> Callable[[object], E | None]:
    """Returns a function that reads a member of the enumeration."""
    return lambda value: next((one for one in kind if one.value == value), None)


def object_of(value: object) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty dict."""
    return value if isinstance(value, dict) else {}


def pin_from(value: object) -> Pin | None:
    """Read a pinned certificate, None if invalid: with TLS mode PINNED nothing is sent then."""
    parts = object_of(value)
    sha256, authority, since = (text(parts.get(n)) or "" for n in ("sha256", "authority", "since"))
    try:
        return Pin(parse_fingerprint(sha256), authority, since)
    except ValueError:
        return None


def target_from(value: object) -> ReportTarget | None:
    """Read a report target, None if it is invalid."""
    parts = object_of(value)
    try:
        ip = wire_host(check_host(str(parts.get("ip", ""))))
        port = check_port(str(parts.get("port", "")))
        mode = UrlMode(str(parts.get("url_mode", UrlMode.NONE)))
        url = str(parts.get("url", ""))
        if mode is UrlMode.ABSOLUTE:
            url = absolute_url(url)[1]
        return ReportTarget(ip, port, mode, url)
    except ValueError:
        return None


def announced_members(announced: tuple[Announced, ...]) -> list[dict[str, Any]]:
    """The accepted targets as JSON."""
    return [{"at": a.at, "here": a.to_this_computer, "target": asdict(a.target)} for a in announced]


def announced_from(value: object) -> tuple[Announced, ...]:
    """Read the accepted targets, newest first; invalid entries are left out."""
    entries = map(object_of, value if isinstance(value, list) else ())
    read = ((e, target_from(e.get("target"))) for e in entries)
    found = [Announced(str(e.get("at", "")), t, e.get("here") is True) for e, t in read if t]
    return tuple(found[:ANNOUNCED_MAX])


def all_announced(value: object, found: tuple[Announced, ...]) -> bool:
    """Whether all entries were read, up to the number that a profile remembers."""
    return isinstance(value, list) and len(found) == min(len(value), ANNOUNCED_MAX)
