"""Locks between programs: the window and the command line exclude each other."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from hbgui.process import LOCK_HELD, OWN_FILE, lock_file, make_folder

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
        for turn in range(_TURNS):
            handle = self._open()
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

    def _open(self) -> int | None:
        """None when the folder is not ours to write to."""
        with contextlib.suppress(OSError):
            make_folder(self._path.parent)
        # A lock needs no right to write.
        for mode in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
            with contextlib.suppress(OSError):
                return os.open(self._path, mode, OWN_FILE)
        return None

    def _in_place(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self._path.stat())
        except OSError:
            return False

    def _sign(self, handle: int) -> None:
        """As Qt's lock files are written, which hbgui 0.1 reads."""
        text = f"{os.getpid()}\nhbgui\n{socket.gethostname()}\n"
        with contextlib.suppress(OSError):
            if stat.S_ISREG(os.fstat(handle).st_mode):
                self._path.chmod(OWN_FILE)  # whatever the umask leaves of it: others must open it
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.write(handle, text.encode())


PATIENCE_S = 5.0
"""Seconds that a later start waits for the first window: it may be about to open or to close."""

_SHOW = b"show\n"
_SHOWN = b"shown\n"
_PAUSE_S = 0.05
_LONGEST_PATH = 80
"""A socket's path has room for a hundred bytes, and Qt adds some of its own."""


class SingleInstance(QObject):
    """Hears of later starts, for the owner of the lock. Lives in the GUI thread."""

    show_requested = Signal()
    """Somebody started the program again. The answer goes out when all slots have returned."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        # What a killed owner left behind is in the way.
        QLocalServer.removeServer(_address(folder))
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._server.listen(_address(folder))

    def close(self) -> None:
        """Hear of no more. May be called twice."""
        self._server.close()

    @Slot()
    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.show_requested.emit()
            # Who waits for this knows that the window does not hang.
            socket.write(_SHOWN)
            socket.flush()
            socket.disconnectFromServer()


def shown_by_first(lock: NamedLock, folder: Path, patience_s: float = PATIENCE_S) -> bool:
    """Have the first window come to the front, or take the lock if it is given back meanwhile.

    Blocks for up to `patience_s` seconds. True when the window answered.
    """
    deadline = time.monotonic() + patience_s
    while not _asked(folder, deadline):
        if lock.acquire() or time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_S)
    return True


def _asked(folder: Path, deadline: float) -> bool:
    """Whether the first window has answered."""

    def left_ms() -> int:
        return max(1, int((deadline - time.monotonic()) * 1000))

    socket = QLocalSocket()
    socket.connectToServer(_address(folder))
    if not socket.waitForConnected(left_ms()):
        return False
    socket.write(_SHOW)
    answer = b""
    while not answer.startswith(_SHOWN) and socket.waitForReadyRead(left_ms()):
        answer += bytes(socket.readAll().data())
    return answer.startswith(_SHOWN)


def _address(folder: Path) -> str:
    """Beside the lock, where no other user can listen, if a socket's path may be that long."""
    beside = str(folder / "window.socket")
    if os.name != "nt" and len(os.fsencode(beside)) <= _LONGEST_PATH:
        return beside
    # The folder is the user's own, so its hash names the user too.
    return "hbgui-" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
