"""One connection that delivers one report."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QSocketNotifier

from hbgui.core.receiving import Refusal
from hbgui.core.report_matching import Verdict
from hbgui.core.report_request import BadRequestError, Head, answer
from hbgui.runtime.request_reader import RequestReader

_PIECE = 16 * 1024
"""Bytes that are read at once: what takes longest to look at, nothing but braces, takes 10 ms."""

_DRAIN_MAX = 1024 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A request that was answered, with as much of its body as was taken."""

    sender: str
    head: Head
    body: bytes
    verdict: Verdict


class Host(Protocol):
    """What a connection asks of the receiver."""

    def judge(self, sender: str, head: Head) -> Verdict:
        """What to answer to a head."""

    def delivered(self, request: Delivered) -> None:
        """A request was answered; nothing slow may happen here."""

    def refuse(self, refusal: Refusal, sender: str) -> None:
        """Something was turned away."""

    def ended(self, connection: ReportConnection) -> None:
        """The connection is closed."""


class ReportConnection:
    """GUI thread. A plain socket and not Qt's, which closes both directions as soon as the sender
    has closed its own: such a sender would never read its 200.

    Whoever is turned away before all of it has come is read from for a while longer: bytes left
    unread would make the system throw the answer away.
    """

    def __init__(self, sock: socket.socket, sender: str, since_s: float, host: Host) -> None:
        self.sender = sender
        self.since_s = since_s
        self.drains = False
        self._sock = sock
        self._host = host
        self._reader = RequestReader()
        self._verdict: Verdict | None = None
        self._answered = False
        self._drained = 0
        self._notifier: QSocketNotifier | None = None

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
        if self.drains:
            self._drain(data)
        elif data:
            self._feed(data)
        else:
            self._finish_early(Refusal.MALFORMED, 400)

    def expire(self) -> None:
        """The time for the whole of it is over."""
        if self.drains:
            self.close()
        else:
            self._finish_early(Refusal.TOO_SLOW, 408)

    def close(self) -> None:
        """Close it without a word. May be called twice."""
        if self._sock.fileno() == -1:
            return
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        self._sock.close()
        self._host.ended(self)

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
        verdict = self._verdict = self._host.judge(self.sender, head)
        self._reader.body_max = verdict.body_max
        if verdict.refusal is not None:
            self._host.refuse(verdict.refusal, self.sender)
        if len(self._reader.body) >= verdict.body_max:
            self._finish()
        elif self._reader.wants_continue and not self._reader.complete:
            self._send(_CONTINUE)

    def _turn_away(self, bad: BadRequestError) -> None:
        """What is refused by its head has only come to its limit."""
        if self._verdict is not None and self._verdict.refusal is not None:
            self._finish()
            return
        self._host.refuse(bad.refusal, self.sender)
        self._say(bad.status)

    def _finish_early(self, refusal: Refusal, status: int) -> None:
        """No more will come. Of what is refused in any case, whatever came is shown."""
        reader = self._reader
        shown = self._verdict is not None and self._verdict.refusal is not None
        if shown or reader.usable:
            self._finish()
        elif reader.begun or refusal is Refusal.TOO_SLOW:
            self._host.refuse(refusal, self.sender)
            self._say(status)
        self.close()

    def _finish(self) -> None:
        """Answer, close, and only then hand it on."""
        head, verdict = self._reader.head, self._verdict
        if self._answered or head is None or verdict is None:
            return
        self._say(verdict.status)
        body = bytes(self._reader.body[: verdict.body_max])
        self._host.delivered(Delivered(self.sender, head, body, verdict))

    def _say(self, status: int) -> None:
        self._answered = True
        self._send(answer(status))
        if self._reader.complete:
            self.close()
            return
        self.drains = True
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()

    def _send(self, data: bytes) -> None:
        """A few bytes always fit into the buffer of a connection that was sent nothing yet."""
        try:
            self._sock.send(data)
        except OSError:
            self.close()

    def _drain(self, data: bytes) -> None:
        self._drained += len(data)
        if not data or self._drained > _DRAIN_MAX:
            self.close()
