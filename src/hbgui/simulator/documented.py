"""The documented events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from hbgui.simulator.events import (
    Cdr,
    Event,
    Members,
    Party,
    Value,
    bodies,
    call_event,
    call_failed,
    call_status,
    conference_status,
    encoded,
    extension_status,
    ivr_prompt_end,
    plain,
    prompt_end,
)
from hbgui.simulator.pbx import SERIAL

_ID = "1700001000.1"
_START = datetime(2023, 11, 14, 22, 30, 0)  # noqa: DTZ001 - PBX local time, without a zone


def _ext(number: str, status: str = "", path: str = "") -> Party:
    channel = f"PJSIP/{number}-0000000{number[-1]}"
    return Party("ext", number, channel=channel, status=status, path=path)


def _line(kind: str, number: str, to: str, status: str = "", path: str = "") -> Party:
    """A call on the trunk siptrunk."""
    channel = "PJSIP/siptrunk-00000009"
    return Party(kind, number, to, "siptrunk", "1700001000.9", channel, status, path)


def _configuration() -> Iterator[Event]:
    for kind, name, value in (("extension", "extid", "2001"), ("trunk", "trunkname", "siptrunk")):
        for operation in ("add", "update", "del"):
            fields = (("type", kind), (name, value), ("operation", operation))
            yield plain("ConfigChange", *fields)


def _extensions() -> Iterator[Event]:
    for status in ("Registered", "Ringing", "Busy", "Idle", "Unregistered"):
        yield extension_status("2001", status)
    # From the code of a real receiver; the documents do not have it.
    fields = (("extension", "2001"), ("status", "Registered"), ("registeredIP", "192.0.2.21"))
    yield plain("ExtensionStatus", *fields, v2=False)


def _calls() -> Iterator[Event]:
    yield call_status(_ID, _ext("2001", "ALERT"), _ext("2002", "RING"))
    yield call_status(_ID, _ext("2002", "ANSWER"), _ext("2001", "ANSWERED"))
    yield call_status(_ID, _ext("2002", "HOLD"), _ext("2001", "ANSWERED"))
    yield call_status(_ID, _ext("2001", "BYE"), _ext("2002", "BYE"))
    inbound, path = ("inbound", "5550100", "6200"), "6200"
    yield call_status(_ID, _line(*inbound, "ALERT", path), _ext("2001", "RING", path))
    yield call_status(_ID, _ext("2001", "ANSWER", path), _line(*inbound, "ANSWERED", path))
    yield call_status(_ID, _line(*inbound, "BYE", path), _ext("2001", "BYE", path))
    outbound = ("outbound", "2001", "5550101")
    yield call_status(_ID, _ext("2001", "ALERT"), _line(*outbound, "RING"))
    yield call_event("Tranfer", _ID, _ext("2001"), _ext("2002"))
    yield call_event("Forward", _ID, _line("inbound", "5550100", "2001"), v1="Tranfer")
    yield call_event("Invite", _ID, _line("inbound", "5550100", "2001"))
    yield call_event("Incoming", _ID, _line("inbound", "5550100", "2001"))


def _failures() -> Iterator[Event]:
    reasons = "404 Not Found", "480 Temporarily Unavailable", "484 Address Incomplete"
    more_reasons = (
        "486 Busy Here",
        "487 Request Terminated",
        "503 Service Unavailable",
        "603 Declined",
    )
    for reason in (*reasons, *more_reasons):
        yield call_failed(_ID, reason, _line("outbound", "2001", "5550101"), _ext("2001"))
    # The spellings of the guide of 2017.
    for reason in ("NO Outbound Restriction", "DND", "Line unreachable", "User busy"):
        yield call_failed(_ID, reason, _line("inbound", "5550100", "2001"), _ext("2001"))


def _in_calls() -> Iterator[Event]:
    caller = _line("inbound", "5550100", "6500")
    first = (("info", "2"), ("flag", "0"), ("infos", "2"))
    yield call_event("DTMF", _ID, caller, fields=first)
    second = (("info", "#"), ("flag", "1"), ("infos", "2#"))
    yield call_event("DTMF", _ID, _ext("2001", path="6500"), fields=second)
    yield prompt_end(_ID, _ext("2001"), "greeting")
    yield prompt_end(_ID, _line("outbound", "2001", "5550101"), "greeting")
    yield ivr_prompt_end(_ID, _ext("2001", path="6500"), "6500")
    yield plain("satisfaction", ("callid", _ID), ("surveyresult", "5"))


def _records() -> Iterator[Event]:
    recording = "20231114223000-1700001000.1-2001-2002-Internal.wav"
    yield Cdr(_ID, _START, "2001", "2002", 19, 14, recording=recording).event
    for field in ("desttrunkname", "dstrunkname", "dsttrcunkname"):
        yield Cdr(
            _ID, _START, "2001", "5550101", 6, 3, kind="Outbound", trunk="siptrunk",
            pincode="1234", trunk_field=field,
        ).event  # fmt: skip
    for status in ("ANSWERED", "NO ANSWER", "NO ANSWERED", "NOANSWER", "ANSWERD"):
        talk_s = 20 if status.startswith("ANSWER") else 0
        yield Cdr(
            _ID, _START, "5550100", "6200(4002)", 30, talk_s, status, "Inbound", "siptrunk",
            did="5550199", agent_ring_s=10,
        ).event  # fmt: skip
    for status in ("BUSY", "FAILED", "VOICEMAIL"):
        yield Cdr(_ID, _START, "5550100", "2001", 12, 0, status, "Inbound", "siptrunk").event


def _only_v2() -> Iterator[Event]:
    yield conference_status(
        _ID, "6400", _ext("2001", "ANSWERED", "6400"), _ext("2002", "ANSWER", "6400")
    )
    queue = (("queue", "queue-6700"), ("agent", "Anna Muster"), ("callid", _ID))
    yield plain("QueueAgentRingNoAnswerTimeout", *queue, ("caller", "5550100"), v1=False)
    missed: tuple[str, Value] = ("misscall", [(("caller", "5550100"), ("callid", _ID))])
    yield plain("QueueAutoPause", ("queue", "6700"), ("agent", "2001"), missed, v1=False)
    for operation in ("callstart", "callanswer", "callover"):
        phone = (("cstacallid", "32788"), ("ipaddress", "192.0.2.21:5060"))
        yield plain("uacstacall", ("operation", operation), ("extnumber", "2001"), *phone, v1=False)


def _without_repeats(events: Iterable[Event]) -> Iterator[Event]:
    """The events without reports that an earlier event has with the same content."""
    seen: set[bytes] = set()

    def new(reports: tuple[Members, ...]) -> tuple[Members, ...]:
        fresh = [members for members in reports if encoded(members) not in seen]
        seen.update(map(encoded, fresh))
        return tuple(fresh)

    for event in events:
        yield Event(new(event.v1), new(event.v2))


_GROUPS = (_configuration, _extensions, _calls, _failures, _in_calls, _records, _only_v2)

DOCUMENTED: tuple[Event, ...] = tuple(
    _without_repeats([plain("BootUp"), *(event for group in _GROUPS for event in group())])
)
"""The documented events in the order of the documents. A version lacks some of the events."""


def documented(version: str, serial: str = SERIAL) -> list[bytes]:
    """Every documented report in the format that `version` asks for, in order."""
    return [body for event in DOCUMENTED for body in bodies(event, version, serial)]


def _names(event: Event) -> set[str]:
    return {str(members[0][1]) for members in (*event.v1, *event.v2)}


NAMES: tuple[str, ...] = tuple(
    sorted({name for event in DOCUMENTED for name in _names(event)}, key=str.lower)
)
"""The names of all events in reports: RING of v1, CallStatus of v2, ..."""


def event_named(name: str) -> Event:
    """The first documented event of that name, with its reports under both versions.

    RING, for instance, is the report RING under v1 and the corresponding CallStatus under v2.
    Raises ValueError for an unknown name; the text lists the names.
    """
    for event in DOCUMENTED:
        if name in _names(event):
            v1 = tuple(members for members in event.v1 if members[0][1] == name)
            return Event(v1 or event.v1, event.v2)
    raise ValueError(f"unknown event; allowed are {', '.join(NAMES)}")


Sendable: TypeAlias = "str | Event | Mapping[str, object] | bytes"
"""What can be sent: the name of an event, an Event, JSON members, or a whole body."""


def reports_of(sendable: Sendable, version: str, serial: str) -> list[bytes]:
    """The bodies of the reports for `sendable` in the format of `version`.

    Raises ValueError for an unknown name of an event.
    """
    if isinstance(sendable, bytes):
        return [sendable]
    if isinstance(sendable, Mapping):
        return [json.dumps(sendable, ensure_ascii=False, separators=(",", ":")).encode()]
    return bodies(event_named(sendable) if isinstance(sendable, str) else sendable, version, serial)
