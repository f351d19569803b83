"""The interfaces of the outside world. Adapters implement them; runtime and ui use only these."""

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
"""The most PBXs in the profile file or in a shared file."""


class Clock(Protocol):
    """The time. Callable from any thread."""

    def now(self) -> Moment:
        """The current time; its elapsed clock keeps counting while the computer sleeps."""


class Cancel(Protocol):
    """Ends a blocking call. Callable from any thread, any number of times."""

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""

    def cancel(self) -> None:
        """Make the call that got this object raise Cancelled at once."""


class Transport(Protocol):
    """HTTP to a PBX. Blocking; each thread makes one call at a time."""

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

        `timeout_s` is for all of it: name look-up, connecting (at most 4 s), TLS, sending, answer.
        The token is put into the query and nowhere else. Raises TransportError, Cancelled.
        """

    def certificate(
        self, address: PbxAddress, *, link: ConnectionSettings, timeout_s: float, cancel: Cancel
    ) -> Certificate:
        """Get the certificate of an https PBX in a handshake without secrets, trusted or not.

        Raises TransportError, Cancelled.
        """


class Network(Protocol):
    """This computer's addresses. Blocking: a name may have to be looked up."""

    def local_addresses(self) -> tuple[LocalAddress, ...]:
        """Every address of every adapter that is up, loopback last. Raises TransportError."""

    def route_to(self, host: str, port: int, *, timeout_s: float, cancel: Cancel) -> LocalAddress:
        """This computer's address on the route to that host. Raises TransportError, Cancelled."""


class Probes(Protocol):
    """The first steps to a PBX, one by one. Blocking; safe to use from several threads."""

    def proxy(self, address: PbxAddress, link: ConnectionSettings) -> PbxAddress | None:
        """The proxy through which that PBX is reached, None without one.

        Raises TransportError if the setting is invalid.
        """

    def resolve(self, host: str, port: int, *, timeout_s: float, cancel: Cancel) -> tuple[str, ...]:
        """The IP addresses of a host, best first. Raises TransportError, Cancelled."""

    def connect(self, ips: Sequence[str], port: int, *, timeout_s: float, cancel: Cancel) -> str:
        """The first of these addresses that accepts a TCP connection, which is closed at once.

        Raises TransportError, Cancelled.
        """

    def listens(self, ip: str, port: int, *, timeout_s: float, cancel: Cancel) -> bool:
        """Whether connections are accepted there. Raises Cancelled."""


class Future(Protocol[_Result]):
    """Work that runs in its own thread."""

    def result(self, timeout_s: float, cancel: Cancel) -> _Result:
        """Wait at most `timeout_s` seconds for its result; its exception is raised here.

        Also raises TimeoutError and Cancelled; the work then continues without being waited for.
        """


class BackgroundCalls(Protocol):
    """Threads for work that may hang. They never delay the end of the process."""

    def start(self, work: Callable[[], _T]) -> Future[_T]:
        """Start the work now. Callable from any thread."""


class LoginCounts(Protocol):
    """Wrong logins per PBX, over all runs of the program. Blocking; never raises: a count that
    cannot be stored starts at zero again, one that cannot be read is `unknown`."""

    def get(self, authority: str) -> LoginCount:
        """The count for that `host:port`."""

    def update(self, authority: str, change: Callable[[LoginCount], LoginCount]) -> LoginCount:
        """Apply `change` to the count, store the result and return it. The operation is atomic
        between processes."""


def password_account(pbx_id: str) -> str:
    """The account of a PBX's API password in the keyring."""
    return f"{pbx_id}:password"


class SecretStore(Protocol):
    """The keyring of the operating system. Blocking; every call ends after 10 s.

    Each method raises SecretError. `account` is the profile's id for the token, or its
    `password_account` for the password.
    """

    def get(self, account: str) -> Secret | None:
        """The secret, None if there is none. A locked keyring asks the user for its password."""

    def look(self, account: str) -> Secret | bool:
        """The secret if it can be read without asking the user, else whether there is one."""

    def put(self, account: str, secret: Secret) -> None:
        """Store the secret and check that it can be read again."""

    def delete(self, account: str) -> None:
        """Delete the secret; does nothing if there is none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The contents of the profile file. `extra` are members that this version does not know."""

    profiles: tuple[Profile, ...] = ()
    selected: str = ""
    preferences: Preferences = field(default_factory=Preferences)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings as loaded. `notes` are codes of the texts, with the values for placeholders.

    `read_only`: the file must not be written, because a newer version wrote it. `problem` is what
    is wrong with the file, where, and what was done about it, in more detail than the notes; None
    if the file was read, or never existed.
    """

    settings: Settings
    notes: Sequence[tuple[str, dict[str, str]]] = ()
    read_only: bool = False
    problem: FileProblem | None = None


class SettingsFile(Protocol):
    """The file with the profiles. Blocking."""

    def load(self) -> Loaded:
        """Read the file. Never raises: an unreadable file is moved away and noted."""

    def save(self, settings: Settings) -> None:
        """Write the file atomically. Raises StorageError."""


class History(Protocol):
    """The file with the history of requests. Blocking; for one thread."""

    @property
    def whole(self) -> bool:
        """Whether no row is missing: the file is in use, and was never replaced by a new one."""

    def open(self) -> Sequence[tuple[str, dict[str, str]]]:
        """Open the file; returns notes for the user. Never raises: if the file cannot be used, the
        history is kept in memory."""

    def start_new_file(self) -> Sequence[tuple[str, dict[str, str]]]:
        """Move the file away after a StorageError "damaged", and start a new one; returns notes
        like `open`."""

    def add(self, new: Row) -> int:
        """Store a row and return its number. Raises StorageError."""

    def page(
        self, wanted: HistoryFilter, before: int, size: int, *, urgent: bool = True
    ) -> Sequence[Row]:
        """Up to `size` rows with a number below `before`, newest first. Raises StorageError, also
        if it is not urgent and `interrupt` was called."""

    def prune(self, now: datetime) -> int:
        """Delete some rows that are too old at `now`, aware UTC; returns their number. Raises
        StorageError."""

    def interrupt(self) -> None:
        """Stop reading a page that is not urgent. Callable from any thread."""

    def close(self) -> None:
        """Close the file. May be called twice."""


class ProfileSharing(Protocol):
    """Files with profiles for other users of hbgui, without secrets. Blocking."""

    def write(self, path: Path, profiles: Sequence[Profile]) -> bool:
        """Write the profiles to the file atomically.

        Returns True if something that looked like a secret was left out. Raises StorageError.
        """

    def read(self, path: Path) -> Shared:
        """Read such a file, entry by entry. Raises StorageError if it is not one."""


class LoginStart(Protocol):
    """Whether the system starts hbgui when this user logs in. Blocking."""

    def is_on(self) -> bool:
        """Whether it does. Reads the system's setting each time. Raises StorageError."""

    def turn(self, on: bool) -> None:
        """Turn this on or off. Raises StorageError."""
