"""The history of requests: rows, filter, export formats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hbgui.core.api.outcome import Attempt, HeartbeatMark, OutcomeKind
from hbgui.core.values import csv_rows, iso

KEPT_DAYS = 90
KEPT_ROWS = 1000
"""The newest rows of a PBX, which are kept even if older than KEPT_DAYS."""

PAGE = 200
"""The number of rows that are read at once."""


class RequestKind(StrEnum):
    """The kind of request to the PBX. The values are part of exports."""

    HEARTBEAT = "heartbeat"
    LOGIN = "login"
    LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class Row:
    """One request, with the name of its PBX at that time. `number` is its number in the file, 0
    before it is stored."""

    pbx_id: str
    pbx: str
    attempt: Attempt
    number: int = 0
    request: RequestKind = RequestKind.HEARTBEAT

    @property
    def key(self) -> tuple[str, datetime, RequestKind]:
        """The key that identifies this row."""
        return self.pbx_id, self.attempt.sent.utc, self.request

    @property
    def mark(self) -> HeartbeatMark:
        """Its mark in the bar of heartbeats."""
        attempt = self.attempt
        outcome = attempt.outcome
        return HeartbeatMark(attempt.sent.utc, outcome.kind, attempt.latency_ms, outcome.code)


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which rows to show; an empty or None member excludes none.

    `codes` are the codes, error numbers and kinds whose displayed words contain `text`; the caller
    looks them up, because only the texts know the displayed words.
    """

    pbx_id: str = ""
    kinds: frozenset[OutcomeKind] = frozenset()
    since: datetime | None = None
    text: str = ""
    codes: frozenset[str] = frozenset()

    def takes(self, row: Row) -> bool:
        """Whether to show the row."""
        outcome = row.attempt.outcome
        return (
            self.pbx_id in ("", row.pbx_id)
            and (not self.kinds or outcome.kind in self.kinds)
            and (self.since is None or row.attempt.sent.utc >= self.since)
            and (not self.text or self._found(row))
        )

    def _found(self, row: Row) -> bool:
        attempt = row.attempt
        outcome = attempt.outcome
        places = (row.pbx, attempt.address, attempt.target, outcome.detail, outcome.errno or "")
        text = self.text.casefold()
        matching = {outcome.code, outcome.kind.value, outcome.errno} & self.codes
        return bool(matching) or any(text in place.casefold() for place in places)


def members(row: Row) -> dict[str, str | int | float | None]:
    """The members of a row in exports."""
    attempt = row.attempt
    outcome = attempt.outcome
    return {
        "sent": iso(attempt.sent.utc),
        "pbx": row.pbx,
        "request": row.request.value,
        "address": attempt.address or None,
        "report_target": attempt.target or None,
        "outcome": outcome.kind.value,
        "code": outcome.code,
        "errno": outcome.errno,
        "http_status": outcome.http_status,
        "latency_ms": None if attempt.latency_ms is None else round(attempt.latency_ms, 1),
        "detail": outcome.detail or None,
    }


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as one JSON array with one object per line, in pieces."""
    before = "[\n"
    for row in rows:
        yield before + json.dumps(members(row), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as CSV with a header line, line by line."""
    return csv_rows(members(row) for row in rows)
