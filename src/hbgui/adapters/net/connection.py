"""The connection to a PBX: through a proxy, with TLS, with the certificate compared to a pin.

When it fails, further connections find out why. They carry no secrets.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hbgui.adapters.net import proxy
from hbgui.adapters.net.deadline import Deadline, deadline
from hbgui.adapters.net.dns import Address, Lookups
from hbgui.adapters.net.tcp import TcpStream, connect
from hbgui.adapters.net.tls import TlsStream, TlsTrust
from hbgui.core.api.errors import TransportError, on_the_way_to
from hbgui.core.pbx.address import PbxAddress, bracketed, wire_host
from hbgui.core.pbx.connection import ConnectionSettings, TlsLevel, TlsMode
from hbgui.core.ports import Cancel

PROBE_S = 1.0
"""Seconds in which a port must answer when its protocol is probed."""

_PLAIN_HTTP_POSSIBLE = frozenset({"tls_failed", "connection_cut_in_handshake", "timed_out"})
_OTHER_LEVEL_POSSIBLE = frozenset(
    {
        "tls_too_old",
        "tls_no_common_version",
        "tls_no_common_cipher",
        "tls_weak_key_exchange",
        "tls_weak_signature",
        "tls_no_secure_renegotiation",
        "tls_off_here",
        "tls_failed",
        "connection_cut_in_handshake",
    }
)
_CODES_BY_LEVEL = {TlsLevel.MODERN.value: "tls_too_new", TlsLevel.VERY_OLD.value: "tls_too_old"}


class PbxConnection:
    """The connections of one call to one PBX. For one thread.

    `host` is the PBX's host in ASCII, `proxy` the proxy in front of it, None without one. `stack`
    closes the connections. The constructor looks the host up, and raises TransportError or
    Cancelled.
    """

    def __init__(
        self,
        address: PbxAddress,
        link: ConnectionSettings,
        lookups: Lookups,
        trust: TlsTrust,
        deadline: Deadline,
        stack: contextlib.ExitStack,
    ) -> None:
        self.address = address
        self._link = link
        self._trust = trust
        self._deadline = deadline
        self.stack = stack
        self.host = wire_host(address.host).rstrip(".")
        self.proxy = proxy.choose(link.proxy, address)
        self._addresses = self._look_up(lookups)

    @property
    def authority(self) -> str:
        """`host:port` of the PBX, in ASCII."""
        return f"{bracketed(self.host)}:{self.address.port}"

    @property
    def secured(self) -> bool:
        """Whether the connection uses TLS."""
        return self.address.scheme == "https"

    def _look_up(self, lookups: Lookups) -> list[Address]:
        to = self.proxy or self.address
        with self._proxy_failures():
            return lookups.find(to.host, to.port, self._deadline)

    @contextlib.contextmanager
    def _proxy_failures(self) -> Iterator[None]:
        """Turn a failure on the way to the proxy into one that names the proxy, not the PBX."""
        try:
            yield
        except TransportError as error:
            if self.proxy is None or error.code.startswith("proxy_"):
                raise
            raise on_the_way_to(self.proxy.url, error) from error

    def open(self) -> TcpStream:
        """Connect; with https also make the TLS handshake and check the certificate.

        Raises TransportError, Cancelled, and OSError of this computer.
        """
        if not self.secured:
            return self._tcp_stream(self._deadline)
        stream = self._tls_stream(self._link, self._deadline)
        self._handshake(stream)
        if self._link.tls is TlsMode.PINNED:
            self._check_pin(stream)
        return stream

    def _check_pin(self, stream: TlsStream) -> None:
        shown = hashlib.sha256(stream.certificate).hexdigest()
        if code := self._link.why_not_pinned(shown):
            raise TransportError(code, shown)

    def shake_hands(self, *, checked: bool) -> TlsStream:
        """A TLS connection, whose certificate the system has checked if `checked`.

        Raises TransportError, Cancelled, and OSError of this computer.
        """
        mode = TlsMode.SYSTEM if checked else TlsMode.INSECURE
        stream = self._tls_stream(replace(self._link, tls=mode), self._deadline)
        self._handshake(stream)
        return stream

    def _handshake(self, stream: TlsStream) -> None:
        try:
            stream.shake_hands()
        except TransportError as error:
            if error.code in _PLAIN_HTTP_POSSIBLE and self._speaks_http():
                raise TransportError("plain_http_on_this_port") from error
            if error.code in _OTHER_LEVEL_POSSIBLE:
                error.level = self._working_level()
            if error.code == "tls_no_common_version":
                # The PBX sends the same alert whether our versions are too old or too new.
                error.code = _CODES_BY_LEVEL.get(error.level, error.code)
            raise

    def _tcp_stream(self, deadline: Deadline) -> TcpStream:
        return TcpStream(self._connected(deadline), deadline)

    def _tls_stream(self, link: ConnectionSettings, deadline: Deadline) -> TlsStream:
        context = self._trust.context(link.tls, link.level)
        return TlsStream(self._connected(deadline), deadline, context, self.host)

    def _connected(self, deadline: Deadline) -> socket.socket:
        with self._proxy_failures():
            sock = self.stack.enter_context(connect(self._addresses, deadline))
            if self.proxy is not None and self.secured:
                proxy.open_tunnel(TcpStream(sock, deadline), self.authority)
        return sock

    def _speaks_http(self) -> bool:
        """Whether the port answers plain HTTP."""
        with contextlib.suppress(TransportError):
            stream = self._tcp_stream(self._deadline.within(PROBE_S))
            stream.send(f"HEAD / HTTP/1.0\r\nHost: {self.authority}\r\n\r\n".encode())
            while len(stream.first) < 5 and stream.recv(1024):
                pass
            return stream.first.startswith(b"HTTP/")
        return False

    def speaks_tls(self) -> bool:
        """Whether the port answers a TLS handshake, even with an alert. Raises Cancelled."""
        with contextlib.suppress(TransportError):
            stream = self._tls_stream(
                ConnectionSettings(TlsMode.INSECURE), self._deadline.within(PROBE_S)
            )
            with contextlib.suppress(TransportError):
                stream.shake_hands()
            return is_tls(stream.first)
        return False

    def _working_level(self) -> str:
        """The safest other level at which the handshake succeeds; empty if there is none."""
        for level in TlsLevel:
            if level is self._link.level:
                continue
            with contextlib.suppress(TransportError):
                link = replace(self._link, tls=TlsMode.INSECURE, level=level)
                self._tls_stream(link, self._deadline.within(PROBE_S)).shake_hands()
                return level.value
        return ""


def is_tls(data: bytes) -> bool:
    """Whether these are the first bytes of a TLS alert or handshake."""
    return data[:2] in (b"\x15\x03", b"\x16\x03")


class NetworkProbes:
    """Fulfils `core.ports.Probes`. Thread-safe."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    def proxy(self, address: PbxAddress, link: ConnectionSettings) -> PbxAddress | None:
        """The proxy in front of a PBX, None without one. Raises TransportError."""
        return proxy.choose(link.proxy, address)

    def resolve(self, host: str, port: int, *, timeout_s: float, cancel: Cancel) -> tuple[str, ...]:
        """The IP addresses of a host. Raises TransportError name_unknown, Cancelled."""
        with deadline(timeout_s, cancel) as limit:
            found = self._lookups.find(host, port, limit)
        return tuple(dict.fromkeys(str(address[0]) for _family, address in found))

    def connect(self, ips: Sequence[str], port: int, *, timeout_s: float, cancel: Cancel) -> str:
        """The first address that accepts a connection. Raises TransportError, Cancelled."""
        with deadline(timeout_s, cancel) as limit:
            found = [a for ip in ips for a in self._lookups.find(ip, port, limit)]
            with connect(found, limit) as sock, contextlib.suppress(OSError):
                return str(sock.getpeername()[0])
        # The connection was accepted and closed at once.
        raise TransportError("connection_lost")

    def listens(self, ip: str, port: int, *, timeout_s: float, cancel: Cancel) -> bool:
        """Whether a program accepts connections there. Raises Cancelled."""
        with contextlib.suppress(TransportError):
            self.connect([ip], port, timeout_s=timeout_s, cancel=cancel)
            return True
        return False
