"""A receiver of reports that keeps the bytes of each connection."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

from simulated import WAIT_S

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Listening:
    """Answers each connection with `answer(number)`, counted from 1; None is no answer at all.

    `block` bytes are read at most, and once; without it all of a report. With `hold` no connection
    is closed before the end.
    """

    def __init__(
        self, answer: Callable[[int], bytes | None], *, block: int = 0, hold: bool = False
    ) -> None:
        self._answer = answer
        self._block = block
        self._hold = hold
        self._sock = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()
        self._raw: list[bytes] = []
        self.times_s: list[float] = []
        self.port: int = self._sock.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def raw(self) -> list[bytes]:
        """What came over each connection."""
        with self._changed:
            return list(self._raw)

    @property
    def bodies(self) -> list[bytes]:
        return [raw.partition(b"\r\n\r\n")[2] for raw in self.raw]

    def wait(self, count: int) -> list[bytes]:
        """The bodies, once there are that many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._raw) >= count, WAIT_S), self._raw
        return self.bodies

    def close(self) -> None:
        # Closing alone does not wake who accepts.
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()
        self._thread.join(WAIT_S)

    def _run(self) -> None:
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            while True:
                sock, _ = self._sock.accept()
                with sock:
                    self._one(sock)
                    if self._hold:
                        held.enter_context(sock.dup())

    def _one(self, sock: socket.socket) -> None:
        sock.settimeout(WAIT_S)
        data = sock.recv(self._block) if self._block else _whole(sock)
        with self._changed:
            self._raw.append(data)
            self.times_s.append(time.monotonic())
            number = len(self._raw)
            self._changed.notify_all()
        answer = self._answer(number)
        if answer is not None:
            sock.sendall(answer)


def _whole(sock: socket.socket) -> bytes:
    data = b""
    while not (b"\r\n\r\n" in data and data.endswith(b"}")) and (more := sock.recv(65536)):
        data += more
    return data


@contextlib.contextmanager
def listening(
    answer: Callable[[int], bytes | None] = lambda _: OK, *, block: int = 0, hold: bool = False
) -> Iterator[Listening]:
    """A receiver on a free port of loopback."""
    receiver = Listening(answer, block=block, hold=hold)
    try:
        yield receiver
    finally:
        receiver.close()


@contextlib.contextmanager
def dead_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock.getsockname()[1]
