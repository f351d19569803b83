"""The result of a diagnosis: its steps, from this computer to reports that arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.outcome import Attempt, Outcome, OutcomeKind
from hbgui.core.pbx.destination import Guard
from hbgui.core.pbx.profile import Profile
from hbgui.core.values import Moment

DIAGNOSIS_TIMEOUT_S = 12.0
"""Seconds for a whole diagnosis: with the start of the program it stays below 15."""


class StepId(StrEnum):
    """The steps, in order. The values are part of the command line's JSON."""

    NAME = "name"
    ROUTE = "route"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    API = "api"
    VERSION = "version"
    TOKEN = "token"  # noqa: S105 - the name of a step
    CLOCK = "clock"
    HEARTBEAT = "heartbeat"
    RECEIVER = "receiver"
    REPORTS = "reports"


class StepVerdict(StrEnum):
    """The result of a step. SKIPPED: it was not done, because an earlier step is broken or because
    it is not wanted. RUNNING: it is being done."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"
    SKIPPED = "skipped"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class DiagnosisStep:
    """One step. `code` is a key of the texts, `values` fill in its placeholders, `ms` is the time
    that it took, None if nothing was done.

    A broken step has the `outcome` that a heartbeat would have, and usually its code.
    """

    id: StepId
    verdict: StepVerdict
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    ms: float | None = None
    outcome: Outcome | None = None

    @property
    def kind(self) -> OutcomeKind | None:
        """The outcome's kind, for the exit code; None unless the step is broken."""
        return self.outcome.kind if self.outcome else None


def broken(
    step: StepId, outcome: Outcome, values: Mapping[str, str] | None = None, ms: float | None = None
) -> DiagnosisStep:
    """A step at which a heartbeat would fail."""
    return DiagnosisStep(step, StepVerdict.BROKEN, outcome.code, values or {}, ms, outcome)


@dataclass(frozen=True, slots=True)
class ReceiverFacts:
    """What hbgui's own receiver of reports knows, while it is switched on.

    It listens on `host` (an IP address, or the one that means all addresses) and `port`, for
    reports to `path`, since the time `since`, None if unknown. `error` is the sentence that says
    why it does not listen, empty if it does. `count` is the number of accepted reports, `last` the
    time of the last one; `refused` is the number of those from another sender, path or PBX.
    """

    host: str
    port: int
    path: str = "/"
    error: str = ""
    since: datetime | None = None
    count: int = 0
    last: datetime | None = None
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All steps in their order. `device` is the PBX's answer about itself, `heartbeat` the attempt
    if one was sent; both may be None."""

    steps: tuple[DiagnosisStep, ...]
    at: Moment
    address: str = ""
    device: DeviceInfo | None = None
    heartbeat: Attempt | None = None

    @property
    def first_broken(self) -> DiagnosisStep | None:
        """The first broken step; the steps after it were not done."""
        return next((s for s in self.steps if s.verdict is StepVerdict.BROKEN), None)

    @property
    def warnings(self) -> tuple[DiagnosisStep, ...]:
        """The steps that work but have a warning."""
        return tuple(s for s in self.steps if s.verdict is StepVerdict.WARNING)

    @property
    def kind(self) -> OutcomeKind:
        """The outcome of the whole: that of the first broken step."""
        step = self.first_broken
        return step.kind or OutcomeKind.UNCLEAR if step else OutcomeKind.ACCEPTED

    def step(self, wanted: StepId) -> DiagnosisStep:
        """The step of that id."""
        return next(s for s in self.steps if s.id is wanted)


def not_moving(profile: Profile) -> Guard | None:
    """The guard for a diagnosis that must not move reports: it allows only the target that the PBX
    already has. None, for no heartbeat at all, if that target is unknown."""
    known = profile.reports_go_to
    return Guard(known) if known else None
