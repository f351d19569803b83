"""`hbgui diagnose`: which link of the chain is broken."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hbgui.cli.invocation import Invocation, PbxInvocation, prepare
from hbgui.cli.options import TOKEN_EPILOG, Command, add_target, add_token
from hbgui.cli.output import EXIT_CODES, Output, device_members
from hbgui.cli.running import call_until_signal
from hbgui.cli.secrets import stored_token, typed_token
from hbgui.cli.storing import remember
from hbgui.core.api.errors import SecretError
from hbgui.core.diagnosis import (
    DIAGNOSIS_TIMEOUT_S,
    Diagnosis,
    DiagnosisStep,
    StepVerdict,
    not_moving,
)
from hbgui.core.pbx.address import same_pbx
from hbgui.core.pbx.destination import ALLOW_ALL, Guard
from hbgui.core.values import Secret
from hbgui.texts.diagnosis import diagnosis_message, step_finding, step_name, verdict_word


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_target(parser, DIAGNOSIS_TIMEOUT_S)
    add_token(parser)


def _run(invocation: Invocation) -> int:
    """Check each link and write the results; the exit code."""
    job = prepare(invocation, announces=invocation.args.ip is not None)
    token = token_source(job)
    diagnosis = call_until_signal(
        lambda cancel: job.adapters.diagnoser.diagnose(
            job.checked, token, _guard(job), cancel, timeout_s=job.args.timeout
        ),
        job.adapters.new_cancel,
    )
    if diagnosis.heartbeat is not None:
        remember(job, diagnosis.heartbeat)
    _show(diagnosis, job)
    return EXIT_CODES[diagnosis.kind]


def token_source(job: PbxInvocation) -> Callable[[], Secret]:
    """A function that returns the token or raises SecretError. Standard input is read now; the
    keyring, which may hang, when the function is called. Raises UsageError."""

    def absent() -> Secret:
        raise SecretError("token_not_given")

    try:
        typed = typed_token(job)
    except SecretError:
        return absent
    return (lambda: typed) if typed else (lambda: stored_token(job))


def _guard(job: PbxInvocation) -> Guard | None:
    """Any target when --ip names one. Else only the target where reports go already, and none
    (no heartbeat) when that target is unknown or may be outdated."""
    if job.args.ip is not None:
        return ALLOW_ALL
    stored, problem = job.stored, job.loaded.problem
    known = stored is not None and same_pbx(stored.pbx, job.profile.pbx)
    guessed = stored is not None and problem is not None and problem.guessed_for(stored.id)
    return not_moving(job.profile) if known and not guessed else None


def _show(diagnosis: Diagnosis, job: PbxInvocation) -> None:
    output = job.output
    message = diagnosis_message(diagnosis)
    advice = message.advice
    if diagnosis.first_broken:
        advice = output.advice(advice, diagnosis.first_broken.code)
    if output.as_json:
        members: dict[str, object] = {
            "outcome": diagnosis.kind,
            "pbx": diagnosis.address or None,
            "message": message.cause,
            "advice": advice or None,
            "device": device_members(diagnosis.device) if diagnosis.device else None,
            "steps": [_members(step, output) for step in diagnosis.steps],
        }
        output.members(members)
        return
    output.lines(f"{job.name}: {message.title}", message.why, advice)
    for step in diagnosis.steps:
        output.lines(*_lines(step, output))


def _members(step: DiagnosisStep, output: Output) -> dict[str, object]:
    finding = step_finding(step)
    return {
        "id": step.id,
        "verdict": step.verdict,
        "observation": finding.observation,
        "cause": finding.cause or None,
        "cure": output.advice(finding.cure, step.code) or None,
        "ms": None if step.ms is None else round(step.ms, 1),
    }


def _lines(step: DiagnosisStep, output: Output) -> list[str]:
    """The line of a step, with cause and cure below it. Those of a broken step are shown above
    all steps."""
    finding = step_finding(step)
    duration = "" if step.ms is None else f"{step.ms:.0f} ms"
    word, name = verdict_word(step.verdict), step_name(step.id)
    head = f"{word:<10}{name:<12}{duration:>8}  {finding.observation}"
    if step.verdict is StepVerdict.BROKEN:
        return [head]
    indent = " " * 30
    details = (finding.cause, output.advice(finding.cure, step.code))
    return [head, *(indent + text for text in details if text)]


DIAGNOSE = Command(
    _add_options,
    _run,
    """\
heartbeat:
  sent when --ip says where reports shall go, or when the PBX of --profile sends them there
  already; else not, since it could take them away from somebody.

"""
    + TOKEN_EPILOG,
    ("outcome", "pbx", "message", "advice", "device", "steps"),
)
