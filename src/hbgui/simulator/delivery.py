"""The delivery of one report to its target."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import selectors
import socket
import string
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from hbgui.core.pbx.address import bracketed
from hbgui.simulator.connection import TICK_S, Connection, Ended
from hbgui.simulator.events import V2

OLDEST_FORMAT = "1.0.0"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the reports of a token go: what login or heartbeat last told.

    `mode` is none, relative or absolute; `url_fields` are the names that carried it.
    `version` is the format of the reports.
    """

    ipaddr: str
    port: str
    url: str = ""
    mode: str = "none"
    version: str = OLDEST_FORMAT
    url_fields: tuple[str, ...] = ()

    @property
    def receives(self) -> bool:
        """Port 0 in a login says that nobody listens."""
        return self.mode == "absolute" or self.port != "0"

    def __str__(self) -> str:
        """The place as the PBX uses it, without scheme."""
        if self.mode == "absolute":
            return self.url
        path = f"/{self.url}" if self.mode == "relative" else ""
        return f"{bracketed(self.ipaddr)}:{self.port}{path}"


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
    """A request that any web server can read, as the servers behind real boxes do."""
    host = f"Host: {bracketed(place.host)}:{place.port}"
    first, length = f"POST {place.path} HTTP/1.1", f"Content-Length: {len(body)}"
    return _lines(first, *_headers(host, version), length) + body


def _documented(place: Place, body: bytes, version: str, protocol: str = "HTTP/1.1") -> bytes:
    """A request as the documents print it: a blank in Host, no Content-Length. Most web servers
    cannot read it."""
    host = f"Host: {bracketed(place.host)}: {place.port}"
    return _lines(f"POST {place.path} {protocol}", *_headers(host, version)) + body


def _headers(host: str, version: str) -> list[str]:
    """The documents have Accept twice under v2."""
    if version == V2:
        return [host, _ACCEPT, _AGENT, _JSON, _ACCEPT]
    return [_AGENT, host, _JSON, _ACCEPT]


def _openvox(place: Place, body: bytes, short: bool) -> bytes:
    path = place.path if place.path != "/" else ""
    first = "POST HTTP/1.1" if short and not path else f"POST {path} HTTP/1.1"
    host, length = f"Host:{bracketed(place.host)}", f"Content-Length:{len(body)}"
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


ANSWER_MAX = 16 * 1024
"""Bytes of an answer that are looked at, to find its status."""

SHORT_S = 0.5
"""How long to wait for what need not come: an answer under v2, the rest of a head."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?(?:\r?\n|\Z)")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY)


class Undelivered(Exception):  # noqa: N818 - the receiver's fault
    """It did not go out, or the answer that it needs did not come. The text says why."""


def deliver(
    place: Place,
    data: bytes,
    closing: threading.Event,
    total_timeout_s: float,
    *,
    needs_answer: bool,
) -> int | None:
    """Connect, send and close; the status of the answer. Raises Undelivered.

    None without an answer: where it needs none, it is done when all is written and the receiver
    has closed, or after a short time. Ends within about a tenth of a second when `closing` is
    set. A name is looked up first, for which the system takes its own time.
    """
    try:
        sock = _socket(place)
    except (OSError, UnicodeError):
        raise Undelivered("the address is unknown") from None
    with sock:
        try:
            end_s = time.monotonic() + total_timeout_s
            _connected(sock, closing, end_s)
            connection = Connection(sock, place.host, closing)
            connection.limit(end_s - time.monotonic())
            connection.send(data)
            wait_s = end_s - time.monotonic() if needs_answer else SHORT_S
            return _status(connection, wait_s, needs_answer)
        except Ended:
            why = "it ended" if closing.is_set() else f"no answer within {total_timeout_s:g} s"
            raise Undelivered(why) from None
        except OSError as error:
            raise Undelivered(error.strerror or "the connection failed") from None


def _socket(place: Place) -> socket.socket:
    """A socket that has begun to connect."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code not in (0, *_UNDER_WAY):
            raise Undelivered(os.strerror(code))
    except BaseException:
        sock.close()
        raise
    return sock


def _status(connection: Connection, wait_s: float, needed: bool) -> int | None:
    """The status that is answered within that time. Raises what goes wrong when it is needed."""
    answer = b""
    connection.limit(wait_s)
    try:
        while not _BLANK_LINE.search(answer) and len(answer) < ANSWER_MAX:
            more = connection.receive()
            if not more:
                break
            if _STATUS.match(answer + more) and not _STATUS.match(answer):
                # The status is enough: no blank line need follow it.
                connection.limit(min(wait_s, SHORT_S))
            answer += more
    except (Ended, OSError):
        if needed and not _STATUS.match(answer):
            raise
    match = _STATUS.match(answer)
    if match:
        # Closing before all is read would look like a fault to the receiver.
        with contextlib.suppress(Ended, OSError):
            connection.finish()
        return int(match[1])
    if needed:
        raise Undelivered("the answer is not HTTP" if answer else "it closed without an answer")
    return None


def _connected(sock: socket.socket, closing: threading.Event, end_s: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(TICK_S):
            if closing.is_set() or time.monotonic() > end_s:
                raise Ended
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
