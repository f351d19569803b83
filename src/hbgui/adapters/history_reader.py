"""Heartbeats from the history file of a window, which may be running: it is only looked at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hbgui.core.attempt import Attempt
from hbgui.core.errors import StorageError
from hbgui.core.moment import Moment
from hbgui.core.outcome import Outcome, OutcomeKind

BUSY_S = 2.0

_COLUMNS = "at, kind, code, errno, http_status, address, target, latency_ms"

_HEARTBEATS = "request = 'heartbeat'"
_HEARTBEATS_OF_OLD = "target != '' AND code NOT IN ('logged_in', 'logged_out')"
"""In a file whose rows do not say what was asked."""


def read_heartbeats(path: Path, pbx_id: str, size: int) -> list[Attempt] | None:
    """Up to `size` heartbeats of a PBX, the newest first; None when there is no file.

    Never changes the file, nor makes one; a window that writes waits some milliseconds at most.
    Raises StorageError.
    """
    if not path.is_file():
        return None
    failure = ""
    try:
        with closing(_opened(path)) as db:
            return _rows(db, pbx_id, size)
    except (sqlite3.Error, ValueError, TypeError, OverflowError, OSError) as error:
        failure = type(error).__name__
    # Raised here, where no query with its values hangs on it.
    raise StorageError("storage_failed", failure)


def _opened(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)


def _rows(db: sqlite3.Connection, pbx_id: str, size: int) -> list[Attempt]:
    names = {name for (_n, name, *_rest) in db.execute("PRAGMA table_info(requests)")}
    which = _HEARTBEATS if "request" in names else _HEARTBEATS_OF_OLD
    found = db.execute(
        f"SELECT {_COLUMNS} FROM requests WHERE pbx_id = ? AND {which} "
        "ORDER BY number DESC LIMIT ?",
        (pbx_id, size),
    ).fetchall()
    return [_attempt(*each) for each in found]


def _attempt(
    at: float,
    kind: str,
    code: str,
    errno: str | None,
    status: int | None,
    address: str,
    target: str,
    latency_ms: float | None,
) -> Attempt:
    known = next((k for k in OutcomeKind if k.value == kind), OutcomeKind.UNCLEAR)
    outcome = Outcome(known, str(code), None if errno is None else str(errno), status)
    sent = Moment(0.0, datetime.fromtimestamp(at, UTC))
    took: Any = None if latency_ms is None else float(latency_ms)
    return Attempt(sent, outcome, str(address), str(target), took)
