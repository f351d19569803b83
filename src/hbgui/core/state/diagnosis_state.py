"""A diagnosis or check of one PBX while it runs and after it, and how what happens changes it."""

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

_WAITING = tuple(DiagnosisStep(link, StepVerdict.SKIPPED) for link in StepId)
"""Links that nobody has looked at yet: they have no code."""

_TURNED_AWAY = (
    ReportProblem.WRONG_PATH,
    ReportProblem.WRONG_SENDER,
    ReportProblem.WRONG_SERIAL,
    ReportProblem.NOT_A_REPORT,
)


@dataclass(frozen=True, slots=True)
class DiagnosisState:
    """The last diagnosis, or the last question with `check_only`.

    `number` is that of the run: what an older one tells does not count. `steps` has all links in
    order while it runs and after it; `diagnosis` the whole and `checked` the answer once they are
    there. A run that was cancelled has ended, with neither.
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
        """Whether somebody ended it before it was done."""
        return self.ended is not None and not (self.diagnosis or self.checked)

    @property
    def took_s(self) -> float:
        """Seconds from its beginning to its end; 0 without an end."""
        return self.ended.since(self.began) if self.began and self.ended else 0.0


def reduce_diagnosis(state: DiagnosisState, event: DiagnosisEvent) -> DiagnosisState:
    """The state after the event; late news of an old run change nothing."""
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


def faulty(told: dict[StepId, DiagnosisStep], at: Moment) -> Diagnosis:
    """What to show when a diagnosis could not be ended because of a mistake of hbgui itself."""
    steps: list[DiagnosisStep] = []
    stop = ""
    for link in StepId:
        step = told.get(link)
        if stop:
            step = DiagnosisStep(link, StepVerdict.SKIPPED, "not_tried", {"broken": stop})
        elif step is None or step.verdict is StepVerdict.RUNNING:
            step = broken(link, INTERNAL_FAULT)
            stop = link
        steps.append(step)
    return Diagnosis(tuple(steps), at)


def receiver_facts(
    receiving: ReceiverState | None, arrivals: Arrivals, error: str
) -> ReceiverFacts | None:
    """What a diagnosis has to know of the receiver, None while it is off. `error` says in words
    why it does not listen. Reports that came to another place or for another token count for
    nothing: they are no proof of this one."""
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
