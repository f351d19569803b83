"""What a report adds to the story of its call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hbgui.core.call_record import CallRecord, call_record
from hbgui.core.moment import Moment
from hbgui.core.report import Fields, Report
from hbgui.core.report_events import known_as
from hbgui.core.report_parties import Party, parties, text_of


class StepKind(StrEnum):
    """One thing that happened in a call; the texts have a sentence for each."""

    OFFERED = "offered"
    COMES_IN = "comes_in"
    RINGS = "rings"
    HEARS_RINGING = "hears_ringing"
    ANSWERED = "answered"
    WAS_ANSWERED = "was_answered"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    FORWARDED = "forwarded"
    KEY = "key"
    PROMPT_ENDED = "prompt_ended"
    JOINED = "joined"
    NOT_TAKEN = "not_taken"
    FAILED = "failed"
    HUNG_UP = "hung_up"
    RATED = "rated"
    RECORD = "record"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Step:
    """`who` does it, `values` fill the rest of the sentence. `record` comes with RECORD only."""

    kind: StepKind
    at: Moment
    who: str = ""
    values: dict[str, str] = field(default_factory=dict)
    record: CallRecord | None = None

    def same_as(self, other: Step | None) -> bool:
        """Whether it says nothing new after `other`."""
        return other is not None and (self.kind, self.who, self.values, self.record) == (
            other.kind,
            other.who,
            other.values,
            other.record,
        )


_STATES = {
    "ALERT": StepKind.HEARS_RINGING,
    "RING": StepKind.RINGS,
    "ANSWER": StepKind.ANSWERED,
    "ANSWERED": StepKind.WAS_ANSWERED,
    "HOLD": StepKind.HELD,
    "BYE": StepKind.HUNG_UP,
}


def steps_of(report: Report, fields: Fields) -> tuple[Step, ...]:
    """What a report with these members tells of its call, in its order."""
    event = report.decoded.event
    name = known_as(event)
    at = report.received
    found = parties(fields)
    if name in ("CallStatus", "ConferenceStatus"):
        return tuple(_state(p.status, p, at, fields) for p in found if p.status in _STATES)
    if name in _STATES:
        return (_state(name, found[0], at, fields),) if found else ()
    if name in _OTHERS:
        return (_OTHERS[name](at, fields, found),)
    return (Step(StepKind.OTHER, at, values={"event": event}),)


def _state(state: str, party: Party, at: Moment, fields: Fields) -> Step:
    conference = text_of(fields, "conferencenumber")
    if conference and state in ("ANSWER", "ANSWERED"):
        return Step(StepKind.JOINED, at, party.name, {"conference": conference})
    values = {"trunk": party.trunk} if party.trunk else {}
    return Step(_STATES[state], at, party.name, values)


def _simple(kind: StepKind) -> Callable[[Moment, Fields, tuple[Party, ...]], Step]:
    def step(at: Moment, _fields: Fields, found: tuple[Party, ...]) -> Step:
        first = found[0] if found else Party("", "")
        second = next((p.name for p in found[1:]), "") or first.to
        return Step(kind, at, first.name, {"to": second, "trunk": first.trunk})

    return step


def _failed(at: Moment, fields: Fields, found: tuple[Party, ...]) -> Step:
    who = next((p.name for p in found), "")
    return Step(StepKind.FAILED, at, who, {"reason": text_of(fields, "reason")})


def _key(at: Moment, fields: Fields, found: tuple[Party, ...]) -> Step:
    who = next((p.name for p in found), "")
    values = {"key": text_of(fields, "info"), "keys": text_of(fields, "infos")}
    return Step(StepKind.KEY, at, who, values)


def _prompt(at: Moment, fields: Fields, found: tuple[Party, ...]) -> Step:
    ivr = fields.get("ivr")
    number = text_of(ivr, "number", "ivrid") if isinstance(ivr, dict) else ""
    who = next((p.name for p in found), "") or text_of(fields, "playtonum")
    return Step(StepKind.PROMPT_ENDED, at, who, {"prompt": text_of(fields, "prompt") or number})


def _rated(at: Moment, fields: Fields, _found: tuple[Party, ...]) -> Step:
    return Step(StepKind.RATED, at, values={"result": text_of(fields, "surveyresult")})


def _not_taken(at: Moment, fields: Fields, _found: tuple[Party, ...]) -> Step:
    queue = text_of(fields, "queue").removeprefix("queue-")
    return Step(StepKind.NOT_TAKEN, at, text_of(fields, "agent"), {"queue": queue})


def _record(at: Moment, fields: Fields, _found: tuple[Party, ...]) -> Step:
    return Step(StepKind.RECORD, at, record=call_record(fields))


_OTHERS: dict[str, Callable[[Moment, Fields, tuple[Party, ...]], Step]] = {
    "Invite": _simple(StepKind.OFFERED),
    "Incoming": _simple(StepKind.COMES_IN),
    "Tranfer": _simple(StepKind.TRANSFERRED),
    "Forward": _simple(StepKind.FORWARDED),
    "CallFailed": _failed,
    "DTMF": _key,
    "PlayPromptEnd": _prompt,
    "satisfaction": _rated,
    "QueueAgentRingNoAnswerTimeout": _not_taken,
    "NewCdr": _record,
}
