"""Work in daemon threads, which never delay the end of the process."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from hbgui.core.api.errors import Cancelled
from hbgui.core.ports import Cancel

POLL_S = 0.05
"""Seconds between two checks for `cancelled` in a wait that no socket can end."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class NoAnswer(Exception):  # noqa: N818 - the caller turns it into its own error
    """The call failed or did not end in time, or an earlier call still hangs."""


class BackgroundCall(Generic[T]):
    """One call of `function` in a daemon thread. Fulfils `core.ports.Future`.

    Any thread may wait for it, any number of times. A call that hangs is abandoned: its thread
    goes on until the process ends.
    """

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._result: list[T] = []
        self._done = threading.Event()
        self.error: BaseException | None = None
        """What the function raised, None if nothing. Its text may hold a secret."""
        self.ended_s = math.inf
        """When the call ended, in seconds of `time.monotonic`; infinite until then."""

    @property
    def ended(self) -> bool:
        """Whether the function has returned or raised."""
        return self._done.is_set()

    def start(self, thread_name: str) -> Self:
        """Start a thread of that name. Raises RuntimeError when the system allows no more."""
        threading.Thread(target=self.run, name=thread_name, daemon=True).start()
        return self

    def run(self) -> None:
        """Call the function in this thread. Raises nothing: `result` raises its error."""
        try:
            self._result.append(self._function())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is wanted
            self.error = error
        self.ended_s = time.monotonic()
        self._done.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait up to `timeout_s` seconds. Returns whether the call has ended."""
        return self._done.wait(timeout_s)

    def result(self, timeout_s: float = 0.0, cancel: Cancel | None = None) -> T:
        """Wait up to `timeout_s` seconds, and return what the function returned.

        Raises what the function raised, TimeoutError, and Cancelled within `POLL_S` after `cancel`.
        """
        end_s = time.monotonic() + timeout_s
        while not self.ended:
            if cancel is not None and cancel.cancelled:
                raise Cancelled
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            self.wait(min(POLL_S, left_s))
        if self.error is not None:
            raise self.error
        return self._result[0]


class DaemonThreads:
    """Fulfils `core.ports.BackgroundCalls`."""

    def start(self, work: Callable[[], T]) -> BackgroundCall[T]:
        """Start `work` now, in a thread of its own. Raises RuntimeError without threads."""
        return BackgroundCall(work).start("background")


class SerialWorker:
    """A daemon thread, started by the first call, that makes one call after the other.

    `run` may be called from any thread. While a call hangs beyond its time-out, every further one
    fails at once instead of waiting for it. When a call that had timed out returns after all,
    `on_late_result` is called in the worker's thread with its result; it must not block. What a
    call or `on_late_result` raises is logged, and the thread goes on.
    """

    def __init__(
        self,
        name: str,
        timeout_s: float,
        on_late_result: Callable[[Any], None] = lambda _result: None,
    ) -> None:
        self._name = name
        self._on_late_result = on_late_result
        self._timeout_s = timeout_s
        self._changed = threading.Condition()
        self._call: BackgroundCall[Any] | None = None
        self._hangs = False
        self._started = False

    def run(self, function: Callable[[], T]) -> T:
        """Call `function` in the thread and return its result.

        The time-out includes the wait for earlier calls. Raises NoAnswer when it is over, or when
        `function` has raised. After a time-out `function` may still be running.
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
                self._report_late(call.result())
            # The last result may be a secret: it is not kept until the next call.
            del call

    def _report_late(self, result: object) -> None:
        try:
            self._on_late_result(result)
        except BaseException:  # noqa: BLE001 - one fault must not end the thread
            _log.exception("nobody could be told in %s what came back late", self._name)
