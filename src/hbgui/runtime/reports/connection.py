"""A connection of a client that delivers reports."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QSocketNotifier

from hbgui.core.api.json_body import QUIET_S
from hbgui.core.reports.matching import RequestVerdict
from hbgui.core.reports.receiving import Fault, Refusal
from hbgui.core.reports.request import (
    BODY_MAX,
    DELIVERY_TIMEOUT_S,
    BadRequestError,
    Head,
    answer,
    begins_request,
)
from hbgui.runtime.reports.request_reader import BETWEEN, RequestReader

_PIECE = 16 * 1024
"""Bytes that are read at once. The slowest input, nothing but braces, takes 10 ms to parse."""

_DRAIN_MAX = 1024 * 1024
_REQUESTS_MAX = 50
"""The most requests of a connection; further ones get no answer."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Delivered:
    """An answered request, with the part of its body that was kept. `wrong_length`: its body did
    not have the length that its head declares."""

    sender: str
    head: Head
    body: bytes
    verdict: RequestVerdict
    wrong_length: bool = False


class Host(Protocol):
    """The methods of a receiver that a connection calls."""

    def now_s(self) -> float:
        """The time in seconds of a clock that never goes back."""

    def judge(self, sender: str, head: Head) -> RequestVerdict:
        """What to answer to a request with this head."""

    def delivered(self, request: Delivered) -> None:
        """A request was answered. It must return at once."""

    def refuse(self, refusal: Refusal, sender: str, fault: Fault | None = None) -> None:
        """A request was refused."""

    def ended(self, connection: ReportConnection) -> None:
        """The connection is closed."""


