"""A row of the history as columns of SQLite, and a filter as a condition."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hbgui.core.attempt import Attempt
from hbgui.core.history import HistoryFilter, RequestKind, Row
from hbgui.core.moment import Moment
from hbgui.core.outcome import Outcome, OutcomeKind

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

_TEXTS = ("pbx", "address", "target", "detail", "coalesce(errno, '')")


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


def row(found: tuple[Any, ...]) -> Row:
    """The row of its number and `COLUMNS`. What a later version wrote becomes what is nearest."""
    number, at, pbx_id, pbx, kind, code, errno, status, address, target, latency, *rest = found
    detail, location, level, proxy, request, text = rest
    known = next((k for k in OutcomeKind if k.value == kind), OutcomeKind.UNCLEAR)
    more = json.loads(text)
    final = bool(more.get("final"))
    outcome = Outcome(known, code, errno, status, detail, location, level, proxy, final)
    attempt = Attempt(
        _moment(at),
        outcome,
        address,
        target,
        latency,
        str(more.get("problem", "")),
        _moment(more["renewed"]) if "renewed" in more else None,
        str(more.get("transport", "")),
    )
    what = next((r for r in RequestKind if r.value == request), RequestKind.HEARTBEAT)
    return Row(pbx_id, pbx, attempt, number, what)


def _moment(at: float) -> Moment:
    return Moment(0.0, datetime.fromtimestamp(at, UTC))


def where(wanted: HistoryFilter, before: int) -> tuple[str, list[Any]]:
    """The rows that pass and have a number below `before`: a condition and its values.

    The connection needs the function `holds`.
    """
    parts: list[str] = ["number < ?"]
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
        found = [f"holds(?, {', '.join(_TEXTS)})"]
        found += [f"{column} IN ({codes})" for column in ("code", "kind", "errno")]
        parts.append(f"({' OR '.join(found)})")
        given += [wanted.text.casefold(), *sorted(wanted.codes) * 3]
    return " AND ".join(parts), given


def holds(text: str, *places: str) -> bool:
    """Whether one of the places has the text, whatever the case. SQLite's own lower() knows ASCII
    only."""
    return any(text in place.casefold() for place in places)
