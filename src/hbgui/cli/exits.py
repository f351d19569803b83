"""How a command ends that has no answer of a PBX to tell."""

from __future__ import annotations

USAGE = 2
"""The exit code after bad input."""

INTERRUPTED = 130
"""The exit code after a signal, as shells have it."""

READER_GONE = 141
"""The exit code when nobody was told the result, as shells have it for SIGPIPE."""


class UsageError(Exception):
    """A command line that cannot be carried out.

    The text names the option and what it allows, never what was typed. `command` is the one whose
    `--help` tells more.
    """

    def __init__(self, text: str, command: str = "hbgui") -> None:
        super().__init__(text)
        self.command = command
