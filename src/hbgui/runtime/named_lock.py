"""Locks between programs: the window and the command line exclude each other."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from hbgui.process import LOCK_HELD, lock_file, make_folder, open_to_lock

WINDOW = "window"
"""The lock of the open window. A command that changes the settings takes it meanwhile."""

_TURNS = 20
"""How often a file may be replaced between opening and locking it. Some network file systems
never name the same file twice: there the lock counts all the same."""


def keeper_of(pbx_id: str) -> str:
    """The name of the lock for keeping one PBX alive."""
    return f"keep-{pbx_id}"


@dataclass(frozen=True, slots=True)
class Holder:
    """The program that the lock file names as its owner."""

    pid: int
    host: str

    @property
    def here(self) -> bool:
        """Whether it runs on this computer."""
        return self.host == socket.gethostname()


class NamedLock:
    """A lock on a file, which the system frees when its owner dies, kill -9 included.

    Only the system's lock counts. The text in the file names the owner for people; text that an
    earlier program left there locks nothing.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.lock"
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free; whether that succeeded. Never waits. Where the folder is not
        writable or has no locks, the result is True although nothing is locked."""
        if self._handle is not None:
            return True
        with contextlib.suppress(OSError):
            make_folder(self._path.parent)
        for turn in range(_TURNS):
            handle = open_to_lock(self._path)
            if handle is None:
                return True
            try:
                lock_file(handle)
            except OSError as error:
                os.close(handle)
                # Any other error: this file system has no locks.
                return not isinstance(error, LOCK_HELD)
            # The earlier owner may have removed the file after it was opened here.
            if self._in_place(handle) or turn == _TURNS - 1:
                self._handle = handle
                self._sign(handle)
                break
            os.close(handle)
        return True

    def holder(self) -> Holder | None:
        """The owner that the file names, None when it names none. Raises nothing."""
        try:
            with self._path.open("rb") as file:
                lines = file.read(1000).decode("utf-8", "replace").splitlines()
        except OSError:
            return None
        if len(lines) < 3 or not (lines[0].isascii() and lines[0].isdigit()):
            return None
        return Holder(int(lines[0]), lines[2])

    def release(self) -> None:
        """Free the lock. May be called twice."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        # Removed while locked: a program that has opened it by then sees that it was replaced.
        with contextlib.suppress(OSError):
            if self._in_place(handle):
                self._path.unlink()
        os.close(handle)

    def _in_place(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self._path.stat())
        except OSError:
            return False

    def _sign(self, handle: int) -> None:
        """Write the owner as in Qt's lock files, which hbgui 0.1 reads."""
        text = f"{os.getpid()}\nhbgui\n{socket.gethostname()}\n"
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.write(handle, text.encode())
