"""Connections whose waits all end, at a time limit or when the simulator closes."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import NoReturn, TypeVar

_T = TypeVar("_T")

TICK_S = 0.1
"""Seconds between two checks, during a wait, whether the simulator closes."""

LIFE_S = 600.0
"""Seconds after which a connection ends, even one that hangs on purpose."""

LINGER_S = 0.5
"""Seconds in which the client must read the end of an answer and close its side."""

_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Ended(Exception):  # noqa: N818 - the usual end of a connection that misbehaves
    """The connection ends: its time is over, or the simulator or the client closes it."""


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
        """Let the connection end `seconds` from now."""
        self._end_s = time.monotonic() + seconds

    def wrap(self, context: ssl.SSLContext) -> None:
        """Make the TLS handshake. If it fails, the client gets an alert and the connection ends."""
        wrapped = context.wrap_socket(self._sock, server_side=True, do_handshake_on_connect=False)
        self._sock = wrapped
        try:
            self._retry(wrapped.do_handshake)
        except ssl.SSLError:
            self.finish(politely=False)
            raise Ended from None

    def peek(self) -> bytes:
        """The next byte, without removing it; empty when the client has closed."""
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
        """Wait for some seconds."""
        if self._closing.wait(seconds):
            raise Ended

    def hang(self) -> NoReturn:
        """Send nothing until the client closes. Never returns."""
        while self._receive_raw():
            pass
        raise Ended

    def finish(self, *, politely: bool = True) -> None:
        """Close our side, and wait until the client closes too.

        Closing the socket at once could destroy bytes that the client has not read. If not
        `politely`, TLS ends without its close_notify.
        """
        self.limit(LINGER_S)
        if politely and isinstance(self._sock, ssl.SSLSocket):
            # Only our close_notify is needed; the client may never send its own.
            with contextlib.suppress(ssl.SSLError):
                self._sock.unwrap()
        socket.socket.shutdown(self._sock, socket.SHUT_WR)
        while self._receive_raw():
            pass

    def reset(self) -> NoReturn:
        """Close with a reset instead of an orderly end. Never returns."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._sock.close()
        raise Ended

    def close(self) -> None:
        """Free the socket. May be called again."""
        self._sock.close()

    def _receive_raw(self) -> bytes:
        """The next bytes of the socket, without TLS decoding."""
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


CONNECTIONS_MAX = 200
"""Connections served at a time; more wait in the backlog until one ends."""

CLOSE_S = 2.0


class Listener:
    """Accepts connections on `bind` (an IP address) and `port` (0: any free one).

    `serve` is called in a thread of its own for each connection, which is closed afterwards.
    Raises OSError when it cannot listen.
    """

    def __init__(self, bind: str, port: int, serve: Callable[[Connection], None]) -> None:
        self._serve = serve
        self._closing = threading.Event()
        self._free_places = threading.Semaphore(CONNECTIONS_MAX)
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._sock = _listen(bind, port)
        self.port: int = self._sock.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, name="simulator", daemon=True)
        self._acceptor.start()

    def close(self) -> None:
        """Stop listening, end every connection and free every socket. May be called again."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._wake.close()
        end_s = time.monotonic() + CLOSE_S
        self._acceptor.join(CLOSE_S)
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, end_s - time.monotonic()))

    def _accept(self) -> None:
        with self._sock, self._woken, selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._closing.is_set():
                selector.select()
                if self._closing.is_set() or not self._free_places.acquire(timeout=0.1):
                    continue
                try:
                    sock, (source, *_) = self._sock.accept()
                except OSError:
                    # The client has closed already, or there are no file descriptors left.
                    self._free_places.release()
                    self._closing.wait(0.01)
                    continue
                self._start(Connection(sock, source, self._closing))

    def _start(self, connection: Connection) -> None:
        thread = threading.Thread(
            target=self._run, args=(connection,), name="simulator-connection", daemon=True
        )
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def _run(self, connection: Connection) -> None:
        try:
            # A client may close in any way: that is not an error of the simulator.
            with contextlib.suppress(Ended, OSError):
                self._serve(connection)
        finally:
            connection.close()
            self._free_places.release()
            with self._lock:
                self._threads.discard(threading.current_thread())


def _listen(bind: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(
        bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICHOST
    )
    family, _, _, _, address = found[0]
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # On Windows, SO_REUSEADDR would let two programs listen on one port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(128)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock
