"""The data of a sign-off report for one PBX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.diagnosis import Diagnosis, DiagnosisStep, StepId
from hbgui.core.history import RequestKind, Row
from hbgui.core.pbx.address import pbx_or_none
from hbgui.core.pbx.profile import Profile
from hbgui.core.reports.arrivals import Arrivals, ReceiverState
from hbgui.core.settings import WHO_MAX
from hbgui.core.state.pbx_state import PbxState

HEARTBEATS_HOURS = 24
HEARTBEATS_MAX = 150
"""The most heartbeats in a report: a little more than a day of one every ten minutes."""

HEARTBEATS_MIN = 20
"""This many are listed even if they are older than a day."""

ROWS_MAX = 1000
"""The most rows of the history that are searched for them."""

NOT_TRIED = "not_tried"
"""The code of a step after a broken one."""

NOTE_MAX = 2000
"""The most characters of the note."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who tested, and for whom: texts that the user typed; each may be empty."""

    technician: str = ""
    company: str = ""
    customer: str = ""
    note: str = ""

    def bounded(self) -> Who:
        """These texts, cut to a length that fits a page."""
        lines = (self.technician, self.company, self.customer)
        technician, company, customer = (text.strip()[:WHO_MAX] for text in lines)
        return Who(technician, company, customer, self.note.strip()[:NOTE_MAX])


class HistoryRead(StrEnum):
    """Whether the past heartbeats could be read from the history."""

    READ = "read"
    NONE = "none"
    UNREADABLE = "unreadable"


class DeviceQuery(StrEnum):
    """The result of the device query."""

    ANSWERED = "told"
    NOT_ASKED = "not_asked"
    NO_ANSWER = "no_answer"


class Overall(StrEnum):
    """The verdict. The words are part of the command line's JSON and of file names."""

    PASSED = "passed"
    OPEN = "passed_with_open_points"
    NOT_PASSED = "not_passed"


@dataclass(frozen=True, slots=True)
class Point:
    """A point for the reader. `code` is a key of the texts, `values` fill in its placeholders; with
    `step` the text is that of this step of the diagnosis."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    step: DiagnosisStep | None = None


@dataclass(frozen=True, slots=True)
class SignOff:
    """What is known at the time `at`, aware UTC. It does not contain the token.

    - `address`: the PBX's URL; `attempts`: heartbeats to it, newest last.
    - `ip`, `adapter`: this computer's address and adapter on the route to the PBX.
    - `reported_device`: the PBX's last answer to the device query.
    - `transport`: how the PBX delivers reports, as the last login answered.
    - `by_command`: the command line made the report, so no receiver was running.
    - `token_at`: when the current token was entered, None if it was there from the start.
      Observations from before that time belong to an earlier token.
    """

    at: datetime
    profile: Profile
    who: Who = field(default_factory=Who)
    address: str = ""
    version: str = ""
    ip: str = ""
    adapter: str = ""
    diagnosis: Diagnosis | None = None
    reported_device: DeviceInfo | None = None
    attempts: tuple[Attempt, ...] = ()
    history: HistoryRead = HistoryRead.READ
    receiving: ReceiverState | None = None
    arrivals: Arrivals = field(default_factory=Arrivals)
    transport: str = ""
    by_command: bool = False
    token_at: datetime | None = None

    @property
    def last(self) -> Attempt | None:
        """The newest heartbeat."""
        return self.attempts[-1] if self.attempts else None

    @property
    def accepted(self) -> Attempt | None:
        """The newest heartbeat that the PBX accepted."""
        return next((a for a in reversed(self.attempts) if a.outcome.accepted), None)

    @property
    def device(self) -> DeviceInfo | None:
        """The PBX's data about itself, None if it never answered."""
        return self.reported_device or (self.diagnosis.device if self.diagnosis else None)

    @property
    def device_query(self) -> DeviceQuery:
        """Whether the PBX was asked about itself, and answered."""
        if self.device is not None:
            return DeviceQuery.ANSWERED
        token = self.step(StepId.TOKEN)
        if token is None or token.code == NOT_TRIED or token.kind is OutcomeKind.NO_SECRET:
            return DeviceQuery.NOT_ASKED
        return DeviceQuery.NO_ANSWER

    def step(self, wanted: StepId) -> DiagnosisStep | None:
        """The step of that id, None without a diagnosis."""
        steps = self.diagnosis.steps if self.diagnosis else ()
        return next((s for s in steps if s.id is wanted), None)


def chosen(attempts: Iterable[Attempt], at: datetime, address: str) -> tuple[Attempt, ...]:
    """The heartbeats to list in a report made at that time, newest last.

    Left out are heartbeats to another address, which is another PBX, and local faults, which tell
    nothing about the PBX.
    """
    attempted = (a for a in attempts if a.outcome.contact_attempted)
    own = {a.sent.utc: a for a in attempted if a.address == address and a.sent.utc <= at}
    ordered = tuple(own[sent] for sent in sorted(own))[-HEARTBEATS_MAX:]
    recent = sum(at - a.sent.utc <= timedelta(hours=HEARTBEATS_HOURS) for a in ordered)
    return ordered[-max(recent, HEARTBEATS_MIN) :]


def file_name(label: str, day: str, overall: Overall, ending: str) -> str:
    """A name for the report's file that is valid on every system. `label` is the PBX's name."""
    label = re.sub(r"[^\w.()-]+", " ", label).strip(" .")[:60].strip(" .")
    return f"sign-off {label or 'PBX'} {day} {overall.value.replace('_', ' ')}.{ending}"


def sign_off(
    profile: Profile,
    pbx: PbxState,
    rows: Sequence[Row] | None,
    at: datetime,
    who: Who,
    version: str,
    *,
    whole: bool = True,
) -> SignOff:
    """The data for a report at that time. `rows` are those of the history, None if unreadable: then
    only heartbeats of this run are used. `whole` is False if older rows may be missing,
    because the file could not be used, or was damaged and replaced."""
    typed, route = pbx_or_none(profile.pbx), pbx.route
    address = typed.url if typed else ""
    return SignOff(
        at,
        pbx.trusting(profile),
        who.bounded(),
        address,
        version,
        route.ip if route else "",
        route.adapter if route else "",
        _diagnosis(pbx, address),
        _reported_device(pbx, address),
        chosen(_sent(pbx, rows), at, address),
        HistoryRead.READ if whole and rows is not None else HistoryRead.UNREADABLE,
        pbx.receiving,
        pbx.arrivals,
        pbx.transport,
        token_at=pbx.token_at.utc if pbx.token_at else None,
    )


def _sent(pbx: PbxState, rows: Sequence[Row] | None) -> list[Attempt]:
    if rows is None:
        return [attempt for attempt in (pbx.accepted, pbx.last_contact_attempt) if attempt]
    return [row.attempt for row in rows if row.request is RequestKind.HEARTBEAT]


def _diagnosis(pbx: PbxState, address: str) -> Diagnosis | None:
    """The last diagnosis, unless it was for another address."""
    found = pbx.diagnosis.diagnosis
    return found if found and found.address == address else None


def _reported_device(pbx: PbxState, address: str) -> DeviceInfo | None:
    """The data that the PBX at this address gave in a diagnosis or a device check."""
    checked = pbx.diagnosis.checked
    if checked is not None and checked.attempt.address == address:
        return checked.device
    diagnosis = _diagnosis(pbx, address)
    return diagnosis.device if diagnosis else None
