"""The time limit of a call, and its cancellation by another thread."""

from __future__ import annotations

import contextlib
import math
import selectors
import socket
import threading
import time
from collections.abc import Iterator

from hbgui.adapters.threads import POLL_S
from hbgui.core.api.errors import Cancelled
from hbgui.core.ports import Cancel


class WireCancel:
    """Fulfils `core.ports.Cancel` for calls that wait on sockets.

    On some systems closing a socket does not wake a thread that waits on it. Therefore each wait
    includes a second socket, which `cancel` writes to. Any thread may call any method.
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
        """Make the calls with this object raise Cancelled, those of the future too."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            for waker in self._wakers:
                waker.send(b"\0")

    @contextlib.contextmanager
    def wake_socket(self) -> Iterator[socket.socket]:
        """A socket that becomes readable on `cancel`; it lives for the `with` block.

        Check `cancelled` before each wait: an earlier `cancel` does not make it readable.
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


# Unlike select, poll takes any file descriptor; unlike epoll, it needs none of its own. Windows has
# select only.
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Deadline:
    """The time at which a call must end. Made by `deadline`, for the thread that made it."""

    def __init__(self, end_s: float, cancel: Cancel, selector: selectors.BaseSelector) -> None:
        self._end_s = end_s
        self.cancel = cancel
        self._selector = selector
        # Any other kind of Cancel has no socket to wait on.
        self._slice_s = math.inf if isinstance(cancel, WireCancel) else POLL_S

    def within(self, timeout_s: float) -> Deadline:
        """A deadline in `timeout_s` seconds, but not after this one, for one step of the call."""
        end_s = min(self._end_s, time.monotonic() + timeout_s)
        return Deadline(end_s, self.cancel, self._selector)

    def left_s(self) -> float:
        """Seconds until the deadline, 0 after it. Raises Cancelled."""
        if self.cancel.cancelled:
            raise Cancelled
        return max(0.0, self._end_s - time.monotonic())

    def wait(self, sock: socket.socket, event: int) -> bool:
        """Wait until the socket is ready for `event`, one of selectors. False at the deadline.

        Raises Cancelled.
        """
        self._selector.register(sock, event)
        try:
            while left_s := self.left_s():
                ready = self._selector.select(min(left_s, self._slice_s))
                if any(key.fileobj is sock for key, _ in ready):
                    return True
            return False
        finally:
            self._selector.unregister(sock)


@contextlib.contextmanager
def deadline(timeout_s: float, cancel: Cancel) -> Iterator[Deadline]:
    """The deadline of a call that may take `timeout_s` seconds from now, for a `with` block."""
    end_s = time.monotonic() + timeout_s
    with _Selector() as selector, contextlib.ExitStack() as stack:
        if isinstance(cancel, WireCancel):
            selector.register(stack.enter_context(cancel.wake_socket()), selectors.EVENT_READ)
        yield Deadline(end_s, cancel, selector)
