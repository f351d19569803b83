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
    """Where the reports of a token go, from the last login or heartbeat with that token.

    `mode` of the url is none, relative or absolute. `url_fields` are the names of the members that
    gave the mode. `version` is the format of the reports.
    """

    ipaddr: str
    port: str
    url: str = ""
    mode: str = "none"
    version: str = OLDEST_FORMAT
    url_fields: tuple[str, ...] = ()

    @property
    def receives(self) -> bool:
        """Whether reports are sent: port 0 in a login means that there is no receiver."""
        return self.mode == "absolute" or self.port != "0"

    def __str__(self) -> str:
        """The address to which the PBX sends, without a scheme."""
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
    """Where a report goes. `path` begins with a slash and is escaped for a request line."""

    host: str
    port: int
    path: str


def place_of(target: Target) -> Place:
    """The place to which the reports for a target are sent.

    An absolute url has no scheme; http:// before it is ignored. Its default port is 80. Raises
    ValueError, whose text says why no report can be sent there.
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
    """A request with Content-Length, which every web server can read."""
    host = f"Host: {bracketed(place.host)}:{place.port}"
    first, length = f"POST {place.path} HTTP/1.1", f"Content-Length: {len(body)}"
    return _lines(first, *_headers(host, version), length) + body


def _documented(place: Place, body: bytes, version: str, protocol: str = "HTTP/1.1") -> bytes:
    """A request as in the manufacturer's documents: a blank in Host, no Content-Length.

    Most web servers cannot read it.
    """
    host = f"Host: {bracketed(place.host)}: {place.port}"
    return _lines(f"POST {place.path} {protocol}", *_headers(host, version)) + body


def _headers(host: str, version: str) -> list[str]:
    """The headers in the order of the documents, which have Accept twice under v2."""
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
"""The ways to write a report, by name; most receivers can read `length` only.

Without a path, OpenVox's copy of the PBX leaves the target of the request line empty: `openvox` has
a blank before and after it, `openvox-short` a single blank."""


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1", "replace")


ANSWER_MAX = 16 * 1024
"""Bytes of an answer that are read at most to find its status."""

SHORT_S = 0.5
"""Seconds to wait for optional data: an answer under v2, the rest of the headers."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?(?:\r?\n|\Z)")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_IN_PROGRESS = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY)


class Undelivered(Exception):  # noqa: N818 - the receiver's fault
    """The report was not sent, or the answer that it needs is missing. The text says why."""


def deliver(
    place: Place,
    data: bytes,
    closing: threading.Event,
    total_timeout_s: float,
    *,
    needs_answer: bool,
) -> int | None:
    """Connect, send and close. Returns the HTTP status of the answer. Raises Undelivered.

    If the report needs no answer, the function returns None when the receiver closes without one,
    or after SHORT_S. It ends within about 0.1 s after `closing` is set. The look-up of a host name
    has no time limit.
    """
    try:
        sock = _socket(place)
    except (OSError, UnicodeError):
        raise Undelivered("the address is unknown") from None
    with sock:
        try:
            end_s = time.monotonic() + total_timeout_s
            _wait_for_connection(sock, closing, end_s)
            connection = Connection(sock, place.host, closing)
            connection.limit(end_s - time.monotonic())
            connection.send(data)
            wait_s = end_s - time.monotonic() if needs_answer else SHORT_S
            return _status(connection, wait_s, needs_answer)
        except Ended:
            reason = "it ended" if closing.is_set() else f"no answer within {total_timeout_s:g} s"
            raise Undelivered(reason) from None
        except OSError as error:
            raise Undelivered(error.strerror or "the connection failed") from None


def _socket(place: Place) -> socket.socket:
    """A socket that is connecting."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code not in (0, *_IN_PROGRESS):
            raise Undelivered(os.strerror(code))
    except BaseException:
        sock.close()
        raise
    return sock


def _status(connection: Connection, wait_s: float, needed: bool) -> int | None:
    """The status of the answer, None without one. Raises if an answer is needed and missing."""
    answer = b""
    connection.limit(wait_s)
    try:
        while not _BLANK_LINE.search(answer) and len(answer) < ANSWER_MAX:
            data = connection.receive()
            if not data:
                break
            if _STATUS.match(answer + data) and not _STATUS.match(answer):
                # The status line is enough; the rest is waited for only briefly.
                connection.limit(min(wait_s, SHORT_S))
            answer += data
    except (Ended, OSError):
        if needed and not _STATUS.match(answer):
            raise
    match = _STATUS.match(answer)
    if match:
        # The receiver would get an error if the socket were closed before all is read.
        with contextlib.suppress(Ended, OSError):
            connection.finish()
        return int(match[1])
    if needed:
        raise Undelivered("the answer is not HTTP" if answer else "it closed without an answer")
    return None


def _wait_for_connection(sock: socket.socket, closing: threading.Event, end_s: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(TICK_S):
            if closing.is_set() or time.monotonic() > end_s:
                raise Ended
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
