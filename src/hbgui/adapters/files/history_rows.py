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
"""The statements that bring a file of version 0 (empty), 1, ... to the next version."""

VERSION = len(UPGRADES)

_TEXTS = ("pbx", "address", "target", "detail", "errno")


def values(row: Row, clean: Callable[[str], str]) -> list[Any]:
    """The values of the row in the order of `COLUMNS`. `clean` hides secrets in its texts."""

    def clear(text: str) -> str:
        # JSON can contain half a surrogate pair, which SQLite cannot store.
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
    db: sqlite3.Connection,
    condition: str,
    parameters: Sequence[Any],
    size: int,
    columns: str = COLUMNS,
) -> list[Row]:
    """Up to `size` rows that meet the SQL condition `condition`, the newest first.

    `parameters` are the values for the condition's placeholders. Invalid rows are left out, and
    older ones are read instead. Raises sqlite3.Error.
    """
    rows: list[Row] = []
    query = f"SELECT number, {columns} FROM requests WHERE number < ? AND {condition} "
    below = 2**63 - 1
    while len(rows) < size:
        missing = size - len(rows)
        fetched = db.execute(
            f"{query} ORDER BY number DESC LIMIT ?", (below, *parameters, missing)
        ).fetchall()
        rows += filter(None, map(row, fetched))
        if len(fetched) < missing:
            break
        below = fetched[-1][0]
    return rows


def row(found: tuple[Any, ...]) -> Row | None:
    """The Row for a number and the values of `COLUMNS`; None when a value is invalid.

    A kind that only a later version knows becomes UNCLEAR, an unknown request a heartbeat.
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
    outcome_kind = next((k for k in OutcomeKind if k.value == kind), OutcomeKind.UNCLEAR)
    outcome = Outcome(
        outcome_kind,
        _text(code),
        None if errno is None else _text(errno),
        None if status is None else _integer(status),
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
    request_kind = next((r for r in RequestKind if r.value == request), RequestKind.HEARTBEAT)
    return Row(_text(pbx_id), _text(pbx), attempt, _integer(number), request_kind)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _integer(value: object) -> int:
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


def where(filter_: HistoryFilter, before: int) -> tuple[str, list[Any]]:
    """The filter, for rows with a number below `before`, as an SQL condition and its values.

    The condition uses the SQL function `contains_text`, which `history_file.prepare` defines.
    """
    parts = ["number < ?"]
    parameters: list[Any] = [before]
    if filter_.pbx_id:
        parts.append("pbx_id = ?")
        parameters.append(filter_.pbx_id)
    if filter_.kinds:
        parts.append(f"kind IN ({', '.join('?' * len(filter_.kinds))})")
        parameters += sorted(kind.value for kind in filter_.kinds)
    if filter_.since is not None:
        parts.append("at >= ?")
        parameters.append(filter_.since.timestamp())
    if filter_.text:
        codes = ", ".join("?" * len(filter_.codes))
        # As bytes, since a column may contain a value of any type.
        matches = [f"contains_text(?, {', '.join(f'CAST({name} AS BLOB)' for name in _TEXTS)})"]
        matches += [f"{column} IN ({codes})" for column in ("code", "kind", "errno")]
        parts.append(f"({' OR '.join(matches)})")
        parameters += [filter_.text.casefold(), *sorted(filter_.codes) * 3]
    return " AND ".join(parts), parameters


def contains_text(text: str, *columns: bytes | None) -> bool:
    """Whether one of the columns contains the text, which is case-folded already.

    The function `contains_text` of the database: SQLite's own lower() converts ASCII only.
    """
    return any(text in (column or b"").decode("utf-8", "replace").casefold() for column in columns)
