"""Locks between programs: the window and the command line exclude each other."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QLockFile

WINDOW = "window"
"""Held by the open window. Whoever changes its settings from outside takes it meanwhile."""


def keeper_of(pbx_id: str) -> str:
    """The name of the lock for keeping one PBX alive."""
    return f"keep-{pbx_id}"


class NamedLock:
    """A lock file that the system frees when its owner dies, kill -9 included."""

    def __init__(self, folder: Path, name: str) -> None:
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / f"{name}.lock"))
        # Held for hours: its age says nothing, only whether its owner lives.
        self._lock.setStaleLockTime(0)

    def acquire(self) -> bool:
        """Take the lock if nobody has it. Never waits. A folder that cannot be written to holds
        no lock: then nobody is kept out."""
        return self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError

    def release(self) -> None:
        """Give it back. May be called twice."""
        self._lock.unlock()
