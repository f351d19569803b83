"""Locks between programs: the window and the command line exclude each other."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from hbgui.process import LOCK_HELD, lock_file, make_folder, open_to_lock

WINDOW = "window"
"""Held by the open window. Whoever changes its settings from outside takes it meanwhile."""

_TURNS = 20
"""How often a file may be replaced between opening and locking it. Some network file systems
never name the same file twice: there the lock counts all the same."""


def keeper_of(pbx_id: str) -> str:
    """The name of the lock for keeping one PBX alive."""
    return f"keep-{pbx_id}"


@dataclass(frozen=True, slots=True)
class Holder:
    """The program that says in the file that it has the lock."""

    pid: int
    host: str

    @property
    def here(self) -> bool:
        """Whether it runs on this computer."""
        return self.host == socket.gethostname()


class NamedLock:
    """A lock on a file, which the system frees when its owner dies, kill -9 included.

    Only the system's lock counts. The text in the file says who has it, for people; what an
    earlier program left there keeps nobody out.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.lock"
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock if nobody has it. Never waits. A folder that cannot be written to holds
        no lock: then nobody is kept out."""
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
            # The one before may have removed the file that was opened here.
            if self._in_place(handle) or turn == _TURNS - 1:
                self._handle = handle
                self._sign(handle)
                break
            os.close(handle)
        return True

    def holder(self) -> Holder | None:
        """Who has the lock, as far as the file tells."""
        try:
            with self._path.open("rb") as file:
                lines = file.read(1000).decode("utf-8", "replace").splitlines()
        except OSError:
            return None
        if len(lines) < 3 or not (lines[0].isascii() and lines[0].isdigit()):
            return None
        return Holder(int(lines[0]), lines[2])

    def release(self) -> None:
        """Give it back. May be called twice."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        # Before others get it: whoever has opened the file by then sees that it is gone.
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
        """As Qt's lock files are written, which hbgui 0.1 reads."""
        text = f"{os.getpid()}\nhbgui\n{socket.gethostname()}\n"
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.write(handle, text.encode())
