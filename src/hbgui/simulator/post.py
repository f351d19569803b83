"""A report as a POST, in the ways that real boxes write it."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

from hbgui.simulator.bodies import V2
from hbgui.simulator.target import Target

_JSON, _ACCEPT, _AGENT = (
    "Content-Type: application/json",
    "Accept: application/json",
    "User-Agent: WebAPI",
)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\[\]:/?#@\s]+)(?::([0-9]{1,5}))?")


class Place(NamedTuple):
    """Where a report goes. `path` begins with a slash and is fit for a request line."""

    host: str
    port: int
    path: str


def place_of(target: Target) -> Place:
    """The place that a target means.

    An absolute url has no scheme; http:// is read over, and without a port it is 80. Raises
    ValueError, whose text says why no report can go there.
    """
    if target.mode != "absolute":
        path = target.url if target.mode == "relative" else ""
        return _place(target.ipaddr, target.port, path)
    scheme, _, rest = target.url.rpartition("://")
    if scheme not in ("", "http"):
        raise ValueError("reports go over plain HTTP only")
    address, _, path = rest.partition("/")
    match = _HOST.fullmatch(address)
    if match is None:
        raise ValueError("the url names no host")
    return _place(match[1].strip("[]"), match[2] or "80", path)


def _place(host: str, port: str, path: str) -> Place:
    if not 0 < int(port) <= 65535:
        raise ValueError("the port is none")
    return Place(host, int(port), "/" + quote(path, safe=string.punctuation).removeprefix("/"))


def _with_length(place: Place, body: bytes, version: str) -> bytes:
    """So that any web server can read it, as the servers behind real boxes do."""
    host = f"Host: {_bracketed(place.host)}:{place.port}"
    first, length = f"POST {place.path} HTTP/1.1", f"Content-Length: {len(body)}"
    return _lines(first, *_headers(host, version), length) + body


def _documented(place: Place, body: bytes, version: str, protocol: str = "HTTP/1.1") -> bytes:
    """As the pages show it: a blank in Host, no Content-Length. Most web servers cannot read it."""
    host = f"Host: {_bracketed(place.host)}: {place.port}"
    return _lines(f"POST {place.path} {protocol}", *_headers(host, version)) + body


def _headers(host: str, version: str) -> list[str]:
    """Accept stands there twice under v2."""
    if version == V2:
        return [host, _ACCEPT, _AGENT, _JSON, _ACCEPT]
    return [_AGENT, host, _JSON, _ACCEPT]


def _openvox(place: Place, body: bytes, short: bool) -> bytes:
    path = place.path if place.path != "/" else ""
    first = "POST HTTP/1.1" if short and not path else f"POST {path} HTTP/1.1"
    host, length = f"Host:{_bracketed(place.host)}", f"Content-Length:{len(body)}"
    lines = (host, length, _ACCEPT, "Content-Type:application/json", "Connection:close")
    return _lines(first, *lines) + body


STYLES: dict[str, Callable[[Place, bytes, str], bytes]] = {
    "documented": _documented,
    "length": _with_length,
    "http10": lambda place, body, version: _documented(place, body, version, "HTTP/1.0"),
    "openvox": lambda place, body, _version: _openvox(place, body, short=False),
    "openvox-short": lambda place, body, _version: _openvox(place, body, short=True),
}
"""The ways to write a report, by name; most receivers can read `length` only. OpenVox's clone
leaves the target of the request line empty where there is no path: with a blank on both sides, or
short, with one in all."""


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1", "replace")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
