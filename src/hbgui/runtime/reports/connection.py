"""One connection of a client that delivers reports."""

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
"""Bytes that are read at once: what takes longest to look at, nothing but braces, takes 10 ms."""

_DRAIN_MAX = 1024 * 1024
_REQUESTS_MAX = 50
"""Requests of one connection; what follows gets no answer."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A request that was answered, with as much of its body as was taken. `wrong_length` says
    that its end was not where its length told."""

    sender: str
    head: Head
    body: bytes
    verdict: RequestVerdict
    wrong_length: bool = False


class Host(Protocol):
    """What a connection asks of its receiver."""

    def now_s(self) -> float:
        """Seconds of a clock that only goes forward."""

    def judge(self, sender: str, head: Head) -> RequestVerdict:
        """What to answer to a request with this head."""

    def delivered(self, request: Delivered) -> None:
        """A request was answered; nothing slow may happen here."""

    def refuse(self, refusal: Refusal, sender: str, fault: Fault | None = None) -> None:
        """Something was turned away."""

    def ended(self, connection: ReportConnection) -> None:
        """The connection is closed."""


class ReportConnection:
    """GUI thread. A plain socket and not Qt's, which closes both directions as soon as the sender
    has closed its own: such a sender would never read its 200.

    Each request is answered as soon as it is complete. Nothing else is sent then, but what comes
    behind it is read until the sender closes, or is silent: another request, or more objects.
    Whoever is turned away before all of it has come is read from, too: bytes left unread would
    make the system throw the answer away.
    """

    def __init__(self, sock: socket.socket, sender: str, since_s: float, receiver: Host) -> None:
        self.sender = sender
        self.since_s = since_s
        self.last_s = since_s
        """When something came last."""
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
        """Whether it has its answer, and nothing that it said is still to be handed on."""
        return self._answered and not self._trailing

    @property
    def deadline_s(self) -> float:
        """When its time is over."""
        end_s = self.since_s + DELIVERY_TIMEOUT_S
        ends_soon = self._reader.complete if self._answered else self._reader.may_end
        return min(end_s, self.last_s + QUIET_S) if ends_soon else end_s

    def start(self) -> None:
        """Read what is there already, mostly all of it; then wait for the rest."""
        self.read()
        if self._sock.fileno() != -1:
            kind = QSocketNotifier.Type.Read
            self._notifier = QSocketNotifier(self._sock.fileno(), kind)
            self._notifier.activated.connect(self.read)

    def read(self) -> None:
        """Take what came."""
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
        """Its time is over: for the request, or for what may follow it."""
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
        """Close it without a word. May be called twice."""
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
        """Refuse what cannot be read. A request that was refused by its head has only come to the
        limit of what is kept of it."""
        if self._verdict is not None and self._verdict.refusal is not None:
            self._finish()
            return
        self._receiver.refuse(bad.refusal, self.sender, bad.fault)
        self._answer(bad.status)

    def _finish_early(self, refusal: Refusal, status: int, fault: Fault | None = None) -> None:
        """No more will come. Of what is refused in any case, whatever came is shown."""
        reader = self._reader
        shown = self._verdict is not None and self._verdict.refusal is not None
        if shown or reader.usable:
            self._finish()
        elif reader.begun or refusal is Refusal.TOO_SLOW:
            self._receiver.refuse(refusal, self.sender, fault)
            self._answer(status)
        self.close()

    def _finish(self) -> None:
        """Answer, and only then hand it on."""
        reader, head, verdict = self._reader, self._reader.head, self._verdict
        if self._answered or head is None or verdict is None:
            return
        more = reader.complete and begins_request(reader.rest) and self._requests < _REQUESTS_MAX
        self._answer(verdict.status, more=more)
        body = bytes(reader.body[: verdict.body_max])
        self._receiver.delivered(Delivered(self.sender, head, body, verdict, reader.wrong_length))
        if reader.rest:
            self._take_trailing(reader.rest)

    # --- what comes behind a request that is answered

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
        """More objects behind the first one, where nothing said that there would be."""
        behind, head, verdict = bytes(self._trailing), self._reader.head, self._verdict
        self._trailing.clear()
        if behind.strip(BETWEEN) and head is not None and verdict is not None:
            self._receiver.delivered(Delivered(self.sender, head, behind, verdict))

    # --- the socket

    def _answer(self, status: int, *, more: bool = False) -> None:
        """Answer; with `more` the next request is there already, and gets its own."""
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
        """A few bytes always fit into the buffer of a connection that was sent next to nothing.
        A request that came behind the last answer gets none."""
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
