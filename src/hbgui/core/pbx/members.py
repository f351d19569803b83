"""How the members of a PBX stand in JSON."""

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
    """How one field of a dataclass stands in JSON; `member` makes it together with the field.

    `read` turns a value from JSON into that of the field, None when it cannot be used; `write` is
    the way back. A `local` member is of this computer only: exports leave it out, imports leave it
    alone. `bounds` are the smallest and largest number that an import takes. `complete` says of a
    list whether all of its entries were read.
    """

    read: Callable[[object], Any]
    write: Callable[[Any], object]
    local: bool
    bounds: tuple[int, int] | None
    complete: Callable[[object, Any], bool] | None


def as_it_is(value: object) -> object:
    """The value, of a dataclass an object of its fields. A StrEnum is a text in JSON already."""
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
    """A field of a dataclass: its default, and its row, as `Member` says."""
    return field(default=default, metadata={"row": Member(read, write, local, bounds, complete)})


def rows_of(kind: type) -> dict[str, Member]:
    """The rows of a dataclass by name, in its order; only fields of `member` have one."""
    return {f.name: f.metadata["row"] for f in fields(kind) if "row" in f.metadata}


def read_members(
    rows: Mapping[str, Member], entry: Mapping[str, object]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values of a file's entry by name, and the names of members that cannot be used.

    A member that is missing, null or wrong has no value here: the field's default counts. Of a list
    that was read in part, the part is there and the name among the wrong ones, at their end.
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
    """The members of an object of the dataclass as they stand in JSON."""
    return {name: row.write(getattr(whole, name)) for name, row in rows.items()}


def text(value: object) -> str | None:
    """A text, or a whole number, as people write a port without quotation marks."""
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
    """Reads a member of the enumeration."""
    return lambda value: next((one for one in kind if one.value == value), None)


def object_of(value: object) -> dict[str, Any]:
    """A JSON object, an empty one in place of what is none."""
    return value if isinstance(value, dict) else {}


def pin_from(value: object) -> Pin | None:
    """The pinned certificate. Without one a PBX whose pin is asked for gets nothing."""
    parts = object_of(value)
    sha256, authority, since = (text(parts.get(n)) or "" for n in ("sha256", "authority", "since"))
    try:
        return Pin(parse_fingerprint(sha256), authority, since)
    except ValueError:
        return None


def target_from(value: object) -> ReportTarget | None:
    """Where reports go."""
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
    """The newest targets that the PBX accepted; entries that cannot be read are left out."""
    entries = map(object_of, value if isinstance(value, list) else ())
    read = ((e, target_from(e.get("target"))) for e in entries)
    found = [Announced(str(e.get("at", "")), t, e.get("here") is True) for e, t in read if t]
    return tuple(found[:ANNOUNCED_MAX])


def all_announced(value: object, found: tuple[Announced, ...]) -> bool:
    """Whether as many entries were read as there are, or as a profile remembers."""
    return isinstance(value, list) and len(found) == min(len(value), ANNOUNCED_MAX)
