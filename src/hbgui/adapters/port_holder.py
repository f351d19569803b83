"""Which program has a port."""

from __future__ import annotations

import ipaddress

import psutil

from hbgui.core.reports.receiving import PortHolder


def port_holder(host: str, port: int) -> PortHolder | None:
    """The program that listens on that port, at that address or at all of them; None where the
    system does not tell: Linux names other users' programs to root only, macOS to root alone.

    Blocking: it looks through all connections. Never raises. Any thread.
    """
    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.Error, OSError, RuntimeError):
        return None
    for connection in connections:
        local = connection.laddr
        if connection.status != psutil.CONN_LISTEN or not local or local.port != port:
            continue
        if connection.pid and _meets(local.ip, host):
            return PortHolder(_name(connection.pid), connection.pid)
    return None


def _meets(held: str, wanted: str) -> bool:
    try:
        one, other = ipaddress.ip_address(held.partition("%")[0]), ipaddress.ip_address(wanted)
    except ValueError:
        return True
    return one == other or one.is_unspecified or other.is_unspecified


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except (psutil.Error, OSError):
        return ""
