"""One report over one connection of its own, within its time."""

from __future__ import annotations

import errno
import os
import re
import selectors
import socket
import threading
import time

from hbgui.simulator.connection import TICK_S, Connection, Ended
from hbgui.simulator.post import Place

ANSWER_MAX = 16 * 1024
"""Bytes of an answer that are looked at, to find its status."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY)


class Undelivered(Exception):  # noqa: N818 - the receiver's fault
    """No answer came. The text says why."""


def deliver(place: Place, data: bytes, closing: threading.Event, total_timeout_s: float) -> int:
    """Connect, send and close; the status of the answer. Raises Undelivered.

    Ends within about a tenth of a second when `closing` is set. A name is looked up first, for
    which the system takes its own time.
    """
    try:
        sock = _socket(place)
    except (OSError, UnicodeError):
        raise Undelivered("the address is unknown") from None
    with sock:
        try:
            return _exchange(sock, place, data, closing, total_timeout_s)
        except Ended:
            why = "it ended" if closing.is_set() else f"no answer within {total_timeout_s:g} s"
            raise Undelivered(why) from None
        except OSError as error:
            raise Undelivered(error.strerror or "the connection failed") from None


def _socket(place: Place) -> socket.socket:
    """A socket that has begun to connect."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code not in (0, *_UNDER_WAY):
            raise Undelivered(os.strerror(code))
    except BaseException:
        sock.close()
        raise
    return sock


def _exchange(
    sock: socket.socket, place: Place, data: bytes, closing: threading.Event, total_timeout_s: float
) -> int:
    end_s = time.monotonic() + total_timeout_s
    _connected(sock, closing, end_s)
    connection = Connection(sock, place.host, closing)
    connection.limit(end_s - time.monotonic())
    connection.send(data)
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < ANSWER_MAX:
        more = connection.receive()
        answer += more
        if not more:
            break
    if match := _STATUS.match(answer):
        return int(match[1])
    raise Undelivered("the answer is not HTTP" if answer else "it closed without an answer")


def _connected(sock: socket.socket, closing: threading.Event, end_s: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(TICK_S):
            if closing.is_set() or time.monotonic() > end_s:
                raise Ended
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
