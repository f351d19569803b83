"""The history of requests, in one SQLite file.

Only the thread that calls `open` may use it, apart from `HistoryDb.interrupt`.
"""

from __future__ import annotations

import contextlib
import sqlite3
import stat
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from hbgui.adapters.files.history_file import (
    HistoryFile,
    InUseError,
    NewerError,
    connect,
    error_text,
    identity,
    move_aside,
    prepare,
)
from hbgui.adapters.files.history_rows import COLUMNS, newest, values, where
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import Attempt
from hbgui.core.history import KEPT_DAYS, KEPT_ROWS, HistoryFilter, Row

CHECKED_MAX = 16 * 2**20
"""Bytes. A file up to this size is checked as a whole when it is opened, which takes 0.1 s."""

PRUNE_MAX = 5000
"""Rows that one call deletes at most: more would delay the calls behind it."""

_CODES = {
    "SQLITE_FULL": "disk_full",
    "SQLITE_READONLY_DBMOVED": "moved",
    "SQLITE_READONLY": "read_only",
    "SQLITE_PERM": "read_only",
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
}
"""Our codes for SQLite's errors, by the beginning of their names. The first match counts."""

LAST = 2**63 - 1
"""A number above that of any row."""

_T = TypeVar("_T")
Notes = list[tuple[str, dict[str, str]]]


class HistoryDb:
    """The rows of the history, the newest with the highest number.

    `clean` hides secrets in every text that is written. `may_move` tells whether a damaged file
    may be moved aside now. Where no file can be used, the rows are kept in memory, so that the
    window has a history for as long as it runs.
    """

    def __init__(
        self,
        path: Path,
        clean: Callable[[str], str],
        may_move: Callable[[], bool] = lambda: True,
    ) -> None:
        self._path = path
        self._clean = clean
        self._may_move = may_move
        self._file: HistoryFile | None = None
        self._memory: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._interruptible = False
        self._retries_open = False
        self._is_new_file = False
        self._unwritten: list[Row] = []

    @property
    def lasting(self) -> bool:
        """Whether the rows go into the file, rather than into memory."""
        return self._file is not None

    @property
    def whole(self) -> bool:
        """Whether the file has the rows of all runs: this one has not replaced a damaged file."""
        return self.lasting and not self._is_new_file

    @property
    def _db(self) -> sqlite3.Connection:
        if self._file is not None:
            return self._file.db
        if self._memory is None:
            self._memory = _memory()
        return self._memory

    def open(self) -> Notes:
        """Open the file, or make it. Returns notes for the user. Never raises."""
        return self._try_open(self.start_new_file)

    def start_new_file(self) -> Notes:
        """Move a damaged file aside and begin a new one. Returns notes as `open`. Never raises.

        While another program has the damaged file open it is not moved, and the rows are kept in
        memory.
        """
        self._close()
        try:
            if not self._may_move():
                raise InUseError
            moved_to = move_aside(self._path, self._identity)
        except InUseError:
            # The other program may have replaced the file by now.
            return self._try_open(self._wait_for_file)
        except OSError as error:
            return _in_memory(self._path, error)
        self._is_new_file = self._is_new_file or moved_to is not None
        notes = [] if moved_to is None else [("history_damaged", {"kept": str(moved_to)})]
        return [*notes, *self._try_open(self._wait_for_file)]

    def _wait_for_file(self) -> Notes:
        self._retries_open = True
        return [("history_elsewhere", {})]

    def _try_open(self, if_damaged: Callable[[], Notes]) -> Notes:
        self._close()
        self._retries_open, self._identity = False, identity(self._path)
        try:
            self._file = HistoryFile(self._path, CHECKED_MAX)
            self._identity = identity(self._path)
            return []
        except NewerError:
            return [("history_newer_version", {})]
        except OSError as error:
            return _in_memory(self._path, error)
        except Exception as error:  # noqa: BLE001 - sqlite3 raises more than its own errors
            # SQLITE_ERROR: a database, but not with what its version should have.
            damaged = _code(error) == "damaged" or _name(error) == "SQLITE_ERROR"
            failure = None if damaged else _in_memory(self._path, error)
            if _code(error) == "locked":
                # The file may be unlocked when the next row comes.
                self._retries_open, self._identity = True, None
        return if_damaged() if failure is None else failure

    def add(self, row: Row) -> int:
        """Write the row and return its number. Raises StorageError.

        While another program has the file locked, the row is kept in memory, and written together
        with a later one.
        """
        rows = [*self._unwritten, row]
        self._unwritten = []
        try:
            return _with_storage_error(lambda: self._add(rows), damage_name="SQLITE_ERROR")
        except StorageError as error:
            if error.code == "locked":
                self._unwritten = rows[-KEPT_ROWS:]
            raise

    def _add(self, rows: Sequence[Row]) -> int:
        replaced = identity(self._path) != self._identity
        if self._retries_open and replaced:
            self._reopen()
        elif self._file is not None and replaced:
            # The file was removed or replaced: go on in the one that is there now.
            self._try_open(self._wait_for_file)
        if len(rows) == 1:
            return self._insert(rows[0])
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:  # all of them, or none
            return [self._insert(each) for each in rows][-1]

    def _reopen(self) -> None:
        """Open the file, which could not be used so far, and write the rows from memory to it."""
        rows = newest(self._db, *where(HistoryFilter(), LAST), KEPT_ROWS)
        self._try_open(self._wait_for_file)
        for row in reversed(rows):
            self._insert(row)

    def _insert(self, row: Row) -> int:
        cleaned = values(row, self._clean)
        placeholders = ", ".join("?" * len(cleaned))
        statement = f"INSERT INTO requests ({COLUMNS}) VALUES ({placeholders})"
        return self._db.execute(statement, cleaned).lastrowid or 0

    def page(
        self, filter_: HistoryFilter, before: int, size: int, *, urgent: bool = True
    ) -> list[Row]:
        """Up to `size` rows with a number below `before`, the newest first. Raises StorageError.

        Rows with invalid values are left out: SQLite allows any type in any column. `interrupt`
        ends the call if it is not `urgent`.
        """
        with self._lock:
            self._interruptible = not urgent
        try:
            return _with_storage_error(lambda: newest(self._db, *where(filter_, before), size))
        finally:
            with self._lock:
                self._interruptible = False

    def prune(self, now: datetime) -> int:
        """Delete rows that are older than 90 days and not among the newest 1,000 of their PBX.

        Returns how many rows were deleted; at PRUNE_MAX there may be more to delete. Raises
        StorageError.
        """
        oldest = now.timestamp() - timedelta(days=KEPT_DAYS).total_seconds()
        return _with_storage_error(lambda: self._prune(oldest))

    def _prune(self, oldest: float) -> int:
        deleted = 0
        for (pbx_id,) in self._db.execute("SELECT DISTINCT pbx_id FROM requests").fetchall():
            cursor = self._db.execute(
                "DELETE FROM requests WHERE number IN (SELECT number FROM requests WHERE "
                "pbx_id = ? AND at < ? AND number <= (SELECT number FROM requests WHERE "
                "pbx_id = ? ORDER BY number DESC LIMIT 1 OFFSET ?) LIMIT ?)",
                (pbx_id, oldest, pbx_id, KEPT_ROWS, PRUNE_MAX - deleted),
            )
            deleted += cursor.rowcount
            if deleted >= PRUNE_MAX:
                break
        return deleted

    def interrupt(self) -> None:
        """Make a call of `page` that is not urgent fail now. Any thread may call this."""
        with self._lock:
            if self._interruptible:
                self._db.interrupt()

    def close(self) -> None:
        """Write the rows that wait and close the file. May be called twice."""
        rows, self._unwritten = self._unwritten, []
        if rows and self.lasting:
            with contextlib.suppress(StorageError):
                _with_storage_error(lambda: self._add(rows))
        self._close()

    def _close(self) -> None:
        file, self._file = self._file, None
        memory, self._memory = self._memory, None
        for each in (file, memory):
            if each is not None:
                each.close()


