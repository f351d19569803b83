"""Events as the bodies of reports, in the three formats."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

DEFAULT, WELL_FORMED, V2 = "1.0.0", "1.0.2", "2.0.0"
"""The formats that `version` in login or heartbeat can ask for; any other value means DEFAULT."""


def bodies(event: Event, version: str, serial: str) -> list[bytes]:
    """The bodies of an event's reports in the format of `version`; none if that lacks the event."""
    if version == V2:
        return [encoded((*members, ("sn", serial))) for members in event.v2]
    form = tuple if version == WELL_FORMED else _default
    return [encoded((*form(members), ("sn", serial))) for members in event.v1]


def name_of(body: bytes) -> str:
    """The name of the event in a body; empty without one."""
    try:
        report = json.loads(body)
        return str(report.get("event") or report.get("action") or "")
    except (ValueError, AttributeError, RecursionError):
        return ""


def encoded(members: Members) -> bytes:
    """The members as compact JSON. Repeated names are kept."""
    return _text(members).encode("utf-8", "surrogatepass")


def _default(members: Members) -> Members:
    """The format of 2017: the parties are members of the report itself, so names may repeat."""
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
    # Our events have strings only; scripts may have any value.
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Cdr:
    """The content of a NewCdr, the record of a call; durations in seconds.

    `kind` is Internal, Inbound or Outbound. `trunk_field` is the member for the outgoing trunk
    under v1. The documents spell it in three ways; real receivers read the default.
    """

    callid: str
    start: datetime
    caller: str
    callee: str
    call_s: int
    talk_s: int
    status: str = "ANSWERED"
    kind: str = "Internal"
    source_trunk: str = ""
    trunk: str = ""
    did: str = ""
    recording: str = ""
    pincode: str = ""
    agent_ring_s: int = 0
    trunk_field: str = "dsttrcunkname"

    @property
    def event(self) -> Event:
        """NewCdr under both versions."""
        v1: Members = (("action", "NewCdr"), *self._fields(self.trunk_field))
        v2: Members = (("event", "NewCdr"), *self._fields("dsttrcunkname"))
        return Event((v1,), (v2,))

    def _fields(self, trunk_field: str) -> tuple[tuple[str, Value], ...]:
        return (
            ("callid", self.callid),
            ("timestart", f"{self.start:%Y-%m-%d %H:%M:%S}"),
            ("callfrom", self.caller),
            ("callto", self.callee),
            ("callduraction", str(self.call_s)),
            ("talkduraction", str(self.talk_s)),
            ("srctrunkname", self.source_trunk),
            (trunk_field, self.trunk),
            ("pincode", self.pincode),
            ("status", self.status),
            ("type", self.kind),
            ("recording", self.recording),
            ("didnumber", self.did),
            ("agentringtime", str(self.agent_ring_s)),
        )


Value: TypeAlias = "str | tuple[tuple[str, Value], ...] | list[Value]"
"""A string, an object as its members in order (names may repeat), or a list."""

Members: TypeAlias = "tuple[tuple[str, Value], ...]"

_V1_STATUSES = ("ALERT", "RING", "ANSWER", "ANSWERED", "BYE")


