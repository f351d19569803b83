"""`hbgui send`: one heartbeat."""

from __future__ import annotations

import argparse

from hbgui.cli.job import BadInputError, prepare, token_for
from hbgui.cli.output import EXIT_CODES
from hbgui.cli.parser import USAGE
from hbgui.cli.running import INTERRUPTED, call, stopped_by_signals
from hbgui.cli.world import World
from hbgui.core.errors import Cancelled


def run(args: argparse.Namespace, world: World) -> int:
    """Send one heartbeat and say what the PBX answered; the exit code."""
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
                lambda cancel: world.beater.beat(job.profile, token, cancel, args.timeout),
                stop,
                world.new_cancel(),
            )
        except Cancelled:
            return INTERRUPTED
    job.output.attempt(attempt, job.name)
    return EXIT_CODES[attempt.outcome.kind]
