"""The first links to a PBX, looked at one by one."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from hbgui.adapters.net import proxy
from hbgui.adapters.net.deadline import deadline
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.net.tcp import connect
from hbgui.core.api.errors import TransportError
from hbgui.core.pbx.address import PbxAddress
from hbgui.core.pbx.connection import ConnectionSettings
from hbgui.core.ports import Cancel


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
        """The first address that takes a connection. Raises TransportError, Cancelled."""
        with deadline(timeout_s, cancel) as limit:
            found = [a for ip in ips for a in self._lookups.find(ip, port, limit)]
            with connect(found, limit) as sock, contextlib.suppress(OSError):
                return str(sock.getpeername()[0])
        # It was taken, and cut at once.
        raise TransportError("connection_lost")

    def listens(self, ip: str, port: int, *, timeout_s: float, cancel: Cancel) -> bool:
        """Whether somebody takes connections there. Raises Cancelled."""
        with contextlib.suppress(TransportError):
            self.connect([ip], port, timeout_s=timeout_s, cancel=cancel)
            return True
        return False
