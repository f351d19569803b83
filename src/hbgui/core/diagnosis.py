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
"""Seconds for a whole diagnosis: with the start of a program it stays below 15."""


class StepId(StrEnum):
    """The steps, in order. The words are part of the command line's JSON."""

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
    """What was found of a step. SKIPPED was not tried: a step before it is broken, or nobody
    asked for it. RUNNING is shown while it is looked at."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"
    SKIPPED = "skipped"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class DiagnosisStep:
    """One step. `code` is a key of the texts, `values` fill their blanks, `ms` is the time it
    took, None when nothing was done.

    A broken one has the `outcome` that a heartbeat would have, and mostly its code.
    """

    id: StepId
    verdict: StepVerdict
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    ms: float | None = None
    outcome: Outcome | None = None

    @property
    def kind(self) -> OutcomeKind | None:
        """The outcome's, for an exit code; None unless it is broken."""
        return self.outcome.kind if self.outcome else None


def broken(
    step: StepId, outcome: Outcome, values: Mapping[str, str] | None = None, ms: float | None = None
) -> DiagnosisStep:
    """A step that a heartbeat would fail on."""
    return DiagnosisStep(step, StepVerdict.BROKEN, outcome.code, values or {}, ms, outcome)


@dataclass(frozen=True, slots=True)
class ReceiverFacts:
    """What hbgui's own receiver of reports knows, while it is switched on.

    It listens on `host` (an IP address, perhaps that for every one) and `port`, for reports to
    `path`, from `since` on, None when that is not known. `error` says in a person's words why it
    does not listen, empty when it does. `count` are the reports that it took, the last one at
    `last`; `refused` those it did not take: of another sender, path or PBX.
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
    """All steps in their order. `device` is what the PBX told of itself, `heartbeat` the one
    that was sent, with all that it changed; None without one."""

    steps: tuple[DiagnosisStep, ...]
    at: Moment
    address: str = ""
    device: DeviceInfo | None = None
    heartbeat: Attempt | None = None

    @property
    def first_broken(self) -> DiagnosisStep | None:
        """The step to mend; what comes after it was not tried."""
        return next((s for s in self.steps if s.verdict is StepVerdict.BROKEN), None)

    @property
    def warnings(self) -> tuple[DiagnosisStep, ...]:
        """Steps that work, but deserve a look."""
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
    """The guard for a diagnosis of which nobody was asked: a heartbeat that says once more what
    the PBX was told last moves nothing; None when that is not known, so none is sent."""
    known = profile.reports_go_to
    return Guard(known) if known else None
