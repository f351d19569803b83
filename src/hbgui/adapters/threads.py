"""Work in daemon threads, which never hold the exit of the process."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from hbgui.core.api.errors import Cancelled
from hbgui.core.ports import Cancel

LOOK_S = 0.05
"""How often a wait that no socket can end looks whether it was cancelled."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class NoAnswer(Exception):  # noqa: N818 - the caller turns it into its own error
    """The call did not end in time, or an earlier one still hangs."""


class BackgroundCall(Generic[T]):
    """One call of `function` in a daemon thread. Fulfils `core.ports.Future`.

    Any thread may wait for it, any number of times. What hangs is left behind.
    """

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._result: list[T] = []
        self._done = threading.Event()
        self.error: BaseException | None = None
        """What it raised. Its text may hold a secret."""
        self.ended_s = math.inf
        """When it ended, by `time.monotonic`."""

    @property
    def ended(self) -> bool:
        """Whether it has returned or raised."""
        return self._done.is_set()

    def start(self, thread_name: str) -> Self:
        """Begin in a thread of that name. Raises RuntimeError where the system starts no more."""
        threading.Thread(target=self.run, name=thread_name, daemon=True).start()
        return self

    def run(self) -> None:
        """Do it in this thread. Raises nothing: `result` does."""
        try:
            self._result.append(self._function())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is wanted
            self.error = error
        self.ended_s = time.monotonic()
        self._done.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait up to `timeout_s` seconds; whether it has ended."""
        return self._done.wait(timeout_s)

    def result(self, timeout_s: float = 0.0, cancel: Cancel | None = None) -> T:
        """What the function returned, or raises what it raised; waits up to `timeout_s` seconds.

        Raises TimeoutError, and Cancelled within `LOOK_S` after `cancel`.
        """
        end_s = time.monotonic() + timeout_s
        while not self.ended:
            if cancel is not None and cancel.cancelled:
                raise Cancelled
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            self.wait(min(LOOK_S, left_s))
        if self.error is not None:
            raise self.error
        return self._result[0]


class DaemonThreads:
    """Fulfils `core.ports.BackgroundCalls`."""

    def start(self, work: Callable[[], T]) -> BackgroundCall[T]:
        """Begin it now, in a thread of its own."""
        return BackgroundCall(work).start("background")


class SerialWorker:
    """A daemon thread, started by the first call, that does one thing after the other.

    `run` may be called from any thread. After a time-out nothing queues up behind the call that
    hangs: every further one fails at once, until that one has come back. The exit of the
    process is never held. `came_back` is called there with the result of a call that had timed
    out and has ended after all; it must not block. What a call or `came_back` raises is logged,
    and the thread goes on.
    """

    def __init__(
        self, name: str, timeout_s: float, came_back: Callable[[Any], None] = lambda _result: None
    ) -> None:
        self._name = name
        self._came_back = came_back
        self._timeout_s = timeout_s
        self._changed = threading.Condition()
        self._call: BackgroundCall[Any] | None = None
        self._hangs = False
        self._started = False

    def run(self, function: Callable[[], T]) -> T:
        """What `function` returns, within the time-out, waiting for a turn included.

        Raises NoAnswer; `function` may then still be at work, or has raised.
        """
        deadline = time.monotonic() + self._timeout_s
        call = BackgroundCall(function)
        with self._changed:
            self._changed.wait_for(lambda: self._call is None or self._hangs, self._timeout_s)
            if self._call is not None:
                raise NoAnswer
            self._start()
            self._call = call
            self._changed.notify_all()
            ended = self._changed.wait_for(lambda: call.ended, deadline - time.monotonic())
            if not ended:
                self._hangs = True
                self._changed.notify_all()
            if not ended or call.error is not None:
                raise NoAnswer
            return call.result()

    def _start(self) -> None:
        if not self._started:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
            self._started = True

    def _work(self) -> None:
        while True:
            with self._changed:
                while self._call is None:
                    self._changed.wait()
                call = self._call
            call.run()
            if call.error is not None:
                _log.error("a call in %s failed: %s", self._name, type(call.error).__name__)
            with self._changed:
                self._call = None
                late, self._hangs = self._hangs, False
                self._changed.notify_all()
            if late and call.error is None:
                self._tell(call.result())
            # The last result may be a secret: it is not kept until the next call.
            del call

    def _tell(self, result: object) -> None:
        try:
            self._came_back(result)
        except BaseException:  # noqa: BLE001 - one fault must not end the thread
            _log.exception("nobody could be told in %s what came back late", self._name)
