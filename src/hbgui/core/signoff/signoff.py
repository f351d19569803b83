"""The sign-off of one PBX: all that a report to the customer says, as data."""

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

BEATS_HOURS = 24
BEATS_MAX = 150
"""Heartbeats of a report at most: a day and a bit of one every ten minutes."""

BEATS_LEAST = 20
"""This many are listed even when they are older than a day."""

ROWS_MAX = 1000
"""Rows of the history in which they are looked for."""

NOT_TRIED = "not_tried"
"""Code of a step behind a broken one."""

NOTE_MAX = 2000
"""Characters of the note."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who tested, for whom. Typed by a person; any of them may be empty."""

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
    """Whether the heartbeats of the past could be looked up."""

    READ = "read"
    NONE = "none"
    UNREADABLE = "unreadable"


class DeviceQuery(StrEnum):
    """What came of asking the PBX about itself."""

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
    """Something that a reader must know. `code` is a key of the texts, `values` fill their
    blanks; with `step` it is said by that link of the diagnosis."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    step: DiagnosisStep | None = None


@dataclass(frozen=True, slots=True)
class SignOff:
    """What is known at the moment `at`, aware UTC. The token is no part of it.

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
        """What the PBX told of itself."""
        return self.reported_device or (self.diagnosis.device if self.diagnosis else None)

    @property
    def device_query(self) -> DeviceQuery:
        """Whether it was asked, and answered."""
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
    """The heartbeats that a report of that moment tells of, the newest last.

    Those of another address say nothing of this PBX, whatever the profile's name; no more does a
    fault on this side.
    """
    asked = (a for a in attempts if a.outcome.contact_attempted)
    own = {a.sent.utc: a for a in asked if a.address == address and a.sent.utc <= at}
    ordered = tuple(own[sent] for sent in sorted(own))[-BEATS_MAX:]
    recent = sum(at - a.sent.utc <= timedelta(hours=BEATS_HOURS) for a in ordered)
    return ordered[-max(recent, BEATS_LEAST) :]


def file_name(label: str, day: str, overall: Overall, ending: str) -> str:
    """A name for the report's file that every system takes. `label` is the PBX's."""
    said = re.sub(r"[^\w.()-]+", " ", label).strip(" .")[:60].strip(" .")
    return f"sign-off {said or 'PBX'} {day} {overall.value.replace('_', ' ')}.{ending}"


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
    """What is known at that moment. `rows` are those of the history, None when it cannot be read:
    then the heartbeats of this run are all there is. They are not the `whole` of it when its file
    could not be used, or was damaged and began anew."""
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
    """The last one, unless it was of another address."""
    found = pbx.diagnosis.diagnosis
    return found if found and found.address == address else None


def _reported_device(pbx: PbxState, address: str) -> DeviceInfo | None:
    """What the box at this address told, to a diagnosis or a check."""
    checked = pbx.diagnosis.checked
    if checked is not None and checked.attempt.address == address:
        return checked.device
    diagnosis = _diagnosis(pbx, address)
    return diagnosis.device if diagnosis else None
