"""`hbgui send`: one heartbeat."""

from __future__ import annotations

import argparse

from hbgui.cli.once import once
from hbgui.cli.storing import remember
from hbgui.cli.world import World
from hbgui.core.pbx.destination import FREE


def run(args: argparse.Namespace, world: World) -> int:
    """Send one heartbeat and say what the PBX answered; the exit code."""
    return once(
        args,
        world,
        lambda job, token, cancel: world.client.send_heartbeat(
            job.checked, token, cancel, args.timeout, FREE
        ),
        lambda job, _token, attempt: remember(job, attempt, world),
        announces=True,
    )
