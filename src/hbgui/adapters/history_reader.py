"""Heartbeats from the history file of a window, which may be running: it is only looked at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from hbgui.adapters.history_file import connect
from hbgui.adapters.history_rows import COLUMNS, newest
from hbgui.core.attempt import Attempt
from hbgui.core.errors import StorageError

_HEARTBEATS = "request = 'heartbeat'"
_HEARTBEATS_OF_OLD = "target != '' AND code NOT IN ('logged_in', 'logged_out')"
_COLUMNS_OF_OLD = COLUMNS.replace("request, more", "'heartbeat', '{}'")
"""In a file whose rows do not say what was asked."""


def read_heartbeats(path: Path, pbx_id: str, size: int) -> list[Attempt] | None:
    """Up to `size` heartbeats of a PBX, the newest first; None when there is no file.

    Never changes the file, nor makes one; a window that writes waits some milliseconds at most.
    Raises StorageError.
    """
    if not path.is_file():
        return None
    try:
        with closing(_opened(path)) as db:
            return _rows(db, pbx_id, size)
    except Exception as error:  # noqa: BLE001 - sqlite3 raises more than its own errors
        failure = type(error).__name__
    # Raised here, where no query with its values hangs on it.
    raise StorageError("storage_failed", failure)


def _opened(path: Path) -> sqlite3.Connection:
    return connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _rows(db: sqlite3.Connection, pbx_id: str, size: int) -> list[Attempt]:
    names = {name for (_n, name, *_rest) in db.execute("PRAGMA table_info(requests)")}
    new = "request" in names
    which, columns = (_HEARTBEATS, COLUMNS) if new else (_HEARTBEATS_OF_OLD, _COLUMNS_OF_OLD)
    rows = newest(db, f"pbx_id = ? AND {which}", [pbx_id], size, columns)
    return [row.attempt for row in rows]
