"""The state of one PBX."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hbgui.core.api import errnos, schedule
from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.heartbeat import TOKEN_LIFE_S
from hbgui.core.api.login import TCP, LoginCount
from hbgui.core.api.outcome import NEW_ADDRESS, AddressStatus, Attempt, HeartbeatMark, OutcomeKind
from hbgui.core.events import SecretPlace
from hbgui.core.pbx.address import host_of, literal_or_none
from hbgui.core.pbx.connection import Pin, TlsMode
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.networks import LocalAddress, adapter_ip
from hbgui.core.pbx.profile import AddressKind, Profile
from hbgui.core.pbx.validation import check
from hbgui.core.reports.arrivals import Arrivals, ReceiverState, ReportsLamp, reports_lamp
from hbgui.core.reports.receiving import Place, place_of
from hbgui.core.state.diagnosis_state import DiagnosisState
from hbgui.core.values import Moment


class Phase(StrEnum):
    """The state of one PBX in a word."""

    OFF = "off"
    STARTING = "starting"
    ALIVE = "alive"
    FAILING = "failing"
    REFUSED = "refused"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outage:
    """Heartbeats of a running schedule that failed in a row: how many, and when the first one was
    sent. A sleep of the computer does not end it."""

    since: Moment
    missed: int = 1


@dataclass(frozen=True, slots=True)
class PbxState:
    """What is known of one PBX.

    - `run`: a counter; answers that belong to a smaller number are ignored.
    - `due_s`: the elapsed clock at the next heartbeat, None when none is planned.
    - `last`: the last attempt. `last_contact_attempt`: the last one without a local fault; only
      this one tells whether the PBX works.
    - `accepted`: the last success with the current token. `lost`: the attempt in which the PBX
      refused that token.
    - `renewed`: when hbgui last logged in automatically.
    - `transport`: how the PBX delivers reports, as the last login answered.
    - `session_pin`: a certificate that is trusted until the program ends.
    - `moving`: the target that a withheld heartbeat would have announced; the user has to decide.
    - `marks`: the last heartbeats, including those of earlier runs of the program.
    - `paused_until_s`: until this point of the elapsed clock the schedule sends nothing; infinity
      means until the user resumes it.
    - `token_at`: when the current token was entered, None if it was there from the start.
    - `receiving`: the receiver that is on for this PBX. `arrivals`: the reports it received.
    - `device`: the PBX's last answer to the device query.
    - `address_status`: what is known about the PBX's address.
    """

    id: str
    interval_s: float
    run: int = 0
    keeping: bool = False
    sending: bool = False
    due_s: float | None = None
    failures: int = 0
    last: Attempt | None = None
    last_contact_attempt: Attempt | None = None
    accepted: Attempt | None = None
    lost: Attempt | None = None
    secret: SecretPlace = SecretPlace.UNKNOWN
    secret_number: int = 0
    secret_code: str = ""
    secret_detail: str = ""
    route: LocalAddress | None = None
    renewed: Moment | None = None
    transport: str = ""
    password_kept: bool = False
    logging_in: bool = False
    logins: LoginCount = field(default_factory=LoginCount)
    session_pin: Pin | None = None
    moving: ReportTarget | None = None
    marks: tuple[HeartbeatMark, ...] = ()
    paused_until_s: float = 0.0
    token_at: Moment | None = None
    outage: Outage | None = None
    receiving: ReceiverState | None = None
    arrivals: Arrivals = field(default_factory=Arrivals)
    diagnosis: DiagnosisState = field(default_factory=DiagnosisState)
    device: DeviceInfo | None = None
    address_status: AddressStatus = NEW_ADDRESS

    def phase(self, now: Moment) -> Phase:
        """The state at this time: a result that is older than the token's life becomes UNKNOWN."""
        if self.last_contact_attempt is None:
            return Phase.STARTING if self.keeping or self.sending else Phase.OFF
        outcome = self.last_contact_attempt.outcome
        if outcome.errno is not None and not outcome.may_pass:
            return Phase.REFUSED
        if not outcome.accepted and not outcome.may_pass:
            return Phase.STOPPED
        if schedule.token_left_s(now.since(self.last_contact_attempt.sent)) <= 0:
            return Phase.UNKNOWN
        return Phase.ALIVE if outcome.accepted else Phase.FAILING

    def token_left_s(self, now: Moment) -> float | None:
        """Seconds until the token expires, by the last accepted heartbeat; None if unknown."""
        if self.token_dead:
            return 0.0
        if self.accepted is None:
            return None
        return schedule.token_left_s(now.since(self.accepted.sent))

    def token_dies_s(self, now: Moment) -> float:
        """The point of the elapsed clock at which the token expires, infinity if no living token is
        known. Heartbeats of an earlier run of the program count too."""
        if self.lost is not None:
            return math.inf
        if self.accepted is not None:
            return self.accepted.sent.elapsed_s + TOKEN_LIFE_S
        since = self.token_at.utc if self.token_at else None
        good = (b.at for b in reversed(self.marks) if b.kind is OutcomeKind.ACCEPTED)
        last = next((at for at in good if since is None or at >= since), None)
        if last is None:
            return math.inf
        return round(now.elapsed_s - (now.utc - last).total_seconds()) + TOKEN_LIFE_S

    def paused(self, now: Moment) -> bool:
        """Whether its schedule runs but the user has paused it."""
        return self.keeping and now.elapsed_s < self.paused_until_s

    def reports_lamp(self, now: Moment) -> ReportsLamp:
        """The state of its reports at this time."""
        return reports_lamp(
            self.arrivals,
            self.receiving,
            self.accepted,
            tcp=self.transport == TCP,
            token_ended=self.token_left_s(now) == 0,
        )

    @property
    def token_dead(self) -> bool:
        """Whether the PBX has refused this token."""
        return self.lost is not None

    @property
    def token_not_valid(self) -> bool:
        """Whether the PBX refused the token although it should not have expired yet."""
        if self.lost is None or self.lost.outcome.errno == errnos.TOKEN_EXPIRED:
            return False
        age_s = self.lost.sent.since(self.accepted.sent) if self.accepted else 0.0
        return schedule.token_left_s(age_s) > 0

    @property
    def certificate_changed(self) -> bool:
        """Whether the user must compare certificates before anything is sent again."""
        return self.last is not None and self.last.outcome.code == "certificate_changed"

    def trusting(self, profile: Profile) -> Profile:
        """The profile with the certificate that is trusted until the program ends."""
        pin = self.session_pin
        if pin is None or pin.authority != profile.authority:
            return profile
        return replace(profile, tls=TlsMode.PINNED, pin=pin)


