"""Calls, assembled from the reports about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hbgui.core.reports.parties import CallRecord, CallResult, Party, call_record, parties, text_of
from hbgui.core.reports.report import LONG, Fields, Report, known_as
from hbgui.core.reports.view import columns_of
from hbgui.core.values import Moment


class StepKind(StrEnum):
    """The kinds of steps in a call; the texts have a sentence for each."""

    OFFERED = "offered"
    COMES_IN = "comes_in"
    RINGS = "rings"
    HEARS_RINGING = "hears_ringing"
    ANSWERED = "answered"
    WAS_ANSWERED = "was_answered"
    PUT_ON_HOLD = "held"
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
class CallStep:
    """One step of a call. `who` is the subject of its sentence, `values` fill in the rest. `record`
    is set for RECORD only."""

    kind: StepKind
    at: Moment
    who: str = ""
    values: dict[str, str] = field(default_factory=dict)
    record: CallRecord | None = None

    def same_as(self, other: CallStep | None) -> bool:
        """Whether it repeats `other`."""
        return other is not None and (self.kind, self.who, self.values, self.record) == (
            other.kind,
            other.who,
            other.values,
            other.record,
        )


_KIND_OF_STATE = {
    "ALERT": StepKind.HEARS_RINGING,
    "RING": StepKind.RINGS,
    "ANSWER": StepKind.ANSWERED,
    "ANSWERED": StepKind.WAS_ANSWERED,
    "HOLD": StepKind.PUT_ON_HOLD,
    "BYE": StepKind.HUNG_UP,
}


def steps_of(report: Report, fields: Fields) -> tuple[CallStep, ...]:
    """The steps of a call in a report with these members, in their order."""
    event = report.decoded.event
    name = known_as(event)
    at = report.received
    found = parties(fields)
    if name in ("CallStatus", "ConferenceStatus"):
        return tuple(_state(p.status, p, at, fields) for p in found if p.status in _KIND_OF_STATE)
    if name in _KIND_OF_STATE:
        return (_state(name, found[0], at, fields),) if found else ()
    if name in _OTHERS:
        return (_OTHERS[name](at, fields, found),)
    return (CallStep(StepKind.OTHER, at, values={"event": event}),)


def _state(state: str, party: Party, at: Moment, fields: Fields) -> CallStep:
    conference = text_of(fields, "conferencenumber")
    if conference and state in ("ANSWER", "ANSWERED"):
        return CallStep(StepKind.JOINED, at, party.name, {"conference": conference})
    values = {"trunk": party.trunk} if party.trunk else {}
    return CallStep(_KIND_OF_STATE[state], at, party.name, values)


def _simple(kind: StepKind) -> Callable[[Moment, Fields, tuple[Party, ...]], CallStep]:
    def step(at: Moment, _fields: Fields, found: tuple[Party, ...]) -> CallStep:
        first = found[0] if found else Party("", "")
        second = next((p.name for p in found[1:]), "") or first.to
        return CallStep(kind, at, first.name, {"to": second, "trunk": first.trunk})

    return step


def _failed(at: Moment, fields: Fields, found: tuple[Party, ...]) -> CallStep:
    who = next((p.name for p in found), "")
    return CallStep(StepKind.FAILED, at, who, {"reason": text_of(fields, "reason")})


def _key(at: Moment, fields: Fields, found: tuple[Party, ...]) -> CallStep:
    who = next((p.name for p in found), "")
    values = {"key": text_of(fields, "info"), "keys": text_of(fields, "infos")}
    return CallStep(StepKind.KEY, at, who, values)


def _prompt(at: Moment, fields: Fields, found: tuple[Party, ...]) -> CallStep:
    ivr = fields.get("ivr")
    number = text_of(ivr, "number", "ivrid") if isinstance(ivr, dict) else ""
    who = next((p.name for p in found), "") or text_of(fields, "playtonum")
    return CallStep(StepKind.PROMPT_ENDED, at, who, {"prompt": text_of(fields, "prompt") or number})


def _rated(at: Moment, fields: Fields, _found: tuple[Party, ...]) -> CallStep:
    return CallStep(StepKind.RATED, at, values={"result": text_of(fields, "surveyresult")})


def _not_taken(at: Moment, fields: Fields, _found: tuple[Party, ...]) -> CallStep:
    queue = text_of(fields, "queue").removeprefix("queue-")
    return CallStep(StepKind.NOT_TAKEN, at, text_of(fields, "agent"), {"queue": queue})


def _record(at: Moment, fields: Fields, _found: tuple[Party, ...]) -> CallStep:
    return CallStep(StepKind.RECORD, at, record=call_record(fields))


_OTHERS: dict[str, Callable[[Moment, Fields, tuple[Party, ...]], CallStep]] = {
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


STEPS_MAX = 500
"""The most steps of one call that are kept; conferences have the most."""


class CallState(StrEnum):
    """The state of a call, as known from reports."""

    RINGING = "ringing"
    TALKING = "talking"
    ON_HOLD = "on_hold"
    ENDED = "ended"
    NOT_ANSWERED = "not_answered"
    FAILED = "failed"
    UNKNOWN = "unknown"


_STATE_AFTER = {
    StepKind.OFFERED: CallState.RINGING,
    StepKind.COMES_IN: CallState.RINGING,
    StepKind.RINGS: CallState.RINGING,
    StepKind.HEARS_RINGING: CallState.RINGING,
    StepKind.ANSWERED: CallState.TALKING,
    StepKind.WAS_ANSWERED: CallState.TALKING,
    StepKind.RESUMED: CallState.TALKING,
    StepKind.JOINED: CallState.TALKING,
    StepKind.PUT_ON_HOLD: CallState.ON_HOLD,
    StepKind.HUNG_UP: CallState.ENDED,
    StepKind.FAILED: CallState.FAILED,
}

_LASTING = {CallState.ENDED, CallState.FAILED, CallState.NOT_ANSWERED}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one PBX. `numbers` are those of its reports. `caller` and `callee` are empty
    while unknown; `record` is None until the PBX sends it, if it ever does."""

    call_id: str
    pbx_id: str
    sender: str
    began: Moment
    last: Moment
    state: CallState = CallState.UNKNOWN
    caller: str = ""
    callee: str = ""
    steps: tuple[CallStep, ...] = ()
    numbers: tuple[int, ...] = ()
    record: CallRecord | None = None


