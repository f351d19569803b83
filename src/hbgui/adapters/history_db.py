"""The history in one SQLite file. For one thread: that which calls `open`."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hbgui.adapters.history_rows import COLUMNS, UPGRADES, VERSION, holds, row, values, where
from hbgui.core.errors import StorageError
from hbgui.core.history import KEPT_DAYS, KEPT_ROWS, HistoryFilter, Row

BUSY_S = 2.0
CHECKED_MAX = 16 * 2**20
"""Bytes up to which the whole file is checked when it is opened: 0.1 s."""

PRUNE_MAX = 5000
"""Rows that are deleted at once: more would hold up what waits."""

_CODES = {
    "SQLITE_FULL": "disk_full",
    "SQLITE_READONLY": "read_only",
    "SQLITE_CANTOPEN": "read_only",
    "SQLITE_PERM": "read_only",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
}
"""What SQLite's errors mean, by how their names begin."""

Notes = list[tuple[str, dict[str, str]]]


class HistoryDb:
    """Rows newest last. `clean` hides secrets in every text that is written.

    What cannot be a file is kept in memory, so that the window has its history all the same.
    """

    def __init__(self, path: Path, clean: Callable[[str], str]) -> None:
        self._path = path
        self._clean = clean
        self._db = _memory()
        self._lock = threading.Lock()
        self._interruptible = False
        self.lasting = False

    def open(self) -> Notes:
        """Open or make the file; what to tell the person, as notes. Never raises."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = _opened(self._path)
        except sqlite3.DatabaseError as error:
            # SQLITE_ERROR: a database, but not with what its version should have.
            useless = _code(error) == "damaged" or _name(error) == "SQLITE_ERROR"
            return self.begin_anew() if useless else _in_memory(error)
        except OSError as error:
            return _in_memory(error)
        if opened is None:
            return [("history_newer_version", {})]
        self._db.close()
        self._db, self.lasting = opened, True
        return []

    def begin_anew(self) -> Notes:
        """Put a damaged file aside and begin a new one; notes as of `open`. Never raises."""
        self._db.close()
        self._db, self.lasting = _memory(), False
        try:
            kept = _move_aside(self._path)
            opened = _opened(self._path)
        except (sqlite3.Error, OSError) as error:
            return _in_memory(error)
        if opened is not None:
            self._db, self.lasting = opened, True
        return [("history_damaged", {"kept": str(kept)})]

    def add(self, new: Row) -> int:
        """Keep the row; its number. Raises StorageError."""
        cleaned = values(new, self._clean)
        marks = ", ".join("?" * len(cleaned))
        with self._failing():
            query = f"INSERT INTO requests ({COLUMNS}) VALUES ({marks})"
            return self._db.execute(query, cleaned).lastrowid or 0

    def page(
        self, wanted: HistoryFilter, before: int, size: int, *, urgent: bool = True
    ) -> list[Row]:
        """Up to `size` rows with a number below `before`, the newest first. Raises StorageError."""
        passes, given = where(wanted, before)
        query = (
            f"SELECT number, {COLUMNS} FROM requests WHERE {passes} ORDER BY number DESC LIMIT ?"
        )
        with self._failing():
            with self._lock:
                self._interruptible = not urgent
            try:
                found = self._db.execute(query, [*given, size]).fetchall()
            finally:
                with self._lock:
                    self._interruptible = False
        try:
            return [row(each) for each in found]
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise StorageError("damaged", type(error).__name__) from None

    def prune(self, now: datetime) -> int:
        """Delete some of what is older than 90 days and not among the newest 1,000 of its PBX.

        How many rows went; PRUNE_MAX when there may be more. Raises StorageError.
        """
        oldest = (now - timedelta(days=KEPT_DAYS)).timestamp()
        gone = 0
        with self._failing():
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
        self._db.close()

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        failure: StorageError | None = None
        try:
            yield
        except sqlite3.Error as error:
            failure = StorageError(_code(error), str(error))
        # Raised here, where no query with its values hangs on it.
        if failure is not None:
            raise failure


def _memory() -> sqlite3.Connection:
    return _prepared(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def _opened(path: Path) -> sqlite3.Connection | None:
    """The file; None when it is of a newer version. Raises sqlite3.Error, OSError."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        if _version(db) > VERSION:
            db.close()
            return None
        _check(db, path)
        return _prepared(db)
    except BaseException:
        db.close()
        raise


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Find damage now rather than when a person looks. Raises sqlite3.DatabaseError."""
    if path.stat().st_size > CHECKED_MAX:
        return
    (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorname = "SQLITE_CORRUPT"
        raise error


def _prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    """The same, of this version, with what queries need. Raises sqlite3.Error."""
    # A row every few minutes needs no write-ahead log, which some folders cannot have.
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = FAST")
    db.create_function("holds", -1, holds, deterministic=True)
    if _version(db) < VERSION:
        db.execute("BEGIN IMMEDIATE")
        with db:
            # Read again: another program may have been quicker.
            for statements in UPGRADES[_version(db) :]:
                for statement in statements:
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")
    # The newest page: also of a file that is too large for a whole check.
    db.execute("SELECT * FROM requests ORDER BY number DESC LIMIT 1").fetchall()
    return db


def _move_aside(path: Path) -> Path:
    """The new name of a damaged file. Raises OSError."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.damaged-{now}")
    for end in ("", "-wal", "-shm"):
        part = path.with_name(path.name + end)
        if part.exists():
            part.rename(kept.with_name(kept.name + end))
    return kept


def _code(error: sqlite3.Error) -> str:
    name = _name(error)
    return next(
        (code for start, code in _CODES.items() if name.startswith(start)), "storage_failed"
    )


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "")


def _in_memory(error: sqlite3.Error | OSError) -> Notes:
    detail = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return [("history_in_memory", {"detail": detail})]
