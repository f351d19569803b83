"""Threads for what may hang: they are left behind when they take too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from hbgui.adapters.bounds import LOOK_S
from hbgui.core.api.errors import Cancelled
from hbgui.core.ports import Cancel

_T = TypeVar("_T")


class DaemonThreads:
    """Fulfils `core.ports.Aside`."""

    def start(self, work: Callable[[], _T]) -> _Job[_T]:
        """Begin it now, in a thread of its own."""
        job = _Job(work)
        threading.Thread(target=job.run, name="aside", daemon=True).start()
        return job


class _Job(Generic[_T]):
    """Fulfils `core.ports.Pending`."""

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
        """What the work returned or raised; see `core.ports.Pending`."""
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
