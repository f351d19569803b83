"""A bounded pool of daemon threads whose work can be cancelled.

Qt's pool and ThreadPoolExecutor delay the exit for as long as a call hangs; daemon threads do not.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Hashable

from hbgui.core.ports import Cancel

Work = Callable[[Cancel], Callable[[], None] | None]
"""Work for a pool. The function that it returns is called as soon as work with the same key is
accepted again, so that its receiver can submit more at once."""

_log = logging.getLogger(__name__)


class Pool:
    """Runs work in up to `size` threads called `name`-N, the most urgent first.

    Its threads are started when there is work for them. With `started=False` work only queues up
    until `start`. Every method may be called from any thread.
    """

    def __init__(
        self, name: str, size: int, new_cancel: Callable[[], Cancel], *, started: bool = True
    ) -> None:
        self._name = name
        self._size = size
        self._new_cancel = new_cancel
        self._condition = threading.Condition()
        self._heap: list[tuple[float, int, Hashable, Work]] = []
        self._cancels: dict[Hashable, Cancel] = {}
        self._numbers = itertools.count()
        self._threads = 0
        self._idle = 0
        self._open = True
        self._started = started

    def start(self) -> None:
        """Begin with the work that was submitted so far. May be called twice."""
        with self._condition:
            self._started = True
            for _ in range(min(len(self._heap), self._size - self._threads)):
                self._start_thread()

    def submit(self, work: Work, *, key: Hashable = None, urgency: float = 0.0) -> bool:
        """Run `work(cancel)` soon. Work with the smallest `urgency` runs first.

        False when work of that key is waiting or running, or the pool is closed. Work
        without a key always counts as new.
        """
        with self._condition:
            number = next(self._numbers)
            key = number if key is None else key
            if not self._open or key in self._cancels:
                return False
            self._cancels[key] = self._new_cancel()
            heapq.heappush(self._heap, (urgency, number, key, work))
            wanted = len(self._heap) > self._idle and self._threads < self._size
            if wanted and self._started:
                self._start_thread()
            self._condition.notify()
            return True

    def cancel(self, key: Hashable) -> None:
        """Cancel the work of that key, running or waiting; nothing happens when there is none."""
        with self._condition:
            cancel = self._cancels.get(key)
        if cancel is not None:
            cancel.cancel()

    def close(self, *, drain_s: float = 0.0, abort: bool = True) -> bool:
        """Accept no more work; wait up to `drain_s` seconds for queued and running work.

        With `abort` all of it is cancelled first. Queued work of a pool that was never started is
        dropped. Returns whether all work has ended. May be called twice.
        """
        deadline = time.monotonic() + drain_s
        with self._condition:
            self._open = False
            if not self._started:
                self._heap.clear()
                self._cancels.clear()
            cancels = list(self._cancels.values()) if abort else []
            self._condition.notify_all()
        for cancel in cancels:
            cancel.cancel()
        with self._condition:
            while self._cancels and (left_s := deadline - time.monotonic()) > 0:
                self._condition.wait(left_s)
            return not self._cancels

    def _start_thread(self) -> None:
        name = f"{self._name}-{self._threads + 1}"
        try:
            threading.Thread(target=self._run, name=name, daemon=True).start()
        except RuntimeError:  # the system gives no more threads: the next submit tries again
            return
        self._threads += 1

    def _run(self) -> None:
        while (item := self._take()) is not None:
            key, work, cancel = item
            on_end: Callable[[], None] | None = None
            try:
                on_end = work(cancel)
            except BaseException:  # noqa: BLE001 - one fault must not end the thread
                _log.exception("work in %s failed", threading.current_thread().name)
            with self._condition:
                del self._cancels[key]
                self._condition.notify_all()
            if callable(on_end):
                on_end()

    def _take(self) -> tuple[Hashable, Work, Cancel] | None:
        with self._condition:
            self._idle += 1
            while not self._heap and self._open:
                self._condition.wait()
            self._idle -= 1
            if not self._heap:
                self._threads -= 1
                return None
            _urgency, _number, key, work = heapq.heappop(self._heap)
            return key, work, self._cancels[key]
