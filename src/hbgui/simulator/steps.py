"""What a simulator does by itself, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from hbgui.simulator.documented import DOCUMENTED, Sendable
from hbgui.simulator.office import office

OFFICE_SPEED = 60.0
"""How many times faster than the clock the office lives: its day of ten hours takes 10 min."""


class Stage(Protocol):
    """The part of a simulator that steps move."""

    fault: str
    transport: str

    @property
    def registered(self) -> bool: ...

    def send_report(self, report: Sendable) -> int: ...

    def restart(self, down_s: float = ...) -> None: ...

    def lose_tokens(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """After `after_s` seconds send `report`, or do `act`, which people read as `words`."""

    after_s: float = 0.0
    report: Sendable | None = None
    act: Callable[[Stage], object] | None = None
    words: str = ""


def office_steps(seed: int, first_day: date, every_s: float = 1.0) -> Iterator[Step]:
    """A small office without end, the same for the same seed and day.

    `every_s` is about the time between two reports by day: at 1 a day takes ten minutes.
    """
    now_s = 0.0
    for moment in office(seed, first_day):
        yield Step((moment.at_s - now_s) / OFFICE_SPEED * every_s, moment.event)
        now_s = moment.at_s


def even_steps(seed: int, first_day: date, every_s: float) -> Iterator[Step]:
    """The same office without its pauses: something is told every `every_s` seconds.

    What v1 has no word for comes along with what follows.
    """
    for moment in office(seed, first_day):
        yield Step(every_s if moment.event.v1 else 0.0, moment.event)


def list_steps(every_s: float = 1.0) -> Iterator[Step]:
    """Each documented event once, in order."""
    for event in DOCUMENTED:
        yield Step(every_s, event)
