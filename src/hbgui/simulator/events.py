"""What happens on a PBX, and how the reports of API v1 and v2 tell it.

Names are as on the wire, `Tranfer`, `callduraction` and `dsttrcunkname` too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

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
