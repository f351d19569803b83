"""A diagnosis in words: each link, and the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hbgui.core.diagnosis import Diagnosis, Step, StepId, Verdict
from hbgui.core.pbx.connection import spelled_fingerprint
from hbgui.texts.findings import FINDINGS
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.outcomes import Message, outcome_message
from hbgui.texts.problems import problem_sentence

_NAMES = {
    StepId.NAME: QT_TRANSLATE_NOOP("texts", "Name"),
    StepId.ROUTE: QT_TRANSLATE_NOOP("texts", "Route"),
    StepId.TCP: QT_TRANSLATE_NOOP("texts", "Connection"),
    StepId.TLS: QT_TRANSLATE_NOOP("texts", "Encryption"),
    StepId.HTTP: QT_TRANSLATE_NOOP("texts", "Web server"),
    StepId.API: QT_TRANSLATE_NOOP("texts", "API"),
    StepId.VERSION: QT_TRANSLATE_NOOP("texts", "Version"),
    StepId.TOKEN: QT_TRANSLATE_NOOP("texts", "Token"),
    StepId.CLOCK: QT_TRANSLATE_NOOP("texts", "Clock"),
    StepId.HEARTBEAT: QT_TRANSLATE_NOOP("texts", "Heartbeat"),
    StepId.RECEIVER: QT_TRANSLATE_NOOP("texts", "Receiver"),
    StepId.REPORTS: QT_TRANSLATE_NOOP("texts", "Reports"),
}

_VERDICTS = {
    Verdict.OK: QT_TRANSLATE_NOOP("texts", "ok"),
    Verdict.WARNING: QT_TRANSLATE_NOOP("texts", "warning"),
    Verdict.BROKEN: QT_TRANSLATE_NOOP("texts", "broken"),
    Verdict.SKIPPED: QT_TRANSLATE_NOOP("texts", "not tried"),
    Verdict.RUNNING: QT_TRANSLATE_NOOP("texts", "running"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of a link: what was seen, why, what to do; the last two may be empty."""

    observation: str
    cause: str = ""
    cure: str = ""


def step_name(step: StepId) -> str:
    """The link in a word or two."""
    return translate("texts", _NAMES[step])


def verdict_word(verdict: Verdict) -> str:
    """The verdict in a word or two: never by colour alone."""
    return translate("texts", _VERDICTS[verdict])


def finding(step: Step) -> Finding:
    """What to say of a link."""
    said = _finding(step)
    if not step.outcome or not step.values.get("cipher"):
        return said
    text = QT_TRANSLATE_NOOP(
        "texts", "Seen: {version}, {cipher}, certificate of {subject}, SHA-256 {begin}…"
    )
    begin = spelled_fingerprint(step.values["sha256"])[:23]
    seen = translate("texts", text, {**step.values, "begin": begin})
    return replace(said, observation=f"{said.observation} {seen}")


def _finding(step: Step) -> Finding:
    values = dict(step.values)
    if step.outcome and step.code not in FINDINGS:
        address, target = values.get("address", ""), values.get("target", "")
        message = outcome_message(step.outcome, address, target)
        return Finding(f"{message.title}.", message.why, message.advice)
    if "problem" in values:
        values["problem"] = problem_sentence(values["problem"], {"ip": values["announced"]})
    if "broken" in values:
        values["broken"] = step_name(StepId(values["broken"]))
    texts = FINDINGS[step.code]
    return Finding(*(translate("texts", text, values) if text else "" for text in texts))


def diagnosis_message(diagnosis: Diagnosis) -> Message:
    """The whole in one message: the first broken link, else how well the chain holds."""
    broken = diagnosis.first_broken
    if broken is not None:
        said = _finding(broken)
        return Message(_headline(broken, said), said.cause, said.cure)
    if diagnosis.warnings:
        first = diagnosis.warnings[0]
        said = finding(first)
        title = QT_TRANSLATE_NOOP("texts", "No link is broken; worth a look: {names}")
        names = ", ".join(step_name(step.id) for step in diagnosis.warnings)
        why = f"{_headline(first, said)}. {said.cause}".strip()
        return Message(translate("texts", title, {"names": names}), why, said.cure)
    title = QT_TRANSLATE_NOOP("texts", "Every link that was tried holds")
    said = finding(diagnosis.step(StepId.HEARTBEAT))
    return Message(translate("texts", title), said.observation, said.cure)


def _headline(step: Step, said: Finding) -> str:
    # With a colon, what comes after “Token” would be taken for one, and hidden.
    return f"{step_name(step.id)} – {said.observation.removesuffix('.')}"
