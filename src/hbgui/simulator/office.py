"""The calls of a small office during its days, from the first ring to the record."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from hbgui.simulator.events import (
    Cdr,
    Event,
    Members,
    Party,
    Value,
    call_event,
    call_failed,
    call_status,
    conference_status,
    extension_status,
    ivr_prompt_end,
    plain,
)

TRUNK, DID = "siptrunk", "5550199"
_AGENTS = ("Anna Muster", "Jan Novak", "Lea Martin", "Tom Smith")


@dataclass
class Call:
    """An invented call: its events and their times.

    `start` is the PBX's local time. `now_s` is the time of the last event in seconds since the
    morning. `kind` is Internal, Inbound or Outbound.
    """

    callid: str
    start: datetime
    now_s: float
    kind: str
    rng: random.Random
    moments: list[tuple[float, Event]] = field(default_factory=list)

    def add(self, after_s: float, *events: Event) -> None:
        """Add events that happen `after_s` seconds after the last one."""
        self.now_s += after_s
        self.moments += [(self.now_s, event) for event in events]

    def talk(self, caller: Party, callee: Party, to: str) -> bool:
        """Add the events of a call, answered or not. Returns whether it was answered.

        `to` is the called number in the record.
        """
        began_s = self.now_s
        self.add(0, *_phones("Busy", caller), *_phones("Ringing", callee))
        alert, ring = replace(caller, status="ALERT"), replace(callee, status="RING")
        self.add(1, call_status(self.callid, alert, ring))
        ring_s = self.rng.randint(2, 20)
        answered = self.rng.random() < 0.8
        talk_s = 5 + int(min(self.rng.expovariate(1 / 90), 900)) if answered else 0
        self.add(ring_s)
        if answered:
            self._talk(caller, callee, talk_s)
        self._hang_up(caller, callee)
        missed = self.rng.choice(("NO ANSWERED", "VOICEMAIL"))
        # The number in brackets behind a group is the extension that answered.
        reached = to if answered else to.partition("(")[0]
        record = self._record(caller, callee, reached, "ANSWERED" if answered else missed)
        total_s = round(self.now_s - began_s)
        self.add(1, replace(record, call_s=total_s, talk_s=talk_s, agent_ring_s=ring_s).event)
        return answered

    def fail(self, caller: Party, line: Party) -> None:
        """Add the events of an outbound call that fails."""
        reason = self.rng.choice(("486 Busy Here", "480 Temporarily Unavailable", "404 Not Found"))
        self.add(0, *_phones("Busy", caller))
        self.add(2, call_failed(self.callid, reason, line, caller), *_phones("Idle", caller))
        record = self._record(caller, line, line.to, "BUSY" if "486" in reason else "FAILED")
        self.add(1, replace(record, call_s=2).event)

    def forward(self, caller: Party, line: Party) -> None:
        """Add the events of a call that is forwarded to a mobile phone."""
        self.add(1, call_event("Forward", self.callid, caller, v1="Tranfer"))
        self.talk(caller, line, line.to)

    def conference(self, members: list[Party]) -> None:
        """Add a conference, which members join one by one and leave together."""
        for count in range(1, len(members) + 1):
            present = [replace(member, status="ANSWERED") for member in members[:count]]
            status = conference_status(self.callid, members[0].path, *present)
            self.add(5, *_phones("Busy", members[count - 1]), status)
        self.add(300, *_phones("Idle", *members))

    def press_keys(self, caller: Party, digits: str) -> None:
        """Add the prompt of an IVR, and the keys that the caller presses."""
        self.add(4, ivr_prompt_end(self.callid, caller, caller.path))
        for index, key in enumerate(digits):
            keys: Members = (("info", key), ("flag", str(index)), ("infos", digits[: index + 1]))
            self.add(0.5, call_event("DTMF", self.callid, caller, fields=keys))

    def leave_queue(self, caller: Party, phone: str, answered: bool) -> None:
        """Add the end of a call in a queue: a rating, or the pause of an absent agent."""
        callid = ("callid", self.callid)
        if answered:
            key = self.rng.choice("12345")
            self.add(3, plain("satisfaction", callid, ("surveyresult", key)))
            return
        agent, number = ("agent", self.rng.choice(_AGENTS)), ("caller", caller.number)
        names = ("queue", f"queue-{caller.path}"), agent, callid, number
        missed: tuple[str, Value] = ("misscall", [(number, callid)])
        pause = ("queue", caller.path), ("agent", phone), missed
        self.add(0, plain("QueueAgentRingNoAnswerTimeout", *names, v1=False))
        self.add(0, plain("QueueAutoPause", *pause, v1=False))

    def _talk(self, caller: Party, callee: Party, talk_s: int) -> None:
        callee_side = replace(callee, status="ANSWER")
        caller_side = replace(caller, status="ANSWERED")
        answered = call_status(self.callid, callee_side, caller_side)
        self.add(0, *_phones("Busy", callee), answered)
        chance, part_s = self.rng.random(), talk_s / 3
        if chance < 0.12:
            self.add(part_s, call_status(self.callid, replace(callee, status="HOLD"), caller_side))
            self.add(part_s, answered)
        elif chance < 0.2:
            self.add(part_s * 2, call_event("Tranfer", self.callid, callee, caller))
        self.add(part_s if chance < 0.2 else talk_s)

    def _hang_up(self, *parties: Party) -> None:
        ends = [replace(party, status="BYE") for party in parties]
        self.rng.shuffle(ends)
        self.add(0, call_status(self.callid, *ends), *_phones("Idle", *parties))

    def _record(self, caller: Party, callee: Party, to: str, status: str) -> Cdr:
        recording = ""
        if status == "ANSWERED" and self.rng.random() < 0.3:
            sides = f"{caller.number}-{to.partition('(')[0]}-{self.kind}"
            recording = f"{self.start:%Y%m%d%H%M%S}-{self.callid}-{sides}.wav"
        return Cdr(
            self.callid, self.start, caller.number, to, 0, 0, status, self.kind,
            source_trunk=caller.trunk, trunk=callee.trunk,
            did=DID if self.kind == "Inbound" else "", recording=recording,
        )  # fmt: skip


def _phones(status: str, *parties: Party) -> Iterator[Event]:
    return (extension_status(p.number, status) for p in parties if p.kind == "ext")


PHONES = tuple(str(number) for number in range(2001, 2009))
_PATHS = {"group": "6200", "queue": "6700", "ivr": "6500", "conference": "6400"}
_SCENARIOS = {
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


class CallPlanner:
    """Invents calls in which no phone has two calls at the same time."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._numbers = itertools.count(1)
        self._channels = itertools.count(1)
        self._busy_until_s: dict[str, float] = {}

    def begin_day(self) -> None:
        """Make every phone free."""
        self._busy_until_s.clear()

    def call(self, at_s: float, start: datetime) -> list[tuple[float, Event]]:
        """The times and events of a new call, which begins `at_s` seconds after the morning.

        `start` is the PBX's local time. Empty when fewer than three phones are free.
        """
        free = [phone for phone in PHONES if self._busy_until_s.get(phone, -1.0) < at_s]
        if len(free) < 3:
            return []
        number = next(self._numbers)
        epoch = int(start.replace(tzinfo=UTC).timestamp())
        [scenario] = self._rng.choices(list(_SCENARIOS), list(_SCENARIOS.values()))
        if number % _CONFERENCE_EVERY == 0:
            scenario = "conference"
        kind = "Outbound" if scenario == "fail" else _KINDS.get(scenario, "Inbound")
        call = Call(f"{epoch}.{number}", start, at_s, kind, self._rng)
        phones = self._rng.sample(free, 3 if scenario == "conference" else 2)
        self._fill(call, scenario, phones)
        self._busy_until_s |= dict.fromkeys(phones, call.now_s)
        return call.moments

    def _fill(self, call: Call, scenario: str, phones: list[str]) -> None:
        path, first = _PATHS.get(scenario, ""), phones[0]
        outside = f"5550{self._rng.randint(100, 189)}"
        if scenario == "conference":
            call.conference([self._phone(phone, path) for phone in phones])
        elif scenario == "internal":
            call.talk(self._phone(first), self._phone(phones[1]), phones[1])
        elif call.kind == "Outbound":
            sides = self._phone(first), self._line("outbound", first, outside)
            if scenario == "fail":
                call.fail(*sides)
            else:
                call.talk(*sides, outside)
        else:
            self._inbound(call, scenario, path, outside, first)

    def _inbound(self, call: Call, scenario: str, path: str, outside: str, phone: str) -> None:
        caller = self._line("inbound", outside, path or phone, path)
        if scenario == "away":
            mobile = f"5550{self._rng.randint(190, 198)}"
            call.forward(caller, self._line("outbound", outside, mobile))
            return
        if scenario == "ivr":
            call.press_keys(caller, phone)
        to = f"{path}({phone})" if path else phone
        answered = call.talk(caller, self._phone(phone, path), to)
        if scenario == "queue":
            call.leave_queue(caller, phone, answered)

    def _phone(self, number: str, path: str = "") -> Party:
        return Party("ext", number, channel=self._channel(number), path=path)

    def _line(self, kind: str, number: str, to: str, path: str = "") -> Party:
        channel = self._channel(TRUNK)
        return Party(kind, number, to, TRUNK, f"1700000000.{channel[-4:]}", channel, path=path)

    def _channel(self, name: str) -> str:
        return f"PJSIP/{name}-{next(self._channels):08d}"


DAY_S = 10 * 3600
"""Seconds of a day, from 8:00 to 18:00. Nights are skipped."""

_CALLS_IN_HOUR = (4, 9, 10, 8, 3, 5, 9, 8, 6, 2)


class Moment(NamedTuple):
    """An event, `at_s` seconds after the first morning, without the nights."""

    at_s: float
    event: Event


def office(seed: int, first_day: date) -> Iterator[Moment]:
    """The events of all days without end, by time. The same seed and day give the same events."""
    rng = random.Random(seed)
    planner = CallPlanner(rng)
    for number in itertools.count():
        morning = datetime.combine(first_day + timedelta(days=number), time(8))
        for moment in sorted(_day(rng, planner, morning), key=lambda moment: moment.at_s):
            yield moment._replace(at_s=moment.at_s + number * DAY_S)


def _day(rng: random.Random, planner: CallPlanner, morning: datetime) -> Iterator[Moment]:
    planner.begin_day()
    for phone in PHONES:
        yield Moment(rng.uniform(0, 60), extension_status(phone, "Registered"))
    for at_s in sorted(_call_times(rng)):
        call = planner.call(at_s, morning + timedelta(seconds=round(at_s)))
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
