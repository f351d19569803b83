"""`hbgui logout`: the end of a token, and of its reports."""

from __future__ import annotations

import argparse

from hbgui import texts
from hbgui.cli.job import BadInputError, Job, prepare, token_for
from hbgui.cli.output import EXIT_CODES
from hbgui.cli.parser import USAGE
from hbgui.cli.running import INTERRUPTED, call, stopped_by_signals
from hbgui.cli.world import World
from hbgui.core.errors import Cancelled, SecretError
from hbgui.core.secret import Secret


def run(args: argparse.Namespace, world: World) -> int:
    """Log out once and say what the PBX answered; the exit code."""
    try:
        job = prepare(args, world)
    except BadInputError:
        return USAGE
    token = token_for(args, job, world)
    if isinstance(token, int):
        return token
    with stopped_by_signals() as stop:
        try:
            attempt = call(
                lambda cancel: world.sessions.log_out(job.profile, token, cancel, args.timeout),
                stop,
                world.new_cancel(),
            )
        except Cancelled:
            return INTERRUPTED
    job.output.attempt(attempt, job.name)
    if attempt.outcome.accepted or attempt.outcome.token_lost:
        _forget(job, token, world)
    return EXIT_CODES[attempt.outcome.kind]


def _forget(job: Job, token: Secret, world: World) -> None:
    """Delete the profile's entry in the keyring if it holds that token."""
    if job.stored is None:
        return
    try:
        if world.secrets.get(job.stored.id) == token:
            world.secrets.delete(job.stored.id)
    except SecretError as error:
        told = texts.secret_message(error.code, error.detail)
        job.output.note(f"{job.name}: {told.title}. {told.why}")
