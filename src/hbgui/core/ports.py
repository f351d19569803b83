"""What the core asks of the outside world. The adapters fulfil it; runtime and ui see only this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from hbgui.core.api.heartbeat import HttpAnswer, WireRequest
from hbgui.core.api.login import LoginCount
from hbgui.core.history import HistoryFilter, Row
from hbgui.core.pbx.address import PbxAddress
from hbgui.core.pbx.connection import Certificate, ConnectionSettings
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import Profile
from hbgui.core.settings import FileProblem, Preferences, Shared
from hbgui.core.values import Moment, Secret

_T = TypeVar("_T")
_Result = TypeVar("_Result", covariant=True)

SECRET_TIMEOUT_S = 10.0

PROFILES_MAX = 500
"""PBXs in the profile file, and in a file that is shared."""


class Clock(Protocol):
    """The time. Callable from any thread."""

    def now(self) -> Moment:
        """The present moment; its elapsed clock counts the computer's sleep."""


class Cancel(Protocol):
    """Ends a call that hangs. Callable from any thread, any number of times."""

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""

    def cancel(self) -> None:
        """Make the call that got this object raise Cancelled at once."""


class Transport(Protocol):
    """HTTP to a PBX. Blocking; one call a thread."""

    def post(
        self,
        address: PbxAddress,
        request: WireRequest,
        token: Secret | None,
        *,
        link: ConnectionSettings,
        timeout_s: float,
        cancel: Cancel,
    ) -> HttpAnswer:
        """Send one POST and read the whole answer.

        `timeout_s` bounds all of it: name, connection (4 s of it at most), TLS, sending, answer.
        The token goes into the query and nowhere else. Raises TransportError, Cancelled.
        """

    def certificate(
        self, address: PbxAddress, *, link: ConnectionSettings, timeout_s: float, cancel: Cancel
    ) -> Certificate:
        """What an https PBX shows in a handshake that carries no secret, trusted or not.

        Raises TransportError, Cancelled.
        """


class Network(Protocol):
    """This computer's addresses. Blocking: a name may have to be looked up."""

    def local_addresses(self) -> tuple[LocalAddress, ...]:
        """Every address of every adapter that is up, loopback last. Raises TransportError."""

    def route_to(self, host: str, port: int, *, timeout_s: float, cancel: Cancel) -> LocalAddress:
        """The address from which packets to that host leave. Raises TransportError, Cancelled."""


class Probes(Protocol):
    """The first steps to a PBX, one by one. Blocking; safe to use from several threads."""

    def proxy(self, address: PbxAddress, link: ConnectionSettings) -> PbxAddress | None:
        """The proxy through which that PBX is reached, None without one.

        Raises TransportError for a setting that cannot be one.
        """

    def resolve(self, host: str, port: int, *, timeout_s: float, cancel: Cancel) -> tuple[str, ...]:
        """The IP addresses of a host, best first. Raises TransportError, Cancelled."""

    def connect(self, ips: Sequence[str], port: int, *, timeout_s: float, cancel: Cancel) -> str:
        """The first of them that takes a TCP connection, which is closed at once.

        Raises TransportError, Cancelled.
        """

    def listens(self, ip: str, port: int, *, timeout_s: float, cancel: Cancel) -> bool:
        """Whether somebody takes connections there. Raises Cancelled."""


class Future(Protocol[_Result]):
    """Work that runs in a thread of its own."""

    def result(self, timeout_s: float, cancel: Cancel) -> _Result:
        """Wait at most `timeout_s` seconds for what it returns, or raise what it raised.

        Raises TimeoutError, Cancelled; the work then runs on, and nobody waits for it.
        """


class BackgroundCalls(Protocol):
    """Threads for what may hang. They never delay the end of the process."""

    def start(self, work: Callable[[], _T]) -> Future[_T]:
        """Begin the work now. Any thread."""


