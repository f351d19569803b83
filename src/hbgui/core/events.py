"""Everything that can happen, in the past tense. Workers post these; `state.reduce` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.login import LoginCount
from hbgui.core.api.outcome import Attempt, HeartbeatMark
from hbgui.core.diagnosis import Diagnosis, DiagnosisStep
from hbgui.core.history import Row
from hbgui.core.pbx.connection import Certificate, Pin
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import Profile
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import PortHolder
from hbgui.core.reports.report import Report
from hbgui.core.settings import Preferences, Preview
from hbgui.core.values import Moment, Secret


class Event:
    """Something that has happened."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class PbxEvent(Event):
    """Something that has happened to one PBX."""

    pbx_id: str


@dataclass(frozen=True, slots=True)
class ProfileAdded(Event):
    """A new PBX, or a removed one brought back: `run` is then above its old runs."""

    profile: Profile
    index: int | None = None
    run: int = 0


@dataclass(frozen=True, slots=True)
class ProfileChanged(Event):
    profile: Profile


@dataclass(frozen=True, slots=True)
class ProfileRemoved(PbxEvent):
    pass


@dataclass(frozen=True, slots=True)
class KeepAliveStarted(PbxEvent):
    at: Moment


@dataclass(frozen=True, slots=True)
class KeepAliveStopped(PbxEvent):
    pass


@dataclass(frozen=True, slots=True)
class HeartbeatStarted(PbxEvent):
    run: int


@dataclass(frozen=True, slots=True)
class HeartbeatFinished(PbxEvent):
    """`done` is when the answer was complete; `jitter` (-1 to 1) spreads the retries. With `aside`
    a diagnosis sent it: one that was started by itself may still be on its way."""

    run: int
    attempt: Attempt
    done: Moment
    jitter: float
    aside: bool = False


@dataclass(frozen=True, slots=True)
class HeartbeatCancelled(PbxEvent):
    run: int
    at: Moment


@dataclass(frozen=True, slots=True)
class MoveWithheld(PbxEvent):
    """Nothing was sent: it would have moved the PBX's reports to `target`, unasked."""

    run: int
    target: ReportTarget
    at: Moment


@dataclass(frozen=True, slots=True)
class ComputerSlept(Event):
    at: Moment
    gap_s: float


@dataclass(frozen=True, slots=True)
class RouteFound(PbxEvent):
    """This computer's address on the way to the PBX; None where there is no way."""

    route: LocalAddress | None


@dataclass(frozen=True, slots=True)
class LocalAddressesListed(Event):
    addresses: tuple[LocalAddress, ...]


@dataclass(frozen=True, slots=True)
class SettingsNotSaved(Event):
    code: str
    detail: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class SettingsSaved(Event):
    pass


