"""A row of the history as columns of SQLite, a filter as a condition."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from hbgui.core.api.outcome import Attempt, Outcome, OutcomeKind
from hbgui.core.history import HistoryFilter, RequestKind, Row
from hbgui.core.values import YEARS, Moment

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
