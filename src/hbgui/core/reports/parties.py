"""The parties of a call in a report, with the call record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hbgui.core.pbx.typed import printable
from hbgui.core.reports.report import Fields

KINDS = ("ext", "inbound", "outbound")

_GROUP = re.compile(r"(?P<group>[^()]+)\((?P<agent>[^()]+)\)\s*\Z")


@dataclass(frozen=True, slots=True)
class Party:
    """One party of a call. `kind` is ext, inbound or outbound. `number` is the extension, or the
    caller over a trunk; `to` is who is called over a trunk. `status` is the PBX's word in capitals.
    A value that the report does not have is empty."""

    kind: str
    number: str
    to: str = ""
    trunk: str = ""
    status: str = ""
    path: str = ""
    channel: str = ""

    @property
    def name(self) -> str:
        """The name of this party in a sentence; of an outbound trunk, it is who is called."""
        return (self.to if self.kind == "outbound" else self.number) or self.trunk


def parties(fields: Fields) -> tuple[Party, ...]:
    """The parties in the order of the report. They are in `call` (1.0.2), in `members` (2.0.0), or
    among the other members (default format, CallFailed, PlayPromptEnd)."""
    found: list[Party] = []
    for holder in ("call", "members"):
        for entry in as_list(fields.get(holder)):
            if isinstance(entry, dict):
                found += _named(entry)
    return tuple(found or _named(fields))


def _named(fields: Fields) -> Iterator[Party]:
    for kind, value in fields.items():
        if kind in KINDS:
            for one in as_list(value):
                if isinstance(one, dict):
                    yield from _parties(kind, one)
                elif isinstance(one, str) and one.strip():
                    yield Party(kind, printable(one.strip()))


_NUMBERS = {"ext": ("number", "extid", "extension"), "inbound": ("from",), "outbound": ("from",)}


def _parties(kind: str, fields: Fields) -> Iterator[Party]:
    """One party, or several if the values of its members are lists."""
    lists = {name: value for name, value in fields.items() if isinstance(value, list)}
    count = max([1, *map(len, lists.values())])
    for place in range(count):
        at_place = {name: v[place] if place < len(v) else None for name, v in lists.items()}
        shared = {name: v[0] for name, v in lists.items() if len(v) == 1}
        party = _party(kind, fields | at_place | shared)
        if count == 1 or party.name:
            yield party


def _party(kind: str, fields: Fields) -> Party:
    return Party(
        kind,
        text_of(fields, *_NUMBERS[kind]),
        text_of(fields, "to"),
        text_of(fields, "trunkname", "trunk"),
        text_of(fields, "memberstatus").upper(),
        text_of(fields, "callpath"),
        text_of(fields, "channelid", "inboundid", "outboundid"),
    )


def as_list(value: Any) -> list[Any]:
    """A list unchanged, None as an empty list, any other value as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text_of(fields: Fields, *names: str) -> str:
    """The first of these members that is a text or number, as printable text; of a list, its
    different values with commas."""
    for name in names:
        values = (_plain_text(value) for value in as_list(fields.get(name)))
        if text := ", ".join(dict.fromkeys(filter(None, values))):
            return printable(text)
    return ""


def _plain_text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def group_and_agent(callee: str) -> tuple[str, str]:
    """Split `6200(4002)` into the group and the agent who answered; both empty in other forms."""
    match = _GROUP.match(callee)
    return (match["group"].strip(), match["agent"].strip()) if match else ("", "")


class CallResult(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"


_RESULTS = {
    "ANSWERED": CallResult.ANSWERED,
    "ANSWERD": CallResult.ANSWERED,
    "ANSWER": CallResult.ANSWERED,
    "NOANSWER": CallResult.NO_ANSWER,
    "NOANSWERED": CallResult.NO_ANSWER,
    "NOANSWERD": CallResult.NO_ANSWER,
    "BUSY": CallResult.BUSY,
    "FAILED": CallResult.FAILED,
    "VOICEMAIL": CallResult.VOICEMAIL,
}


@dataclass(frozen=True, slots=True)
class CallRecord:
    """The record of one call. Durations are in seconds, None if missing; `talk_s` counts from the
    answer. `started` is the PBX's local time without a zone. `agent` is the member of a group who
    answered; `direction` is the PBX's word: Internal, Inbound, Outbound."""

    caller: str
    callee: str
    agent: str
    result: CallResult
    result_word: str
    duration_s: int | None
    talk_s: int | None
    started: str
    direction: str
    source_trunk: str
    trunk: str

    @property
    def extension(self) -> str:
        """The extension that took part in the call, empty if unknown."""
        inbound = self.direction.casefold() == "inbound" or bool(self.source_trunk)
        return (self.agent or self.callee) if inbound else self.caller


def call_result(word: str) -> CallResult:
    """The result for a status word in any spelling."""
    return _RESULTS.get(re.sub(r"[^A-Z]", "", word.upper()), CallResult.UNKNOWN)


def call_record(fields: Fields) -> CallRecord:
    """The call record in a report NewCdr."""
    callee = text_of(fields, "callto")
    group, agent = group_and_agent(callee)
    word = text_of(fields, "status")
    return CallRecord(
        text_of(fields, "callfrom"),
        group or callee,
        agent,
        call_result(word),
        word,
        _seconds(text_of(fields, "callduraction", "callduration")),
        _seconds(text_of(fields, "talkduraction", "talkduration")),
        text_of(fields, "timestart"),
        text_of(fields, "type"),
        text_of(fields, "srctrunkname", "srctrcunkname"),
        text_of(fields, "desttrunkname", "dsttrcunkname", "dstrunkname", "dsttrunkname"),
    )


def _seconds(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None
