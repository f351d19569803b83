"""A socket that listens, for one program only; or why there is none."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys

from hbgui.core.reports.receiving import ListenProblem

BACKLOG = 4096
"""Connections that the system keeps for us while we have no place; it may make it less."""

_PRIVILEGED = 1024

_CODES = {
    errno.EADDRINUSE: "port_taken",
    errno.EADDRNOTAVAIL: "address_not_ours",
    errno.EAFNOSUPPORT: "address_not_ours",
    errno.ENODEV: "address_not_ours",
}


def open_listener(host: str, port: int) -> socket.socket | ListenProblem:
    """Listen on an IP address, port 0: on a free one. Never blocks."""
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
        # All addresses are all of them, and a program on an IPv4 one is in the way.
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)


def _code(error: OSError, port: int) -> str:
    if error.errno == errno.EACCES:
        if sys.platform == "win32":
            return "port_taken"  # another program holds it for itself
        return "port_privileged" if 0 < port < _PRIVILEGED else "listen_failed"
    return _CODES.get(error.errno or 0, "listen_failed")
