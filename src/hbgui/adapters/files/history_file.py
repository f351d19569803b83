"""A row of the history as columns of SQLite, and a filter as a condition."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hbgui.adapters.files.atomic_write import make_own_file, name_aside
from hbgui.adapters.files.file_lock import locked
from hbgui.core.api.outcome import Attempt, Outcome, OutcomeKind
from hbgui.core.history import HistoryFilter, RequestKind, Row
from hbgui.core.values import YEARS, Moment
from hbgui.process import make_folder

COLUMNS = (
    "at, pbx_id, pbx, kind, code, errno, http_status, address, target, latency_ms, detail, "
    "location, level, proxy, request, more"
)
UPGRADES = (
    (
        """
CREATE TABLE requests (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, pbx_id TEXT NOT NULL, pbx TEXT NOT NULL,
    kind TEXT NOT NULL, code TEXT NOT NULL, errno TEXT, http_status INTEGER, address TEXT NOT NULL,
    target TEXT NOT NULL, latency_ms REAL, detail TEXT NOT NULL, location TEXT NOT NULL,
    level TEXT NOT NULL, proxy TEXT NOT NULL)""",
        "CREATE INDEX of_pbx ON requests (pbx_id, number)",
    ),
    (
        "ALTER TABLE requests ADD COLUMN request TEXT NOT NULL DEFAULT 'heartbeat'",
        "ALTER TABLE requests ADD COLUMN more TEXT NOT NULL DEFAULT '{}'",
        "UPDATE requests SET request = 'login' WHERE code = 'logged_in'",
        "UPDATE requests SET request = 'logout' WHERE code = 'logged_out'",
    ),
)
"""What makes a file of version 0 (empty), 1, ... one of the next version."""

VERSION = len(UPGRADES)

_TEXTS = ("pbx", "address", "target", "detail", "errno")


def values(row: Row, clean: Callable[[str], str]) -> list[Any]:
    """The row in the order of `COLUMNS`, every free text through `clean`."""

    def clear(text: str) -> str:
        # Half a character, which JSON can hold, cannot be written.
        return clean(text).encode("utf-8", "replace").decode()

    attempt = row.attempt
    outcome = attempt.outcome
    return [
        attempt.sent.utc.timestamp(),
        row.pbx_id,
        clear(row.pbx),
        outcome.kind.value,
        outcome.code,
        None if outcome.errno is None else clear(outcome.errno),
        outcome.http_status,
        clear(attempt.address),
        clear(attempt.target),
        attempt.latency_ms,
        *map(clear, (outcome.detail, outcome.location, outcome.level, outcome.proxy)),
        row.request.value,
        _more(attempt),
    ]


def _more(attempt: Attempt) -> str:
    """What few rows have, and no filter asks for."""
    found: dict[str, str | float | bool] = {}
    if attempt.problem:
        found["problem"] = attempt.problem
    if attempt.transport:
        found["transport"] = attempt.transport
    if attempt.renewed is not None:
        found["renewed"] = attempt.renewed.utc.timestamp()
    if attempt.outcome.final:
        found["final"] = True
    return json.dumps(found)


def newest(
    db: sqlite3.Connection, passes: str, given: Sequence[Any], size: int, columns: str = COLUMNS
) -> list[Row]:
    """Up to `size` rows for which the condition holds, the newest first. Rows that cannot be one
    are left out, and others read in their place. Raises what sqlite3 raises."""
    rows: list[Row] = []
    query = f"SELECT number, {columns} FROM requests WHERE number < ? AND {passes} "
    below = 2**63 - 1
    while len(rows) < size:
        wanted = size - len(rows)
        found = db.execute(
            f"{query} ORDER BY number DESC LIMIT ?", (below, *given, wanted)
        ).fetchall()
        rows += filter(None, map(row, found))
        if len(found) < wanted:
            break
        below = found[-1][0]
    return rows


def row(found: tuple[Any, ...]) -> Row | None:
    """The row of its number and `COLUMNS`; None when a column holds what cannot be its value.

    What a later version wrote becomes what is nearest.
    """
    with contextlib.suppress(ValueError, TypeError, OverflowError, OSError, RecursionError):
        return _row(found)
    return None


def _row(found: tuple[Any, ...]) -> Row:
    number, at, pbx_id, pbx, kind, code, errno, status, address, target, latency, *rest = found
    detail, location, level, proxy, request, text = map(_text, rest)
    more = json.loads(text)
    if not isinstance(more, dict):
        raise TypeError
    known = next((k for k in OutcomeKind if k.value == kind), OutcomeKind.UNCLEAR)
    outcome = Outcome(
        known,
        _text(code),
        None if errno is None else _text(errno),
        None if status is None else _whole(status),
        detail,
        location,
        level,
        proxy,
        bool(more.get("final")),
    )
    attempt = Attempt(
        _moment(at),
        outcome,
        _text(address),
        _text(target),
        None if latency is None else _number(latency),
        _text(more.get("problem", "")),
        _moment(more["renewed"]) if "renewed" in more else None,
        _text(more.get("transport", "")),
    )
    what = next((r for r in RequestKind if r.value == request), RequestKind.HEARTBEAT)
    return Row(_text(pbx_id), _text(pbx), attempt, _whole(number), what)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _number(value: object) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise TypeError
    return float(value)  # type: ignore[arg-type]


def _moment(at: object) -> Moment:
    sent = datetime.fromtimestamp(_number(at), UTC)
    if sent.year not in YEARS:
        raise ValueError
    return Moment(0.0, sent)


def where(wanted: HistoryFilter, before: int) -> tuple[str, list[Any]]:
    """The rows that pass and have a number below `before`: a condition and its values.

    The connection needs the function `holds`.
    """
    parts = ["number < ?"]
    given: list[Any] = [before]
    if wanted.pbx_id:
        parts.append("pbx_id = ?")
        given.append(wanted.pbx_id)
    if wanted.kinds:
        parts.append(f"kind IN ({', '.join('?' * len(wanted.kinds))})")
        given += sorted(kind.value for kind in wanted.kinds)
    if wanted.since is not None:
        parts.append("at >= ?")
        given.append(wanted.since.timestamp())
    if wanted.text:
        codes = ", ".join("?" * len(wanted.codes))
        # As bytes: what stands in a column may be of any type, or no text at all.
        found = [f"holds(?, {', '.join(f'CAST({name} AS BLOB)' for name in _TEXTS)})"]
        found += [f"{column} IN ({codes})" for column in ("code", "kind", "errno")]
        parts.append(f"({' OR '.join(found)})")
        given += [wanted.text.casefold(), *sorted(wanted.codes) * 3]
    return " AND ".join(parts), given


def holds(text: str, *places: bytes | None) -> bool:
    """Whether one of the places has the text, whatever the case. SQLite's own lower() knows ASCII
    only."""
    return any(text in (place or b"").decode("utf-8", "replace").casefold() for place in places)


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
