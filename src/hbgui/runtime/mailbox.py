"""The way from every thread into the GUI thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from hbgui.core.events import Event


class Mailbox:
    """A queue that wakes its reader. Holds no Qt object after `close`: a worker that outlives
    the window must not be the last one to let go of it, in the wrong thread."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake: Callable[[], None] | None = wake
        self._lock = threading.Lock()
        self._queue: deque[Event] = deque()
        self._woken = False

    def post(self, event: Event) -> None:
        """Hand in what happened. Any thread; after `close` it falls to the floor.

        Posting and closing take the same lock: between looking at a plain flag and waking, the
        reader could be gone.
        """
        with self._lock:
            if self._wake is None:
                return
            self._queue.append(event)
            if not self._woken:
                self._woken = True
                self._wake()

    def take(self, most: int) -> list[Event]:
        """Up to `most` events, the oldest first; the reader is woken again if there are more."""
        with self._lock:
            batch = [self._queue.popleft() for _ in range(min(most, len(self._queue)))]
            self._woken = bool(self._queue) and self._wake is not None
            if self._woken and self._wake is not None:
                self._wake()
            return batch

    def close(self) -> None:
        """Take no more, drop what waits. May be called twice."""
        with self._lock:
            self._wake = None
            self._queue.clear()
