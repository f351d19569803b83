"""The simulator: the PBX behind its socket, its faults, and what it has seen."""

from __future__ import annotations

import ipaddress
import itertools
import secrets
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from hbgui.simulator.answer import Answer, api_answer, page
from hbgui.simulator.connection import LIFE_S, Connection
from hbgui.simulator.faults import NONE, Fault, fault_named
from hbgui.simulator.listener import Listener
from hbgui.simulator.misbehaviour import Exchange
from hbgui.simulator.pbx import Pbx, Target
from hbgui.simulator.request import Request, Unreadable, read_request
from hbgui.simulator.tls import NORMAL, TlsStyle, server_context

REQUESTS_MAX = 2000
"""Requests that are kept; the oldest go first."""

OnAnswer = Callable[[Request, str], None]
"""Told of each request and, in words without secrets, of what became of it. Called in the
thread of the connection."""


class Simulator:
    """A PBX on this computer. Every member may be used from any thread.

    `bind` is the IP address to listen on, `port` 0 takes a free one. `token` is valid from
    the start on; one that is not given is made up, the password too. `ttl_s` is the life of a
    token and `lock_s` that of a lock-out, both in seconds. `fault` is a name of `FAULTS` or
    `FAMILIES`; some imply TLS. `redirect_to` is the URL that redirects lead to, by default
    the usual HTTPS port of this host. `on_answer`, when set, is told of each request.

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
        redirect_to: str = "",
    ) -> None:
        self._bind = str(ipaddress.ip_address(bind))
        self._port = port
        self.token = token or secrets.token_hex(16)
        self.user = user
        self.password = password or f"Pw{secrets.token_hex(5)}"
        self.redirect_to = redirect_to
        self._fault_name, self._fault = fault, fault_named(fault)
        self.tls = tls or self._fault.tls is not None
        self.on_answer: OnAnswer | None = None
        self._pbx = Pbx(user, self.password, ttl_s, lock_s)
        self._seen = threading.Condition()
        self._requests: deque[Request] = deque(maxlen=REQUESTS_MAX)
        self._numbers = itertools.count(1)
        self._received = self._connections = 0
        self._contexts: dict[TlsStyle, tuple[ssl.SSLContext, str]] = {}
        self._listener: Listener | None = None
        if self.tls:
            self._tls(self._fault)

    def start(self) -> Self:
        """Listen and serve until `close`; after that it may start again on the same port.

        The first token's life begins with the first start.
        """
        if self._listener is None:
            if self.token not in self._pbx.tokens:
                self._pbx.admit(self.token)
            self._listener = Listener(self._bind, self._port, self._serve)
            self._port = self._listener.port
        return self

    def close(self) -> None:
        """End every connection and free everything. May be called again."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def address(self) -> tuple[str, int]:
        """IP address and port; the real port once it is started."""
        return self._bind, self._port

    @property
    def url(self) -> str:
        """`http://127.0.0.1:41234`, without a trailing slash."""
        host = f"[{self._bind}]" if ":" in self._bind else self._bind
        return f"{'https' if self.tls else 'http'}://{host}:{self._port}"

    @property
    def fault(self) -> str:
        """The name of the present fault. Set it at any time: the next request gets the new one.

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
        with self._seen:
            self._fault_name, self._fault = name, fault

    @property
    def certificate_pem(self) -> str:
        """The present certificate, so that a client can trust it; empty without TLS."""
        return self._tls(self._fault)[1] if self.tls else ""

    def change_certificate(self) -> None:
        """Show another certificate from now on, as a renewed or replaced box does."""
        with self._seen:
            self._contexts.clear()

    def lose_tokens(self) -> None:
        """Know no token any more, as after a restart of the API."""
        self._pbx.lose_tokens()

    @property
    def requests(self) -> list[Request]:
        """The last requests as they came over the wire, oldest first."""
        with self._seen:
            return list(self._requests)

    @property
    def received(self) -> int:
        """How many requests came, those no longer kept included."""
        with self._seen:
            return self._received

    @property
    def connections(self) -> int:
        """How many connections came, those without a request included."""
        with self._seen:
            return self._connections

    @property
    def targets(self) -> dict[str, Target]:
        """The report target of each token that was told one, by token."""
        return self._pbx.targets

    @property
    def tokens(self) -> dict[str, float]:
        """Seconds that each token has left, 0 when it has expired."""
        return self._pbx.tokens

    def wait_for(self, received: int, timeout_s: float) -> bool:
        """Wait until that many requests have come in all; False when they did not in time."""
        with self._seen:
            return self._seen.wait_for(lambda: self._received >= received, timeout_s)

    def _tls(self, fault: Fault) -> tuple[ssl.SSLContext, str]:
        style = fault.tls or NORMAL
        with self._seen:
            if style not in self._contexts:
                self._contexts[style] = server_context(style, self._bind)
            return self._contexts[style]

    def _serve(self, connection: Connection) -> None:
        connection.limit(LIFE_S)
        with self._seen:
            self._connections += 1
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
        if request is not None:
            self._answer(connection, self._keep(request))

    def _keep(self, request: Request) -> Request:
        with self._seen:
            request = replace(request, number=next(self._numbers))
            self._requests.append(request)
            self._received = request.number
            self._seen.notify_all()
        return request

    def _answer(self, connection: Connection, request: Request) -> None:
        with self._seen:
            name, fault = self._fault_name, self._fault
        words = [] if name == NONE else [f"fault {name}"]

        def answer() -> Answer:
            members = self._pbx.answer(request)
            words.insert(0, f"{members['status']} {members.get('errno', '')}".strip())
            return api_answer(request.path, members)

        connection.limit(LIFE_S)
        try:
            fault.act(connection, Exchange(request, answer, self._elsewhere()))
            connection.finish()
        finally:
            if self.on_answer is not None:
                self.on_answer(request, ", ".join(words))

    def _elsewhere(self) -> str:
        host = f"[{self._bind}]" if ":" in self._bind else self._bind
        return self.redirect_to or f"https://{host}:8088"
