"""Everything that can happen, in the past tense. Workers post these; `state.reduce` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field

from hbgui.core.attempt import Attempt as Attempt
from hbgui.core.beats import Beat
from hbgui.core.events_of_access import CertificateSeen as CertificateSeen
from hbgui.core.events_of_access import CertificateTrusted as CertificateTrusted
from hbgui.core.events_of_access import LoggedOut as LoggedOut
from hbgui.core.events_of_access import LoginCancelled as LoginCancelled
from hbgui.core.events_of_access import LoginCounted as LoginCounted
from hbgui.core.events_of_access import LoginFinished as LoginFinished
from hbgui.core.events_of_access import LoginStarted as LoginStarted
from hbgui.core.events_of_access import PasswordPlaced as PasswordPlaced
from hbgui.core.events_of_access import SecretPlace as SecretPlace
from hbgui.core.events_of_access import SecretPlaced as SecretPlaced
from hbgui.core.events_of_access import TokenChanged as TokenChanged
from hbgui.core.events_of_access import TokenRenewed as TokenRenewed
from hbgui.core.events_of_diagnosis import Checked as Checked
from hbgui.core.events_of_diagnosis import DiagnosisCancelled as DiagnosisCancelled
from hbgui.core.events_of_diagnosis import DiagnosisFinished as DiagnosisFinished
from hbgui.core.events_of_diagnosis import DiagnosisStarted as DiagnosisStarted
from hbgui.core.events_of_diagnosis import DiagnosisStep as DiagnosisStep
from hbgui.core.events_of_reports import PortHolderFound as PortHolderFound
from hbgui.core.events_of_reports import ReceiverChanged as ReceiverChanged
from hbgui.core.events_of_reports import ReceiverReached as ReceiverReached
from hbgui.core.events_of_reports import ReportsArrived as ReportsArrived
from hbgui.core.events_of_reports import SendersFound as SendersFound
from hbgui.core.history import Row
from hbgui.core.moment import Moment
from hbgui.core.networks import LocalAddress
from hbgui.core.preferences import Preferences
from hbgui.core.profile import Profile
from hbgui.core.sharing import Preview
from hbgui.core.target import ReportTarget


@dataclass(frozen=True, slots=True)
class ProfileAdded:
    """A new PBX, or a removed one brought back: `run` is then above its old runs."""

    profile: Profile
    index: int | None = None
    run: int = 0


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    profile: Profile


@dataclass(frozen=True, slots=True)
class ProfileRemoved:
    pbx_id: str


@dataclass(frozen=True, slots=True)
class KeepAliveStarted:
    pbx_id: str
    at: Moment


@dataclass(frozen=True, slots=True)
class KeepAliveStopped:
    pbx_id: str


@dataclass(frozen=True, slots=True)
class HeartbeatStarted:
    pbx_id: str
    run: int


@dataclass(frozen=True, slots=True)
class HeartbeatFinished:
    """`done` is when the answer was complete; `jitter` (-1 to 1) spreads the retries. With `aside`
    a diagnosis sent it: one that was started by itself may still be on its way."""

    pbx_id: str
    run: int
    attempt: Attempt
    done: Moment
    jitter: float
    aside: bool = False


@dataclass(frozen=True, slots=True)
class HeartbeatCancelled:
    pbx_id: str
    run: int
    at: Moment


@dataclass(frozen=True, slots=True)
class MoveHeld:
    """Nothing was sent: it would have moved the PBX's reports to `target`, unasked."""

    pbx_id: str
    run: int
    target: ReportTarget
    at: Moment


@dataclass(frozen=True, slots=True)
class ComputerSlept:
    at: Moment
    gap_s: float


@dataclass(frozen=True, slots=True)
class RouteFound:
    """This computer's address on the way to the PBX; None where there is no way."""

    pbx_id: str
    route: LocalAddress | None


@dataclass(frozen=True, slots=True)
class LocalAddressesListed:
    addresses: tuple[LocalAddress, ...]


@dataclass(frozen=True, slots=True)
class SettingsNotSaved:
    code: str
    detail: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class SettingsSaved:
    pass


@dataclass(frozen=True, slots=True)
class PreferencesChanged:
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class Paused:
    """No running schedule sends before `until_s` of the elapsed clock, infinity: until resumed."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Resumed:
    at: Moment


@dataclass(frozen=True, slots=True)
class NotificationsSnoozed:
    """Nothing is told on the desktop before `until_s` of the elapsed clock."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Noted:
    """Something to tell the person that is no outcome; `code` is a key of the notes."""

    code: str
    pbx_id: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BeatsRecalled:
    """The last heartbeats of a PBX from earlier runs of the program."""

    pbx_id: str
    beats: tuple[Beat, ...]


@dataclass(frozen=True, slots=True)
class ImportRead:
    """A file with profiles was read: this is what taking it would do."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """A page of the history: number of the question, rows, whether there are older ones."""

    number: int
    rows: tuple[Row, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class HistoryLookedBack:
    """The newest rows of a PBX, None when they could not be read; whether older ones may be
    missing, since the file could not be used."""

    number: int
    rows: tuple[Row, ...] | None
    whole: bool


@dataclass(frozen=True, slots=True)
class LoginStartRead:
    """Whether the system starts hbgui at login."""

    on: bool


DesktopEvent = PreferencesChanged | NotificationsSnoozed

Event = (
    ProfileAdded
    | ProfileChanged
    | ProfileRemoved
    | KeepAliveStarted
    | KeepAliveStopped
    | HeartbeatStarted
    | HeartbeatFinished
    | HeartbeatCancelled
    | MoveHeld
    | ComputerSlept
    | TokenChanged
    | SecretPlaced
    | TokenRenewed
    | LoginStarted
    | LoginFinished
    | LoginCancelled
    | LoggedOut
    | LoginCounted
    | PasswordPlaced
    | CertificateSeen
    | CertificateTrusted
    | RouteFound
    | LocalAddressesListed
    | SettingsNotSaved
    | SettingsSaved
    | Noted
    | BeatsRecalled
    | ImportRead
    | HistoryRead
    | HistoryLookedBack
    | ReceiverChanged
    | ReportsArrived
    | DiagnosisStarted
    | DiagnosisStep
    | DiagnosisFinished
    | DiagnosisCancelled
    | Checked
    | SendersFound
    | PortHolderFound
    | ReceiverReached
    | LoginStartRead
    | Paused
    | Resumed
    | DesktopEvent
)