@dataclass(frozen=True, slots=True)
class Event:
    """The reports of one event under both versions: with `action` in v1, with `event` in v2.

    Empty if a version lacks the event; several if it needs more than one report. The serial number
    is added when they are sent.
    """

    v1: tuple[Members, ...] = ()
    v2: tuple[Members, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a call: `kind` is ext, inbound or outbound.

    `number` is an extension, or the caller on a trunk. `uid` is the id of the channel under v1,
    `channel` under v2. `path` is the number of the IVR, queue or group through which the call came.
    """

    kind: str
    number: str
    to: str = ""
    trunk: str = ""
    uid: str = ""
    channel: str = ""
    status: str = ""
    path: str = ""

    @property
    def v1(self) -> tuple[str, Value]:
        """Name and value of the member for this party in reports of v1."""
        if self.kind == "ext":
            return "ext", (("extid", self.number),)
        line: Members = (("from", self.number), ("to", self.to), ("trunk", self.trunk))
        return self.kind, (*line, (f"{self.kind}id", self.uid))

    @property
    def v2(self) -> Value:
        """The item for this party in the list `members` of v2."""
        fields: Members = (("number", self.number),)
        if self.kind != "ext":
            fields = (("from", self.number), ("to", self.to), ("trunkname", self.trunk))
        optional = (
            ("channelid", self.channel),
            ("memberstatus", self.status),
            ("callpath", self.path),
        )
        return ((self.kind, fields + tuple((name, value) for name, value in optional if value)),)


def plain(name: str, *fields: tuple[str, Value], v1: bool = True, v2: bool = True) -> Event:
    """An event with the same members under both versions, or under one of them only."""
    return Event(
        (_action(name, *fields),) if v1 else (),
        (_event(name, *fields),) if v2 else (),
    )


def extension_status(extension: str, status: str) -> Event:
    """A changed status of an extension. v2 has no Idle: it reports Registered instead."""
    number = ("extension", extension)
    return Event(
        (_action("ExtensionStatus", number, ("status", status)),),
        (
            _event(
                "ExtensionStatus",
                number,
                ("status", "Registered" if status == "Idle" else status),
            ),
        ),
    )


def call_status(callid: str, *parties: Party) -> Event:
    """A changed status of a call: one report under v2, one per party under v1.

    Under v1 that party is the first one. v1 has no HOLD, and the party that hears the ring-back
    tone is the only one in ALERT.
    """
    v1 = []
    for party in parties:
        others = [] if party.status == "ALERT" else [p for p in parties if p is not party]
        if party.status in _V1_STATUSES:
            v1.append(_action(party.status, ("callid", callid), _call(party, *others)))
    return Event(tuple(v1), (_event("CallStatus", ("callid", callid), _members(*parties)),))


def call_event(
    name: str, callid: str, *parties: Party, v1: str = "", fields: Members = ()
) -> Event:
    """An event with call id, parties and fields. `v1` is its name under v1 if it differs."""
    head = ("callid", callid)
    return Event(
        (_action(v1 or name, head, _call(*parties), *fields),),
        (_event(name, head, _members(*parties), *fields),),
    )


def call_failed(callid: str, reason: str, *parties: Party) -> Event:
    """A failed call. Under v1 the parties are members of the report, in both formats."""
    head = (("reason", reason), ("callid", callid))
    members = _members(*(party for party in parties if party.kind == "ext"))
    return Event(
        (_action("CallFailed", *head, *(party.v1 for party in parties)),),
        (_event("CallFailed", ("callid", callid), ("reason", reason), members),),
    )


def prompt_end(callid: str, party: Party, prompt: str) -> Event:
    """A prompt was played to the end. v1 has the party as a member, and uses v2's `trunkname`."""
    member = party.v1 if party.kind == "ext" else (party.kind, (("trunkname", party.trunk),))
    head, tail = ("callid", callid), ("prompt", prompt)
    return Event(
        (_action("PlayPromptEnd", head, member, tail),),
        (_event("PlayPromptEnd", head, _members(party), tail),),
    )


def conference_status(callid: str, number: str, *parties: Party) -> Event:
    """The parties of a conference; not under v1. Its name is a number, as in the documents."""
    room = (("conferencenumber", number), ("conferencename", number))
    return Event((), (_event("ConferenceStatus", ("callid", callid), *room, _members(*parties)),))


def ivr_prompt_end(callid: str, party: Party, ivr: str) -> Event:
    """The prompt of an IVR was played to the end."""
    head = ("callid", callid)
    return Event(
        (_action("PlayPromptEnd", head, ("ivr", (("ivrid", ivr),)), ("playtonum", party.number)),),
        (_event("PlayPromptEnd", head, _members(party), ("ivr", (("number", ivr),))),),
    )


def _action(name: str, *fields: tuple[str, Value]) -> Members:
    return (("action", name), *fields)


def _event(name: str, *fields: tuple[str, Value]) -> Members:
    return (("event", name), *fields)


def _call(*parties: Party) -> tuple[str, Value]:
    return "call", [(party.v1,) for party in parties]


def _members(*parties: Party) -> tuple[str, Value]:
    return "members", [party.v2 for party in parties]
