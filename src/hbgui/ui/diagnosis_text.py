"""A diagnosis or a check as plain text, for a mail or a ticket. No token is in it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from hbgui.core.diagnosis import Diagnosis, DiagnosisStep
from hbgui.core.pbx.profile import Profile
from hbgui.core.state.diagnosis_state import DiagnosisState
from hbgui.texts.diagnosis import diagnosis_message, step_name
from hbgui.texts.outcomes import Message, attempt_message
from hbgui.ui.diagnosis_model import found_at, verdict_of
from hbgui.ui.panel import day_and_time


def diagnosis_text(profile: Profile, state: DiagnosisState, facts: list[tuple[str, str]]) -> str:
    """All that the panel shows of it. `facts` are what the PBX told of itself."""
    parts = ["\n".join(_head(profile, state))]
    if result := result_of(state):
        parts.append("\n".join(part for part in (result.title, result.why, result.advice) if part))
    if state.steps:
        parts.append("\n".join(line for step in state.steps for line in _lines(step)))
    if facts:
        parts.append("\n".join(f"{name}: {value}" for name, value in facts))
    return "\n\n".join(parts) + "\n"


def result_of(state: DiagnosisState) -> Message | None:
    """What it comes to; None while that is not known."""
    if state.diagnosis is not None:
        return diagnosis_message(state.diagnosis)
    if state.checked is not None:
        return attempt_message(state.checked.attempt)
    return None


def tone_of(state: DiagnosisState) -> str:
    """How good or bad that is."""
    if state.checked is not None:
        outcome = state.checked.attempt.outcome
        return "ok" if outcome.accepted else "warn" if outcome.may_pass else "bad"
    diagnosis: Diagnosis | None = state.diagnosis
    if diagnosis is None or diagnosis.first_broken is not None:
        return "bad"
    return "warn" if diagnosis.warnings else "ok"


def _head(profile: Profile, state: DiagnosisState) -> Iterator[str]:
    names = dict.fromkeys((profile.label, profile.pbx.strip()))
    yield ", ".join(name for name in names if name)
    if state.began is not None:
        yield day_and_time(state.began.utc)


def _lines(step: DiagnosisStep) -> Iterator[str]:
    found = found_at(step)
    time = f" ({step.ms:.0f} ms)" if step.ms is not None else ""
    said = f": {found.observation}" if found.observation else ""
    yield f"[{verdict_of(step)}] {step_name(step.id)}{said}{time}"
    for caption, text in (
        (QCoreApplication.translate("DiagnosisText", "Cause"), found.cause),
        (QCoreApplication.translate("DiagnosisText", "Cure"), found.cure),
    ):
        if text:
            yield f"    {caption}: {text}"
