"""`hbgui send`: one heartbeat."""

from __future__ import annotations

import argparse

from hbgui.cli.memory import CommandAdapters
from hbgui.cli.once import once
from hbgui.cli.storing import remember
from hbgui.core.pbx.destination import FREE


def run(args: argparse.Namespace, adapters: CommandAdapters) -> int:
    """Send one heartbeat and say what the PBX answered; the exit code."""
    return once(
        args,
        adapters,
        lambda job, token, cancel: adapters.client.send_heartbeat(
            job.checked, token, cancel, args.timeout, FREE
        ),
        lambda job, _token, attempt: remember(job, attempt, adapters),
        announces=True,
    )
