"""The history of requests, in one SQLite file.

For one thread: that which calls `open`.
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
    identity,
    move_aside,
    prepare,
    words_of,
)
from hbgui.adapters.files.history_rows import COLUMNS, newest, values, where
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import Attempt
from hbgui.core.history import KEPT_DAYS, KEPT_ROWS, HistoryFilter, Row

CHECKED_MAX = 16 * 2**20
"""Bytes up to which the whole file is checked when it is opened: 0.1 s."""

PRUNE_MAX = 5000
"""Rows that are deleted at once: more would hold up what waits."""

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
"""What SQLite's errors mean, by how their names begin; the first that fits."""

LAST = 2**63 - 1
"""Above the number of any row."""

_T = TypeVar("_T")
Notes = list[tuple[str, dict[str, str]]]


class HistoryDb:
    """Rows newest last. `clean` hides secrets in every text that is written.

    What cannot be a file is kept in memory, so that the window has its history all the same.
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
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._interruptible = False
        self._waits = False
        self._begun_anew = False
        self._held_up: list[Row] = []

    @property
    def lasting(self) -> bool:
        """Whether the rows go into the file."""
        return self._file is not None

    @property
    def whole(self) -> bool:
        """Whether it is the file of all runs, which did not begin anew in this one."""
        return self.lasting and not self._begun_anew

    @property
    def _db(self) -> sqlite3.Connection:
        if self._file is not None:
            return self._file.db
        if self._memory is None:
            self._memory = _memory()
        return self._memory

    def open(self) -> Notes:
        """Open or make the file; what to tell the person, as notes. Never raises."""
        return self._opened(self.begin_anew)

    def begin_anew(self) -> Notes:
        """Put a damaged file aside and begin a new one; notes as of `open`. Never raises.

        While another program has the damaged file open it stays where it is.
        """
        self._drop()
        try:
            if not self._may_move():
                raise InUseError
            kept = move_aside(self._path, self._seen)
        except InUseError:
            # The other program may have begun a new one meanwhile.
            return self._opened(self._later)
        except OSError as error:
            return _in_memory(self._path, error)
        self._begun_anew = self._begun_anew or kept is not None
        told = [] if kept is None else [("history_damaged", {"kept": str(kept)})]
        return [*told, *self._opened(self._later)]

    def _later(self) -> Notes:
        self._waits = True
        return [("history_elsewhere", {})]

    def _opened(self, if_damaged: Callable[[], Notes]) -> Notes:
        self._drop()
        self._waits, self._seen = False, identity(self._path)
        try:
            self._file = HistoryFile(self._path, CHECKED_MAX)
            self._seen = identity(self._path)
            return []
        except NewerError:
            return [("history_newer_version", {})]
        except OSError as error:
            return _in_memory(self._path, error)
        except Exception as error:  # noqa: BLE001 - sqlite3 raises more than its own errors
            # SQLITE_ERROR: a database, but not with what its version should have.
            useless = _code(error) == "damaged" or _name(error) == "SQLITE_ERROR"
            failure = None if useless else _in_memory(self._path, error)
            if _code(error) == "locked":
                self._waits, self._seen = True, None  # it may be free the next time
        return if_damaged() if failure is None else failure

    def add(self, new: Row) -> int:
        """Keep the row; its number. Raises StorageError.

        A row that came while another program had the file locked is written with a later one.
        """
        rows = [*self._held_up, new]
        self._held_up = []
        try:
            return _asked(lambda: self._add(rows), useless="SQLITE_ERROR")
        except StorageError as error:
            if error.code == "locked":
                self._held_up = rows[-KEPT_ROWS:]
            raise

    def _add(self, rows: Sequence[Row]) -> int:
        replaced = identity(self._path) != self._seen
        if self._waits and replaced:
            self._come_back()
        elif self._file is not None and replaced:
            # Somebody has removed it: a new one takes the rows.
            self._opened(self._later)
        if len(rows) == 1:
            return self._insert(rows[0])
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:  # all of them, or none
            return [self._insert(each) for each in rows][-1]

    def _come_back(self) -> None:
        """Open the file, which could not be used before, and write what was kept meanwhile."""
        meanwhile = newest(self._db, *where(HistoryFilter(), LAST), KEPT_ROWS)
        self._opened(self._later)
        for each in reversed(meanwhile):
            self._insert(each)

    def _insert(self, new: Row) -> int:
        cleaned = values(new, self._clean)
        marks = ", ".join("?" * len(cleaned))
        query = f"INSERT INTO requests ({COLUMNS}) VALUES ({marks})"
        return self._db.execute(query, cleaned).lastrowid or 0

    def page(
        self, wanted: HistoryFilter, before: int, size: int, *, urgent: bool = True
    ) -> list[Row]:
        """Up to `size` rows with a number below `before`, the newest first. Raises StorageError.

        Rows with what cannot be a value are left out: any type may stand in any column.
        """
        with self._lock:
            self._interruptible = not urgent
        try:
            return _asked(lambda: newest(self._db, *where(wanted, before), size))
        finally:
            with self._lock:
                self._interruptible = False

    def prune(self, now: datetime) -> int:
        """Delete some of what is older than 90 days and not among the newest 1,000 of its PBX.

        How many rows went; PRUNE_MAX when there may be more. Raises StorageError.
        """
        oldest = now.timestamp() - timedelta(days=KEPT_DAYS).total_seconds()
        return _asked(lambda: self._prune(oldest))

    def _prune(self, oldest: float) -> int:
        gone = 0
        for (pbx_id,) in self._db.execute("SELECT DISTINCT pbx_id FROM requests").fetchall():
            cursor = self._db.execute(
                "DELETE FROM requests WHERE number IN (SELECT number FROM requests WHERE "
                "pbx_id = ? AND at < ? AND number <= (SELECT number FROM requests WHERE "
                "pbx_id = ? ORDER BY number DESC LIMIT 1 OFFSET ?) LIMIT ?)",
                (pbx_id, oldest, pbx_id, KEPT_ROWS, PRUNE_MAX - gone),
            )
            gone += cursor.rowcount
            if gone >= PRUNE_MAX:
                break
        return gone

    def interrupt(self) -> None:
        """End a page that is read and not urgent. Any thread."""
        with self._lock:
            if self._interruptible:
                self._db.interrupt()

    def close(self) -> None:
        """Close the file. May be called twice."""
        rows, self._held_up = self._held_up, []
        if rows and self.lasting:
            with contextlib.suppress(StorageError):
                _asked(lambda: self._add(rows))
        self._drop()

    def _drop(self) -> None:
        file, self._file = self._file, None
        memory, self._memory = self._memory, None
        for each in (file, memory):
            if each is not None:
                each.close()


def _asked(ask: Callable[[], _T], useless: str = "") -> _T:
    """What it returns. Raises StorageError, where no query with its values hangs on it.

    An error of the name `useless` says that the file is not what it was.
    """
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - sqlite3 raises more than its own errors
        code = "damaged" if useless and _name(error) == useless else _code(error)
        failure = StorageError(code, words_of(error))
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
        return "damaged"  # names in the file that its own messages cannot spell
    name = _name(error)
    return next(
        (code for start, code in _CODES.items() if name.startswith(start)), "storage_failed"
    )


def _name(error: Exception) -> str:
    return str(getattr(error, "sqlite_errorname", ""))


def _in_memory(path: Path, error: Exception) -> Notes:
    return [("history_in_memory", {"path": str(path), "detail": words_of(error)})]


_HEARTBEATS = "request = 'heartbeat'"
_HEARTBEATS_OF_OLD = "target != '' AND code NOT IN ('logged_in', 'logged_out')"
_COLUMNS_OF_OLD = COLUMNS.replace("request, more", "'heartbeat', '{}'")
"""In a file whose rows do not say what was asked."""


def read_heartbeats(path: Path, pbx_id: str, size: int) -> list[Attempt] | None:
    """Up to `size` heartbeats of a PBX, the newest first; None when there is no file.

    Never changes the file, nor makes one; a window that writes waits some milliseconds at most.
    Raises StorageError, also when something else than a file is in its place.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            failure = "it is not a file"
        else:
            with closing(connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
                return _rows(db, pbx_id, size)
    except FileNotFoundError:
        if not path.is_symlink():
            return None
        failure = "what the link leads to is gone"
    except Exception as error:  # noqa: BLE001 - sqlite3 raises more than its own errors
        failure = words_of(error)
    # Raised here, where no query with its values hangs on it.
    raise StorageError("storage_failed", f"{path}: {failure}")


def _rows(db: sqlite3.Connection, pbx_id: str, size: int) -> list[Attempt]:
    names = {name for (_n, name, *_rest) in db.execute("PRAGMA table_info(requests)")}
    new = "request" in names
    which, columns = (_HEARTBEATS, COLUMNS) if new else (_HEARTBEATS_OF_OLD, _COLUMNS_OF_OLD)
    rows = newest(db, f"pbx_id = ? AND {which}", [pbx_id], size, columns)
    return [row.attempt for row in rows]
