"""The profile of one PBX: its settings as the technician typed them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hbgui.core.pbx.address import AddressError, host_of, looks_like_token, parse_pbx, storable
from hbgui.core.pbx.connection import ConnectionSettings, Pin, TlsLevel, TlsMode
from hbgui.core.pbx.destination import ANNOUNCED_MAX, Announced, ReportTarget, UrlMode
from hbgui.core.pbx.members import (
    all_announced,
    announced_from,
    announced_members,
    choice,
    flag,
    member,
    object_of,
    pin_from,
    rows_of,
    target_from,
    text,
    whole_number,
)
from hbgui.core.pbx.typed import trimmed


class ApiVersion(StrEnum):
    """Version of the PBX's API; part of the path."""

    V1 = "v1.1.0"
    V2 = "v2.0.0"


class UrlField(StrEnum):
    """The name of the URL-mode field: the maker's pages contradict each other."""

    URLFLAG = "urlflag"
    URLTAG = "urltag"
    BOTH = "both"


class AddressKind(StrEnum):
    """How the announced address is chosen."""

    AUTO = "auto"
    ADAPTER = "adapter"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The application server's address: that of the route, of an adapter, or a fixed one.

    `value` is empty for AUTO, the adapter's name for ADAPTER, the typed text for FIXED.
    """

    kind: AddressKind = AddressKind.AUTO
    value: str = ""


def _server_from(value: object) -> ServerAddress | None:
    """Read the address; the value may be missing, because the user may type it later."""
    parts = object_of(value)
    kind = choice(AddressKind)(parts.get("kind"))
    return None if kind is None else ServerAddress(kind, text(parts.get("value")) or "")


def _server_members(server: ServerAddress) -> dict[str, str]:
    hidden = server.kind is AddressKind.FIXED and looks_like_token(server.value)
    return {"kind": server.kind, "value": "" if hidden else server.value}


def _proxy_text(typed: str) -> str:
    """The proxy for a file: empty if it may contain a password before an @, or is a token."""
    secret = "@" in typed or looks_like_token(typed.rpartition("://")[2])
    return "" if secret else typed


DEFAULT_URL_FIELD = {ApiVersion.V1: UrlField.URLFLAG, ApiVersion.V2: UrlField.URLTAG}

DEFAULT_PORT = "8260"
"""The port that the PBX's documents use for the application server."""

INTERVAL_MIN = (1, 25)
"""Smallest and largest interval between heartbeats in the window, in minutes."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The settings of one PBX. Texts are stored as typed; module `validation` checks them.

    Each field except the id has an entry in `MEMBERS`: its default, how it is read from and
    written to files, and whether it is exported. Text in `pbx`, `proxy` or `server` that may be a
    token or password is never written to files.

    - `id`: never changes; it names the keyring entry.
    - `url_field`: None means the usual name for the API version.
    - `interval_min`: minutes between heartbeats, 1 to 25.
    - `user`: the user name of the API, not of the web page.
    - `renew`: replace a lost token by a login with the password in the keyring.
    - `token_host`: the host that the token was entered for, empty while unknown.
    - `announced`: the targets that the PBX accepted from this computer, newest first.
    - `earlier`: the target before those, for restoring; typed by the user or remembered.
    """

    id: str
    name: str = member("", text)
    pbx: str = member("", text, storable)
    api: ApiVersion = member(ApiVersion.V1, choice(ApiVersion))
    url_field: UrlField | None = member(None, choice(UrlField))
    tls: TlsMode = member(TlsMode.SYSTEM, choice(TlsMode))
    tls_level: TlsLevel = member(TlsLevel.COMPATIBLE, choice(TlsLevel))
    pin: Pin | None = member(None, pin_from)
    proxy: str = member("", text, _proxy_text)
    server: ServerAddress = member(ServerAddress(), _server_from, _server_members)
    port: str = member(DEFAULT_PORT, text)
    url_mode: UrlMode = member(UrlMode.NONE, choice(UrlMode))
    url: str = member("", text)
    interval_min: int = member(10, whole_number, bounds=INTERVAL_MIN)
    user: str = member("", text)
    renew: bool = member(False, flag, local=True)
    token_host: str = member("", text, local=True)
    notes: str = member("", text)
    announced: tuple[Announced, ...] = member(
        (), announced_from, announced_members, complete=all_announced, local=True
    )
    earlier: ReportTarget | None = member(None, target_from, local=True)
    ask_before_moving: bool = member(True, flag, local=True)

    @property
    def label(self) -> str:
        """The PBX's name, else its address."""
        return self.name.strip() or self.pbx.strip()

    @property
    def interval_s(self) -> float:
        """The interval in seconds, kept in its range even if an edited file has another value."""
        low, high = INTERVAL_MIN
        return 60.0 * min(max(self.interval_min, low), high)

    @property
    def wire_url_field(self) -> UrlField:
        """The URL-mode field that is sent."""
        return self.url_field or DEFAULT_URL_FIELD[self.api]

    @property
    def authority(self) -> str:
        """`host:port` of the PBX, empty if the typed address is invalid."""
        try:
            return parse_pbx(self.pbx).authority
        except AddressError:
            return ""

    @property
    def link(self) -> ConnectionSettings:
        """The connection settings. A pin for another address is left out."""
        pinned = self.pin is not None and self.pin.authority == self.authority
        pin = self.pin.sha256 if self.pin and pinned else ""
        return ConnectionSettings(self.tls, self.tls_level, pin, trimmed(self.proxy))

    @property
    def token_is_foreign(self) -> bool:
        """Whether the token was given for another host than the present one."""
        return self.token_host not in ("", host_of(self.pbx))

    @property
    def reports_go_to(self) -> ReportTarget | None:
        """The current report target, None if unknown; the PBX cannot be asked for it."""
        return self.announced[0].target if self.announced else self.earlier

    @property
    def can_restore_target(self) -> bool:
        """Whether reports go to this computer, and the earlier target is known."""
        return bool(self.announced and self.announced[0].to_this_computer and self.earlier)

    def with_announced(self, new: Announced) -> Profile:
        """The profile after the PBX has accepted a target."""
        if self.announced and new.target.same_place(self.announced[0].target):
            return self
        earlier = self.earlier
        if new.target.same_place(earlier):
            earlier = None
        elif earlier is None and self.announced and not self.announced[0].to_this_computer:
            earlier = self.announced[0].target
        announced = (new, *self.announced)[:ANNOUNCED_MAX]
        return replace(self, announced=announced, earlier=earlier)

    def announcing(self, target: ReportTarget) -> Profile:
        """The profile changed to announce this target."""
        server = ServerAddress(AddressKind.FIXED, target.ip)
        port, mode, url = str(target.port), target.url_mode, target.url
        return replace(self, server=server, port=port, url_mode=mode, url=url)


MEMBERS = rows_of(Profile)
"""How each member is stored in a file, by name in the order of the file; the id comes first."""

SHARED = tuple(name for name, row in MEMBERS.items() if not row.local)
"""The members that are exported. The others are for this computer only and not imported."""


def new_id() -> str:
    """A new unique id for a profile."""
    import uuid  # importing it takes time at the start, and it is rarely needed

    return str(uuid.uuid4())