def announced_place(
    profile: Profile, pbx: PbxState, local: tuple[LocalAddress, ...]
) -> Place | None:
    """The place that a heartbeat would announce for reports; None while it is unknown."""
    ip: str | None = None
    match profile.server.kind:
        case AddressKind.AUTO:
            ip = pbx.route.ip if pbx.route else None
        case AddressKind.ADAPTER:
            ip = adapter_ip(profile.server.value, host_of(profile.pbx), local)
    checked = check(profile, ip, local)
    return None if checked.target is None or checked.errors else place_of(checked.target)


def address_to_bind(place: Place, pbx: PbxState, local: tuple[LocalAddress, ...]) -> str:
    """The address of this computer at which to listen for reports to a place.

    If the place is a router's address or a name, it is this computer's address on the route to the
    PBX. Without a known route it is the place's own address, which the system may refuse.
    """
    literal = literal_or_none(place.host)
    loopback = literal is not None and literal.is_loopback
    if loopback or any(place.host == address.ip for address in local) or pbx.route is None:
        return place.host
    return pbx.route.ip


def senders_of(profile: Profile, found: frozenset[str] | None) -> frozenset[str] | None:
    """The IP addresses of a PBX: the one in its profile, else `found`, the result of looking up its
    name. None while that is unknown."""
    host = host_of(profile.pbx)
    if literal_or_none(host) is not None:
        return frozenset({host})
    return found
