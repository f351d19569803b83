"""This computer's side of the network: addresses, routes, programs that listen on ports."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psutil

from hbgui.adapters.net.deadline import deadline
from hbgui.adapters.net.dns import Address, Lookups
from hbgui.core.api.errors import TransportError
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.ports import Cancel

if TYPE_CHECKING:
    from hbgui.core.reports.receiving import PortHolder

_BITS = {socket.AF_INET: 32, socket.AF_INET6: 128}


class SystemNetwork:
    """Fulfils `core.ports.Network`. Any thread may call it."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    def local_addresses(self) -> tuple[LocalAddress, ...]:
        """Every address of every adapter that is up, in this order: usual, link-local, loopback.

        IPv6 link-local addresses are left out: other computers cannot use them without the name of
        their own adapter. Raises TransportError connect_failed when the system refuses to list the
        addresses.
        """
        try:
            addresses = [a for a in _addresses() if not (":" in a.ip and _rank(a) == 1)]
        except OSError as error:  # for instance too many open files
            raise TransportError("connect_failed", error.strerror or "") from error
        return tuple(sorted(addresses, key=_rank))

    def route_to(self, host: str, port: int, *, timeout_s: float, cancel: Cancel) -> LocalAddress:
        """The local address from which packets to that host are sent. Sends nothing to it.

        Raises TransportError name_unknown, no_route or connect_failed, Cancelled.
        """
        try:
            with deadline(timeout_s, cancel) as limit:
                targets = self._lookups.find(host, port, limit)
            for target in targets:
                ip = _source_ip(target)
                if ip is not None:
                    return next((a for a in _addresses() if a.ip == ip), _without_adapter(ip))
        except OSError as error:  # for instance too many open files, which is not a missing route
            raise TransportError("connect_failed", error.strerror or "") from error
        raise TransportError("no_route")


def in_own_network(ip: str) -> bool:
    """Whether the IP address belongs to a network to which this computer is connected directly.

    A device there that does not answer is off or missing; elsewhere a router may be the cause.
    Raises OSError.
    """
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(ip.partition("%")[0])
        return any(address in a.network for a in _addresses())
    return False


def _source_ip(target: Address) -> str | None:
    family, address = target
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        if error.errno == errno.EAFNOSUPPORT:
            return None
        raise
    with sock, contextlib.suppress(OSError):
        # For UDP, connecting only finds the route.
        sock.connect(address)
        return str(sock.getsockname()[0]).partition("%")[0]
    return None


def _without_adapter(ip: str) -> LocalAddress:
    return LocalAddress(ip, "", 128 if ":" in ip else 32)


def _addresses() -> Iterator[LocalAddress]:
    stats = psutil.net_if_stats()
    for adapter, entries in psutil.net_if_addrs().items():
        if adapter not in stats or not stats[adapter].isup:
            continue
        for entry in entries:
            bits = _BITS.get(entry.family)
            if bits is not None:
                ip = entry.address.partition("%")[0]
                yield LocalAddress(ip, adapter, _prefix(entry.netmask, bits))


def _prefix(netmask: str | None, bits: int) -> int:
    """The length of the network prefix in bits; 64 for IPv6 where the system gives none."""
    if not netmask:
        return bits // 2 if bits == 128 else bits
    return int(ipaddress.ip_address(netmask)).bit_count()


def _rank(address: LocalAddress) -> int:
    ip = ipaddress.ip_address(address.ip)
    return 2 if ip.is_loopback else int(ip.is_link_local)


def port_holder(host: str, port: int) -> PortHolder | None:
    """The program that listens on that port, at the address `host` or at all addresses.

    None where the system does not say: Linux shows the programs of other users to root only,
    macOS shows all programs to root only. Goes through all connections, so it blocks for a moment.
    Never raises. Any thread.
    """
    from hbgui.core.reports.receiving import PortHolder

    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.Error, OSError, RuntimeError):
        return None
    for connection in connections:
        local = connection.laddr
        if connection.status != psutil.CONN_LISTEN or not local or local.port != port:
            continue
        if connection.pid and _same_or_unspecified(local.ip, host):
            return PortHolder(_name(connection.pid), connection.pid)
    return None


def _same_or_unspecified(bound: str, host: str) -> bool:
    try:
        bound_ip = ipaddress.ip_address(bound.partition("%")[0])
        host_ip = ipaddress.ip_address(host)
    except ValueError:
        return True
    return bound_ip == host_ip or bound_ip.is_unspecified or host_ip.is_unspecified


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except (psutil.Error, OSError):
        return ""
