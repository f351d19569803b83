"""One PBX and where its reports shall go, as the technician typed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ApiVersion(StrEnum):
    """Version of the PBX's API; part of the path."""

    V1 = "v1.1.0"
    V2 = "v2.0.0"


class UrlMode(StrEnum):
    """How the PBX shall read `url`."""

    NONE = "none"
    RELATIVE = "relative"
    ABSOLUTE = "absolute"


class UrlField(StrEnum):
    """Name of the URL-mode field: the maker's pages contradict each other."""

    URLFLAG = "urlflag"
    URLTAG = "urltag"
    BOTH = "both"


class TlsMode(StrEnum):
    """Whom to believe to be the PBX."""

    SYSTEM = "system"
    INSECURE = "insecure"


class AddressKind(StrEnum):
    """Where the announced address comes from."""

    AUTO = "auto"
    ADAPTER = "adapter"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The application server's address: the route's own, an adapter's, or a fixed one.

    `value` is empty for AUTO, the adapter's name for ADAPTER, the typed text for FIXED.
    """

    kind: AddressKind = AddressKind.AUTO
    value: str = ""


DEFAULT_URL_FIELD = {ApiVersion.V1: UrlField.URLFLAG, ApiVersion.V2: UrlField.URLTAG}

DEFAULT_PORT = "8260"
"""The port that the PBX's documents use for the application server."""

INTERVAL_MIN = (1, 25)
"""Smallest and largest interval between heartbeats in the window, in minutes."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One PBX. Texts are kept as typed, finished or not; `validation` says what is wrong.

    `id` lasts: it names the keyring entry and survives renaming. `url_field` None means the
    usual name for the API version. `interval_min` is in minutes, 1 to 25.
    """

    id: str
    name: str = ""
    pbx: str = ""
    api: ApiVersion = ApiVersion.V1
    url_field: UrlField | None = None
    tls: TlsMode = TlsMode.SYSTEM
    server: ServerAddress = field(default_factory=ServerAddress)
    port: str = DEFAULT_PORT
    url_mode: UrlMode = UrlMode.NONE
    url: str = ""
    interval_min: int = 10

    @property
    def label(self) -> str:
        """What to call this PBX in a sentence: its name, else its address."""
        return self.name.strip() or self.pbx.strip()

    @property
    def interval_s(self) -> float:
        """The interval in seconds, whatever an edited file says never outside its range."""
        low, high = INTERVAL_MIN
        return 60.0 * min(max(self.interval_min, low), high)

    @property
    def wire_url_field(self) -> UrlField:
        """The URL-mode field that goes on the wire."""
        return self.url_field or DEFAULT_URL_FIELD[self.api]


def new_id() -> str:
    """A lasting id for a new profile."""
    import uuid  # costs time at start, and is seldom needed

    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """Where the PBX is told to send its event reports: checked, ready for the wire."""

    ip: str
    port: int
    url_mode: UrlMode = UrlMode.NONE
    url: str = ""

    def __str__(self) -> str:
        """The target as the PBX will use it, without scheme."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        match self.url_mode:
            case UrlMode.ABSOLUTE:
                return self.url
            case UrlMode.RELATIVE:
                return f"{host}:{self.port}/{self.url}"
            case UrlMode.NONE:
                return f"{host}:{self.port}"
