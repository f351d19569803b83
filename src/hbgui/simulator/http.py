"""Requests and answers of HTTP, as bytes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from hbgui.simulator.connection import Connection, Ended

READ_S = 10.0
"""Seconds in which a client must send its request."""

HEAD_MAX = 64 * 1024
BODY_MAX = 64 * 1024


class Unreadable(Exception):  # noqa: N818 - the client's fault
    """The bytes are not a request. The text is the HTTP status for the answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent, without decoding its escapes.

    `query` is the text after the question mark. `headers` are pairs of name and value in the order
    of the request. `at` is the time at which the request was complete. `source` is the client's IP
    address. `number` counts the requests from 1. The repr leaves out query, headers and body, which
    contain secrets.
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
        """All values of a header, whatever the case of its name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def token(self) -> str:
        """The token in the query, decoded; empty without one."""
        return parse_qs(self.query, keep_blank_values=True).get("token", [""])[0]


def read_request(connection: Connection) -> Request:
    """Read one request.

    Raises Unreadable, and what the connection raises. It also raises Ended when the client closes
    before the request is complete.
    """
    connection.limit(READ_S)
    data = b""
    while b"\r\n\r\n" not in data:
        data += _next_bytes(connection)
        # A client of another protocol, such as TLS, sends no line end, and would wait for us.
        if not data[:1].isalpha():
            raise Unreadable("400 Bad Request")
        if len(data) > HEAD_MAX:
            raise Unreadable("431 Request Header Fields Too Large")
    head, _, rest = data.partition(b"\r\n\r\n")
    request = _parse(head, connection.source)
    reader = _BodyReader(connection, rest)
    body = reader.chunks() if _chunked(request) else reader.take(_length(request))
    return replace(request, body=body, at=datetime.now(UTC))


class _BodyReader:
    """Reads the body of a request. `data` is the part of it that came with the head."""

    def __init__(self, connection: Connection, data: bytes) -> None:
        self._connection = connection
        self._data = data

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        while len(self._data) < size:
            self._data += _next_bytes(self._connection)
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def chunks(self) -> bytes:
        """The body of a chunked request, without chunk extensions and trailer."""
        body = b""
        while size := self._chunk_size():
            if len(body) + size > BODY_MAX:
                raise Unreadable("413 Content Too Large")
            body += self.take(size)
            if self._line():
                raise Unreadable("400 Bad Request")
        while self._line():
            pass
        return body

    def _chunk_size(self) -> int:
        digits = self._line().partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
            raise Unreadable("400 Bad Request")
        return int(digits, 16)

    def _line(self) -> bytes:
        while b"\r\n" not in self._data:
            if len(self._data) > HEAD_MAX:
                raise Unreadable("400 Bad Request")
            self._data += _next_bytes(self._connection)
        line, _, self._data = self._data.partition(b"\r\n")
        return line


def _next_bytes(connection: Connection) -> bytes:
    """The next bytes, at least one. Raises Ended when the client has closed."""
    data = connection.receive()
    if not data:
        raise Ended
    return data


def _parse(head: bytes, source: str) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/"):
        raise Unreadable("400 Bad Request")
    method, target, version = parts
    path, _, query = target.partition("?")
    pairs = [line.partition(":") for line in lines]
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    return Request(method, path, query, version, headers, b"", source, datetime.now(UTC))


def _chunked(request: Request) -> bool:
    codings = [value.lower() for value in request.header("Transfer-Encoding")]
    if codings not in ([], ["chunked"], ["identity"]):
        raise Unreadable("501 Not Implemented")
    return codings == ["chunked"]


def _length(request: Request) -> int:
    lengths = set(request.header("Content-Length")) or {"0"}
    text = lengths.pop()
    if lengths or not (text.isascii() and text.isdigit()):
        raise Unreadable("400 Bad Request")
    if len(text) > 9 or int(text) > BODY_MAX:
        raise Unreadable("413 Content Too Large")
    return int(text)


_SERVER = "Server: Boa/0.94.14rc21"
_CORS = (
    "Access-control-allow-origin: *",
    "Access-control-allow-methods: GET, POST, OPTIONS, PUT, DELETE",
)


def head(status: str = "200 OK", *headers: str) -> bytes:
    """Status line and headers up to the blank line. The body ends with the connection."""
    lines = (f"HTTP/1.1 {status}", _SERVER, "Accept-Ranges: bytes", "Connection: close", *headers)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


def page(status: str, text: str) -> bytes:
    """A whole answer with a small HTML page."""
    title = status.partition(" ")[2]
    html = (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
        f"<body><h1>{title}</h1><p>{text}</p></body></html>\n"
    )
    return head(status, "Content-Type: text/html; charset=utf-8") + html.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the API. The repr contains `members`, which may hold a token: do not log it."""

    members: dict[str, Any]
    headers: tuple[str, ...] = _CORS

    @property
    def body(self) -> bytes:
        """The JSON object."""
        return json.dumps(self.members, separators=(",", ":")).encode()

    @property
    def raw(self) -> bytes:
        """The whole answer."""
        return head("200 OK", *self.headers) + self.body


def api_answer(path: str, members: dict[str, Any]) -> Answer:
    """An answer of the API. As in the documents, only v2.0.0 has a content type."""
    kind = ("Content-Type: application/json",) if path.startswith("/api/v2.0.0/") else ()
    return Answer(members, (*kind, *_CORS))
