"""Work in threads that nobody has to wait for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from hbgui.core.api.errors import Cancelled
from hbgui.core.ports import Cancel

LOOK_S = 0.05
"""How often a wait that no socket can end looks whether it was cancelled."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class NoAnswer(Exception):  # noqa: N818 - the caller turns it into its own error
    """The call did not end in time, or an earlier one still hangs."""


class _Call(Generic[T]):
    """One call and, once it has ended, its result; none if it raised."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.function = function
        self.result: list[T] = []
        self.ended = False

    def work(self) -> None:
        """Call it. What it raises is logged by its name only: its text may hold a secret."""
        try:
            self.result.append(self.function())
        except BaseException as error:  # noqa: BLE001 - one fault must not end the thread
            _log.error("a call in %s failed: %s", current(), type(error).__name__)


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
        self._call: _Call[Any] | None = None
        self._hangs = False
        self._started = False

    def run(self, function: Callable[[], T]) -> T:
        """What `function` returns, within the time-out, waiting for a turn included.

        Raises NoAnswer; `function` may then still be at work, or has raised.
        """
        deadline = time.monotonic() + self._timeout_s
        call = _Call(function)
        with self._changed:
            self._changed.wait_for(lambda: self._call is None or self._hangs, self._timeout_s)
            if self._call is not None:
                raise NoAnswer
            self._start()
            self._call = call
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: call.ended, deadline - time.monotonic()):
                self._hangs = True
                self._changed.notify_all()
            if not call.result:
                raise NoAnswer
            return call.result[0]

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
            call.work()
            with self._changed:
                call.ended = True
                self._call = None
                late, self._hangs = self._hangs, False
                self._changed.notify_all()
            if late and call.result:
                self._tell(call.result[0])
            # The last result may be a secret: it is not kept until the next call.
            del call

    def _tell(self, result: object) -> None:
        try:
            self._came_back(result)
        except BaseException:  # noqa: BLE001 - one fault must not end the thread
            _log.exception("nobody could be told in %s what came back late", current())


def current() -> str:
    """The name of this thread."""
    return threading.current_thread().name


_T = TypeVar("_T")


class DaemonThreads:
    """Fulfils `core.ports.BackgroundCalls`."""

    def start(self, work: Callable[[], _T]) -> _Job[_T]:
        """Begin it now, in a thread of its own."""
        job = _Job(work)
        threading.Thread(target=job.run, name="aside", daemon=True).start()
        return job


class _Job(Generic[_T]):
    """Fulfils `core.ports.Future`."""

    def __init__(self, work: Callable[[], _T]) -> None:
        self._work = work
        self._result: list[_T] = []
        self._error: BaseException | None = None
        self._done = threading.Event()

    def run(self) -> None:
        """Work. Nothing is raised here."""
        try:
            self._result.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is wanted
            self._error = error
        self._done.set()

    def result(self, timeout_s: float, cancel: Cancel) -> _T:
        """What the work returned or raised; see `core.ports.Future`."""
        end_s = time.monotonic() + timeout_s
        while not self._done.is_set():
            if cancel.cancelled:
                raise Cancelled
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            self._done.wait(min(LOOK_S, left_s))
        if self._error is not None:
            raise self._error
        return self._result[0]
