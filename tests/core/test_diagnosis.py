"""The chain as data: what is broken first, and that every finding has its words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hbgui.core.api.errors import SecretError, TransportError
from hbgui.core.api.outcome import Outcome, OutcomeKind
from hbgui.core.diagnosis import Diagnosis, DiagnosisStep, StepId, StepVerdict, broken, not_moving
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.values import Moment
from hbgui.texts.diagnosis import FINDINGS, diagnosis_message, step_finding, step_name, verdict_word

NOW = Moment(0, datetime(2026, 1, 2, tzinfo=UTC))
REFUSED = Outcome(OutcomeKind.REFUSED, "refused", "20006", 200)


def chain(**instead: DiagnosisStep) -> Diagnosis:
    steps = [DiagnosisStep(i, StepVerdict.OK, "running", {}, 1.0) for i in StepId]
    return Diagnosis(tuple(instead.get(s.id, s) for s in steps), NOW)


def test_the_first_broken_link_gives_the_outcome() -> None:
    two = chain(
        token=broken(StepId.TOKEN, REFUSED),
        tcp=broken(StepId.TCP, TransportError("connection_refused").outcome),
        route=DiagnosisStep(StepId.ROUTE, StepVerdict.WARNING, "route_found"),
    )
    assert two.first_broken is two.step(StepId.TCP)
    assert two.kind is OutcomeKind.UNREACHABLE
    assert [s.id for s in two.warnings] == [StepId.ROUTE]
    message = diagnosis_message(two)
    assert message.title == "Connection – Nothing listens on that port"
    assert message.advice


def test_nothing_broken_is_accepted() -> None:
    assert chain().kind is OutcomeKind.ACCEPTED
    assert diagnosis_message(chain()).title == "Every link that was tried holds"


def test_a_warning_is_named() -> None:
    told = {"ip": "10.0.0.5", "announced": "10.0.0.6", "problem": "ip_other_subnet"}
    one = chain(route=DiagnosisStep(StepId.ROUTE, StepVerdict.WARNING, "announced_doubtful", told))
    message = diagnosis_message(one)
    assert one.kind is OutcomeKind.ACCEPTED
    assert "Route" in message.title
    assert "10.0.0.6" in message.why
    assert message.advice


def test_what_was_not_tried_names_the_link_before() -> None:
    step = DiagnosisStep(StepId.TOKEN, StepVerdict.SKIPPED, "not_tried", {"broken": StepId.TCP})
    assert "Connection" in step_finding(step).observation


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_each_finding_is_whole(code: str) -> None:
    observation, cause, cure = FINDINGS[code]
    assert observation.endswith((".", "…"))
    assert not cause or cure, "whoever is told a cause is told a cure"


def test_a_broken_handshake_keeps_what_was_seen() -> None:
    told = {"version": "TLSv1.2", "cipher": "AES256", "subject": "CN=pbx", "sha256": "ab" * 32}
    told["address"] = "https://x"
    step = broken(StepId.TLS, TransportError("certificate_changed").outcome, told)
    said = step_finding(step)
    assert "TLSv1.2, AES256, certificate of CN=pbx, SHA-256 AB:AB:AB:" in said.observation
    assert "https://x" in said.cause


def test_no_token_says_how_to_give_one() -> None:
    step = broken(StepId.TOKEN, SecretError("token_not_given").outcome)
    assert step.kind is OutcomeKind.NO_SECRET
    assert "--token-stdin" in step_finding(step).cure


def test_words_from_the_wire_are_no_template() -> None:
    step = DiagnosisStep(StepId.HTTP, StepVerdict.OK, "http_answers_named", {"server": "{status}"})
    assert "({status})" in step_finding(step).observation


@pytest.mark.parametrize("step", list(StepId))
def test_each_link_has_a_name(step: StepId) -> None:
    assert step_name(step)


@pytest.mark.parametrize("verdict", list(StepVerdict))
def test_each_verdict_has_a_word(verdict: StepVerdict) -> None:
    assert verdict_word(verdict)


def test_nobody_was_asked() -> None:
    here, there = ReportTarget("10.0.0.5", 8260), ReportTarget("10.0.0.6", 8260)
    assert not_moving(Profile("")) is None
    guard = not_moving(Profile("", announced=(Announced("2026-01-02T00:00:00Z", here),)))
    assert guard is not None
    assert guard.announces(here) == here
    assert guard.announces(there) is None
