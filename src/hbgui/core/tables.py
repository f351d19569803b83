"""Rows for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

_FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""OWASP's list for CSV injection; the last four are the wide forms of the first."""


def csv_rows(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """CSV with a line of names (RFC 4180), line by line. No cell is a formula to a spreadsheet,
    and a byte order mark tells Excel that it is UTF-8."""
    names: list[str] = []
    for row in rows:
        if not names:
            names = list(row)
            yield f"\ufeff{_line(names)}"
        yield _line([_cell(value) for value in row.values()])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
