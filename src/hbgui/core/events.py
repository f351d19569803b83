"""Everything that can happen, in the past tense. Workers post these; `state.reduce` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hbgui.core.arrivals import Receiving
from hbgui.core.attempt import Attempt as Attempt
from hbgui.core.beats import Beat
from hbgui.core.device import DeviceInfo
from hbgui.core.diagnosis import Diagnosis, Step
from hbgui.core.link import Certificate, Pin
from hbgui.core.login_count import LoginCount
from hbgui.core.moment import Moment
from hbgui.core.networks import LocalAddress
from hbgui.core.preferences import Preferences
from hbgui.core.profile import Profile
from hbgui.core.receiving import PortHolder
from hbgui.core.report import Report
from hbgui.core.sharing import Preview
from hbgui.core.target import ReportTarget


class SecretPlace(StrEnum):
    """Where the token of a PBX is."""

    UNKNOWN = "unknown"
    NOWHERE = "nowhere"
    KEYRING = "keyring"
    SESSION = "session"
    FAILED = "failed"


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
    """`done` is when the answer was complete; `jitter` (-1 to 1) spreads the retries."""

    pbx_id: str
    run: int
    attempt: Attempt
    done: Moment
    jitter: float


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
class TokenChanged:
    """A new token was typed, or the old one forgotten: what was known of its life is void."""

    pbx_id: str
    at: Moment


@dataclass(frozen=True, slots=True)
class SecretPlaced:
    """The token was found, stored, missed or not readable; `code` says why it failed, `detail`
    names what failed."""

    pbx_id: str
    place: SecretPlace
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TokenRenewed:
    """hbgui logged in by itself; the new token is in use, and not in the keyring yet."""

    pbx_id: str


@dataclass(frozen=True, slots=True)
class LoginStarted:
    pbx_id: str


@dataclass(frozen=True, slots=True)
class LoginFinished:
    """A login that a person asked for has ended, `at` this moment. `count` is that of wrong
    logins after it. A new token is in use already, and not in the keyring yet."""

    pbx_id: str
    attempt: Attempt
    count: LoginCount
    transport: str
    at: Moment


@dataclass(frozen=True, slots=True)
class LoginCancelled:
    pbx_id: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The PBX answered to a logout, or could not be asked."""

    pbx_id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class LoginCounted:
    """How many wrong logins this PBX has seen from here."""

    pbx_id: str
    count: LoginCount


@dataclass(frozen=True, slots=True)
class PasswordPlaced:
    """Whether the keyring holds the API password; `code` says why that is not known, or why it
    could not be stored."""

    pbx_id: str
    kept: bool
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """Somebody asked to see the certificate; without one `attempt` says why."""

    pbx_id: str
    certificate: Certificate | None
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class CertificateTrusted:
    """A person trusts a certificate until the program ends."""

    pbx_id: str
    pin: Pin


@dataclass(frozen=True, slots=True)
class RouteFound:
    """This computer's address on the way to the PBX; None with the reason in `code`."""

    pbx_id: str
    route: LocalAddress | None
    code: str = ""


@dataclass(frozen=True, slots=True)
class LocalAddressesListed:
    addresses: tuple[LocalAddress, ...]


@dataclass(frozen=True, slots=True)
class SettingsNotSaved:
    code: str
    detail: str


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
class ReceiverChanged:
    """The receiver of a PBX was switched on or off, or listens elsewhere; None: it is off."""

    pbx_id: str
    receiving: Receiving | None


@dataclass(frozen=True, slots=True)
class ReportsArrived:
    """Reports of a PBX came in, in this order."""

    pbx_id: str
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class DiagnosisStarted:
    """A diagnosis began, or with `check_only` the question that moves nothing. `number` is that
    of the run."""

    pbx_id: str
    number: int
    at: Moment
    check_only: bool = False


@dataclass(frozen=True, slots=True)
class DiagnosisStep:
    """A link is looked at, or was judged."""

    pbx_id: str
    number: int
    step: Step


@dataclass(frozen=True, slots=True)
class DiagnosisFinished:
    pbx_id: str
    number: int
    diagnosis: Diagnosis
    at: Moment


@dataclass(frozen=True, slots=True)
class DiagnosisCancelled:
    pbx_id: str
    number: int
    at: Moment


@dataclass(frozen=True, slots=True)
class Checked:
    """The PBX was asked about itself, answered `at` this moment, and told `device` if it took the
    token."""

    pbx_id: str
    number: int
    attempt: Attempt
    device: DeviceInfo | None
    at: Moment


@dataclass(frozen=True, slots=True)
class SendersFound:
    """The addresses of a PBX that is known by a name: its reports come from there."""

    host: str
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class PortHolderFound:
    """The program that holds a port on which reports were to be received."""

    host: str
    port: int
    holder: PortHolder


@dataclass(frozen=True, slots=True)
class ReceiverReached:
    """Whether the receiver at this address and port takes connections from this computer."""

    host: str
    port: int
    reached: bool


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
    | Paused
    | Resumed
    | DesktopEvent
)
