"""`hbgui logout`: the end of a token, and of its reports."""

from __future__ import annotations

import argparse

from hbgui.cli.job import Invocation
from hbgui.cli.memory import CommandAdapters
from hbgui.cli.once import once
from hbgui.core.api.errors import SecretError
from hbgui.core.api.outcome import Attempt
from hbgui.core.values import Secret
from hbgui.texts.outcomes import secret_message


def run(args: argparse.Namespace, adapters: CommandAdapters) -> int:
    """Log out once and say what the PBX answered; the exit code."""

    def forget(job: Invocation, token: Secret, attempt: Attempt) -> None:
        if attempt.outcome.accepted or attempt.outcome.token_lost:
            _forget(job, token, adapters)

    return once(
        args,
        adapters,
        lambda job, token, cancel: adapters.client.log_out(
            job.checked, token, cancel, args.timeout, job.standing
        ),
        forget,
    )


def _forget(job: Invocation, token: Secret, adapters: CommandAdapters) -> None:
    """Delete the profile's entry in the keyring if it holds that token."""
    if job.stored is None:
        return
    try:
        if adapters.secrets.get(job.stored.id) == token:
            adapters.secrets.delete(job.stored.id)
    except SecretError as error:
        told = secret_message(error.code, error.detail)
        job.output.problem(f"{job.name}: {told.title}. {told.why}")
