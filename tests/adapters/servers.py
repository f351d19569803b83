"""Real servers on loopback that misbehave in every way that a network knows."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

Behaviour = Callable[[socket.socket], None]

SUCCESS = b'{"status":"Success"}'
LIKE_A_PBX = b"HTTP/1.1 200 OK\r\nServer: Boa/0.94.14rc21\r\nConnection: close\r\n\r\n" + SUCCESS


class Server:
    """Accepts, reads one request, then behaves as told. `requests` is what it has received.

    With `tls` it shakes hands first; `early` behaves before anything is read.
    """

    def __init__(
        self,
        behave: Behaviour | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        early: bool = False,
        host: str = "127.0.0.1",
    ) -> None:
        self._behave = behave or reply(LIKE_A_PBX)
        self._tls = tls
        self._early = early
        self.requests: list[bytes] = []
        self.connections = 0
        self._open: list[socket.socket] = []
        self._closing = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=32)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(20)
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.suppress(OSError))
            stack.callback(sock.close)
            if self._tls is not None:
                # A duplicate stays in `_open`, where it can be shut down.
                sock = self._tls.wrap_socket(sock.dup(), server_side=True)
                stack.callback(sock.close)
            if not self._early:
                self.requests.append(read_request(sock))
            self._behave(sock)


def read_request(sock: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += some(sock)
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.partition(b":")[2]):
                body += some(sock)
    return head + b"\r\n\r\n" + body


def some(sock: socket.socket) -> bytes:
    """The next bytes; never none."""
    data = sock.recv(65536)
    if not data:
        raise ConnectionResetError
    return data


def reply(data: bytes) -> Behaviour:
    """Send this and close."""
    return lambda sock: sock.sendall(data)


def reply_with(body: bytes, *headers: str, status: str = "200 OK") -> Behaviour:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers))
    return reply(head.encode() + b"\r\n" + body)


def hang(sock: socket.socket) -> None:
    """Wait until the other side goes away."""
    with contextlib.suppress(OSError):
        while sock.recv(65536):
            pass


def reply_and_hang(data: bytes) -> Behaviour:
    def behave(sock: socket.socket) -> None:
        sock.sendall(data)
        hang(sock)

    return behave


def reset(sock: socket.socket) -> None:
    """End with RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def reply_in_pieces(*pieces: bytes, apart_s: float = 0.1) -> Behaviour:
    """Send them one by one, and keep the connection open."""

    def behave(sock: socket.socket) -> None:
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(apart_s)
        hang(sock)

    return behave


def reply_and_reset(data: bytes) -> Behaviour:
    def behave(sock: socket.socket) -> None:
        sock.sendall(data)
        # An RST throws away what the other side has not read yet.
        time.sleep(0.2)
        reset(sock)

    return behave


def drip(before: bytes, piece: bytes, every_s: float = 0.3) -> Behaviour:
    """Send `before`, then `piece` again and again: never silent, never done."""

    def behave(sock: socket.socket) -> None:
        sock.sendall(before)
        while True:
            time.sleep(every_s)
            sock.sendall(piece)

    return behave


def flood(before: bytes, piece: bytes) -> Behaviour:
    """Send `before`, then `piece` as fast as it goes, without end."""

    def behave(sock: socket.socket) -> None:
        sock.sendall(before)
        while True:
            sock.sendall(piece * 64)

    return behave


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def full_backlog():
    """A port whose queue is full: a connection is neither made nor refused."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        time.sleep(0.1)
        yield listener.getsockname()[1]
