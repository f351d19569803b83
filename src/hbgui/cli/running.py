"""A call that signals can end at once: it runs in a thread, the main thread waits."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TypeVar

from hbgui.adapters.threads import BackgroundCall
from hbgui.core.api.errors import Cancelled
from hbgui.core.ports import Cancel
from hbgui.process import ending_signals

_T = TypeVar("_T")


class Stop:
    """Remembers that a signal came, and cancels the running call."""

    def __init__(self) -> None:
        self.stopped = False
        self.cancel: Cancel | None = None
        # Unlike an event, it may be used in a signal's handler while the same thread waits for it.
        self._woken: SimpleQueue[None] = SimpleQueue()

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.end()

    def end(self) -> None:
        """Stop as if a signal had come. Any thread."""
        if self.stopped:
            return
        self.stopped = True
        self._woken.put(None)
        if self.cancel is not None:
            self.cancel.cancel()

    def wait(self, timeout_s: float) -> None:
        """Wait `timeout_s` seconds, or until it is stopped. One thread only."""
        if not self.stopped:
            with contextlib.suppress(Empty):
                self._woken.get(timeout=timeout_s)


@contextmanager
def stopped_by_signals(stop: Stop | None = None) -> Iterator[Stop]:
    """Let Ctrl-C, SIGTERM and the end of the terminal call `stop` while the block runs. Main
    thread only."""
    stop = stop or Stop()
    old = {number: signal.signal(number, stop) for number in ending_signals()}
    try:
        yield stop
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def call(work: Callable[[Cancel], _T], stop: Stop, cancel: Cancel) -> _T:
    """Run `work(cancel)` in a daemon thread and wait for it.

    Raises what it raised, and Cancelled half a second after a signal even if it hangs.
    """
    job = BackgroundCall(lambda: work(cancel))
    stop.cancel = cancel
    if stop.stopped:
        raise Cancelled
    try:
        job.start("call")
    except RuntimeError:  # the system gives no more threads: a signal can cancel it here, too
        job.run()
    while not job.wait(0.5):
        if stop.stopped:
            raise Cancelled
    return job.result()


def call_until_signal(work: Callable[[Cancel], _T], new_cancel: Callable[[], Cancel]) -> _T:
    """Run `work(cancel)` as `call` does, until Ctrl-C, SIGTERM or the end of the terminal.

    Raises what it raised, and Cancelled after a signal. Main thread only.
    """
    with stopped_by_signals() as stop:
        return call(work, stop, new_cancel())
