"""The process of the window: garbage collection, signals, the start of a demo."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot

from hbgui.process import ending_signals

CHECK_MS = 1000


class Garbage(QObject):
    """Collects garbage in the GUI thread only, at the thresholds that Python itself uses.

    Python collects in whatever thread happens to run. PySide (6.11) deletes a widget that was found
    in another thread at some later moment of the GUI thread, in the middle of anything: the program
    then hangs or crashes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.collect_if_due)

    def start(self) -> None:
        """Check from now on, once a second, whether garbage is to be collected."""
        gc.disable()
        # The modules and classes that are loaded stay: they need not be checked again.
        gc.freeze()
        self._timer.start()

    @Slot()
    def collect_if_due(self) -> None:
        """Collect now, if one of Python's thresholds is passed."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))


class UnixSignals(QObject):
    """Wakes Qt's event loop, in which Python runs no signal handler by itself. Main thread."""

    def __init__(self, quit_program: Callable[[], None]) -> None:
        super().__init__()
        self._quit = quit_program
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read_signal)
        self._old_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._old = {number: signal.signal(number, self._ignore) for number in ending_signals()}

    def close(self) -> None:
        """Restore the earlier signal handlers. May be called twice."""
        if self._read.fileno() == -1:
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()

    def _ignore(self, _number: int, _frame: FrameType | None) -> None:
        """Python only writes to the wake-up socket for signals that have a handler."""

    @Slot()
    def _read_signal(self) -> None:
        if self._read.recv(64):
            self._quit()


_started: list[subprocess.Popen[bytes]] = []


def open_demo_window() -> None:
    """Start a second hbgui with a simulated PBX. It goes on running when this one ends.

    Its environment is this program's, from which the token was taken at the start.
    """
    frozen = getattr(sys, "frozen", False)
    arguments = ["--demo"] if frozen else ["-m", "hbgui", "--demo"]
    _started[:] = [process for process in _started if process.poll() is None]
    _started.append(
        subprocess.Popen(
            [sys.executable, *arguments],
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    )