def _with_storage_error(operation: Callable[[], _T], damage_name: str = "") -> _T:
    """Call `operation` and return its result. Raises StorageError.

    The StorageError has no cause attached: SQLite's error could lead to a query and its values.
    An error with the name `damage_name` counts as damage of the file.
    """
    try:
        return operation()
    except Exception as error:  # noqa: BLE001 - sqlite3 raises more than its own errors
        code = "damaged" if damage_name and _name(error) == damage_name else _code(error)
        failure = StorageError(code, error_text(error))
    raise failure


def _memory() -> sqlite3.Connection:
    db = connect(":memory:")
    try:
        prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def _code(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "damaged"  # the message quotes a damaged name from the file
    name = _name(error)
    return next(
        (code for start, code in _CODES.items() if name.startswith(start)), "storage_failed"
    )


def _name(error: Exception) -> str:
    return str(getattr(error, "sqlite_errorname", ""))


def _in_memory(path: Path, error: Exception) -> Notes:
    return [("history_in_memory", {"path": str(path), "detail": error_text(error)})]


_HEARTBEATS = "request = 'heartbeat'"
_OLD_HEARTBEATS = "target != '' AND code NOT IN ('logged_in', 'logged_out')"
_OLD_COLUMNS = COLUMNS.replace("request, more", "'heartbeat', '{}'")
"""The same for a file of version 1, which has no column for the kind of request."""


def read_heartbeats(path: Path, pbx_id: str, size: int) -> list[Attempt] | None:
    """Up to `size` heartbeats of a PBX, the newest first; None when there is no file.

    Does not change the file and does not make one. A window that writes at the same time waits
    some milliseconds at most. Raises StorageError, also when the path leads to something else
    than a file.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            failure = "it is not a file"
        else:
            with closing(connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
                return _select_heartbeats(db, pbx_id, size)
    except FileNotFoundError:
        if not path.is_symlink():
            return None
        failure = "what the link leads to is gone"
    except Exception as error:  # noqa: BLE001 - sqlite3 raises more than its own errors
        failure = error_text(error)
    # Raised outside `except`: SQLite's error could lead to a query and its values.
    raise StorageError("storage_failed", f"{path}: {failure}")


def _select_heartbeats(db: sqlite3.Connection, pbx_id: str, size: int) -> list[Attempt]:
    names = {name for (_n, name, *_rest) in db.execute("PRAGMA table_info(requests)")}
    has_kind = "request" in names
    condition, columns = (_HEARTBEATS, COLUMNS) if has_kind else (_OLD_HEARTBEATS, _OLD_COLUMNS)
    rows = newest(db, f"pbx_id = ? AND {condition}", [pbx_id], size, columns)
    return [row.attempt for row in rows]
