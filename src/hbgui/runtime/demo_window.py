"""A second window, on the simulator: a process of its own, so that it leaves nothing here."""

from __future__ import annotations

import os
import subprocess
import sys

_started: list[subprocess.Popen[bytes]] = []


def open_demo_window() -> None:
    """Start it. It lives on when this program ends.

    Its environment is this program's, from which the token was taken at the start.
    """
    frozen = getattr(sys, "frozen", False)
    arguments = ["--demo"] if frozen else ["-m", "hbgui", "--demo"]
    _started[:] = [process for process in _started if process.poll() is None]
    _started.append(
        subprocess.Popen(
            [sys.executable, *arguments],
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    )
