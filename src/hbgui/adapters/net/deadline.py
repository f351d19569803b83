"""How long a call may take, and who may end it earlier."""

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


# Unlike select it takes any file number, unlike epoll it needs none. Windows has no poll.
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Deadline:
    """The time that a call may take. Made by `deadline`; for the thread that made it."""

    def __init__(self, end_s: float, cancel: Cancel, selector: selectors.BaseSelector) -> None:
        self._end_s = end_s
        self.cancel = cancel
        self._selector = selector
        # A Cancel of another make has no socket to wait on.
        self._slice_s = math.inf if isinstance(cancel, WireCancel) else POLL_S

    def within(self, timeout_s: float) -> Deadline:
        """The same with an earlier deadline, for one step of the call."""
        end_s = min(self._end_s, time.monotonic() + timeout_s)
        return Deadline(end_s, self.cancel, self._selector)

    def left_s(self) -> float:
        """Seconds to the deadline, 0 when it is over. Raises Cancelled."""
        if self.cancel.cancelled:
            raise Cancelled
        return max(0.0, self._end_s - time.monotonic())

    def wait(self, sock: socket.socket, event: int) -> bool:
        """Wait until the socket is ready for `event` of selectors; False when time is over.

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
    """The deadline of one call of `timeout_s` seconds, which begin to run now."""
    end_s = time.monotonic() + timeout_s
    with _Selector() as selector, contextlib.ExitStack() as stack:
        if isinstance(cancel, WireCancel):
            selector.register(stack.enter_context(cancel.wake_socket()), selectors.EVENT_READ)
        yield Deadline(end_s, cancel, selector)
