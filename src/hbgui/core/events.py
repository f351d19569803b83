"""The events: what has happened. Worker threads post them, `state.app_state` applies them."""

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
    """A PBX was added, or a removed one restored: `run` is then higher than its old runs."""

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
    """A heartbeat has ended. `done` is when the answer was complete; `jitter` (-1 to 1) spreads the
    retries. `from_diagnosis`: a diagnosis sent it, so one of the schedule may still be pending."""

    run: int
    attempt: Attempt
    done: Moment
    jitter: float
    from_diagnosis: bool = False


@dataclass(frozen=True, slots=True)
class HeartbeatCancelled(PbxEvent):
    run: int
    at: Moment


@dataclass(frozen=True, slots=True)
class MoveWithheld(PbxEvent):
    """Nothing was sent: it would have moved the PBX's reports to `target`, not yet confirmed."""

    run: int
    target: ReportTarget
    at: Moment


@dataclass(frozen=True, slots=True)
class ComputerSlept(Event):
    at: Moment
    gap_s: float


@dataclass(frozen=True, slots=True)
class RouteFound(PbxEvent):
    """This computer's address on the route to the PBX was found; None if there is no route."""

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
    """All schedules pause until `until_s` of the elapsed clock; infinity: until resumed."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    at: Moment


@dataclass(frozen=True, slots=True)
class NotificationsSnoozed(Event):
    """Desktop notifications are off until `until_s` of the elapsed clock."""

    until_s: float


@dataclass(frozen=True, slots=True)
class MessageShown(Event):
    """A message for the user that is not an outcome; `code` is a key of the notes."""

    code: str
    pbx_id: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeartbeatsRecalled(PbxEvent):
    """The last heartbeats of earlier runs of the program were read from the history."""

    marks: tuple[HeartbeatMark, ...]


@dataclass(frozen=True, slots=True)
class ImportRead(Event):
    """A file with profiles was read; `preview` is what importing it would do."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class HistoryRead(Event):
    """A page of the history was read. `number` identifies the query; `more`: there are older
    rows."""

    number: int
    rows: tuple[Row, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class HistoryLookedBack(Event):
    """The newest rows of a PBX were read. `rows` is None if they could not be read; `whole` is
    False if older ones may be missing because the file could not be used."""

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
    """A new token was entered, or the old one deleted: the known expiry no longer holds."""

    at: Moment


@dataclass(frozen=True, slots=True)
class SecretPlaced(PbxEvent):
    """The place of the token was found out. `code` is the reason of a failure, `detail` names what
    failed. `number` identifies the token: each new token of a PBX has a higher one."""

    place: SecretPlace
    code: str = ""
    detail: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class TokenRenewed(PbxEvent):
    """hbgui logged in automatically during a heartbeat of that run, and got this token."""

    run: int
    token: Secret


@dataclass(frozen=True, slots=True)
class LoginStarted(PbxEvent):
    pass


@dataclass(frozen=True, slots=True)
class LoginFinished(PbxEvent):
    """A login of `user` that a person started has ended at the time `at`. `count` are the wrong
    logins including this one, `token` is the new token after a success; with `renew` hbgui may log
    in automatically from now on."""

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
    """A logout has ended; `attempt` tells whether the PBX accepted it."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class LoginCounted(PbxEvent):
    """The count of wrong logins at this PBX was read."""

    count: LoginCount


@dataclass(frozen=True, slots=True)
class PasswordPlaced(PbxEvent):
    """Whether the keyring has the API password. `code` says why that is unknown, or why it could
    not be stored."""

    kept: bool
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CertificateSeen(PbxEvent):
    """The PBX's certificate was read to be shown; if it is None, `attempt` says why."""

    certificate: Certificate | None
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class CertificateTrusted(PbxEvent):
    """The user trusts a certificate until the program ends."""

    pin: Pin


@dataclass(frozen=True, slots=True)
class DiagnosisStarted(PbxEvent):
    """A diagnosis began, or with `check_only` a device check. `number` identifies the run."""

    number: int
    at: Moment
    check_only: bool = False


@dataclass(frozen=True, slots=True)
class DiagnosisProgress(PbxEvent):
    """A step of a diagnosis began or ended."""

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
    """A device check ended at the time `at`. `device` is the PBX's data if it took the token."""

    number: int
    attempt: Attempt
    device: DeviceInfo | None
    at: Moment


@dataclass(frozen=True, slots=True)
class ReceiverChanged(PbxEvent):
    """The receiver of a PBX was switched on or off, or listens elsewhere; None means off."""

    receiving: ReceiverState | None


@dataclass(frozen=True, slots=True)
class ReportsArrived(PbxEvent):
    """Reports of a PBX arrived, in this order."""

    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class SendersFound(Event):
    """The name of a PBX was looked up: its reports come from these addresses."""

    host: str
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class PortHolderFound(Event):
    """The program was found that occupies the port for receiving reports."""

    host: str
    port: int
    holder: PortHolder


@dataclass(frozen=True, slots=True)
class ReceiverReached(Event):
    """Whether this computer can connect to the receiver at this address and port."""

    host: str
    port: int
    reached: bool


DesktopEvent = PreferencesChanged | NotificationsSnoozed
