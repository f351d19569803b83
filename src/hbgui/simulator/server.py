"""A whole PBX on this computer."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import date
from types import TracebackType
from typing import Self

from hbgui.simulator.connection import Listener
from hbgui.simulator.delivery import Target
from hbgui.simulator.documented import Sendable, reports_of
from hbgui.simulator.events import V2
from hbgui.simulator.faults import NONE
from hbgui.simulator.http_server import HttpServer
from hbgui.simulator.pbx import FIRMWARE, SERIAL, TRANSPORTS, Device, Pbx
from hbgui.simulator.reporter import DeliverySettings, Report, ReportCounts, Reporter
from hbgui.simulator.script import Player, ScriptStep

OnReport = Callable[[Report], None]
"""Called after each try to deliver a report, in the thread that made it."""


class Simulator(HttpServer):
    """A PBX on this computer. Every member may be used from any thread.

    `bind` is the IP address to listen on; `port` 0 takes a free one. `token` is valid from the
    start on. Without a token or password, a random one is made. `ttl_s` is the life of a token and
    `lock_s` the duration of a lock-out, both in seconds. `fault` is a name of `FAULTS` or
    `FAMILIES`; some switch TLS on. `on_answer`, when set, is called for each request.

    `firmware`, `serial`, the clock's offset in seconds and its zone (seconds east of UTC, None for
    the zone of this computer) appear in `deviceinfo/query`. `delivery` is how reports are sent.
    `transport` is HTTP or TCP; with TCP none are sent. `on_report`, when set, is called after each
    try. With `empty_heartbeat`, a heartbeat without a destination succeeds and changes none.

    Raises ValueError for a bad argument; `start` raises OSError when it cannot listen.
    """

    def __init__(
        self,
        *,
        bind: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        ttl_s: float = 1800.0,
        user: str = "api",
        password: str | None = None,
        tls: bool = False,
        fault: str = NONE,
        lock_s: float = 600.0,
        firmware: str = FIRMWARE,
        serial: str = SERIAL,
        clock_offset_s: float = 0.0,
        utc_offset_s: int | None = None,
        transport: str = "HTTP",
        delivery: DeliverySettings = DeliverySettings(),  # noqa: B008 - it never changes
        empty_heartbeat: bool = False,
    ) -> None:
        self.token = token or secrets.token_hex(16)
        self.user = user
        self.password = password or f"Pw{secrets.token_hex(5)}"
        device = Device(serial, firmware, clock_offset_s, utc_offset_s)
        pbx = Pbx(user, self.password, ttl_s, lock_s, device=device, accepts_empty=empty_heartbeat)
        super().__init__(pbx, bind, port, tls, fault)
        self.transport = transport
        self.on_report: OnReport | None = None
        self._reporter = Reporter(delivery, self._report_tried)
        self._listener: Listener | None = None
        self._players: list[Player] = []
        self._power = threading.Lock()
        self._closed = threading.Event()

    def start(self) -> Self:
        """Listen until `close`. After that it may start again on the same port.

        The life of `token` begins with the first start. Raises OSError when it cannot listen.
        """
        with self._power:
            self._closed.clear()
            if self._listener is None:
                if self.token not in self._pbx.tokens:
                    self.admit(self.token)
                self._listen()
        return self

    def _listen(self) -> None:
        self._listener = Listener(self._bind, self._port, self._serve)
        self._port = self._listener.port
        self._reporter.open()

    def close(self) -> None:
        """Stop listening, end all connections and steps. May be called again."""
        self._closed.set()
        while self._players:
            self._players.pop().close()
        with self._power:
            self._stop()

    def _stop(self) -> None:
        self._reporter.close()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def restart(self, down_s: float = 0.5) -> None:
        """Stop, wait for `down_s` seconds, and start again at the same address and port.

        Connections are cut; waiting reports and all tokens are dropped. After the start, BootUp is
        sent to the targets of the tokens that were valid before. Blocks until then. Raises OSError
        when another program has taken the port.
        """
        with self._power:
            if self._listener is None:
                return
            targets = self._targets_now()
            self._stop()
            self._pbx.restart()
        if not self._closed.wait(down_s):
            self._start_again()
            self._send("BootUp", targets)

    def _start_again(self) -> None:
        with self._power:
            if not self._closed.is_set() and self._listener is None:
                self._listen()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def admit(self, token: str) -> None:
        """Make a token valid from now on, in addition to the present ones."""
        self._pbx.admit(token)

    def lose_tokens(self) -> None:
        """Forget all tokens and their targets, as after a restart of the API."""
        self._pbx.lose_tokens()

    @property
    def targets(self) -> dict[str, Target]:
        """The report target of each token that has one, by token."""
        return self._pbx.targets

    @property
    def tokens(self) -> dict[str, float]:
        """Seconds that each token has left, 0 when it has expired."""
        return self._pbx.tokens

    @property
    def transport(self) -> str:
        """The transport of reports, HTTP or TCP. With TCP, this PBX sends none.

        It may be set at any time. Setting raises ValueError for anything else.
        """
        return self._pbx.transport

    @transport.setter
    def transport(self, transport: str) -> None:
        if transport not in TRANSPORTS:
            raise ValueError(f"unknown transport; allowed are {', '.join(TRANSPORTS)}")
        self._pbx.transport = transport

    def send_report(self, report: Sendable) -> int:
        """Send a report to the target of each valid token, in the format of that target.

        `report` is the name of an event, an Event, members to send as they are, or a raw body.
        Returns the number of queued reports; `wait_for_reports` waits for them. Raises ValueError
        for an unknown name.
        """
        for body in reports_of(report, V2, self._pbx.device.serial):
            self._pbx.note(body)
        return self._send(report, self._targets_now())

    def play(
        self, steps: Iterable[ScriptStep], log: Callable[[str], None] = lambda _: None
    ) -> Player:
        """Do these steps in the background, once a target is registered, until `close`.

        `log` is called in the thread of the steps, with a text for each step that is not a report.
        """
        player = Player(self, steps, log)
        self._players.append(player)
        return player

    @property
    def registered(self) -> bool:
        """Whether a valid token has a target for reports."""
        return bool(self._pbx.live_targets)

    @property
    def today(self) -> date:
        """The date on its own clock."""
        return self._pbx.device.now().date()

    @property
    def reports(self) -> list[Report]:
        """The last tries to deliver a report, oldest first."""
        return self._reporter.reports

    @property
    def report_counts(self) -> ReportCounts:
        """How many reports arrived, were repeated and given up."""
        return self._reporter.counts

    def wait_for_reports(self, tries: int, timeout_s: float) -> bool:
        """Wait up to `timeout_s` seconds until `tries` tries have been made since the start.

        Returns whether they have.
        """
        return self._reporter.wait_for(tries, timeout_s)

    def _targets_now(self) -> list[Target]:
        """The targets that reports are sent to now; none with TCP."""
        tcp = self.transport == "TCP" or self._fault_name == "transport-tcp"
        return [] if tcp else [t for t in self._pbx.live_targets if t.receives]

    def _report_tried(self, report: Report) -> None:
        if self.on_report is not None:
            self.on_report(report)

    def _send(self, report: Sendable, targets: list[Target]) -> int:
        serial = self._pbx.device.serial
        return sum(
            self._reporter.send(target, body)
            for target in targets
            for body in reports_of(report, target.version, serial)
        )
