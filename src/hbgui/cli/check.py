"""`hbgui check`: whether the token is alive, without moving anybody's reports."""

from __future__ import annotations

import argparse

from hbgui.cli.once import once
from hbgui.cli.world import World


def run(args: argparse.Namespace, world: World) -> int:
    """Ask the PBX about itself, and say what it answered; the exit code."""
    checker = world.diagnoser.checker
    return once(
        args,
        world,
        lambda job, token, cancel: checker.ask(job.profile, token, cancel, args.timeout),
    )