def calls(reports: Iterable[Report]) -> tuple[Call, ...]:
    """The calls in these reports, newest call first. The reports must be in order of arrival.

    Repeated reports, reports of senders that are not allowed, and those longer than `LONG` are
    ignored.
    """
    found: dict[tuple[str, str, str], Call] = {}
    for report in reports:
        call_id = report.decoded.call_id
        if not call_id or report.repeat or not report.answered or len(report.raw) > LONG:
            continue
        key = (report.pbx_id, "" if report.pbx_id else report.sender, call_id)
        found[key] = with_report(found.get(key), report)
    return tuple(reversed(found.values()))


def with_report(call: Call | None, report: Report) -> Call:
    """The call after one more report; with None it begins a new call."""
    at = report.received
    if call is None:
        call = Call(report.decoded.call_id, report.pbx_id, report.sender, at, at)
    fields = report.fields
    seen = columns_of(report.decoded.event, fields)
    for step in steps_of(report, fields):
        call = _with_step(call, step)
    return replace(
        call,
        last=at,
        caller=call.caller or seen.caller,
        callee=call.callee or seen.callee,
        numbers=(*call.numbers, report.number)[-STEPS_MAX:],
    )


def _with_step(call: Call, step: CallStep) -> Call:
    step = _resumed(call, step)
    if any(step.same_as(other) for other in call.steps[-3:]) or _already_told(call, step):
        return call
    state = _after(call.state, step)
    record = step.record or call.record
    if step.record:
        call = replace(call, caller=step.record.caller, callee=step.record.callee)
    return replace(call, state=state, record=record, steps=(*call.steps, step)[-STEPS_MAX:])


def _resumed(call: Call, step: CallStep) -> CallStep:
    """If a party that was on hold talks again, the step becomes RESUMED."""
    if step.kind in (StepKind.ANSWERED, StepKind.WAS_ANSWERED):
        mine = [s.kind for s in call.steps if s.who == step.who]
        if mine and mine[-1] is StepKind.PUT_ON_HOLD:
            return replace(step, kind=StepKind.RESUMED)
    return step


def _already_told(call: Call, step: CallStep) -> bool:
    """Whether this state was reported before: version 2.0.0 repeats the state of every party in
    each report, also if it has not changed."""
    if step.kind not in (StepKind.WAS_ANSWERED, StepKind.ANSWERED, StepKind.HUNG_UP):
        return False
    mine = [s.kind for s in call.steps if s.who == step.who]
    changing = {StepKind.PUT_ON_HOLD, StepKind.TRANSFERRED, StepKind.RINGS, StepKind.HEARS_RINGING}
    for kind in reversed(mine):
        if kind is step.kind or (kind is StepKind.RESUMED and step.kind is not StepKind.HUNG_UP):
            return True
        if kind in changing:
            return False
    return False


def _after(state: CallState, step: CallStep) -> CallState:
    if step.record is not None:
        return _recorded(step.record.result, state)
    after = _STATE_AFTER.get(step.kind, state)
    if state is CallState.ON_HOLD and step.kind in (StepKind.ANSWERED, StepKind.WAS_ANSWERED):
        return state  # this is about the other party, which waits
    if step.kind is StepKind.HUNG_UP and state in (CallState.RINGING, CallState.FAILED):
        return CallState.NOT_ANSWERED if state is CallState.RINGING else state
    return state if state in _LASTING and after is CallState.ENDED else after


def _recorded(result: CallResult, state: CallState) -> CallState:
    if result is CallResult.FAILED or state is CallState.FAILED:
        return CallState.FAILED
    if result in (CallResult.NO_ANSWER, CallResult.BUSY):
        return CallState.NOT_ANSWERED
    return CallState.ENDED
