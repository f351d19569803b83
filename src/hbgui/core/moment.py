"""One point in time on two clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

YEARS = range(1970, 9000)
"""Years of times that a file may name: at the ends of the calendar no local time can be told."""


@dataclass(frozen=True, slots=True)
class Moment:
    """`elapsed_s` counts seconds, sleep of the computer included; `utc` is what a person reads.

    Durations come from `elapsed_s` alone: the wall clock may be set at any time.
    """

    elapsed_s: float
    utc: datetime

    def since(self, earlier: Moment) -> float:
        """Seconds from `earlier` to this moment."""
        return self.elapsed_s - earlier.elapsed_s

    def utc_of(self, elapsed_s: float) -> datetime:
        """When a point of the elapsed clock is or was, by the wall clock of this moment."""
        return self.utc + timedelta(seconds=elapsed_s - self.elapsed_s)


def iso(utc: datetime) -> str:
    """`2026-01-02T03:04:05Z`."""
    return utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_ms(utc: datetime) -> str:
    """`2026-01-02T03:04:05.678Z`, for what happens several times a second."""
    return utc.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
