"""A parser for one HTTP request of a PBX. It uses no sockets."""

from __future__ import annotations

import re

import h11

from hbgui.core.api.json_body import BodyEnd
from hbgui.core.reports.receiving import Fault, Refusal
from hbgui.core.reports.request import (
    BODY_MAX,
    HEAD_MAX,
    BadRequestError,
    Head,
    begins_request,
    check_lengths,
    looks_like_tls,
    malformed,
    next_request,
    normalized_request_line,
)

_TOO_LARGE_HEAD = 431
_GARBAGE = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Bytes that no HTTP request line has. They are refused at once, not only at the line's end."""

CHUNKS_MAX = 256
"""The most chunks of a body: each takes time, so that a body in chunks of one byte takes
seconds."""

BETWEEN = b" \t\r\n\0\x1a\x1e,;]"
"""Bytes without meaning that may follow an object."""

_FAULTS = {
    "Missing mandatory Host": Fault.NO_HOST,
    "Found multiple Host": Fault.TWO_HOSTS,
    "illegal header line": Fault.HEADER_LINE,
    "continuation line": Fault.HEADER_LINE,
    "illegal request line": Fault.REQUEST_LINE,
    "bad Content-Length": Fault.LENGTH,
    "conflicting Content-Length": Fault.TWO_LENGTHS,
    "Only Transfer-Encoding": Fault.CHUNKS,
    "multiple Transfer-Encoding": Fault.CHUNKS,
    "illegal chunk": Fault.CHUNKS,
}
"""The beginning of h11's error messages."""


