"""The state of a diagnosis or device check, and how events change it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hbgui.core import events
from hbgui.core.api.outcome import INTERNAL_FAULT
from hbgui.core.diagnosis import (
    Diagnosis,
    DiagnosisStep,
    ReceiverFacts,
    StepId,
    StepVerdict,
    broken,
)
from hbgui.core.reports.arrivals import Arrivals, ReceiverState
from hbgui.core.reports.receiving import NOWHERE
from hbgui.core.reports.report import ReportProblem
from hbgui.core.values import Moment

DiagnosisEvent = (
    events.DiagnosisStarted
    | events.DiagnosisProgress
    | events.DiagnosisFinished
    | events.DiagnosisCancelled
    | events.DeviceChecked
)

_WAITING = tuple(DiagnosisStep(step_id, StepVerdict.SKIPPED) for step_id in StepId)
"""The steps before the diagnosis reaches them: they have no code yet."""

_TURNED_AWAY = (
    ReportProblem.WRONG_PATH,
    ReportProblem.WRONG_SENDER,
    ReportProblem.WRONG_SERIAL,
    ReportProblem.NOT_A_REPORT,
)


@dataclass(frozen=True, slots=True)
class DiagnosisState:
    """The last diagnosis, or with `check_only` the last device check.

    Events with another `number` are outdated and ignored. `steps` are all steps in order, during
    and after a diagnosis. `diagnosis` is set when a diagnosis has finished, `checked` when a check
    has; neither is set after a cancelled run.
    """

    number: int = 0
    running: bool = False
    check_only: bool = False
    began: Moment | None = None
    ended: Moment | None = None
    steps: tuple[DiagnosisStep, ...] = ()
    diagnosis: Diagnosis | None = None
    checked: events.DeviceChecked | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled before it finished."""
        return self.ended is not None and not (self.diagnosis or self.checked)

    @property
    def took_s(self) -> float:
        """Seconds from the start to the end; 0 while it has not ended."""
        return self.ended.since(self.began) if self.began and self.ended else 0.0


def reduce_diagnosis(state: DiagnosisState, event: DiagnosisEvent) -> DiagnosisState:
    """The state after the event; the same state if the event belongs to an old run."""
    if isinstance(event, events.DiagnosisStarted):
        steps = () if event.check_only else _WAITING
        return DiagnosisState(event.number, True, event.check_only, event.at, steps=steps)
    if event.number != state.number or not state.running:
        return state
    match event:
        case events.DiagnosisProgress(step=step):
            steps = tuple(step if known.id is step.id else known for known in state.steps)
            return replace(state, steps=steps)
        case events.DiagnosisFinished(diagnosis=diagnosis, at=at):
            ended = replace(state, running=False, ended=at, diagnosis=diagnosis)
            return replace(ended, steps=diagnosis.steps)
        case events.DiagnosisCancelled(at=at):
            steps = tuple(
                DiagnosisStep(step.id, StepVerdict.SKIPPED)
                if step.verdict is StepVerdict.RUNNING
                else step
                for step in state.steps
            )
            return replace(state, running=False, ended=at, steps=steps)
        case events.DeviceChecked(at=at):
            return replace(state, running=False, ended=at, checked=event)


def faulty(known: dict[StepId, DiagnosisStep], at: Moment) -> Diagnosis:
    """The diagnosis to show after a programming error in hbgui ended it. `known` are the steps
    that were reported until then."""
    steps: list[DiagnosisStep] = []
    stop = ""
    for step_id in StepId:
        step = known.get(step_id)
        if stop:
            step = DiagnosisStep(step_id, StepVerdict.SKIPPED, "not_tried", {"broken": stop})
        elif step is None or step.verdict is StepVerdict.RUNNING:
            step = broken(step_id, INTERNAL_FAULT)
            stop = step_id
        steps.append(step)
    return Diagnosis(tuple(steps), at)


def receiver_facts(
    receiving: ReceiverState | None, arrivals: Arrivals, error: str
) -> ReceiverFacts | None:
    """What a diagnosis needs to know of the receiver, None while that is off. `error` is the
    sentence that says why it does not listen. Reports to another place or for an earlier token do
    not count: they do not prove that this configuration works."""
    if receiving is None or receiving.place == NOWHERE:
        return None
    place = receiving.place
    refused = sum(arrivals.problems.get(problem, 0) for problem in _TURNED_AWAY)
    last = arrivals.last.received.utc if arrivals.last and arrivals.proof else None
    taken = arrivals.count - refused
    host = receiving.bound or place.host
    since = receiving.since.utc if receiving.since else None
    return ReceiverFacts(
        host, place.port, place.path, error, since, count=taken, last=last, refused=refused
    )
