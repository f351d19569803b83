"""Ctrl-C, SIGTERM and a terminal that closes end the program in the same way as its menu."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Slot

from hbgui.process import ending_signals


class UnixSignals(QObject):
    """Wakes Qt's event loop, in which Python runs no signal handler by itself. Main thread."""

    def __init__(self, quit_program: Callable[[], None]) -> None:
        super().__init__()
        self._quit = quit_program
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._old_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._old = {number: signal.signal(number, self._note) for number in ending_signals()}

    def close(self) -> None:
        """Give the signals back. May be called twice."""
        if self._read.fileno() == -1:
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        """Python demands a handler; the byte on the socket does the work."""

    @Slot()
    def _woken(self) -> None:
        if self._read.recv(64):
            self._quit()
