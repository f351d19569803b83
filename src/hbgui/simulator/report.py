"""A try to deliver a report, what became of all, and how they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hbgui.simulator.post import STYLES
from hbgui.simulator.target import Target


@dataclass(frozen=True, slots=True)
class Report:
    """One try to deliver a report.

    `status` is that of the answer, None without one, and `problem` says why there is none where
    one is needed. `written` when the report went out whole and had the answer that it needs: under
    2.0.0 none. `repeat` is 0 for the first try. `final` when it arrived or is given up. `number`
    counts the tries from 1.
    """

    event: str
    target: Target
    body: bytes
    at: datetime
    status: int | None = None
    problem: str = ""
    written: bool = False
    repeat: int = 0
    final: bool = False
    number: int = 0

    @property
    def delivered(self) -> bool:
        """The receiver said 200, or took a report that needs no answer."""
        return self.written and self.status in (200, None)


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """Reports that arrived; tries beyond the first; reports that were given up."""

    delivered: int = 0
    repeated: int = 0
    undeliverable: int = 0


@dataclass(frozen=True, slots=True)
class Ways:
    """How reports are sent: `style` is a name of STYLES; each try may take `total_timeout_s`.

    A report without a 200 is repeated `repeats` times, `repeat_every_s` apart. Under 2.0.0 it is
    sent once: the documents want the receiver to close, not to answer.
    """

    style: str = "length"
    repeats: int = 3
    repeat_every_s: float = 2.0
    total_timeout_s: float = 5.0

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"unknown style; allowed are {', '.join(STYLES)}")
