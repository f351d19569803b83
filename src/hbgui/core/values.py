"""Small values that every layer uses: a moment on two clocks, a secret, a row of CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NoReturn

YEARS = range(1970, 9000)
"""The accepted years in files: near the ends of the calendar, local times would overflow."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One time on two clocks. `elapsed_s` counts seconds, including the computer's sleep; `utc` is
    the wall clock, for people.

    Calculate durations from `elapsed_s` only: the wall clock may be set at any time.
    """

    elapsed_s: float
    utc: datetime

    def since(self, earlier: Moment) -> float:
        """Seconds from `earlier` to this moment."""
        return self.elapsed_s - earlier.elapsed_s

    def utc_of(self, elapsed_s: float) -> datetime:
        """Convert a point of the elapsed clock to the wall clock."""
        return self.utc + timedelta(seconds=elapsed_s - self.elapsed_s)


def iso(utc: datetime) -> str:
    """`2026-01-02T03:04:05Z`."""
    return utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_ms(utc: datetime) -> str:
    """`2026-01-02T03:04:05.678Z`, for events within the same second."""
    return utc.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Secret:
    """A token or password in memory.

    Its `repr` and `str` are `***`, it cannot be pickled, and only `reveal()` gives the text.
    Call that as late as possible and never keep the result.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself, for the wire or the keyring."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


_FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""OWASP's list for CSV injection; the last four are the full-width forms of the first four."""


def csv_rows(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """CSV with a header line (RFC 4180), line by line. Cells that a spreadsheet would run as a
    formula are escaped; a byte order mark tells Excel that it is UTF-8."""
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
