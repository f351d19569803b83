"""One report over one connection of its own, within its time."""

from __future__ import annotations

import contextlib
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

SHORT_S = 0.5
"""How long to wait for what need not come: an answer under v2, the rest of a head."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?(?:\r?\n|\Z)")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY)


class Undelivered(Exception):  # noqa: N818 - the receiver's fault
    """It did not go out, or the answer that it needs did not come. The text says why."""


def deliver(
    place: Place,
    data: bytes,
    closing: threading.Event,
    total_timeout_s: float,
    *,
    needs_answer: bool,
) -> int | None:
    """Connect, send and close; the status of the answer. Raises Undelivered.

    None without an answer: where it needs none, it is done when all is written and the receiver
    has closed, or after a short time. Ends within about a tenth of a second when `closing` is
    set. A name is looked up first, for which the system takes its own time.
    """
    try:
        sock = _socket(place)
    except (OSError, UnicodeError):
        raise Undelivered("the address is unknown") from None
    with sock:
        try:
            end_s = time.monotonic() + total_timeout_s
            _connected(sock, closing, end_s)
            connection = Connection(sock, place.host, closing)
            connection.limit(end_s - time.monotonic())
            connection.send(data)
            wait_s = end_s - time.monotonic() if needs_answer else SHORT_S
            return _status(connection, wait_s, needs_answer)
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


def _status(connection: Connection, wait_s: float, needed: bool) -> int | None:
    """The status that is answered within that time. Raises what goes wrong when it is needed."""
    answer = b""
    connection.limit(wait_s)
    try:
        while not _BLANK_LINE.search(answer) and len(answer) < ANSWER_MAX:
            more = connection.receive()
            if not more:
                break
            if _STATUS.match(answer + more) and not _STATUS.match(answer):
                # The status is enough: no blank line need follow it.
                connection.limit(min(wait_s, SHORT_S))
            answer += more
    except (Ended, OSError):
        if needed and not _STATUS.match(answer):
            raise
    match = _STATUS.match(answer)
    if match:
        # Closing before all is read would look like a fault to the receiver.
        with contextlib.suppress(Ended, OSError):
            connection.finish()
        return int(match[1])
    if needed:
        raise Undelivered("the answer is not HTTP" if answer else "it closed without an answer")
    return None


def _connected(sock: socket.socket, closing: threading.Event, end_s: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(TICK_S):
            if closing.is_set() or time.monotonic() > end_s:
                raise Ended
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