class LoginCounts(Protocol):
    """Wrong logins per PBX, over all runs of the program. Blocking; never raises: a count that
    cannot be kept is one that starts anew, one that cannot be read is `unknown`."""

    def get(self, authority: str) -> LoginCount:
        """The count for that `host:port`."""

    def update(self, authority: str, change: Callable[[LoginCount], LoginCount]) -> LoginCount:
        """Keep what `change` makes of the count, and return it. No other process counts in
        between."""


def password_account(pbx_id: str) -> str:
    """The account of a PBX's API password in the keyring."""
    return f"{pbx_id}:password"


class SecretStore(Protocol):
    """The keyring of the operating system. Blocking; every call ends after 10 s.

    Each method raises SecretError. `account` is the profile's lasting id, for the token, or its
    `password_account`.
    """

    def get(self, account: str) -> Secret | None:
        """The secret, None when there is none. A locked keyring asks a person for its password."""

    def look(self, account: str) -> Secret | bool:
        """The secret where reading it asks nobody, else whether there is one."""

    def put(self, account: str, secret: Secret) -> None:
        """Store the secret and make sure that it can be read back."""

    def delete(self, account: str) -> None:
        """Forget the secret; nothing happens when there is none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the profile file holds. `extra` keeps members that this version does not know."""

    profiles: tuple[Profile, ...] = ()
    selected: str = ""
    preferences: Preferences = field(default_factory=Preferences)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as found. `notes` are codes of the texts, with the values that fill them.

    `read_only` is set when the file must not be written: it is of a newer version. `problem` says
    the same as the notes in full: what is wrong with the file, where, and what was done about it;
    None when the file was read, or there has never been one.
    """

    settings: Settings
    notes: Sequence[tuple[str, dict[str, str]]] = ()
    read_only: bool = False
    problem: FileProblem | None = None


class SettingsFile(Protocol):
    """The file with the profiles. Blocking."""

    def load(self) -> Loaded:
        """Read it. Never raises: what cannot be read is kept aside and noted."""

    def save(self, settings: Settings) -> None:
        """Write it, all or nothing. Raises StorageError."""


class History(Protocol):
    """The requests that were sent, in a file. Blocking; for one thread."""

    @property
    def whole(self) -> bool:
        """Whether all is in it that was ever kept: the file is in use, and did not begin anew."""

    def open(self) -> Sequence[tuple[str, dict[str, str]]]:
        """Open it; notes of what a person must know. Never raises: without a file it is kept in
        memory."""

    def begin_anew(self) -> Sequence[tuple[str, dict[str, str]]]:
        """Put a file aside of which a StorageError says "damaged"; notes as of `open`."""

    def add(self, new: Row) -> int:
        """Keep a row; its number. Raises StorageError."""

    def page(
        self, wanted: HistoryFilter, before: int, size: int, *, urgent: bool = True
    ) -> Sequence[Row]:
        """Up to `size` rows with a number below `before`, newest first. Raises StorageError, also
        when it is not urgent and was interrupted."""

    def prune(self, now: datetime) -> int:
        """Delete some of what is too old at `now`, aware UTC; the number of deleted rows. Raises
        StorageError."""

    def interrupt(self) -> None:
        """End a page that is read and not urgent. Any thread."""

    def close(self) -> None:
        """Close it. May be called twice."""


class ProfileSharing(Protocol):
    """Files for other people's hbgui: profiles without secrets. Blocking."""

    def write(self, path: Path, profiles: Sequence[Profile]) -> bool:
        """Put the profiles into the file, all or nothing.

        True when something that looked like a secret was hidden. Raises StorageError.
        """

    def read(self, path: Path) -> Shared:
        """Read such a file, entry by entry. Raises StorageError when it is none."""


class LoginStart(Protocol):
    """Whether the system starts hbgui when this user logs in. Blocking."""

    def is_on(self) -> bool:
        """Whether it will, read anew each time. Raises StorageError."""

    def turn(self, on: bool) -> None:
        """Have the system start hbgui at login, or no more. Raises StorageError."""
