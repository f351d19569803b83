"""Sign-offs of one PBX that differ in what a test cares about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.diagnosis import Diagnosis, DiagnosisStep, StepId, StepVerdict, broken
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.reports.arrivals import Arrivals, Proof, ReceiverState
from hbgui.core.reports.receiving import place_of
from hbgui.core.signoff.signoff import NOT_TRIED, SignOff, Who
from hbgui.core.values import Moment

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
PBX = "https://192.168.5.150:8088"
HERE = ReportTarget("192.168.5.20", 8260)
CUSTOMERS = ReportTarget("192.168.5.122", 8260)
REFUSED = Outcome(OutcomeKind.REFUSED, "refused", "20006", 200)
TIMED_OUT = Outcome(OutcomeKind.UNREACHABLE, "connect_timed_out")
DEVICE = DeviceInfo("Yeastar S50", "369160000123", "V1.30", "30.15.0.67")
PROOF = Proof(Moment(0, NOW), place_of(HERE), "192.168.5.150", "369160000123", "BootUp", 6.4)


def beat(minutes_ago: float, outcome: Outcome = ACCEPTED, address: str = PBX) -> Attempt:
    """A heartbeat of so long ago."""
    sent = Moment(0, NOW - timedelta(minutes=minutes_ago))
    return Attempt(sent, outcome, address, str(HERE), 41.5 if outcome.accepted else None)


def chain(
    *instead: DiagnosisStep, device: DeviceInfo | None = DEVICE, minutes_ago: float = 1
) -> Diagnosis:
    """A diagnosis in which all is well but for those steps; what is after a broken one was not
    tried."""
    others = {step.id: step for step in instead}
    steps: list[DiagnosisStep] = []
    for link in StepId:
        step = others.get(link) or DiagnosisStep(link, StepVerdict.OK, "token_alive", {}, 3.0)
        if any(s.verdict is StepVerdict.BROKEN for s in steps):
            step = DiagnosisStep(link, StepVerdict.SKIPPED, NOT_TRIED, {"broken": "tcp"})
        steps.append(step)
    at = Moment(0, NOW - timedelta(minutes=minutes_ago))
    return Diagnosis(tuple(steps), at, PBX, device)


BROKEN = chain(broken(StepId.TCP, TIMED_OUT), device=None)

GOOD = SignOff(
    NOW,
    Profile("post", "Hotel Post", PBX, announced=(Announced("2026-01-02T11:00:00Z", HERE, True),)),
    Who("A. Berger", "Fernmeldebau", "Hotel Post, Lindau", "All ticked."),
    PBX,
    "0.1.0",
    "192.168.5.20",
    "eth0",
    chain(),
    attempts=(beat(11), beat(1)),
    receiving=ReceiverState(place_of(HERE)),
    arrivals=Arrivals(3, 1, proof=PROOF, events={"BootUp": 1, "NewCdr": 2}),
)
"""One of which nothing is open."""

RESTORABLE = replace(GOOD.profile, earlier=CUSTOMERS)
