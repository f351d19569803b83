"""Senders of reports, good and bad, against a receiver in this process."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable

from pytestqt.qtbot import QtBot

from hbgui.adapters.clock import SystemClock
from hbgui.core.ports import Clock
from hbgui.core.reports.receiving import Place, Refusal, Subscription
from hbgui.core.reports.report import Report
from hbgui.runtime.reports.receiver import Receiver

PBX = "127.0.0.1"
OTHER = "127.0.0.2"
BODY = b'{"event":"BootUp","sn":"369000000001"}'


def free_port() -> int:
    """One that nobody has at this moment, and that the system gives to nobody who asks for any:
    else another test could get it before it is used."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 1_000):
        with socket.socket() as sock, contextlib.suppress(OSError):
            sock.bind((PBX, port))
            return port
    raise AssertionError("every port is taken")


def post(
    body: bytes = BODY, path: str = "/", *headers: str, length: bool = True, version: str = "1.1"
) -> bytes:
    """A request as a PBX writes it."""
    lines = [f"POST {path} HTTP/{version}", "User-Agent: WebAPI", "Host: 127.0.0.1: 8260"]
    lines += ["Content-Type: application/json", "Accept: application/json", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode() + body


def connect(port: int, source: str = PBX, timeout_s: float = 30.0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout_s, (source, 0))


def answer_of(sock: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := sock.recv(4096):
            parts.append(part)
    return b"".join(parts)


def send(port: int, data: bytes, source: str = PBX, pieces: int = 1, pause_s: float = 0) -> bytes:
    """Send in that many pieces; the answer."""
    with connect(port, source) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        size = -(-len(data) // pieces)
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(data), size):
                sock.sendall(data[at : at + size])
                time.sleep(pause_s)
        return answer_of(sock)


def status(answer: bytes) -> int:
    """The number of an answer; 0: there was none."""
    return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0


class Listening:
    """A receiver that listens, and what it delivered."""

    def __init__(
        self,
        qtbot: QtBot,
        hide: Callable[[bytes], bytes] = bytes,
        clock: Clock = SystemClock(),  # noqa: B008 - it has no state
    ) -> None:
        self.qtbot = qtbot
        self.receiver = Receiver(clock, hide=hide)
        self.reports: list[Report] = []
        self.receiver.received.connect(self.reports.append)
        assert self.receiver.listen("127.0.0.1", 0) is None
        self.only(PBX)

    @property
    def port(self) -> int:
        return self.receiver.port

    def only(self, *senders: str, path: str = "/", serial: str = "", pbx_id: str = "a") -> None:
        place = Place("127.0.0.1", self.port, path)
        self.receiver.set_subscriptions(
            (Subscription(place, pbx_id, frozenset(senders) if senders else None, serial),)
        )

    def wait(self, done: Callable[[], bool], timeout_s: float = 30) -> None:
        self.qtbot.waitUntil(done, timeout=int(timeout_s * 1000))

    def ask(self, data: bytes, *arguments: object, **named: object) -> bytes:
        """The answer to one request, sent by another thread."""
        got = self.all([lambda: send(self.port, data, *arguments, **named)])  # type: ignore[arg-type]
        self.wait(lambda: not self.receiver.busy)
        return got[0]

    def all(self, senders: list[Callable[[], bytes]], timeout_s: float = 60) -> list[bytes]:
        """What several threads got, in their order."""
        got: dict[int, bytes] = {}

        def run(number: int) -> None:
            got[number] = b""
            got[number] = senders[number]()

        threads = [
            threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(senders))
        ]
        for thread in threads:
            thread.start()
        self.wait(lambda: not any(t.is_alive() for t in threads), timeout_s)
        return [got[n] for n in range(len(senders))]

    def count(self, refusal: Refusal) -> int:
        return self.receiver.refused.of(refusal)
