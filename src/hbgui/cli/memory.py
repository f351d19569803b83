"""What a command leaves behind for the window: files are written in a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from hbgui.core.ports import Cancel
from hbgui.runtime.pool import Pool

if TYPE_CHECKING:
    from hbgui.adapters.history_db import HistoryDb

WAITING_MAX = 200
"""Writes that may wait for a file that hangs; what comes on top is not kept."""

CLOSE_S = 2.0
"""Seconds that the end of a command waits for its files."""


class Memory:
    """`do` never waits and never fails. Nothing is opened before the first of it, and the history
    once. `new_history` makes it, unopened."""

    def __init__(
        self, new_history: Callable[[], HistoryDb], new_cancel: Callable[[], Cancel]
    ) -> None:
        self._new_history = new_history
        self._pool = Pool("memory", 1, new_cancel)
        self._room = threading.BoundedSemaphore(WAITING_MAX)
        self._history: HistoryDb | None = None

    @property
    def history(self) -> HistoryDb:
        """The history, open; for what is done here only."""
        if self._history is None:
            self._history = self._new_history()
            self._history.open()
        return self._history

    def do(self, work: Callable[[], None]) -> None:
        """Do it soon, in the order of the calls."""
        if self._room.acquire(blocking=False):
            self._pool.submit(partial(self._do, work))

    def close(self) -> None:
        """Finish what waits, for two seconds at most. May be called twice."""
        self._pool.submit(self._close_history)
        self._pool.close(drain_s=CLOSE_S, abort=False)

    def _do(self, work: Callable[[], None], _cancel: Cancel) -> None:
        try:
            work()
        finally:
            self._room.release()

    def _close_history(self, _cancel: Cancel) -> None:
        if self._history is not None:
            self._history.close()
