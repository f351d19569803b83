"""Stopping a network call from another thread."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class WireCancel:
    """Fulfils `core.ports.Cancel` for calls that wait on sockets.

    Closing a socket under a thread that waits on it does not wake that thread everywhere; a
    second socket in the same wait does. Any thread may call any method.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._wakers: list[socket.socket] = []

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Make the calls that got this object raise Cancelled, now and later."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            for waker in self._wakers:
                waker.send(b"\0")

    @contextlib.contextmanager
    def wake_socket(self) -> Iterator[socket.socket]:
        """A socket that becomes readable on `cancel`; it lives for the `with` block.

        Look at `cancelled` before each wait: what was cancelled before is not told again.
        """
        wake, waker = socket.socketpair()
        with wake, waker:
            with self._lock:
                self._wakers.append(waker)
            try:
                yield wake
            finally:
                with self._lock:
                    self._wakers.remove(waker)
