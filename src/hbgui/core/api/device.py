"""The question to a PBX about itself, which moves nothing: its request, its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from hbgui.core.api.heartbeat import HttpAnswer, WireRequest, judge
from hbgui.core.api.json_body import Members, objects_in, only
from hbgui.core.api.outcome import Outcome
from hbgui.core.pbx.profile import ApiVersion
from hbgui.core.pbx.typed import legible

VALUE_MAX = 80
"""Characters of a value that are kept: it is the word of a stranger."""

_SINCE = {ApiVersion.V1: (30, 10, 0, 59), ApiVersion.V2: (30, 13, 0, 30)}
"""The first firmware of the S-Series with that version of the API."""

_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{2}):(\d{2})\s*"
    r"(?:UTC|GMT)\s*(?:([+-])(\d{1,2})(?::?(\d{2}))?)?",
    re.ASCII | re.IGNORECASE,
)
_OF = re.compile(r"(\d{1,6})\s*/\s*(\d{1,6})", re.ASCII)
_FIRMWARE = re.compile(r"\d{1,6}(?:\.\d{1,6}){3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A PBX's own words, as far as they can be read: an empty text or None is not told.

    `system_time` is its clock, `uptime` and `extensions` as it writes them. Its two numbers of
    extensions are those `in_use` and its `capacity`, not the registered ones of those there are.
    """

    name: str = ""
    serial: str = ""
    hardware: str = ""
    firmware: str = ""
    system_time: datetime | None = None
    uptime: str = ""
    extensions: str = ""
    in_use: int | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceAnswer:
    """What came of the question; without `device` it was refused, or could not be read."""

    outcome: Outcome
    device: DeviceInfo | None = None


def build(api: ApiVersion) -> WireRequest:
    """The question (the maker's page "api_query_pbx_information"): no body, so that nothing can
    move. No page has it under v2.0.0: there, be ready to ask under v1.1.0."""
    return WireRequest(f"/api/{api}/deviceinfo/query", b"")


def read_answer(answer: HttpAnswer) -> DeviceAnswer:
    """What the PBX said. A success means that the token is alive, whatever else it tells."""
    objects = objects_in(answer.body)
    outcome = replace(judge(answer, objects), proxy=answer.proxy)
    if not outcome.accepted:
        return DeviceAnswer(outcome)
    told = only(objects.first, "deviceinfo")
    device = read_device(told if isinstance(told, Members) else Members())
    return DeviceAnswer(replace(outcome, code="token_alive"), device)


def read_device(members: Members) -> DeviceInfo:
    """The values that are there, each read on its own."""

    def value(name: str) -> str:
        return _text(only(members, name))

    extensions = value("extensionstatus")
    counts = _OF.fullmatch(extensions)
    return DeviceInfo(
        value("devicename"),
        value("sn"),
        value("hardwarever"),
        value("firmwarever"),
        read_time(value("systemtime")),
        value("uptime"),
        extensions,
        int(counts[1]) if counts else None,
        int(counts[2]) if counts else None,
    )


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return legible(str(value).strip())[:VALUE_MAX]


def read_time(text: str) -> datetime | None:
    """`2026-01-15 09:30:00 UTC-8` as a moment; None when it is none, or its zone is not told."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes = found[7], int(found[8] or 0), int(found[9] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    # At both ends of the calendar another zone would have no year for it.
    if not 1900 < year < 9000:
        return None
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return None


def supports(firmware: str, api: ApiVersion) -> bool | None:
    """Whether a firmware has that version of the API; None when its number does not tell: other
    series of the maker count in their own way."""
    if not _FIRMWARE.fullmatch(firmware):
        return None
    numbers = tuple(int(part) for part in firmware.split("."))
    since = _SINCE[api]
    return numbers >= since if numbers[0] == since[0] else None


def needed(api: ApiVersion) -> str:
    """The first firmware with that version of the API."""
    return ".".join(map(str, _SINCE[api]))
