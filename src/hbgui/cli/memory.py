"""Files that a command writes for the window, in a thread of their own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING

from hbgui.adapters.files.paths import Paths
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.adapters.secrets.redact import Redactor, redact_process_output
from hbgui.adapters.threads import BackgroundCall
from hbgui.core.api.errors import StorageError
from hbgui.core.ports import Cancel
from hbgui.runtime.named_lock import WINDOW, NamedLock
from hbgui.runtime.pool import Pool
from hbgui.wiring import Adapters

if TYPE_CHECKING:
    from hbgui.adapters.files.history_db import HistoryDb

WAITING_MAX = 200
"""How many writes may wait for a file that hangs. Further writes are dropped."""

CLOSE_S = 2.0
"""How many seconds the end of a command waits for its files."""

Trouble = tuple[str, dict[str, str]]
"""The code of a note, with the values of its placeholders."""


class Memory:
    """Runs writes in one thread of its own. `do` neither waits nor raises.

    The history is opened once, by the first write that needs it: `new_history` makes it, not yet
    open. `try_history` raises StorageError when the history exists and cannot be read.
    """

    def __init__(
        self,
        new_history: Callable[[], HistoryDb],
        try_history: Callable[[], object],
        new_cancel: Callable[[], Cancel],
    ) -> None:
        self._new_history = new_history
        self._try_history = try_history
        self._troubles: deque[Trouble] = deque()
        self._hung = False
        self._history_checked = False
        self._pool = Pool("memory", 1, new_cancel)
        self._room = threading.BoundedSemaphore(WAITING_MAX)
        self._history: HistoryDb | None = None

    @property
    def history(self) -> HistoryDb:
        """The open history. Only for work that `do` runs. Raises StorageError."""
        if self._history is None:
            self._history = self._new_history()
            self._troubles.extend(self._history.open())
        return self._history

    def restart_history(self) -> None:
        """Replace a damaged history by an empty one. Only for work that `do` runs."""
        self._troubles.extend(self.history.start_new_file())

    def add_trouble(self, code: str, detail: str = "") -> None:
        """Note that something could not be saved: `code` of a note, `detail` for it. Any thread."""
        self._troubles.append((code, {"detail": detail}))

    def troubles(self, timeout_s: float) -> list[Trouble]:
        """What went wrong with files since the last call.

        Waits up to `timeout_s` seconds for the writes that were submitted before. If none of them
        opened the history, it is checked in that time, too. With 0 nothing is waited for.
        """
        if timeout_s > 0 and not self._hung:
            check = BackgroundCall(self._check_history)
            if self._pool.submit(lambda _cancel: check.run()):
                self._hung = not check.wait(timeout_s)
        if self._hung:
            self.add_trouble("history_hangs")
        troubles = []
        while self._troubles:
            troubles.append(self._troubles.popleft())
        return troubles

    def do(self, work: Callable[[], None]) -> None:
        """Run `work` soon, in the order of the calls. It is dropped when `WAITING_MAX` wait."""
        if self._room.acquire(blocking=False):
            self._pool.submit(partial(self._do, work))

    def close(self) -> None:
        """Finish the writes that wait, in `CLOSE_S` seconds at most. May be called twice."""
        self._pool.submit(self._close_history)
        self._pool.close(drain_s=0.0 if self._hung else CLOSE_S, abort=False)

    def _do(self, work: Callable[[], None], _cancel: Cancel) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a failed write must not end the command
            self.add_trouble("history_storage_failed", type(error).__name__)
        finally:
            self._room.release()

    def _check_history(self) -> None:
        try:
            if self._history is None and not self._history_checked:
                self._history_checked = True
                self._try_history()
        except StorageError as error:
            self.add_trouble("history_unreadable", error.detail)

    def _close_history(self, _cancel: Cancel) -> None:
        if self._history is not None:
            self._history.close()


class CommandAdapters(Adapters):
    """The adapters of a command. It leaves damaged files to the window while that is open."""

    def __init__(self) -> None:
        super().__init__(Paths.for_user(), Redactor())
        redact_process_output(self.redactor)

    @cached_property
    def settings_file(self) -> ProfileFile:
        """The file with the profiles; a damaged one stays where it is."""
        return ProfileFile(self.paths.settings_file, moves_damaged=False)

    @cached_property
    def history(self) -> HistoryDb:
        """The requests that were sent."""
        from hbgui.adapters.files.history_db import HistoryDb

        return HistoryDb(self.paths.history_file, self.redactor.text, self._window_is_closed)

    @cached_property
    def memory(self) -> Memory:
        """The writer of what this command saves for the window."""
        return Memory(lambda: self.history, lambda: self.read_heartbeats("", 1), self.new_cancel)

    @contextmanager
    def window_lock(self) -> Iterator[bool]:
        """Hold the window's lock in the block. False while a window is open: it keeps all profiles
        in memory, and would overwrite a change."""
        lock = NamedLock(self.lock_folder, WINDOW)
        try:
            yield lock.acquire()
        finally:
            lock.release()

    def _window_is_closed(self) -> bool:
        with self.window_lock() as closed:
            return closed
