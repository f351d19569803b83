"""A small office, made up: eight phones, one trunk, a group, a queue and an IVR."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from hbgui.simulator.events import Event, extension_status, plain
from hbgui.simulator.office_desk import PHONES, Desk

DAY_S = 10 * 3600
"""From eight to six. The night is skipped."""

_CALLS_IN_HOUR = (4, 9, 10, 8, 3, 5, 9, 8, 6, 2)


class Moment(NamedTuple):
    """What happened `at_s` seconds after the first morning."""

    at_s: float
    event: Event


def office(seed: int, first_day: date) -> Iterator[Moment]:
    """Days without end, in order of time. The same seed and day make the same office."""
    rng = random.Random(seed)
    desk = Desk(rng)
    for number in itertools.count():
        morning = datetime.combine(first_day + timedelta(days=number), time(8))
        for moment in sorted(_day(rng, desk, morning), key=lambda moment: moment.at_s):
            yield moment._replace(at_s=moment.at_s + number * DAY_S)


def _day(rng: random.Random, desk: Desk, morning: datetime) -> Iterator[Moment]:
    desk.open()
    for phone in PHONES:
        yield Moment(rng.uniform(0, 60), extension_status(phone, "Registered"))
    for at_s in sorted(_call_times(rng)):
        call = desk.call(at_s, morning + timedelta(seconds=round(at_s)))
        yield from (Moment(min(when_s, DAY_S - 1), event) for when_s, event in call)
    for at_s in (rng.uniform(0, DAY_S) for _ in range(rng.randint(1, 3))):
        fields = (("type", "extension"), ("extid", rng.choice(PHONES)), ("operation", "update"))
        yield Moment(at_s, plain("ConfigChange", *fields))
    for phone in rng.sample(PHONES, 3):
        yield Moment(DAY_S - 1, extension_status(phone, "Unregistered"))


def _call_times(rng: random.Random) -> Iterator[float]:
    for hour, calls in enumerate(_CALLS_IN_HOUR):
        for _ in range(calls):
            yield 90 + hour * 3600 + rng.uniform(0, 3000)
