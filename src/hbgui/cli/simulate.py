"""`hbgui simulate`: a PBX to rehearse with."""

from __future__ import annotations

import threading

from hbgui.cli.invocation import Invocation
from hbgui.cli.options import Command
from hbgui.cli.streams import USAGE, UnblockedLines
from hbgui.simulator import command as simulator


def _run(invocation: Invocation) -> int:
    """Run the simulated PBX until a signal, or until the reader of its lines has gone."""
    ended = threading.Event()
    with UnblockedLines(lambda: ended.set() if lines.out.reader_gone else None) as lines:
        code = simulator.run(invocation.args, lines.out.write, lines.err.write, ended)
    return USAGE if lines.unwritable else code


SIMULATE = Command(simulator.add_arguments, _run, epilog="")
