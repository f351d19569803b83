"""Events as the bodies of reports, in the three formats."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

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


@dataclass(frozen=True, slots=True)
class Cdr:
    """What a NewCdr tells; durations in seconds. `kind` is Internal, Inbound or Outbound.

    `trunk_field` is the name under v1 of the trunk that was called through: documents know three,
    and real receivers read this one.
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
    """The reports of one thing that happened, under `action` (v1) and under `event` (v2).

    Empty where that version has no word for it; several where it needs more than one. The
    serial number is added when they are sent.
    """

    v1: tuple[Members, ...] = ()
    v2: tuple[Members, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a call: `kind` is ext, inbound or outbound.

    `number` is an extension, or who calls on a trunk. `uid` is the channel's id under v1,
    `channel` under v2. `path` is the IVR, queue or group that led here.
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
        """Name and object as reports of v1 have them."""
        if self.kind == "ext":
            return "ext", (("extid", self.number),)
        line: Members = (("from", self.number), ("to", self.to), ("trunk", self.trunk))
        return self.kind, (*line, (f"{self.kind}id", self.uid))

    @property
    def v2(self) -> Value:
        """A member of `members`."""
        told: Members = (("number", self.number),)
        if self.kind != "ext":
            told = (("from", self.number), ("to", self.to), ("trunkname", self.trunk))
        more = (
            ("channelid", self.channel),
            ("memberstatus", self.status),
            ("callpath", self.path),
        )
        return ((self.kind, told + tuple((name, value) for name, value in more if value)),)


def plain(name: str, *fields: tuple[str, Value], v1: bool = True, v2: bool = True) -> Event:
    """The same members under both versions, or under one of them."""
    return Event(
        (_action(name, *fields),) if v1 else (),
        (_event(name, *fields),) if v2 else (),
    )


def extension_status(extension: str, status: str) -> Event:
    """v2 knows no Idle: there a phone that is hung up is Registered again."""
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
    """One report of v2 with all parties; under v1 one for each party, which comes first in it.

    v1 tells no HOLD, and who hears the ring-back is alone in ALERT.
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
    """Call id, parties, fields. `v1` is the name there, where it differs."""
    head = ("callid", callid)
    return Event(
        (_action(v1 or name, head, _call(*parties), *fields),),
        (_event(name, head, _members(*parties), *fields),),
    )


def call_failed(callid: str, reason: str, *parties: Party) -> Event:
    """Flat under v1, even in the well-formed set."""
    head = (("reason", reason), ("callid", callid))
    members = _members(*(party for party in parties if party.kind == "ext"))
    return Event(
        (_action("CallFailed", *head, *(party.v1 for party in parties)),),
        (_event("CallFailed", ("callid", callid), ("reason", reason), members),),
    )


def prompt_end(callid: str, party: Party, prompt: str) -> Event:
    """A prompt was played to the end. Flat under v1, where a trunk has its v2 name."""
    heard = party.v1 if party.kind == "ext" else (party.kind, (("trunkname", party.trunk),))
    head, tail = ("callid", callid), ("prompt", prompt)
    return Event(
        (_action("PlayPromptEnd", head, heard, tail),),
        (_event("PlayPromptEnd", head, _members(party), tail),),
    )


def conference_status(callid: str, number: str, *parties: Party) -> Event:
    """Who is in a conference. v1 has no word for it. The name is a number, as on the page."""
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
