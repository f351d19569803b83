"""The HTTP server of a simulated PBX."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from hbgui.core.pbx.address import bracketed
from hbgui.simulator.connection import LIFE_S, Connection
from hbgui.simulator.faults import NONE, Exchange, Fault, fault_named
from hbgui.simulator.http import Answer, Request, Unreadable, api_answer, page, read_request
from hbgui.simulator.pbx import Pbx
from hbgui.simulator.tls import NORMAL, TlsStyle, server_context

REQUESTS_MAX = 2000
"""Requests that are kept; the oldest are dropped first."""


OnAnswer = Callable[[Request, str], None]
"""Called for each request with a text about its outcome, which contains no secrets. Runs in the
thread of the connection."""


class HttpServer:
    """Answers HTTP requests for a PBX. Every member may be used from any thread.

    `bind` is the IP address, `fault` the name of a fault. `on_answer`, when set, is called for each
    request. `received` is the number of all requests so far, `connections` that of all connections,
    also of those without a request.
    """

    def __init__(self, pbx: Pbx, bind: str, port: int, tls: bool, fault: str) -> None:
        self._pbx = pbx
        self._bind = str(ipaddress.ip_address(bind))
        self._port = port
        self._fault_name, self._fault = fault, fault_named(fault)
        self.tls = tls or self._fault.tls is not None
        self.on_answer: OnAnswer | None = None
        self.received = self.connections = 0
        self._requests: deque[Request] = deque(maxlen=REQUESTS_MAX)
        self._changed = threading.Condition()
        self._lock = threading.Lock()
        self._contexts: dict[TlsStyle, tuple[ssl.SSLContext, str]] = {}
        if self.tls:
            self._tls(self._fault)

    @property
    def address(self) -> tuple[str, int]:
        """The IP address and the port; after the start, the port is never 0."""
        return self._bind, self._port

    @property
    def url(self) -> str:
        """`http://127.0.0.1:41234`, without a trailing slash."""
        return f"{'https' if self.tls else 'http'}://{bracketed(self._bind)}:{self._port}"

    @property
    def fault(self) -> str:
        """The name of the present fault. It may be set at any time, for the next request.

        Setting raises ValueError for an unknown name, and for a TLS fault without TLS.
        """
        return self._fault_name

    @fault.setter
    def fault(self, name: str) -> None:
        fault = fault_named(name)
        if fault.tls is not None and not self.tls:
            raise ValueError(f"{name} needs a simulator that was started with TLS")
        if self.tls:
            self._tls(fault)
        with self._lock:
            self._fault_name, self._fault = name, fault

    @property
    def certificate_pem(self) -> str:
        """The present certificate, for clients to trust; empty without TLS."""
        return self._tls(self._fault)[1] if self.tls else ""

    def change_certificate(self) -> None:
        """Use a new certificate from now on, as after a renewal or an exchange of the PBX."""
        with self._lock:
            self._contexts.clear()

    @property
    def requests(self) -> list[Request]:
        """The last requests, oldest first."""
        with self._changed:
            return list(self._requests)

    def wait_for(self, received: int, timeout_s: float) -> bool:
        """Wait up to `timeout_s` seconds until `received` requests have come since the start.

        Returns whether they have.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self.received >= received, timeout_s)

    def _tls(self, fault: Fault) -> tuple[ssl.SSLContext, str]:
        style = fault.tls or NORMAL
        with self._lock:
            if style not in self._contexts:
                self._contexts[style] = server_context(style, self._bind)
            return self._contexts[style]

    def _serve(self, connection: Connection) -> None:
        connection.limit(LIFE_S)
        with self._changed:
            self.connections += 1
        with self._lock:
            fault = self._fault
        if fault.connect is not None and not fault.connect(connection):
            return
        if self.tls:
            connection.wrap(self._tls(fault)[0])
        try:
            request = read_request(connection)
        except Unreadable as unreadable:
            connection.send(page(str(unreadable), "This server could not read the request."))
            connection.finish()
            return
        with self._changed:
            self.received += 1
            request = replace(request, number=self.received)
            self._requests.append(request)
            self._changed.notify_all()
        self._answer(connection, request)

    def _answer(self, connection: Connection, request: Request) -> None:
        with self._lock:
            name, fault = self._fault_name, self._fault
        outcome = [] if name == NONE else [f"fault {name}"]

        def answer() -> Answer:
            members = self._pbx.answer(request)
            outcome.insert(0, f"{members['status']} {members.get('errno', '')}".strip())
            return api_answer(request.path, members)

        connection.limit(LIFE_S)
        try:
            fault.act(connection, Exchange(request, answer, self._bind))
            connection.finish()
        finally:
            if self.on_answer is not None:
                self.on_answer(request, ", ".join(outcome))
