"""`hbgui receive` while it listens."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cli.conftest import Shell
from patience import PATIENCE_S


class Receiving:
    """A command that listens."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.url = self.object()["listening"]
        self.port = int(self.url.rpartition(":")[2].partition("/")[0])

    def object(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        assert isinstance(told, dict)
        return told

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """The exit code and what was said on stderr."""
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, err


@contextmanager
def receive(shell: Shell, *arguments: str) -> Iterator[Receiving]:
    with shell.start("receive", "--port", "0", *arguments) as process:
        try:
            yield Receiving(process)
        finally:
            process.kill()
