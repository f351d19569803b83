"""Heartbeats from the history file of a window, which may be running: it is only looked at."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from hbgui.adapters.history_file import connect, words_of
from hbgui.adapters.history_rows import COLUMNS, newest
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import Attempt

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
            with closing(_opened(path)) as db:
                return _rows(db, pbx_id, size)
    except FileNotFoundError:
        if not path.is_symlink():
            return None
        failure = "what the link leads to is gone"
    except Exception as error:  # noqa: BLE001 - sqlite3 raises more than its own errors
        failure = words_of(error)
    # Raised here, where no query with its values hangs on it.
    raise StorageError("storage_failed", f"{path}: {failure}")


def _opened(path: Path) -> sqlite3.Connection:
    return connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _rows(db: sqlite3.Connection, pbx_id: str, size: int) -> list[Attempt]:
    names = {name for (_n, name, *_rest) in db.execute("PRAGMA table_info(requests)")}
    new = "request" in names
    which, columns = (_HEARTBEATS, COLUMNS) if new else (_HEARTBEATS_OF_OLD, _COLUMNS_OF_OLD)
    rows = newest(db, f"pbx_id = ? AND {which}", [pbx_id], size, columns)
    return [row.attempt for row in rows]
