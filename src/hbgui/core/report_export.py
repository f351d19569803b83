"""Reports for other programs; the command line prints the same members."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from hbgui.core.moment import iso_ms
from hbgui.core.report import Report
from hbgui.core.tables import csv_rows


def members(report: Report) -> dict[str, object]:
    """A report as an object; what it does not tell is None."""
    decoded = report.decoded
    return {
        "event": decoded.event or None,
        "format": decoded.format.value,
        "serial": decoded.serial or None,
        "call_id": decoded.call_id or None,
        "sender": report.sender,
        "sender_checked": report.sender_checked,
        "path": report.path,
        "received": iso_ms(report.received.utc),
        "repeat": report.repeat,
        "fields": report.fields if decoded.readable else None,
        "raw": report.raw,
        "problem": report.problem,
    }


def json_line(report: Report) -> str:
    """One report as one line of JSON in ASCII, without its end."""
    return json.dumps(members(report))


def json_lines(reports: Iterable[Report]) -> Iterator[str]:
    """One object a line."""
    return (f"{json_line(report)}\n" for report in reports)


def csv_lines(reports: Iterable[Report]) -> Iterator[str]:
    """CSV with a line of names; `fields` is a cell of JSON."""
    return csv_rows(_row(report) for report in reports)


def _row(report: Report) -> dict[str, object]:
    told = members(report)
    fields = told["fields"]
    return told | {"fields": None if fields is None else json.dumps(fields, ensure_ascii=False)}
