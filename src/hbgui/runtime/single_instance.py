"""One window per user: a lock file decides, a local socket only says "show the window"."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_SHOW = b"show\n"
_WAIT_MS = 1000
_BRIEFLY_MS = 200
"""A command that writes the settings holds the lock no longer."""


class SingleInstance(QObject):
    """Lives in the GUI thread. The system frees the lock when its owner dies, kill -9 included."""

    show_requested = Signal()
    """Somebody started the program again."""

    def __init__(self, lock_file: Path) -> None:
        super().__init__()
        with contextlib.suppress(OSError):
            lock_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = QLockFile(str(lock_file))
        self._lock.setStaleLockTime(0)
        # The folder is the user's own, so its hash names the user too.
        self._name = "hbgui-" + hashlib.sha256(str(lock_file).encode()).hexdigest()[:16]
        self._server: QLocalServer | None = None

    def acquire(self) -> bool:
        """Become the one window. False when there is one already, or the folder is not ours.

        A folder that cannot be written to holds no lock; then every start is the first.
        """
        if self._lock.tryLock(_BRIEFLY_MS):
            return True
        return self._lock.error() != QLockFile.LockError.LockFailedError

    def listen(self) -> None:
        """Hear of later starts from now on. Only for the owner of the lock."""
        # What a killed owner left behind is in the way.
        QLocalServer.removeServer(self._name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._server.listen(self._name)

    def ask_to_show(self) -> bool:
        """Tell the first instance to show its window. False when it did not hear in a second."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_WAIT_MS):
            return False
        socket.write(_SHOW)
        heard = socket.waitForBytesWritten(_WAIT_MS)
        socket.disconnectFromServer()
        return heard

    def close(self) -> None:
        """Give the lock back. May be called twice."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()

    @Slot()
    def _connected(self) -> None:
        assert self._server is not None, "only a listening server has connections"
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.show_requested.emit()
