"""One accepted connection: every wait ends when its time is up or the simulator closes."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import NoReturn, TypeVar

_T = TypeVar("_T")

TICK_S = 0.1
"""How long a wait goes on at most before it looks whether the simulator closes."""

LIFE_S = 600.0
"""The longest that a connection lives, hanging included."""

LINGER_S = 0.5
"""How long the client may take to read the end of an answer and to close its side."""

_LINGER_NOT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Ended(Exception):  # noqa: N818 - the usual end of a connection that misbehaves
    """The connection is of no more use: time is up, or the simulator closes."""


class Connection:
    """A non-blocking socket, plain or TLS. Belongs to one thread.

    Any method raises Ended or OSError when the connection is over; `close` never raises.
    """

    def __init__(self, sock: socket.socket, source: str, closing: threading.Event) -> None:
        sock.setblocking(False)
        self.source = source
        self._sock = sock
        self._closing = closing
        self._end_s = time.monotonic() + LIFE_S

    def limit(self, seconds: float) -> None:
        """Everything from now on has to be over within `seconds`."""
        self._end_s = time.monotonic() + seconds

    def wrap(self, context: ssl.SSLContext) -> None:
        """Speak TLS from here on. A client that cannot is told so before the end."""
        wrapped = context.wrap_socket(self._sock, server_side=True, do_handshake_on_connect=False)
        self._sock = wrapped
        try:
            self._retry(wrapped.do_handshake)
        except ssl.SSLError:
            self.finish(politely=False)
            raise Ended from None

    def peek(self) -> bytes:
        """The first byte, left where it is; empty when the client has closed."""
        return self._retry(lambda: socket.socket.recv(self._sock, 1, socket.MSG_PEEK))

    def receive(self) -> bytes:
        """The next bytes; empty when the client has closed."""
        return self._retry(lambda: self._sock.recv(16384))

    def send(self, data: bytes) -> None:
        """Send all of it."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._retry(partial(self._sock.send, rest), selectors.EVENT_WRITE) :]

    def pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        if self._closing.wait(seconds):
            raise Ended

    def hang(self) -> NoReturn:
        """Say nothing until the client gives up. Never returns."""
        while self._receive_raw():
            pass
        raise Ended

    def finish(self, *, politely: bool = True) -> None:
        """End the answer. Waits for the client: closing at once could destroy unread bytes.

        Not politely means: TLS ends without saying so.
        """
        self.limit(LINGER_S)
        if politely and isinstance(self._sock, ssl.SSLSocket):
            # Only our own word is needed; the client's may never come.
            with contextlib.suppress(ssl.SSLError):
                self._sock.unwrap()
        socket.socket.shutdown(self._sock, socket.SHUT_WR)
        while self._receive_raw():
            pass

    def reset(self) -> NoReturn:
        """Close with a reset instead of an orderly end. Never returns."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._sock.close()
        raise Ended

    def close(self) -> None:
        """Free the socket. May be called again."""
        self._sock.close()

    def _receive_raw(self) -> bytes:
        """Bytes below TLS, whatever they mean."""
        return self._retry(lambda: socket.socket.recv(self._sock, 65536))

    def _retry(self, call: Callable[[], _T], event: int = selectors.EVENT_READ) -> _T:
        while True:
            if self._closing.is_set() or time.monotonic() > self._end_s:
                raise Ended
            try:
                return call()
            except BlockingIOError:
                self._wait(event)
            except ssl.SSLWantReadError:
                self._wait(selectors.EVENT_READ)
            except ssl.SSLWantWriteError:
                self._wait(selectors.EVENT_WRITE)

    def _wait(self, event: int) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, event)
            selector.select(TICK_S)
