"""The simulator as a technician runs it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from e2e.desktop import SOURCE, Hbgui


@dataclass
class Simulated:
    """Its address, its play secrets, and what it printed."""

    url: str
    token: str
    user: str
    password: str
    process: subprocess.Popen[str] = field(repr=False)


@contextmanager
def simulated(*arguments: str) -> Iterator[Simulated]:
    """`hbgui simulate` on a free port of loopback, until the block ends."""
    command = [sys.executable, "-X", "dev", "-m", "hbgui", "simulate", "--json", *arguments]
    env = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "error"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            told = json.loads(process.stdout.readline())
            yield Simulated(
                told["listening"], told["token"], told["user"], told["password"], process
            )
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.read()


def enter(window: Hbgui, pbx: Simulated, *, name: str = "Hotel Post") -> None:
    """Fill the form in, as on site."""
    window.type("profileName", name)
    window.type("pbxHost", pbx.url)
    window.type("token", pbx.token)
    window.type("serverIp", "127.0.0.1")
    window.type("serverPort", "8260")
