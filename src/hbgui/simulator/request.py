"""One request, read as it came over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

from hbgui.simulator.connection import Connection

READ_S = 10.0
"""The longest that a client may take to send its request."""

HEAD_MAX = 64 * 1024
BODY_MAX = 64 * 1024


class Unreadable(Exception):  # noqa: N818 - the client's fault
    """Not a request. The text is the HTTP status that says so."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request, nothing in it decoded but the characters.

    `query` is what follows the question mark, `headers` are (name, value) in the order sent,
    `at` is when the request was complete, `source` the client's IP address, `number` counts
    from 1. Query, headers and body stay out of the repr: they carry secrets.
    """

    method: str
    path: str
    query: str = field(repr=False)
    version: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    source: str
    at: datetime
    number: int = 0

    def header(self, name: str) -> list[str]:
        """All values of a header, in any spelling of its name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def token(self) -> str:
        """The token in the query, decoded; empty without one."""
        return parse_qs(self.query, keep_blank_values=True).get("token", [""])[0]


def read_request(connection: Connection) -> Request | None:
    """Read one request; None when the client leaves before it is complete.

    Raises Unreadable, and what the connection raises.
    """
    connection.limit(READ_S)
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.receive()
        data += more
        if not more:
            return None
        # Someone who speaks TLS or anything else here sends no line end, and would wait.
        if not data[:1].isalpha():
            raise Unreadable("400 Bad Request")
        if len(data) > HEAD_MAX:
            raise Unreadable("431 Request Header Fields Too Large")
    head, _, body = data.partition(b"\r\n\r\n")
    request = _parse(head, connection.source)
    length = _length(request)
    while len(body) < length:
        more = connection.receive()
        body += more
        if not more:
            return None
    return replace(request, body=body[:length], at=datetime.now(UTC))


def _parse(head: bytes, source: str) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/"):
        raise Unreadable("400 Bad Request")
    method, target, version = words
    path, _, query = target.partition("?")
    pairs = [line.partition(":") for line in lines]
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    return Request(method, path, query, version, headers, b"", source, datetime.now(UTC))


def _length(request: Request) -> int:
    lengths = set(request.header("Content-Length")) or {"0"}
    text = lengths.pop()
    if lengths or not (text.isascii() and text.isdigit()):
        raise Unreadable("400 Bad Request")
    if len(text) > 9 or int(text) > BODY_MAX:
        raise Unreadable("413 Content Too Large")
    return int(text)
