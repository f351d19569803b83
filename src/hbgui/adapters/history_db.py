"""The history in one SQLite file. For one thread: that which calls `open`."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hbgui.core.errors import StorageError
from hbgui.core.events import Attempt
from hbgui.core.history import KEPT_DAYS, KEPT_ROWS, HistoryFilter, Row
from hbgui.core.moment import Moment
from hbgui.core.outcome import Outcome, OutcomeKind

VERSION = 1
BUSY_S = 2.0
PRUNE_MAX = 5000
"""Rows that are deleted at once: more would hold up what waits."""

_COLUMNS = (
    "at, pbx_id, pbx, kind, code, errno, http_status, address, target, latency_ms, detail, "
    "location, level, proxy"
)
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, pbx_id TEXT NOT NULL, pbx TEXT NOT NULL,
    kind TEXT NOT NULL, code TEXT NOT NULL, errno TEXT, http_status INTEGER, address TEXT NOT NULL,
    target TEXT NOT NULL, latency_ms REAL, detail TEXT NOT NULL, location TEXT NOT NULL,
    level TEXT NOT NULL, proxy TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS of_pbx ON requests (pbx_id, number);
PRAGMA user_version = {VERSION};
"""
_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE"})
_READ_ONLY = frozenset({"SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM"})


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

    def open(self) -> list[tuple[str, dict[str, str]]]:
        """Open or make the file; what to tell the person, as notes. Never raises."""
        try:
            return self._open()
        except (sqlite3.Error, OSError) as error:
            return [("history_in_memory", {"detail": _why(error)})]

    def _open(self) -> list[tuple[str, dict[str, str]]]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        notes: list[tuple[str, dict[str, str]]] = []
        try:
            opened = _opened(self._path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            kept = _move_aside(self._path)
            notes.append(("history_damaged", {"kept": str(kept)}))
            opened = _opened(self._path)
        if opened is None:
            return [("history_newer_version", {})]
        self._db.close()
        self._db, self.lasting = opened, True
        return notes

    def add(self, row: Row) -> int:
        """Keep the row; its number. Raises StorageError."""
        attempt = row.attempt
        outcome = attempt.outcome
        cleaned = [
            attempt.sent.utc.timestamp(),
            row.pbx_id,
            self._clean(row.pbx),
            outcome.kind.value,
            outcome.code,
            outcome.errno,
            outcome.http_status,
            self._clean(attempt.address),
            self._clean(attempt.target),
            attempt.latency_ms,
            *map(self._clean, (outcome.detail, outcome.location, outcome.level, outcome.proxy)),
        ]
        marks = ", ".join("?" * len(cleaned))
        with self._failing():
            cursor = self._db.execute(
                f"INSERT INTO requests ({_COLUMNS}) VALUES ({marks})",
                cleaned,
            )
            return cursor.lastrowid or 0

    def page(
        self, wanted: HistoryFilter, before: int, size: int, *, urgent: bool = True
    ) -> list[Row]:
        """Up to `size` rows with a number below `before`, the newest first. Raises StorageError."""
        where, values = _where(wanted, before)
        query = (
            f"SELECT number, {_COLUMNS} FROM requests WHERE {where} ORDER BY number DESC LIMIT ?"
        )
        with self._failing():
            with self._lock:
                self._interruptible = not urgent
            try:
                return [_row(found) for found in self._db.execute(query, [*values, size])]
            finally:
                with self._lock:
                    self._interruptible = False

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
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.executescript(_SCHEMA)
    return db


def _opened(path: Path) -> sqlite3.Connection | None:
    """The file; None when it is of a newer version. Raises sqlite3.Error."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            db.close()
            return None
        # With a write-ahead log a killed program loses nothing that was written, and a power cut
        # at most the last rows, never the file.
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.executescript(_SCHEMA)
        # Reads the newest page: most damage shows here rather than when a person looks.
        db.execute("SELECT * FROM requests ORDER BY number DESC LIMIT 1").fetchall()
        db.execute("SELECT pbx_id FROM requests ORDER BY pbx_id LIMIT 1").fetchall()
    except BaseException:
        db.close()
        raise
    return db


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorname", "") in ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def _move_aside(path: Path) -> Path:
    """The new name of a damaged file. Raises OSError."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.damaged-{now}")
    for end in ("", "-wal", "-shm"):
        part = path.with_name(path.name + end)
        if part.exists():
            part.rename(kept.with_name(kept.name + end))
    return kept


def _where(wanted: HistoryFilter, before: int) -> tuple[str, list[Any]]:
    parts: list[str] = ["number < ?"]
    values: list[Any] = [before]
    if wanted.pbx_id:
        parts.append("pbx_id = ?")
        values.append(wanted.pbx_id)
    if wanted.kinds:
        parts.append(f"kind IN ({', '.join('?' * len(wanted.kinds))})")
        values += sorted(kind.value for kind in wanted.kinds)
    if wanted.since is not None:
        parts.append("at >= ?")
        values.append(wanted.since.timestamp())
    if wanted.text:
        found = [f"instr(lower({c}), ?)" for c in ("pbx", "address", "target", "detail")]
        found.append("instr(coalesce(errno, ''), ?)")
        codes = ", ".join("?" * len(wanted.codes))
        found += [f"{column} IN ({codes})" for column in ("code", "kind", "errno")]
        parts.append(f"({' OR '.join(found)})")
        values += [wanted.text.lower()] * 5 + sorted(wanted.codes) * 3
    return " AND ".join(parts), values


def _row(found: tuple[Any, ...]) -> Row:
    number, at, pbx_id, pbx, kind, code, errno, status, address, target, latency, *rest = found
    detail, location, level, proxy = rest
    known = next((k for k in OutcomeKind if k.value == kind), OutcomeKind.UNCLEAR)
    outcome = Outcome(known, code, errno, status, detail, location, level, proxy)
    sent = Moment(0.0, datetime.fromtimestamp(at, UTC))
    return Row(pbx_id, pbx, Attempt(sent, outcome, address, target, latency), number)


def _code(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name in _FULL:
        return "disk_full"
    return "read_only" if name.startswith(tuple(_READ_ONLY)) else "storage_failed"


def _why(error: sqlite3.Error | OSError) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)
