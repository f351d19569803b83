"""The HTTP requests that carry reports: which ones are accepted, and how PBXs deviate from HTTP.

It tolerates the deviations of PBXs (the maker's page "api-reports" shows requests without a length,
with a space in `Host` and with two `Accept`; other models omit the path), but is strict where
attackers could use ambiguities.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from hbgui.core.api.json_body import charset_of
from hbgui.core.reports.receiving import Fault, Refusal, path_asked_for

BODY_MAX = 256 * 1024
"""Bytes; the longest documented report has less than 2 KiB."""

HEAD_MAX = 16 * 1024
STRANGER_BODY_MAX = 2 * 1024
"""The most bytes that are kept of a body from a sender that is not allowed."""

DELIVERY_TIMEOUT_S = 5.0
"""Seconds for a whole connection, from its beginning to its end."""

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

_METHOD = re.compile(rb"[A-Z]{1,20}")
_VERSION = re.compile(rb"HTTP(?:/[0-9.]{0,8})?")


class BadRequestError(Exception):
    """A request that is rejected with `status`; `fault` says what is malformed."""

    def __init__(self, status: int, refusal: Refusal, fault: Fault | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.refusal = refusal
        self.fault = fault


def malformed(fault: Fault) -> BadRequestError:
    """The error for a request that violates HTTP."""
    return BadRequestError(400, Refusal.MALFORMED, fault)


@dataclass(frozen=True, slots=True)
class Head:
    """Request line and headers. `length` are the bytes of the body, None if unknown."""

    method: str
    target: str
    headers: Headers
    length: int | None = None
    chunked: bool = False

    @property
    def path(self) -> str:
        """The requested path with its query."""
        return path_asked_for(self.target)

    @property
    def charset(self) -> str:
        """The codec for the charset in `Content-Type`, empty if it names no known one."""
        named = (v for name, v in self.headers if name.lower() == "content-type")
        return next(filter(None, map(charset_of, named)), "")

    @property
    def from_browser(self) -> bool:
        """Whether a web page in a browser sent it: browsers send these headers, PBXs do not."""
        names = {name.lower() for name, _value in self.headers}
        return "origin" in names or any(name.startswith("sec-fetch-") for name in names)


def answer(status: int, *, last: bool = True) -> bytes:
    """The whole answer. API version 1.1.0 repeats a report until it gets status 200; version 2.0.0
    demands that the server closes the connection. `last`: the connection is closed after it."""
    allow = "Allow: POST\r\n" if status == _METHOD_NOT_ALLOWED else ""
    return (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\n{allow}Content-Length: 0\r\n"
        f"{'Connection: close' if last else 'Connection: keep-alive'}\r\n\r\n"
    ).encode()


def normalized_request_line(line: bytes) -> bytes:
    """A request line in the form that strict parsers accept: single spaces, capitals, a path, one
    version (some of the maker's pages show it twice). Characters of the path that are not printable
    ASCII are percent-encoded. Raises BadRequestError if it is not a request line."""
    method, *rest = line.removeprefix(codecs.BOM_UTF8).split() or [b""]
    method, versions = method.upper(), []
    while rest and _VERSION.fullmatch(rest[-1].upper()):
        versions.append(rest.pop().upper())
    # Without a version it counts only if it is clearly a POST.
    if not _METHOD.fullmatch(method) or not (versions or _is_bare_post(method, rest)):
        raise malformed(Fault.REQUEST_LINE)
    old = not versions or versions[0] in (b"HTTP/0.9", b"HTTP/1.0")
    target = b"".join(
        bytes([c]) if 0x20 < c < 0x7F else b"%%%02X" % c for c in b" ".join(rest) or b"/"
    )
    return b"%b %b %b\r\n" % (method, target, b"HTTP/1.0" if old else b"HTTP/1.1")


def _is_bare_post(method: bytes, rest: list[bytes]) -> bool:
    return method == b"POST" and len(rest) == 1 and rest[0].startswith(b"/")


_BEGIN = re.compile(rb"[\s\0]*+(?:POST|GET|HEAD|PUT|OPTIONS)[ \t]", re.IGNORECASE)
_VERSIONS_MAX = 64
"""The most places that look like an HTTP version that are examined."""


def begins_request(data: bytes | bytearray) -> bool:
    """Whether the data begin with another request: no JSON object begins like this."""
    return _BEGIN.match(data) is not None


def next_request(body: bytes | bytearray) -> int:
    """The position in a body of unknown length at which another request begins after the first
    object, -1 without one."""
    version = -1
    for _ in range(_VERSIONS_MAX):
        version = body.find(b"HTTP/1.", version + 1)
        if version < 0:
            break
        begin = max(body.rfind(b"\n", 0, version), body.rfind(b"}", 0, version)) + 1
        if begin and begins_request(body[begin:version]):
            return begin
    return -1


def looks_like_tls(begin: bytes) -> bool:
    """Whether these are the first bytes of a TLS handshake (RFC 8446, 5.1: type 22, version 3)."""
    return begin[:2] == b"\x16\x03"


def check_lengths(headers: Iterable[tuple[str, str]]) -> tuple[int | None, bool]:
    """The length of the body, and whether it is chunked. Raises BadRequestError if the length is
    ambiguous (RFC 9112, 6.3), invalid or too large."""
    found = list(headers)
    lengths = {value for name, value in found if name.lower() == "content-length"}
    chunked = any(name.lower() == "transfer-encoding" for name, _value in found)
    if len(lengths) > 1 or (lengths and chunked):
        raise malformed(Fault.TWO_LENGTHS)
    if not lengths:
        return None, chunked
    text = lengths.pop().strip()
    if not re.fullmatch(r"[0-9]+", text, re.ASCII):
        raise malformed(Fault.LENGTH)
    if len(text) > 12 or int(text) > BODY_MAX:
        raise BadRequestError(413, Refusal.TOO_LARGE)
    return int(text), chunked
