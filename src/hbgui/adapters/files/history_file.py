"""The file of the history: its lock, its version, what happens to a damaged one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from hbgui.adapters.files.atomic_write import make_own_file, name_aside
from hbgui.adapters.files.history_rows import COLUMNS, UPGRADES, VERSION, contains_text
from hbgui.process import locked, make_folder

BUSY_S = 2.0
"""Seconds that SQLite waits while another program writes."""

SHARE_S = 1.0
"""Seconds to wait for the shared lock of the folder."""


class InUseError(OSError):
    """A damaged file cannot be moved aside: another program has it open or is moving it, or this
    program must not move it."""

    def __init__(self) -> None:
        super().__init__(0, "another program has locked its folder")


class NewerError(Exception):
    """A newer version of hbgui has written the file."""


class HistoryFile:
    """The open file and the lock on its folder."""

    def __init__(self, path: Path, checked_max: int) -> None:
        """Open the file, or make it. Up to `checked_max` bytes, the whole file is checked.

        Raises NewerError, OSError, and whatever sqlite3 raises.
        """
        make_folder(path.parent)
        with contextlib.ExitStack() as cleanup:
            cleanup.enter_context(_locked(path.parent, exclusive=False))
            if not path.exists():
                make_own_file(path)
            self.db = connect(path)
            cleanup.callback(self.db.close)
            if _version(self.db) > VERSION:
                raise NewerError
            _check(self.db, path, checked_max)
            prepare(self.db)
            self._closing = cleanup.pop_all()

    def close(self) -> None:
        """Close the file and release the lock. May be called twice."""
        self._closing.close()


def connect(path: str | Path, *, uri: bool = False) -> sqlite3.Connection:
    """Open the database. Bytes that are not UTF-8 are read as replacement characters.

    Raises sqlite3.Error.
    """
    db = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=uri
    )
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    return db


def prepare(db: sqlite3.Connection) -> None:
    """Bring the database to this version, and add what queries need. Raises sqlite3.Error."""
    # A row every few minutes needs no write-ahead log, which some folders cannot have.
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = FAST")
    db.create_function("contains_text", -1, contains_text, deterministic=True)
    if _version(db) < VERSION:
        db.execute("BEGIN IMMEDIATE")
        with db:
            # Read the version again: another program may have done the upgrade.
            for statements in UPGRADES[_version(db) :]:
                for statement in statements:
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")
    # Read the newest rows, since a large file has not been checked.
    db.execute(f"SELECT number, {COLUMNS} FROM requests ORDER BY number DESC LIMIT 1").fetchall()


def error_text(error: Exception) -> str:
    """The text of the system or of SQLite for the error, without values of the rows."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # The text of any other error may contain values of a row.
    return str(error) if isinstance(error, sqlite3.Error) else type(error).__name__


def identity(path: Path) -> tuple[int, int] | None:
    """Device and inode number, which another file at the same path does not have; None without a
    file."""
    with contextlib.suppress(OSError):
        status = path.stat()
        return status.st_dev, status.st_ino
    return None


def move_aside(path: Path, damaged: tuple[int, int] | None) -> Path | None:
    """Rename the damaged file and those that SQLite keeps beside it.

    `damaged` is the `identity` of the file that was found damaged. Returns the new path, None
    when another program has moved it already. Raises OSError; InUseError while another program
    has the file open.
    """
    with _locked(path.parent, exclusive=True):
        if damaged is None or identity(path) != damaged:
            return None
        moved_to = name_aside(path)
        for suffix in ("-wal", "-shm", "-journal", ""):
            file = path.with_name(path.name + suffix)
            if file.exists():
                file.rename(moved_to.with_name(moved_to.name + suffix))
        return moved_to


@contextlib.contextmanager
def _locked(folder: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold the lock of the folder, exclusively or shared. Raises InUseError.

    Only the shared lock is waited for: a rename by another program takes a moment.
    """
    with locked(folder, 0 if exclusive else SHARE_S, shared=not exclusive) as acquired:
        if not acquired:
            raise InUseError
        yield


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _check(db: sqlite3.Connection, path: Path, checked_max: int) -> None:
    """Look for damage in the file, unless it is too large. Raises sqlite3.DatabaseError."""
    if path.stat().st_size > checked_max:
        return
    (result,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        error = sqlite3.DatabaseError(result)
        error.sqlite_errorname = "SQLITE_CORRUPT"
        raise error
