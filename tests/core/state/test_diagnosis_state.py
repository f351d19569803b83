"""What the state keeps of a diagnosis or a check: the present run's news, nothing of an old one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.pbx_events import DEAD, NOON, PROFILE, after, at, pbx
from hbgui.core import events
from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.outcome import ACCEPTED, Attempt
from hbgui.core.diagnosis import Diagnosis, DiagnosisStep, StepId, StepVerdict, broken
from hbgui.core.reports.arrivals import Arrivals, ReceiverState
from hbgui.core.reports.receiving import Place
from hbgui.core.reports.report import Decoded, Report, ReportProblem
from hbgui.core.state.diagnosis_state import faulty, receiver_facts

STARTED = events.DiagnosisStarted("a", 1, at(0))
RUNNING = DiagnosisStep(StepId.NAME, StepVerdict.RUNNING, "running")
NAMED = DiagnosisStep(StepId.NAME, StepVerdict.OK, "name_literal", {"host": "192.168.5.150"}, 1.0)
BOX = DeviceInfo("S50", "369152000001")
WHOLE = Diagnosis((NAMED, broken(StepId.TCP, DEAD)), at(0), device=BOX)


def step(what: DiagnosisStep, number: int = 1) -> events.DiagnosisProgress:
    return events.DiagnosisProgress("a", number, what)


def finished(number: int = 1) -> events.DiagnosisFinished:
    return events.DiagnosisFinished("a", number, WHOLE, at(3))


def checked(device: DeviceInfo | None = BOX, number: int = 1) -> events.DeviceChecked:
    return events.DeviceChecked("a", number, Attempt(at(0), ACCEPTED), device, at(2))


def test_all_links_are_there_from_the_beginning() -> None:
    state = pbx(STARTED, step(RUNNING)).diagnosis
    assert [known.id for known in state.steps] == list(StepId)
    assert state.steps[0] is RUNNING
    assert {known.code for known in state.steps[1:]} == {""}
    assert (state.running, state.check_only, state.cancelled) == (True, False, False)


def test_the_whole_takes_the_place_of_the_steps() -> None:
    state = pbx(STARTED, step(NAMED), finished())
    assert state.diagnosis.steps == WHOLE.steps
    assert (state.diagnosis.running, state.diagnosis.took_s) == (False, 3)
    assert state.device is BOX


@pytest.mark.parametrize("late", [step(NAMED), finished(), checked()])
@pytest.mark.parametrize(
    "meanwhile", [events.DiagnosisCancelled("a", 1, at(1)), replace(STARTED, number=2)]
)
def test_late_news_fall_to_the_floor(late: events.Event, meanwhile: events.Event) -> None:
    assert pbx(STARTED, meanwhile, late) == pbx(STARTED, meanwhile)


def test_a_cancelled_run_keeps_what_it_found() -> None:
    next_one = DiagnosisStep(StepId.ROUTE, StepVerdict.RUNNING, "running")
    state = pbx(STARTED, step(NAMED), step(next_one), events.DiagnosisCancelled("a", 1, at(1)))
    assert state.diagnosis.cancelled
    assert state.diagnosis.steps[:2] == (NAMED, DiagnosisStep(StepId.ROUTE, StepVerdict.SKIPPED))


def test_a_check_takes_the_place_of_a_diagnosis_and_keeps_what_the_box_told() -> None:
    ask = events.DiagnosisStarted("a", 2, at(5), check_only=True)
    state = pbx(STARTED, finished(), ask)
    assert (state.diagnosis.steps, state.diagnosis.diagnosis) == ((), None)
    answered = pbx(STARTED, finished(), ask, checked(number=2))
    assert answered.diagnosis.checked == checked(number=2)
    # What does not answer now is the same box all the same.
    silent = pbx(STARTED, finished(), ask, checked(None, 2))
    assert silent.device is BOX


def test_another_box_forgets_it() -> None:
    moved = events.ProfileChanged(replace(PROFILE, pbx="192.168.5.151"))
    state = after(STARTED, finished(), moved, step(NAMED)).pbxs["a"]
    assert (state.device, state.diagnosis.steps) == (None, ())


def test_a_mistake_of_hbgui_breaks_the_link_that_was_looked_at() -> None:
    told = {StepId.NAME: NAMED, StepId.ROUTE: DiagnosisStep(StepId.ROUTE, StepVerdict.RUNNING)}
    found = faulty(told, at(0))
    assert found.steps[0] is NAMED
    assert found.first_broken is not None
    assert (found.first_broken.id, found.first_broken.code) == (StepId.ROUTE, "internal_fault")
    assert {later.code for later in found.steps[2:]} == {"not_tried"}


def report(problem: ReportProblem | None = None) -> Report:
    return Report(1, at(7), "192.168.5.150", "/", "", Decoded(), problem=problem)


def test_what_a_diagnosis_knows_of_the_receiver() -> None:
    assert receiver_facts(None, Arrivals(), "") is None
    receiving = ReceiverState(Place("192.168.5.20", 8260, "/report"))
    arrivals = Arrivals()
    for problem in (None, ReportProblem.NOT_JSON, ReportProblem.WRONG_PATH):
        arrivals = arrivals.with_report(report(problem), receiving, None)
    facts = receiver_facts(receiving, arrivals, "in use")
    assert facts is not None
    assert (facts.host, facts.port, facts.path) == ("192.168.5.20", 8260, "/report")
    assert (facts.count, facts.refused, facts.error) == (2, 1, "in use")
    assert facts.last == at(7).utc > NOON


def test_reports_that_came_elsewhere_before_prove_nothing_of_this_place() -> None:
    old, new = (ReceiverState(Place("192.168.5.20", port)) for port in (8260, 8261))
    state = pbx(events.ReceiverChanged("a", old), events.ReportsArrived("a", (report(None),)))
    facts = receiver_facts(old, state.arrivals, "")
    assert facts is not None
    assert facts.last is not None
    moved = pbx(
        events.ReceiverChanged("a", old),
        events.ReportsArrived("a", (report(None),)),
        events.ReceiverChanged("a", new),
    )
    facts = receiver_facts(new, moved.arrivals, "")
    assert facts is not None
    assert facts.last is None
