"""One call of the small office, from the first ring to its record."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from hbgui.simulator.cdr import Cdr
from hbgui.simulator.events import (
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
    """A call that is being made up: what it reports, and when.

    `start` is the PBX's local time, `kind` Internal, Inbound or Outbound.
    """

    callid: str
    start: datetime
    now_s: float
    kind: str
    rng: random.Random
    moments: list[tuple[float, Event]] = field(default_factory=list)

    def tell(self, after_s: float, *events: Event) -> None:
        """This happened so many seconds after the last."""
        self.now_s += after_s
        self.moments += [(self.now_s, event) for event in events]

    def talk(self, caller: Party, callee: Party, to: str) -> bool:
        """Ring, perhaps answer, hang up, record. True when it was answered."""
        began_s = self.now_s
        self.tell(0, *_phones("Busy", caller), *_phones("Ringing", callee))
        alert, ring = replace(caller, status="ALERT"), replace(callee, status="RING")
        self.tell(1, call_status(self.callid, alert, ring))
        ring_s = self.rng.randint(2, 20)
        answered = self.rng.random() < 0.8
        talk_s = 5 + int(min(self.rng.expovariate(1 / 90), 900)) if answered else 0
        self.tell(ring_s)
        if answered:
            self._conversation(caller, callee, talk_s)
        self._hang_up(caller, callee)
        missed = self.rng.choice(("NO ANSWERED", "VOICEMAIL"))
        # Who answered stands in brackets behind a group.
        reached = to if answered else to.partition("(")[0]
        record = self._record(caller, callee, reached, "ANSWERED" if answered else missed)
        total_s = round(self.now_s - began_s)
        self.tell(1, replace(record, call_s=total_s, talk_s=talk_s, agent_ring_s=ring_s).event)
        return answered

    def fail(self, caller: Party, line: Party) -> None:
        """Called out, and the other end says no."""
        reason = self.rng.choice(("486 Busy Here", "480 Temporarily Unavailable", "404 Not Found"))
        self.tell(0, *_phones("Busy", caller))
        self.tell(2, call_failed(self.callid, reason, line, caller), *_phones("Idle", caller))
        record = self._record(caller, line, line.to, "BUSY" if "486" in reason else "FAILED")
        self.tell(1, replace(record, call_s=2).event)

    def forward(self, caller: Party, line: Party) -> None:
        """Nobody is at the desk: the call goes out again, to a mobile phone."""
        self.tell(1, call_event("Forward", self.callid, caller, v1="Tranfer"))
        self.talk(caller, line, line.to)

    def confer(self, members: list[Party]) -> None:
        """They come one by one and leave together."""
        for count in range(1, len(members) + 1):
            present = [replace(member, status="ANSWERED") for member in members[:count]]
            status = conference_status(self.callid, members[0].path, *present)
            self.tell(5, *_phones("Busy", members[count - 1]), status)
        self.tell(300, *_phones("Idle", *members))

    def choose(self, caller: Party, digits: str) -> None:
        """Hear the IVR and press keys."""
        self.tell(4, ivr_prompt_end(self.callid, caller, caller.path))
        for index, key in enumerate(digits):
            keys: Members = (("info", key), ("flag", str(index)), ("infos", digits[: index + 1]))
            self.tell(0.5, call_event("DTMF", self.callid, caller, fields=keys))

    def leave_queue(self, caller: Party, phone: str, answered: bool) -> None:
        """A satisfied caller, or an agent who was not there."""
        callid = ("callid", self.callid)
        if answered:
            key = self.rng.choice("12345")
            self.tell(3, plain("satisfaction", callid, ("surveyresult", key)))
            return
        agent, number = ("agent", self.rng.choice(_AGENTS)), ("caller", caller.number)
        names = ("queue", f"queue-{caller.path}"), agent, callid, number
        missed: tuple[str, Value] = ("misscall", [(number, callid)])
        pause = ("queue", caller.path), ("agent", phone), missed
        self.tell(0, plain("QueueAgentRingNoAnswerTimeout", *names, v1=False))
        self.tell(0, plain("QueueAutoPause", *pause, v1=False))

    def _conversation(self, caller: Party, callee: Party, talk_s: int) -> None:
        here, there = replace(callee, status="ANSWER"), replace(caller, status="ANSWERED")
        answered = call_status(self.callid, here, there)
        self.tell(0, *_phones("Busy", callee), answered)
        luck, part_s = self.rng.random(), talk_s / 3
        if luck < 0.12:
            self.tell(part_s, call_status(self.callid, replace(callee, status="HOLD"), there))
            self.tell(part_s, answered)
        elif luck < 0.2:
            self.tell(part_s * 2, call_event("Tranfer", self.callid, callee, caller))
        self.tell(part_s if luck < 0.2 else talk_s)

    def _hang_up(self, *parties: Party) -> None:
        ends = [replace(party, status="BYE") for party in parties]
        self.rng.shuffle(ends)
        self.tell(0, call_status(self.callid, *ends), *_phones("Idle", *parties))

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