class ReportConnection:
    """GUI thread. A plain socket and not Qt's, which closes both directions as soon as the sender
    has closed its own: such a sender would never read its 200.

    Each request is answered as soon as it is complete. After that the connection is read until the
    sender closes it or is silent: another request may follow, or more JSON objects. A refused
    request is read to its end, too: with unread bytes the system would discard the answer.
    """

    def __init__(self, sock: socket.socket, sender: str, since_s: float, receiver: Host) -> None:
        self.sender = sender
        self.since_s = since_s
        self.last_s = since_s
        """When bytes arrived last, in seconds of `now_s`."""
        self._sock = sock
        self._receiver = receiver
        self._reader = RequestReader()
        self._verdict: RequestVerdict | None = None
        self._answered = False
        self._sent_last = False
        self._requests = 1
        self._trailing = bytearray()
        self._drained = 0
        self._notifier: QSocketNotifier | None = None

    @property
    def drains(self) -> bool:
        """Whether it was answered, and no bytes wait to be delivered."""
        return self._answered and not self._trailing

    @property
    def deadline_s(self) -> float:
        """When it is to be closed, in seconds of `now_s`."""
        end_s = self.since_s + DELIVERY_TIMEOUT_S
        ends_soon = self._reader.complete if self._answered else self._reader.may_end
        return min(end_s, self.last_s + QUIET_S) if ends_soon else end_s

    def start(self) -> None:
        """Read what has arrived already, usually all of it; then wait for the rest."""
        self.read()
        if self._sock.fileno() != -1:
            kind = QSocketNotifier.Type.Read
            self._notifier = QSocketNotifier(self._sock.fileno(), kind)
            self._notifier.activated.connect(self.read)

    def read(self) -> None:
        """Read and process the bytes that have arrived."""
        try:
            data = self._sock.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.close()
            return
        self.last_s = self._receiver.now_s()
        if self._answered:
            self._take_trailing(data)
        elif data:
            self._feed(data)
        else:
            self._finish_early(Refusal.MALFORMED, 400, self._reader.cut_off)

    def expire(self) -> None:
        """End it at its deadline: answer what has arrived, or close it after the answer."""
        if self._answered:
            self.close()
        elif self._reader.may_end:
            self._reader.complete = True
            self.last_s = self._receiver.now_s()
            self._finish()
        else:
            short = self._reader.cut_off is Fault.SHORT_BODY
            self._finish_early(Refusal.TOO_SLOW, 408, Fault.SHORT_BODY if short else None)

    def close(self) -> None:
        """Close it without an answer. May be called twice."""
        if self._sock.fileno() == -1:
            return
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        self._sock.close()
        self._deliver_trailing()
        self._receiver.ended(self)

    def _feed(self, data: bytes) -> None:
        reader = self._reader
        try:
            reader.feed(data)
            if self._verdict is None and reader.head is not None:
                self._judge(reader.head)
        except BadRequestError as bad:
            self._turn_away(bad)
            return
        if reader.complete:
            self._finish()

    def _judge(self, head: Head) -> None:
        verdict = self._verdict = self._receiver.judge(self.sender, head)
        self._reader.body_max = verdict.body_max
        if verdict.refusal is not None:
            self._receiver.refuse(verdict.refusal, self.sender)
        if len(self._reader.body) >= verdict.body_max:
            self._finish()
        elif self._reader.wants_continue and not self._reader.complete:
            self._send(_CONTINUE)

    def _turn_away(self, bad: BadRequestError) -> None:
        """Refuse a request that cannot be parsed. If its head was refused already, it has only
        reached the limit of its body."""
        if self._verdict is not None and self._verdict.refusal is not None:
            self._finish()
            return
        self._receiver.refuse(bad.refusal, self.sender, bad.fault)
        self._answer(bad.status)

    def _finish_early(self, refusal: Refusal, status: int, fault: Fault | None = None) -> None:
        """End a request that no more bytes follow. A refused one is delivered with what arrived."""
        reader = self._reader
        shown = self._verdict is not None and self._verdict.refusal is not None
        if shown or reader.usable:
            self._finish()
        elif reader.begun or refusal is Refusal.TOO_SLOW:
            self._receiver.refuse(refusal, self.sender, fault)
            self._answer(status)
        self.close()

    def _finish(self) -> None:
        """Answer the request, then deliver it."""
        reader, head, verdict = self._reader, self._reader.head, self._verdict
        if self._answered or head is None or verdict is None:
            return
        more = reader.complete and begins_request(reader.rest) and self._requests < _REQUESTS_MAX
        self._answer(verdict.status, more=more)
        body = bytes(reader.body[: verdict.body_max])
        self._receiver.delivered(Delivered(self.sender, head, body, verdict, reader.wrong_length))
        if reader.rest:
            self._take_trailing(reader.rest)

    # --- bytes after an answered request

    def _take_trailing(self, data: bytes) -> None:
        if not data:
            self.close()
        elif self._reader.complete and self._verdict is not None and self._verdict.status == 200:
            self._trailing += data
            if begins_request(self._trailing):
                self._begin_next_request()
            elif self._sock.fileno() == -1:
                self._deliver_trailing()
            elif len(self._trailing) > BODY_MAX:
                self._receiver.refuse(Refusal.TOO_LARGE, self.sender)
                self.close()
        else:
            self._drain(data)

    def _begin_next_request(self) -> None:
        data = bytes(self._trailing)
        self._trailing.clear()
        if self._requests >= _REQUESTS_MAX:
            self._receiver.refuse(Refusal.TOO_MANY, self.sender)
            self._drain(data)
            return
        self._requests += 1
        self._reader = RequestReader()
        self._verdict = None
        self._answered = False
        self._feed(data.lstrip(b"\0"))

    def _deliver_trailing(self) -> None:
        """Deliver JSON objects that follow the declared body."""
        trailing, head, verdict = bytes(self._trailing), self._reader.head, self._verdict
        self._trailing.clear()
        if trailing.strip(BETWEEN) and head is not None and verdict is not None:
            self._receiver.delivered(Delivered(self.sender, head, trailing, verdict))

    # --- the socket

    def _answer(self, status: int, *, more: bool = False) -> None:
        """Send the answer. With `more` the next request has arrived, and is answered, too."""
        self._answered = True
        self._send(answer(status, last=not more))
        if more:
            return
        self._sent_last = True
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()

    def _send(self, data: bytes) -> None:
        """Send a few bytes, which always fit into the empty send buffer. After the last answer
        nothing is sent."""
        if self._sent_last:
            return
        try:
            self._sock.send(data)
        except OSError:
            self.close()

    def _drain(self, data: bytes) -> None:
        self._drained += len(data)
        if not data or self._drained > _DRAIN_MAX:
            self.close()
