"""Receives event reports on one address and port."""

from __future__ import annotations

import itertools
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from hbgui.core.ports import Clock
from hbgui.core.reports.matching import Matcher, Repeats, RequestVerdict, judge, plain_ip
from hbgui.core.reports.receiving import Fault, ListenProblem, Refusal, RefusalCounts, Subscription
from hbgui.core.reports.report import Report, ReportProblem, as_it_came, parts_of, whole
from hbgui.core.reports.request import Head
from hbgui.core.values import Moment
from hbgui.runtime.reports.clients import (
    CONNECTIONS_MAX,
    STRANGERS_MAX,
    ClientLimits,
    open_listener,
)
from hbgui.runtime.reports.connection import Delivered, ReportConnection

_SWEEP_MS = 100
_PASS_S = 0.008
"""Seconds that accepting or decoding may take before the event loop goes on."""

_LAST_PASS_S = 0.2
"""Seconds for decoding when it closes. A thousand usual reports take a third of that."""

_WAITING_MAX = 1000
_WAITING_BYTES_MAX = 8 * 1024 * 1024
"""Limits of the requests that wait to be decoded. Above them no connection is accepted."""


class Receiver(QObject):
    """GUI thread; no method blocks. Sockets are read in its event loop.

    Each report is answered first and decoded afterwards. Of 128 connections at once, 8 are for
    senders whose reports are not accepted; further ones wait in the system's queue. `numbers` is
    shared by all receivers of a program. `hide` replaces known secrets by `***`: a PBX knows its
    token and may send it back.
    """

    received = Signal(object)
    """A `Report`, in the order in which they came."""

    refused_changed = Signal()
    """`refused` has changed. Emitted at most ten times a second."""

    def __init__(
        self,
        clock: Clock,
        numbers: Iterator[int] | None = None,
        hide: Callable[[bytes], bytes] = bytes,
    ) -> None:
        super().__init__()
        self._refused = RefusalCounts()
        self._clock = clock
        self._numbers = numbers or itertools.count(1)
        self._hide = hide
        self._matcher = Matcher()
        self._repeats = Repeats()
        self._clients = ClientLimits(lambda sender: self._matcher.listed(sender))
        self._socket: socket.socket | None = None
        self._notifier: QSocketNotifier | None = None
        self._waiting: deque[tuple[Delivered, Moment]] = deque()
        self._waiting_bytes = 0
        self._reported = RefusalCounts()
        self._sweeper = QTimer(self, interval=_SWEEP_MS)
        self._sweeper.timeout.connect(self._sweep)
        self._decoder = QTimer(self, interval=0, singleShot=True)
        self._decoder.timeout.connect(self._decode)

    @property
    def refused(self) -> RefusalCounts:
        """Counts of refused requests since the receiver was created."""
        return self._refused

    @property
    def busy(self) -> bool:
        """Whether a client is delivering, or reports wait to be decoded."""
        return bool(self._waiting) or any(not client.drains for client in self._clients)

    @property
    def host(self) -> str:
        """The address that it listens on, empty when it does not."""
        return "" if self._socket is None else str(self._socket.getsockname()[0])

    @property
    def port(self) -> int:
        """The port that it listens on, 0 when it does not."""
        return 0 if self._socket is None else int(self._socket.getsockname()[1])

    def listen(self, host: str, port: int) -> ListenProblem | None:
        """Listen on that IP address only; port 0 takes a free one. Returns the problem, or None."""
        self.close()
        opened = open_listener(host, port)
        if isinstance(opened, ListenProblem):
            return opened
        self._socket = opened
        self._notifier = QSocketNotifier(opened.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._accept)
        return None

    def set_subscriptions(self, subscriptions: tuple[Subscription, ...]) -> None:
        """Accept reports of these subscriptions. Host and port of their places do not matter."""
        self._matcher = Matcher(subscriptions)

    def close(self) -> None:
        """Stop listening. Requests that were answered with 200 are decoded first. May be called
        twice."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        for client in self._clients:
            client.close()
        self._sweeper.stop()
        self._decode_until(time.monotonic() + _LAST_PASS_S)
        self._waiting.clear()
        self._waiting_bytes = 0
        self._report_refused()

    # --- connections

    @Slot()
    def _accept(self) -> None:
        until_s = time.monotonic() + _PASS_S
        while self._socket is not None and time.monotonic() < until_s:
            now_s = self.now_s()
            if not self._make_room(now_s):
                self._pause_accepting()
                return
            try:
                sock, address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no more files for this program, for instance
                self._pause_accepting()
                return
            self._let_in(sock, plain_ip(address[0]), now_s)

    def _let_in(self, sock: socket.socket, sender: str, now_s: float) -> None:
        allowed = self._matcher.allowed
        if not allowed(sender) and self._clients.strangers(allowed) >= STRANGERS_MAX:
            sock.close()
            self.refuse(Refusal.TOO_MANY, sender)
            return
        sock.setblocking(False)
        client = ReportConnection(sock, sender, now_s, self)
        self._clients.add(client)
        client.start()
        self._keep_sweeping()

    def _make_room(self, now_s: float) -> bool:
        for client in self._clients.removable(now_s):
            if not client.drains:
                self.refuse(Refusal.TOO_SLOW, client.sender)
            client.close()
        full = len(self._waiting) >= _WAITING_MAX or self._waiting_bytes >= _WAITING_BYTES_MAX
        return len(self._clients) < CONNECTIONS_MAX and not full

    def _pause_accepting(self) -> None:
        """Leave further connections in the system's queue until there is room."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
        self._keep_sweeping()

    def _resume_accepting(self) -> None:
        if self._notifier is not None and not self._notifier.isEnabled():
            self._notifier.setEnabled(True)

    def _keep_sweeping(self) -> None:
        """Start the timer unless it runs: a second start would delay it."""
        if not self._sweeper.isActive():
            self._sweeper.start()

    @Slot()
    def _sweep(self) -> None:
        now_s = self.now_s()
        for client in self._clients.overdue(now_s):
            client.expire()
        if self._notifier is not None and not self._notifier.isEnabled():
            if self._make_room(now_s):
                self._notifier.setEnabled(True)
        elif not len(self._clients):
            self._sweeper.stop()
        self._report_refused()

    # --- what connections ask for

    def now_s(self) -> float:
        """The time in seconds of a clock that never goes back."""
        return self._clock.now().elapsed_s

    def judge(self, sender: str, head: Head) -> RequestVerdict:
        """What to answer to a request with this head."""
        return judge(self._matcher, sender, head)

    def refuse(self, refusal: Refusal, sender: str, fault: Fault | None = None) -> None:
        """Count a refused request; `refused_changed` follows later."""
        self._refused = self._refused.plus(refusal, sender, fault)
        self._keep_sweeping()

    def ended(self, connection: ReportConnection) -> None:
        """Remove a closed connection; another one may be accepted."""
        self._clients.remove(connection)
        self._resume_accepting()

    def delivered(self, request: Delivered) -> None:
        """Queue an answered request; it is decoded later."""
        if request.verdict.refusal is Refusal.BROWSER:
            return
        self._waiting.append((request, self._clock.now()))
        self._waiting_bytes += len(request.body)
        if not self._decoder.isActive():
            self._decoder.start()

    # --- reports

    @Slot()
    def _decode(self) -> None:
        self._decode_until(time.monotonic() + _PASS_S)
        self._resume_accepting()
        if self._waiting:
            self._decoder.start()

    def _decode_until(self, until_s: float) -> None:
        while self._waiting and time.monotonic() < until_s:
            request, at = self._waiting.popleft()
            self._waiting_bytes -= len(request.body)
            for report in self._reports(request, at):
                self.received.emit(report)

    def _reports(self, request: Delivered, at: Moment) -> Iterator[Report]:
        """A report for each object of the body; one for all of it when the request is refused."""
        accepted = request.verdict.refusal is None
        text = self._hidden(as_it_came(request.body, request.head.charset))
        headers = tuple(
            (self._hidden_head(n), self._hidden_head(v)) for n, v in request.head.headers
        )
        for part in (
            parts_of(text, wrong_length=request.wrong_length) if accepted else [whole(text)]
        ):
            pbx_id, problem = request.verdict.match.owner(part.decoded)
            if request.verdict.refusal is Refusal.NOT_POST:
                problem = ReportProblem.NOT_A_REPORT
            yield Report(
                next(self._numbers),
                at,
                request.sender,
                self._hidden_head(request.head.path),
                part.raw,
                part.decoded,
                headers,
                self._repeats.count(request.sender, part.raw.encode(), at),
                problem if problem is not ReportProblem.NOT_JSON else part.problem or problem,
                pbx_id,
                request.verdict.match.checked,
            )

    def _hidden(self, text: str) -> str:
        return self._hide(text.encode()).decode()

    def _hidden_head(self, text: str) -> str:
        """Hide secrets in a part of the head, which was decoded as Latin-1."""
        return self._hide(text.encode("latin-1")).decode("latin-1")

    def _report_refused(self) -> None:
        if self._reported != self._refused:
            self._reported = self._refused
            self.refused_changed.emit()
