"""Who calls whom in the small office."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime

from hbgui.simulator.events import Event, Party
from hbgui.simulator.office_call import TRUNK, Call

PHONES = tuple(str(number) for number in range(2001, 2009))
_PATHS = {"group": "6200", "queue": "6700", "ivr": "6500", "conference": "6400"}
_SORTS = {
    "internal": 5,
    "outbound": 6,
    "group": 5,
    "queue": 4,
    "ivr": 3,
    "direct": 4,
    "away": 2,
    "fail": 2,
}
_KINDS = {"internal": "Internal", "conference": "Internal", "outbound": "Outbound"}
_CONFERENCE_EVERY = 20


class Desk:
    """Makes up one call after the other; nobody is in two at a time."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._numbers = itertools.count(1)
        self._channels = itertools.count(1)
        self._busy_until_s: dict[str, float] = {}

    def open(self) -> None:
        """Morning: everybody is free."""
        self._busy_until_s.clear()

    def call(self, at_s: float, start: datetime) -> list[tuple[float, Event]]:
        """Times and events of a call that begins then. `start` is the PBX's local time.

        None are made up when fewer than three phones are free.
        """
        free = [phone for phone in PHONES if self._busy_until_s.get(phone, -1.0) < at_s]
        if len(free) < 3:
            return []
        number = next(self._numbers)
        epoch = int(start.replace(tzinfo=UTC).timestamp())
        [sort] = self._rng.choices(list(_SORTS), list(_SORTS.values()))
        if number % _CONFERENCE_EVERY == 0:
            sort = "conference"
        kind = "Outbound" if sort == "fail" else _KINDS.get(sort, "Inbound")
        call = Call(f"{epoch}.{number}", start, at_s, kind, self._rng)
        phones = self._rng.sample(free, 3 if sort == "conference" else 2)
        self._fill(call, sort, phones)
        self._busy_until_s |= dict.fromkeys(phones, call.now_s)
        return call.moments

    def _fill(self, call: Call, sort: str, phones: list[str]) -> None:
        path, first = _PATHS.get(sort, ""), phones[0]
        outside = f"5550{self._rng.randint(100, 189)}"
        if sort == "conference":
            call.confer([self._phone(phone, path) for phone in phones])
        elif sort == "internal":
            call.talk(self._phone(first), self._phone(phones[1]), phones[1])
        elif call.kind == "Outbound":
            sides = self._phone(first), self._line("outbound", first, outside)
            if sort == "fail":
                call.fail(*sides)
            else:
                call.talk(*sides, outside)
        else:
            self._inbound(call, sort, path, outside, first)

    def _inbound(self, call: Call, sort: str, path: str, outside: str, phone: str) -> None:
        caller = self._line("inbound", outside, path or phone, path)
        if sort == "away":
            mobile = f"5550{self._rng.randint(190, 198)}"
            call.forward(caller, self._line("outbound", outside, mobile))
            return
        if sort == "ivr":
            call.choose(caller, phone)
        to = f"{path}({phone})" if path else phone
        answered = call.talk(caller, self._phone(phone, path), to)
        if sort == "queue":
            call.leave_queue(caller, phone, answered)

    def _phone(self, number: str, path: str = "") -> Party:
        return Party("ext", number, channel=self._channel(number), path=path)

    def _line(self, kind: str, number: str, to: str, path: str = "") -> Party:
        channel = self._channel(TRUNK)
        return Party(kind, number, to, TRUNK, f"1700000000.{channel[-4:]}", channel, path=path)

    def _channel(self, name: str) -> str:
        return f"PJSIP/{name}-{next(self._channels):08d}"
