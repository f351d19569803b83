"""A second start brings the window of the first to the front."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from hbgui.runtime.named_lock import NamedLock

PATIENCE_S = 5.0
"""Seconds that a later start waits for the first window: it may be about to open or to close."""

_SHOW = b"show\n"
_SHOWN = b"shown\n"
_PAUSE_S = 0.05
_LONGEST_PATH = 80
"""A socket's path has room for a hundred bytes, and Qt adds some of its own."""


class SingleInstance(QObject):
    """A local server that later starts connect to. It runs in the program that has the lock of the
    window. GUI thread."""

    show_requested = Signal()
    """Somebody started the program again. The answer goes out when all slots have returned."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        # The socket of a killed owner would block the address.
        QLocalServer.removeServer(_address(folder))
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._server.listen(_address(folder))

    def close(self) -> None:
        """Stop listening. May be called twice."""
        self._server.close()

    @Slot()
    def _connected(self) -> None:
        while (client := self._server.nextPendingConnection()) is not None:
            client.disconnected.connect(client.deleteLater)
            self.show_requested.emit()
            # The answer shows the later start that the window does not hang.
            client.write(_SHOWN)
            client.flush()
            client.disconnectFromServer()


def shown_by_first(lock: NamedLock, folder: Path, patience_s: float = PATIENCE_S) -> bool:
    """Ask the first window to come to the front, or take the lock if that becomes free meanwhile.

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

    window = QLocalSocket()
    window.connectToServer(_address(folder))
    if not window.waitForConnected(left_ms()):
        return False
    window.write(_SHOW)
    answer = b""
    while not answer.startswith(_SHOWN) and window.waitForReadyRead(left_ms()):
        answer += bytes(window.readAll().data())
    return answer.startswith(_SHOWN)


def _address(folder: Path) -> str:
    """The socket's path beside the lock, where no other user can listen. A name from the folder's
    hash on Windows, and where the path is too long for a socket."""
    path = str(folder / "window.socket")
    if os.name != "nt" and len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    # The folder is the user's own, so its hash names the user too.
    return "hbgui-" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
