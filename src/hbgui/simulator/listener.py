"""A listening socket and one thread for each connection."""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable

from hbgui.simulator.connection import Connection, Ended

CONNECTIONS_MAX = 200
"""Connections served at a time; more wait in the backlog until one ends."""

CLOSE_S = 2.0


class Listener:
    """Accepts connections on `bind` (an IP address) and `port` (0: any free one).

    `serve` runs in the thread of the connection, which is closed behind it. Raises OSError
    when it cannot listen.
    """

    def __init__(self, bind: str, port: int, serve: Callable[[Connection], None]) -> None:
        self._serve = serve
        self._closing = threading.Event()
        self._places = threading.Semaphore(CONNECTIONS_MAX)
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
                if self._closing.is_set() or not self._places.acquire(timeout=0.1):
                    continue
                try:
                    sock, (source, *_) = self._sock.accept()
                except OSError:
                    # The client has gone again, or there are no file descriptors left.
                    self._places.release()
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
            # The client's way of leaving is its own business.
            with contextlib.suppress(Ended, OSError):
                self._serve(connection)
        finally:
            connection.close()
            self._places.release()
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
            # There SO_REUSEADDR would let two programs listen on one port.
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
