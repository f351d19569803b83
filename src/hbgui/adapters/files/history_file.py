"""The file of the history: its lock, its version, what happens to a damaged one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from hbgui.adapters.files.atomic_write import make_own_file, name_aside
from hbgui.adapters.files.history_rows import COLUMNS, UPGRADES, VERSION, holds
from hbgui.process import locked, make_folder

BUSY_S = 2.0
SHARE_S = 1.0


class InUseError(OSError):
    """Another program has the damaged file open, or moves it, or it is not ours to move."""

    def __init__(self) -> None:
        super().__init__(0, "another program has locked its folder")


class NewerError(Exception):
    """The file is of a newer version."""


class HistoryFile:
    """The open file and the lock on its folder."""

    def __init__(self, path: Path, checked_max: int) -> None:
        """Open or make it; all of it is checked if it has not more bytes than that.

        Raises NewerError, OSError, and whatever sqlite3 raises.
        """
        make_folder(path.parent)
        with contextlib.ExitStack() as undo:
            undo.enter_context(_locked(path.parent, alone=False))
            if not path.exists():
                make_own_file(path)
            self.db = connect(path)
            undo.callback(self.db.close)
            if _version(self.db) > VERSION:
                raise NewerError
            _check(self.db, path, checked_max)
            prepare(self.db)
            self._closing = undo.pop_all()

    def close(self) -> None:
        """Close it. May be called twice."""
        self._closing.close()


def connect(path: str | Path, *, uri: bool = False) -> sqlite3.Connection:
    """The database, in which text of wrong bytes is text all the same."""
    db = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=uri
    )
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    return db


def prepare(db: sqlite3.Connection) -> None:
    """Make it of this version, with what queries need. Raises what sqlite3 raises."""
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
    db.execute(f"SELECT number, {COLUMNS} FROM requests ORDER BY number DESC LIMIT 1").fetchall()


def words_of(error: Exception) -> str:
    """What the system or the database says."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # Other errors may quote what was to be written.
    return str(error) if isinstance(error, sqlite3.Error) else type(error).__name__


def identity(path: Path) -> tuple[int, int] | None:
    """What tells this very file from another one of its name; None when there is none."""
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None


def move_aside(path: Path, damaged: tuple[int, int] | None) -> Path | None:
    """Rename the file that was found to be `damaged`: its new name, None when another program has
    done so already. Raises OSError; InUseError while somebody else has the file open."""
    with _locked(path.parent, alone=True):
        if damaged is None or identity(path) != damaged:
            return None
        kept = name_aside(path)
        for end in ("-wal", "-shm", "-journal", ""):
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(kept.with_name(kept.name + end))
        return kept


@contextlib.contextmanager
def _locked(folder: Path, *, alone: bool) -> Iterator[None]:
    """Raises InUseError, at once when the lock is wanted alone: a share is waited for as long as a
    rename can take."""
    with locked(folder, 0 if alone else SHARE_S, shared=not alone) as got:
        if not got:
            raise InUseError
        yield


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _check(db: sqlite3.Connection, path: Path, checked_max: int) -> None:
    """Find damage now rather than when a person looks. Raises sqlite3.DatabaseError."""
    if path.stat().st_size > checked_max:
        return
    (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorname = "SQLITE_CORRUPT"
        raise error
