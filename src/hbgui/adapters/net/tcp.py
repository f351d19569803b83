"""A TCP connection that is limited in time and size, and can be cancelled."""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import sys

from hbgui.adapters.net.deadline import Deadline
from hbgui.adapters.net.dns import Address
from hbgui.adapters.net.local import in_own_network
from hbgui.core.api.errors import TransportError
from hbgui.core.api.heartbeat import ANSWER_MAX, CONNECT_TIMEOUT_S

WIRE_MAX = 2 * ANSWER_MAX
"""Bytes that one connection may receive: handshake, headers, framing and body."""

_PENDING = {errno.EINPROGRESS, errno.EWOULDBLOCK}
_CONNECT_CODES = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ETIMEDOUT: "connect_timed_out",
    errno.ECONNRESET: "connection_lost",
    errno.EHOSTUNREACH: "host_unreachable",
    errno.ENETUNREACH: "no_route",
    errno.ENETDOWN: "no_route",
    errno.EAFNOSUPPORT: "no_route",
    errno.EACCES: "connect_forbidden",
    errno.EPERM: "connect_forbidden",
}
_LEAST_INFORMATIVE = (
    "no_route",
    "connect_failed",
    "connect_forbidden",
    "host_unreachable",
    "no_device",
)
"""The codes that say least about the PBX, the least of them first: an IPv6 address, for instance,
often has no route."""


def connect(addresses: list[Address], deadline: Deadline) -> socket.socket:
    """Connect to the first of the addresses that accepts, within 4 s for all of them.

    `addresses` must not be empty. The caller closes the socket. Raises the TransportError that
    says most about the PBX, Cancelled.
    """
    deadline = deadline.within(CONNECT_TIMEOUT_S)
    failures: list[TransportError] = []
    for i, address in enumerate(addresses):
        share = deadline.within(deadline.left_s() / (len(addresses) - i))
        with contextlib.ExitStack() as stack:
            try:
                sock = stack.enter_context(socket.socket(address[0], socket.SOCK_STREAM))
                error = _connect_one(sock, address[1], share)
            except OSError as failed:
                error = failed.errno or errno.EIO
            if not error:
                stack.pop_all()
                return sock
        failures.append(_failure(error, address))
    raise max(failures, key=_information)


def _information(failure: TransportError) -> int:
    """A rank by how much a failure says about the PBX; the higher, the more."""
    if failure.code in _LEAST_INFORMATIVE:
        return _LEAST_INFORMATIVE.index(failure.code)
    return len(_LEAST_INFORMATIVE)


def _failure(error: int, address: Address) -> TransportError:
    code = _CONNECT_CODES.get(error, "connect_failed")
    if code == "host_unreachable" and in_own_network(str(address[1][0])):
        code = "no_device"
    return TransportError(code, _error_text(error))


if sys.platform == "win32":
    import ctypes

    def _error_text(error: int) -> str:
        return ctypes.FormatError(error).strip()  # os.strerror does not know the errors of sockets

else:

    def _error_text(error: int) -> str:
        return os.strerror(error)


def _connect_one(sock: socket.socket, address: object, deadline: Deadline) -> int:
    """Connect and return 0, or the number of the error."""
    sock.setblocking(False)
    # The request is sent as one piece, so there is no reason to wait for more data.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    error = sock.connect_ex(address)  # type: ignore[arg-type]
    if error not in _PENDING:
        return error
    if not deadline.wait(sock, selectors.EVENT_WRITE):
        return errno.ETIMEDOUT
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


class TcpStream:
    """Bytes to and from a connected socket. For one thread.

    `first` are the first bytes that came in. Every method raises Cancelled, and TransportError
    timed_out, connection_lost or answer_too_large.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._received = 0
        self.first = b""

    def end_within(self, timeout_s: float) -> None:
        """Move the deadline to `timeout_s` seconds from now, if it is not earlier already."""
        self._deadline = self._deadline.within(timeout_s)

    def recv(self, size: int) -> bytes:
        """Wait for data. Returns at most `size` bytes; empty at the end of the connection."""
        while True:
            # Checked even without a wait: a peer that never pauses must not evade the deadline.
            if not self._deadline.left_s():
                raise TransportError("timed_out")
            try:
                data = self._sock.recv(size)
                break
            except BlockingIOError:
                self._deadline.wait(self._sock, selectors.EVENT_READ)
            except OSError as error:
                raise TransportError("connection_lost", error.strerror or "") from error
        self._received += len(data)
        if self._received > WIRE_MAX:
            raise TransportError("answer_too_large")
        if len(self.first) < 8:
            self.first += data[: 8 - len(self.first)]
        return data

    def send(self, data: bytes) -> None:
        """Send all the data. A closed connection is no error: the answer may be there already."""
        rest = memoryview(data)
        while rest:
            if not self._deadline.left_s():
                raise TransportError("timed_out")
            try:
                rest = rest[self._sock.send(rest) :]
            except BlockingIOError:
                self._deadline.wait(self._sock, selectors.EVENT_WRITE)
            except OSError:
                return