@dataclass(frozen=True, slots=True)
class PreferencesChanged(Event):
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class Paused(Event):
    """No running schedule sends before `until_s` of the elapsed clock, infinity: until resumed."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    at: Moment


@dataclass(frozen=True, slots=True)
class NotificationsSnoozed(Event):
    """Nothing is told on the desktop before `until_s` of the elapsed clock."""

    until_s: float


@dataclass(frozen=True, slots=True)
class MessageShown(Event):
    """Something to tell the person that is no outcome; `code` is a key of the notes."""

    code: str
    pbx_id: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeartbeatsRecalled(PbxEvent):
    """The last heartbeats of a PBX from earlier runs of the program."""

    marks: tuple[HeartbeatMark, ...]


@dataclass(frozen=True, slots=True)
class ImportRead(Event):
    """A file with profiles was read: this is what taking it would do."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class HistoryRead(Event):
    """A page of the history: number of the question, rows, whether there are older ones."""

    number: int
    rows: tuple[Row, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class HistoryLookedBack(Event):
    """The newest rows of a PBX, None when they could not be read; whether older ones may be
    missing, since the file could not be used."""

    number: int
    rows: tuple[Row, ...] | None
    whole: bool


@dataclass(frozen=True, slots=True)
class LoginStartRead(Event):
    """Whether the system starts hbgui at login."""

    on: bool


class SecretPlace(StrEnum):
    """Where the token of a PBX is."""

    UNKNOWN = "unknown"
    NOWHERE = "nowhere"
    KEYRING = "keyring"
    SESSION = "session"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TokenChanged(PbxEvent):
    """A new token was typed, or the old one forgotten: what was known of its life is void."""

    at: Moment


@dataclass(frozen=True, slots=True)
class SecretPlaced(PbxEvent):
    """The token was found, stored, missed or not readable; `code` says why it failed, `detail`
    names what failed. `number` tells which token: each later one of a PBX has a higher number."""

    place: SecretPlace
    code: str = ""
    detail: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class TokenRenewed(PbxEvent):
    """hbgui logged in by itself, during the heartbeat of that run, and got this token."""

    run: int
    token: Secret


@dataclass(frozen=True, slots=True)
class LoginStarted(PbxEvent):
    pass


@dataclass(frozen=True, slots=True)
class LoginFinished(PbxEvent):
    """A login of `user` that a person asked for has ended, `at` this moment. `count` is that of
    wrong logins after it, `token` what a success gave; with `renew` hbgui may log in by itself
    from now on."""

    attempt: Attempt
    count: LoginCount
    transport: str
    at: Moment
    token: Secret | None = None
    user: str = ""
    renew: bool = False


@dataclass(frozen=True, slots=True)
class LoginCancelled(PbxEvent):
    pass


@dataclass(frozen=True, slots=True)
class LoggedOut(PbxEvent):
    """The PBX answered to a logout, or could not be asked."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class LoginCounted(PbxEvent):
    """How many wrong logins this PBX has seen from here."""

    count: LoginCount


@dataclass(frozen=True, slots=True)
class PasswordPlaced(PbxEvent):
    """Whether the keyring holds the API password; `code` says why that is not known, or why it
    could not be stored."""

    kept: bool
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CertificateSeen(PbxEvent):
    """Somebody asked to see the certificate; without one `attempt` says why."""

    certificate: Certificate | None
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class CertificateTrusted(PbxEvent):
    """A person trusts a certificate until the program ends."""

    pin: Pin


@dataclass(frozen=True, slots=True)
class DiagnosisStarted(PbxEvent):
    """A diagnosis began, or with `check_only` the question that moves nothing. `number` is that
    of the run."""

    number: int
    at: Moment
    check_only: bool = False


@dataclass(frozen=True, slots=True)
class DiagnosisProgress(PbxEvent):
    """A link is looked at, or was judged."""

    number: int
    step: DiagnosisStep


@dataclass(frozen=True, slots=True)
class DiagnosisFinished(PbxEvent):
    number: int
    diagnosis: Diagnosis
    at: Moment


@dataclass(frozen=True, slots=True)
class DiagnosisCancelled(PbxEvent):
    number: int
    at: Moment


@dataclass(frozen=True, slots=True)
class DeviceChecked(PbxEvent):
    """The PBX was asked about itself, answered `at` this moment, and told `device` if it took the
    token."""

    number: int
    attempt: Attempt
    device: DeviceInfo | None
    at: Moment


@dataclass(frozen=True, slots=True)
class ReceiverChanged(PbxEvent):
    """The receiver of a PBX was switched on or off, or listens elsewhere; None: it is off."""

    receiving: ReceiverState | None


@dataclass(frozen=True, slots=True)
class ReportsArrived(PbxEvent):
    """Reports of a PBX came in, in this order."""

    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class SendersFound(Event):
    """The addresses of a PBX that is known by a name: its reports come from there."""

    host: str
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class PortHolderFound(Event):
    """The program that holds a port on which reports were to be received."""

    host: str
    port: int
    holder: PortHolder


@dataclass(frozen=True, slots=True)
class ReceiverReached(Event):
    """Whether the receiver at this address and port takes connections from this computer."""

    host: str
    port: int
    reached: bool


DesktopEvent = PreferencesChanged | NotificationsSnoozed
