"""Rows for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_table(rows: Iterable[Mapping[str, object]]) -> str:
    """CSV with a line of names (RFC 4180). No cell is a formula to a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    names: list[str] = []
    for row in rows:
        if not names:
            names = list(row)
            writer.writerow(names)
        writer.writerow([_cell(value) for value in row.values()])
    return out.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
