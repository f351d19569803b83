"""`hbgui check`: whether the token is alive, without moving anybody's reports."""

from __future__ import annotations

import argparse

from hbgui.cli.once import once
from hbgui.cli.world import World
from hbgui.core.client.device_query import query_device


def run(args: argparse.Namespace, world: World) -> int:
    """Ask the PBX about itself, and say what it answered; the exit code."""
    return once(
        args,
        world,
        lambda job, token, cancel: query_device(
            world.client, job.checked, token, cancel, args.timeout
        ),
    )
