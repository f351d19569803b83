"""The HTTP of reports: what is taken, what is refused, and how the PBX's own ways are read.

Lenient where PBXs are odd (the maker's page "api-reports" prints requests without a length, with a
blank in `Host` and with `Accept` twice; other boxes of the family leave the path out), strict
where attackers live.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hbgui.core.receiving import Refusal, path_asked_for

BODY_MAX = 256 * 1024
"""Bytes; the longest documented report has less than 2 KiB."""

HEAD_MAX = 16 * 1024
STRANGER_BODY_MAX = 2 * 1024
"""Bytes that are kept of what a sender delivers who is not allowed to."""

DELIVERY_TIMEOUT_S = 5.0
"""For a whole connection, from its beginning to its end."""

Headers = tuple[tuple[str, str], ...]

_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
}
_METHOD_NOT_ALLOWED = 405

_EMPTY_TARGET = re.compile(rb"\A([A-Z]{1,20}) {1,2}(HTTP/\d\.\d\s*)\Z")


class BadRequestError(Exception):
    """A request that is turned away with `status`."""

    def __init__(self, status: int, refusal: Refusal) -> None:
        super().__init__(status)
        self.status = status
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Head:
    """Request line and headers. `length` is that of the body in bytes, None: not told."""

    method: str
    target: str
    headers: Headers
    length: int | None = None
    chunked: bool = False

    @property
    def path(self) -> str:
        """What was asked for, with its query."""
        return path_asked_for(self.target)

    @property
    def from_browser(self) -> bool:
        """Whether a page in a browser made it: each modern browser says so, no PBX does."""
        names = {name.lower() for name, _value in self.headers}
        return "origin" in names or any(name.startswith("sec-fetch-") for name in names)


def answer(status: int) -> bytes:
    """The whole answer. Version 1.1.0 repeats a report until it reads 200; version 2.0.0 says that
    the application server should close the connection: this does both."""
    allow = "Allow: POST\r\n" if status == _METHOD_NOT_ALLOWED else ""
    return (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\n{allow}Content-Length: 0\r\n"
        "Connection: close\r\n\r\n"
    ).encode()


def mended(line: bytes) -> bytes:
    """A request line as strict parsers want it: an empty target is the root, letters beyond ASCII
    are percent-encoded."""
    line = _EMPTY_TARGET.sub(rb"\1 / \2", line)
    return b"".join(bytes([c]) if c < 0x80 else b"%%%02X" % c for c in line)


def looks_like_tls(begin: bytes) -> bool:
    """Whether these are the first bytes of a TLS handshake (RFC 8446, 5.1: type 22, version 3)."""
    return begin[:2] == b"\x16\x03"


def check_lengths(headers: Iterable[tuple[str, str]]) -> tuple[int | None, bool]:
    """Length of the body and whether it comes in chunks. Raises BadRequestError for a body that
    two readers could see in two ways (RFC 9112, 6.3)."""
    found = list(headers)
    lengths = {value for name, value in found if name.lower() == "content-length"}
    chunked = any(name.lower() == "transfer-encoding" for name, _value in found)
    if len(lengths) > 1 or (lengths and chunked):
        raise BadRequestError(400, Refusal.MALFORMED)
    if not lengths:
        return None, chunked
    text = lengths.pop().strip()
    if not re.fullmatch(r"[0-9]+", text, re.ASCII):
        raise BadRequestError(400, Refusal.MALFORMED)
    if len(text) > 12 or int(text) > BODY_MAX:
        raise BadRequestError(413, Refusal.TOO_LARGE)
    return int(text), chunked
