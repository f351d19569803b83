"""`hbgui check`: whether the token is alive, without moving anybody's reports."""

from __future__ import annotations

import argparse

from hbgui.cli.memory import CommandAdapters
from hbgui.cli.once import once
from hbgui.core.client.device_query import query_device


def run(args: argparse.Namespace, adapters: CommandAdapters) -> int:
    """Ask the PBX about itself, and say what it answered; the exit code."""
    return once(
        args,
        adapters,
        lambda job, token, cancel: query_device(
            adapters.client, job.checked, token, cancel, args.timeout
        ),
    )