class RequestReader:
    """Reads a head with h11, then a body by its length, in chunks, or until its objects end.

    A Content-Length that counts characters and not bytes is too small: further bytes belong to the
    body as long as an object is open. At most HEAD_MAX bytes of head and `body_max` bytes of body
    are kept. `feed` raises BadRequestError, after which the reader must not be used any more.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        self.body = bytearray()
        self.body_max = BODY_MAX
        self.complete = False
        self.rest = b""
        """The bytes after the request, once it is complete."""
        self.wants_continue = False
        self._line = bytearray()
        self._fed = 0
        self._chunks = 0
        self._http: h11.Connection | None = None
        self._end = BodyEnd()

    @property
    def begun(self) -> bool:
        """Whether any bytes have arrived."""
        return self._fed > 0

    @property
    def usable(self) -> bool:
        """Whether the request is a report even if no more bytes follow: its objects are complete,
        or it has its declared length, if any."""
        if self.head is None or not self.body:
            return False
        if self.head.chunked:
            return self._end.objects > 0
        return self._end.reached or len(self.body) >= self._length

    @property
    def may_end(self) -> bool:
        """Whether its length may be wrong, so that a short silence ends it: its objects are
        complete before that length, or one is still open at it."""
        if not self._has_length:
            return False
        return self._end.reached or len(self.body) >= self._length

    @property
    def cut_off(self) -> Fault:
        """The fault of the request if no more bytes follow."""
        return Fault.SHORT_BODY if self._has_length else Fault.CUT_OFF

    @property
    def wrong_length(self) -> bool:
        """Whether the body is longer than declared, and an object is still open."""
        return self._has_length and len(self.body) > self._length and not self._end.reached

    @property
    def _has_length(self) -> bool:
        return self.head is not None and self.head.length is not None

    @property
    def _length(self) -> int:
        return (self.head.length or 0) if self.head else 0

    def feed(self, data: bytes) -> None:
        """Parse further bytes. Raises BadRequestError."""
        self._fed += len(data)
        if self._http is None:
            data = self._request_line(data)
        if self._http is None:
            return
        if self.head is None or self.head.chunked:
            self._parse(data)
        else:
            self._take(data)

    def _request_line(self, data: bytes) -> bytes:
        self._line += data
        if not self._line.strip(b"\r\n"):
            self._line.clear()  # RFC 9112, 2.2: empty lines before a request do not matter
            return b""
        line, end, rest = bytes(self._line.lstrip(b"\r\n")).partition(b"\n")
        if looks_like_tls(line):
            raise BadRequestError(400, Refusal.TLS)
        if _GARBAGE.search(line):
            raise malformed(Fault.NOT_HTTP)
        if len(line) > HEAD_MAX:
            raise BadRequestError(_TOO_LARGE_HEAD, Refusal.TOO_LARGE)
        if not end:
            return b""
        self._line.clear()
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_MAX)
        return normalized_request_line(line) + rest

    def _parse(self, data: bytes) -> None:
        assert self._http is not None, "there is a request line"
        try:
            self._http.receive_data(data)
            while not self.complete and self._next(self._http.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            if error.error_status_hint == _TOO_LARGE_HEAD:
                raise BadRequestError(_TOO_LARGE_HEAD, Refusal.TOO_LARGE) from None
            message = str(error)
            faults = (fault for prefix, fault in _FAULTS.items() if message.startswith(prefix))
            raise malformed(next(faults, Fault.NOT_HTTP)) from None

    def _next(self, event: object) -> bool:
        """Whether there may be another event."""
        assert self._http is not None, "it gave the event"
        match event:
            case h11.Request():
                return self._begin(event, self._http)
            case h11.Data():
                self._count_chunk()
                self._add(bytes(event.data))
            case h11.EndOfMessage():
                self._finish(self._http.trailing_data[0])
            case _:  # NEED_DATA, ConnectionClosed
                return False
        return True

    def _count_chunk(self) -> None:
        self._chunks += 1
        if self._chunks > CHUNKS_MAX:
            raise BadRequestError(413, Refusal.TOO_LARGE)

    def _begin(self, request: h11.Request, http: h11.Connection) -> bool:
        raw = request.headers.raw_items()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
        if sum(len(name) + len(value) + 4 for name, value in headers) > HEAD_MAX:
            raise BadRequestError(_TOO_LARGE_HEAD, Refusal.TOO_LARGE)
        length, chunked = check_lengths(headers)
        target = request.target.decode("latin-1")
        self.head = Head(request.method.decode("latin-1"), target, headers, length, chunked)
        self._end = BodyEnd(self.head.charset)
        self.wants_continue = bool(http.they_are_waiting_for_100_continue)
        if not chunked:
            self._take(http.trailing_data[0])
        return chunked

    def _take(self, data: bytes) -> None:
        """Add bytes to a body without chunks."""
        missing = self._length - len(self.body)
        if missing > len(data):
            self._add(data)
            return
        if self._has_length and missing >= 0:
            self._add(data[:missing])
            data = data[missing:]
            too_small = self._end.inside or (data and not self._end.begun)
            if not too_small or begins_request(data):
                self._finish(data)
                return
        self._add(data)
        self._end_where_it_may()

    def _end_where_it_may(self) -> None:
        """End a body without a length, or one whose length is too small, after its objects."""
        cut = next_request(self.body)
        if cut >= 0 and not self._is_whole(self.body[:cut]):
            cut = -1
        if cut < 0 and self._end.reached:
            is_utf16 = b"\0" in self.body[:4]
            cut = len(self.body) if is_utf16 else self.body.rfind(b"}") + 1
        if cut >= 0:
            rest = bytes(self.body[cut:])
            del self.body[cut:]
            self._finish(rest)

    def _is_whole(self, body: bytearray) -> bool:
        end = BodyEnd(self.head.charset if self.head else "")
        return end.feed(bytes(body))

    def _add(self, data: bytes) -> None:
        self.body += data
        if len(self.body) > self.body_max:
            raise BadRequestError(413, Refusal.TOO_LARGE)
        self._end.feed(data)

    def _finish(self, rest: bytes) -> None:
        self.complete = True
        self.rest = rest
