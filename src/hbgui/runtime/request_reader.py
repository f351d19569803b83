"""From bytes to one request of a PBX. No sockets: it is fed, and says what it has."""

from __future__ import annotations

import re

import h11

from hbgui.core.object_end import ObjectEnd
from hbgui.core.receiving import Refusal
from hbgui.core.report_request import (
    BODY_MAX,
    HEAD_MAX,
    BadRequestError,
    Head,
    check_lengths,
    looks_like_tls,
    mended,
)

_TOO_LARGE_HEAD = 431
_GARBAGE = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Nothing that speaks HTTP has these in its first line; without it one would wait for its end."""

CHUNKS_MAX = 256
"""Each costs time of its own, so that a body in chunks of one byte would cost seconds."""


class RequestReader:
    """Reads a head with h11, then a body by its length, in chunks, or until a JSON object ends.

    At most HEAD_MAX bytes of head and `body_max` bytes of body are held. Every method raises
    BadRequestError, after which the reader is of no more use.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        self.body = bytearray()
        self.body_max = BODY_MAX
        self.complete = False
        self.wants_continue = False
        self._line = bytearray()
        self._fed = 0
        self._chunks = 0
        self._http: h11.Connection | None = None
        self._object = ObjectEnd()

    @property
    def begun(self) -> bool:
        """Whether anything came."""
        return self._fed > 0

    @property
    def usable(self) -> bool:
        """Whether what came so far can count as a report when no more comes: the object is
        complete, or there is no length that says more must come."""
        if self.head is None or not self.body:
            return False
        return self._object.found or not self._framed

    @property
    def _framed(self) -> bool:
        return self.head is not None and (self.head.length is not None or self.head.chunked)

    def feed(self, data: bytes) -> None:
        """Take what came."""
        self._fed += len(data)
        if self._http is None:
            data = self._request_line(data)
        if self._http is None or self.complete:
            return
        if self.head is not None and not self._framed:
            self._take(data)
            return
        self._parse(data)

    def _request_line(self, data: bytes) -> bytes:
        self._line += data
        if not self._line.strip(b"\r\n"):
            self._line.clear()  # RFC 9112, 2.2: empty lines before a request do not matter
            return b""
        line, end, rest = bytes(self._line.lstrip(b"\r\n")).partition(b"\n")
        if looks_like_tls(line):
            raise BadRequestError(400, Refusal.TLS)
        if _GARBAGE.search(line):
            raise BadRequestError(400, Refusal.MALFORMED)
        if len(line) > HEAD_MAX:
            raise BadRequestError(_TOO_LARGE_HEAD, Refusal.TOO_LARGE)
        if not end:
            return b""
        self._line.clear()
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_MAX)
        return mended(line) + end + rest

    def _parse(self, data: bytes) -> None:
        assert self._http is not None, "there is a request line"
        try:
            self._http.receive_data(data)
            while not self.complete and self._next(self._http.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            large = error.error_status_hint == _TOO_LARGE_HEAD
            refusal = Refusal.TOO_LARGE if large else Refusal.MALFORMED
            raise BadRequestError(431 if large else 400, refusal) from None

    def _next(self, event: object) -> bool:
        """Whether there may be another event."""
        match event:
            case h11.Request():
                self._begin(event)
                return self._framed
            case h11.Data():
                self._count_chunk()
                self._take(bytes(event.data))
            case h11.EndOfMessage():
                self.complete = True
            case _:  # NEED_DATA, ConnectionClosed
                return False
        return True

    def _count_chunk(self) -> None:
        self._chunks += 1
        if self._chunks > CHUNKS_MAX and self.head is not None and self.head.chunked:
            raise BadRequestError(413, Refusal.TOO_LARGE)

    def _begin(self, request: h11.Request) -> None:
        assert self._http is not None, "it gave the request"
        raw = request.headers.raw_items()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
        if sum(len(name) + len(value) + 4 for name, value in headers) > HEAD_MAX:
            raise BadRequestError(_TOO_LARGE_HEAD, Refusal.TOO_LARGE)
        length, chunked = check_lengths(headers)
        target = request.target.decode("latin-1")
        self.head = Head(request.method.decode("latin-1"), target, headers, length, chunked)
        self.wants_continue = bool(self._http.they_are_waiting_for_100_continue)
        if not self._framed:
            self._take(self._http.trailing_data[0])

    def _take(self, data: bytes) -> None:
        self.body += data
        if len(self.body) > self.body_max:
            raise BadRequestError(413, Refusal.TOO_LARGE)
        if not self._object.found and self._object.feed(data) and not self._framed:
            del self.body[len(self.body) - self._object.rest :]
            self.complete = True
