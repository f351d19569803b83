"""The device query, which asks a PBX about itself and moves no reports: request, answer."""

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
"""The most characters of a value that are kept: what the PBX sends is not trusted."""

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
    """What a PBX answered about itself. A value that is missing or unreadable is empty or None.

    `system_time` is its clock; `uptime` and `extensions` are its own texts. `in_use` and
    `capacity` are the two numbers in `extensions`: extensions in use, and the most there can be
    (not the registered ones and those that exist).
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
    """The result of a device query. `device` is None when the PBX refused it or the answer is
    unreadable."""

    outcome: Outcome
    device: DeviceInfo | None = None


def build(api: ApiVersion) -> WireRequest:
    """The request (the maker's page "api_query_pbx_information"). It has no body, so it cannot
    move reports. No page describes it for v2.0.0; if it is refused there, use v1.1.0."""
    return WireRequest(f"/api/{api}/deviceinfo/query", b"")


def read_answer(answer: HttpAnswer) -> DeviceAnswer:
    """Read the answer. A success means that the token is alive, even if the rest is unreadable."""
    objects = objects_in(answer.body)
    outcome = replace(judge(answer, objects), proxy=answer.proxy)
    if not outcome.accepted:
        return DeviceAnswer(outcome)
    members = only(objects.first, "deviceinfo")
    device = read_device(members if isinstance(members, Members) else Members())
    return DeviceAnswer(replace(outcome, code="token_alive"), device)


def read_device(members: Members) -> DeviceInfo:
    """Read each value by itself: a wrong one does not spoil the others."""

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
    """`2026-01-15 09:30:00 UTC-8` as a time; None if it is malformed or has no time zone."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes = found[7], int(found[8] or 0), int(found[9] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    # Near both ends of the calendar, converting to another time zone would overflow.
    if not 1900 < year < 9000:
        return None
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return None


def supports(firmware: str, api: ApiVersion) -> bool | None:
    """Whether a firmware has that version of the API; None if its number does not show it: other
    series of the maker use other numbers."""
    if not _FIRMWARE.fullmatch(firmware):
        return None
    numbers = tuple(int(part) for part in firmware.split("."))
    since = _SINCE[api]
    return numbers >= since if numbers[0] == since[0] else None


def needed(api: ApiVersion) -> str:
    """The first firmware with that version of the API."""
    return ".".join(map(str, _SINCE[api]))
