"""The clients of a receiver: its listening socket, the limits of its connections."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
from collections.abc import Callable, Iterator

from hbgui.core.reports.receiving import ListenProblem
from hbgui.runtime.reports.connection import ReportConnection

BACKLOG = 4096
"""Connections that the system queues while the receiver is full. It may queue fewer."""

_PRIVILEGED = 1024

_CODES = {
    errno.EADDRINUSE: "port_taken",
    errno.EADDRNOTAVAIL: "address_not_ours",
    errno.EAFNOSUPPORT: "address_not_ours",
    errno.ENODEV: "address_not_ours",
}


def open_listener(host: str, port: int) -> socket.socket | ListenProblem:
    """Listen on an IP address; port 0 takes a free one. Returns the socket, or why there is none.
    Never blocks."""
    numeric = "127.0.0.1" if host == "localhost" else host
    flags = socket.AI_NUMERICHOST | socket.AI_PASSIVE
    try:
        family, _kind, _proto, _name, address = socket.getaddrinfo(
            numeric, port, type=socket.SOCK_STREAM, flags=flags
        )[0]
    except (OSError, OverflowError, UnicodeError):
        return ListenProblem("address_not_ours", host, port)
    with contextlib.ExitStack() as undo:
        try:
            sock = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
            _keep_others_out(sock)
            sock.setblocking(False)
            sock.bind(address)
            sock.listen(BACKLOG)
        except OSError as error:
            words = error.strerror or type(error).__name__
            return ListenProblem(_code(error, port), host, port, words)
        undo.pop_all()
    return sock


def _keep_others_out(sock: socket.socket) -> None:
    """On Windows a second program may take the port of a first one that does not forbid it, and
    with SO_REUSEADDR even then: learn.microsoft.com, "Using SO_REUSEADDR and
    SO_EXCLUSIVEADDRUSE". Elsewhere SO_REUSEADDR only passes over connections that have ended."""
    if sys.platform == "win32":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sock.family == socket.AF_INET6:
        # "::" then includes IPv4, and fails if another program has the port on an IPv4 address.
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)


def _code(error: OSError, port: int) -> str:
    if error.errno == errno.EACCES and sys.platform == "win32":
        return "port_taken"  # another program has exclusive use of it
    if error.errno == errno.EACCES and 0 < port < _PRIVILEGED:
        return "port_privileged"
    return _CODES.get(error.errno or 0, "listen_failed")


CONNECTIONS_MAX = 128
STRANGERS_MAX = 8
"""The most connections of senders whose reports are not accepted."""

PATIENCE_S = 1.0
"""Seconds. When the receiver is full, a connection of an unlisted sender may be closed at this age;
one of a listed sender after this silence, or at this age if it is one of more than OF_ONE_MAX."""

SHORT_PATIENCE_S = 0.25
CROWD_S = 10.0
"""Seconds for which SHORT_PATIENCE_S holds after slow connections were closed: 400 silent
connections are then closed in two seconds and not in four."""

OF_ONE_MAX = 16
"""Connections that any sender may keep when the receiver is full; its oldest ones are closed. A
PBX delivers each report at once."""


class ClientLimits:
    """The connections of a receiver. GUI thread.

    `listed` says whether a person named the sender as one that may report. Such connections stay
    open until their deadline while they deliver, even if others wait.
    """

    def __init__(self, listed: Callable[[str], bool]) -> None:
        self._listed = listed
        self._all: dict[ReportConnection, None] = {}
        self._crowded_until_s = 0.0

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[ReportConnection]:
        return iter(tuple(self._all))

    def add(self, client: ReportConnection) -> None:
        """Add an open connection."""
        self._all[client] = None

    def remove(self, client: ReportConnection) -> None:
        """Remove a closed connection."""
        self._all.pop(client, None)

    def strangers(self, allowed: Callable[[str], bool]) -> int:
        """The number of connections of senders that are not `allowed`."""
        return sum(not allowed(client.sender) for client in self._all)

    def overdue(self, now_s: float) -> list[ReportConnection]:
        """The connections whose deadline has passed."""
        return [client for client in self._all if now_s >= client.deadline_s]

    def removable(self, now_s: float) -> list[ReportConnection]:
        """The connections to close when the receiver is full: answered ones, else slow ones; empty
        while there is room."""
        if len(self._all) < CONNECTIONS_MAX:
            return []
        done = [client for client in self._all if client.drains]
        if done:
            return done
        patience_s = SHORT_PATIENCE_S if now_s < self._crowded_until_s else PATIENCE_S
        slow = (
            [c for c in self._all if now_s - c.since_s >= patience_s and not self._listed(c.sender)]
            or [c for c in self._all if now_s - c.last_s >= patience_s]
            or self._too_many_of_one([c for c in self._all if now_s - c.since_s >= PATIENCE_S])
        )
        if slow:
            self._crowded_until_s = now_s + CROWD_S
        return slow

    def _too_many_of_one(self, old: list[ReportConnection]) -> list[ReportConnection]:
        """The oldest connections of senders that have more than OF_ONE_MAX."""
        of_each: dict[str, list[ReportConnection]] = {}
        for client in old:
            of_each.setdefault(client.sender, []).append(client)
        return [c for clients in of_each.values() for c in clients[:-OF_ONE_MAX]]
