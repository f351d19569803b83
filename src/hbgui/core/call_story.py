"""Reports grouped by call: who rang, who answered, who hung up, and what the record says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from hbgui.core.call_record import CallRecord, CallResult
from hbgui.core.call_steps import Step, StepKind, steps_of
from hbgui.core.moment import Moment
from hbgui.core.report import LONG, Report
from hbgui.core.report_view import columns_of

STEPS_MAX = 500
"""Of one call; a conference has the most."""


class CallState(StrEnum):
    """How far a call is, as far as reports tell."""

    RINGING = "ringing"
    TALKING = "talking"
    ON_HOLD = "on_hold"
    ENDED = "ended"
    NOT_ANSWERED = "not_answered"
    FAILED = "failed"
    UNKNOWN = "unknown"


_STATES = {
    StepKind.OFFERED: CallState.RINGING,
    StepKind.COMES_IN: CallState.RINGING,
    StepKind.RINGS: CallState.RINGING,
    StepKind.HEARS_RINGING: CallState.RINGING,
    StepKind.ANSWERED: CallState.TALKING,
    StepKind.WAS_ANSWERED: CallState.TALKING,
    StepKind.RESUMED: CallState.TALKING,
    StepKind.JOINED: CallState.TALKING,
    StepKind.HELD: CallState.ON_HOLD,
    StepKind.HUNG_UP: CallState.ENDED,
    StepKind.FAILED: CallState.FAILED,
}

_LASTING = {CallState.ENDED, CallState.FAILED, CallState.NOT_ANSWERED}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one PBX. `numbers` are those of its reports. `caller` and `callee` are empty
    where no report told them; `record` is None until the PBX sends it, which it may never do."""

    call_id: str
    pbx_id: str
    sender: str
    began: Moment
    last: Moment
    state: CallState = CallState.UNKNOWN
    caller: str = ""
    callee: str = ""
    steps: tuple[Step, ...] = ()
    numbers: tuple[int, ...] = ()
    record: CallRecord | None = None


def calls(reports: Iterable[Report]) -> tuple[Call, ...]:
    """The calls in these reports, which come in their order; the call that began last is first.

    Repeated reports, those of senders that are not allowed, and absurdly long ones tell nothing.
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
    """The call after one more report; without a call it begins."""
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


def _with_step(call: Call, step: Step) -> Call:
    step = _resumed(call, step)
    if any(step.same_as(other) for other in call.steps[-3:]) or _said(call, step):
        return call
    state = _after(call.state, step)
    record = step.record or call.record
    if step.record:
        call = replace(call, caller=step.record.caller, callee=step.record.callee)
    return replace(call, state=state, record=record, steps=(*call.steps, step)[-STEPS_MAX:])


def _resumed(call: Call, step: Step) -> Step:
    """Who was on hold and is said to talk has taken the call back."""
    if step.kind in (StepKind.ANSWERED, StepKind.WAS_ANSWERED):
        mine = [s.kind for s in call.steps if s.who == step.who]
        if mine and mine[-1] is StepKind.HELD:
            return replace(step, kind=StepKind.RESUMED)
    return step


def _said(call: Call, step: Step) -> bool:
    """Version 2 tells the state of every party each time, also of those that have not moved."""
    if step.kind not in (StepKind.WAS_ANSWERED, StepKind.ANSWERED, StepKind.HUNG_UP):
        return False
    mine = [s.kind for s in call.steps if s.who == step.who]
    moved = {StepKind.HELD, StepKind.TRANSFERRED, StepKind.RINGS, StepKind.HEARS_RINGING}
    for kind in reversed(mine):
        if kind is step.kind or (kind is StepKind.RESUMED and step.kind is not StepKind.HUNG_UP):
            return True
        if kind in moved:
            return False
    return False


def _after(state: CallState, step: Step) -> CallState:
    if step.record is not None:
        return _recorded(step.record.result, state)
    after = _STATES.get(step.kind, state)
    if state is CallState.ON_HOLD and step.kind in (StepKind.ANSWERED, StepKind.WAS_ANSWERED):
        return state  # said of the other side, which waits
    if step.kind is StepKind.HUNG_UP and state in (CallState.RINGING, CallState.FAILED):
        return CallState.NOT_ANSWERED if state is CallState.RINGING else state
    return state if state in _LASTING and after is CallState.ENDED else after


def _recorded(result: CallResult, state: CallState) -> CallState:
    if result is CallResult.FAILED or state is CallState.FAILED:
        return CallState.FAILED
    if result in (CallResult.NO_ANSWER, CallResult.BUSY):
        return CallState.NOT_ANSWERED
    return CallState.ENDED
