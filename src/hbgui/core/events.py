"""Everything that can happen, in the past tense. Workers post these; `state.reduce` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hbgui.core.moment import Moment
from hbgui.core.networks import LocalAddress
from hbgui.core.outcome import Outcome
from hbgui.core.profile import Profile
from hbgui.core.sharing import Preview


class SecretPlace(StrEnum):
    """Where the token of a PBX is."""

    UNKNOWN = "unknown"
    NOWHERE = "nowhere"
    KEYRING = "keyring"
    SESSION = "session"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One heartbeat that was tried.

    `sent` is when sending began: the token's life counts from there. `address` is the PBX's URL
    as used, `target` where reports were to go, `latency_ms` the time to the whole answer.
    `problem` names the field when the outcome is "invalid".
    """

    sent: Moment
    outcome: Outcome
    address: str = ""
    target: str = ""
    latency_ms: float | None = None
    problem: str = ""


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
class Noted:
    """Something to tell the person that is no outcome; `code` is a key of the notes."""

    code: str
    pbx_id: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportRead:
    """A file with profiles was read: this is what taking it would do."""

    preview: Preview


Event = (
    ProfileAdded
    | ProfileChanged
    | ProfileRemoved
    | KeepAliveStarted
    | KeepAliveStopped
    | HeartbeatStarted
    | HeartbeatFinished
    | HeartbeatCancelled
    | ComputerSlept
    | TokenChanged
    | SecretPlaced
    | RouteFound
    | LocalAddressesListed
    | SettingsNotSaved
    | SettingsSaved
    | Noted
    | ImportRead
)
