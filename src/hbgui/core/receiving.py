"""Where this computer receives reports, for which PBX, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from hbgui.core.address import bracketed, split_host_port
from hbgui.core.target import ReportTarget, UrlMode

HTTP_PORT = 80
"""What an absolute url without a port means."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where reports arrive: an address, a port and a path that begins with a slash."""

    host: str
    port: int
    path: str = "/"

    @property
    def url(self) -> str:
        """`http://host:port/path`."""
        return f"http://{bracketed(self.host)}:{self.port}{self.path}"


def place_of(target: ReportTarget) -> Place:
    """Where reports for a target that was announced arrive."""
    match target.url_mode:
        case UrlMode.ABSOLUTE:
            authority, slash, path = target.url.partition("/")
            host, port = split_host_port(authority.partition("?")[0])
            return Place(host, port or HTTP_PORT, slash + path or "/")
        case UrlMode.RELATIVE:
            return Place(target.ip, target.port, f"/{target.url}")
        case UrlMode.NONE:
            return Place(target.ip, target.port)


def path_asked_for(request_target: str) -> str:
    """The path of a request line: some PBXs leave it empty, some write a whole URL."""
    if "://" in request_target:
        parts = urlsplit(request_target)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return request_target or "/"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one PBX's reports look like: where they arrive, from which addresses, None: from
    anywhere. `pbx_id` is empty where there is no PBX of the window behind it. `serial` is the
    box's own, empty while it is not known."""

    place: Place
    pbx_id: str = ""
    senders: frozenset[str] | None = None
    serial: str = ""
