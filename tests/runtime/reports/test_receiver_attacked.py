"""Whoever floods, drips or holds connections keeps no report of a PBX out."""

from __future__ import annotations

import contextlib
import resource
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from hbgui.core.reports.matching import Match, RequestVerdict
from hbgui.core.reports.receiving import Place, Refusal, Subscription
from hbgui.core.reports.request import Head
from hbgui.runtime.reports.book import ReceivedReports
from hbgui.runtime.reports.clients import CONNECTIONS_MAX, STRANGERS_MAX
from hbgui.runtime.reports.connection import Delivered
from patience import HANG_S
from runtime.reporting import BODY, OTHER, PBX, Listening, answer_of, connect, post, send, status

THIRD = "127.0.0.3"


@contextlib.contextmanager
def idle(port: int, count: int, source: str) -> Iterator[list[socket.socket]]:
    """So many connections that say nothing."""
    with contextlib.ExitStack() as open_ones:
        yield [open_ones.enter_context(connect(port, source)) for _ in range(count)]


class Turns:
    """How often a timer in this thread had its turn."""

    def __init__(self) -> None:
        self.count = 0
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        self.count += 1


def test_a_burst_loses_and_refuses_nothing(listening: Listening) -> None:
    book = ReceivedReports()
    listening.receiver.received.connect(book.add)
    each, threads = 50, 20

    def sender(number: int) -> Callable[[], bytes]:
        def run() -> bytes:
            bodies = (b'{"event":"DTMF","infos":"%d"}' % (number * each + n) for n in range(each))
            return b"".join(send(listening.port, post(body)) for body in bodies)

        return run

    answers = listening.all([sender(number) for number in range(threads)], 30)
    assert sum(answer.count(b" 200 OK") for answer in answers) == 1000
    listening.wait(lambda: len(listening.reports) == 1000)
    assert {int(one.fields["infos"]) for one in listening.reports} == set(range(1000))
    assert listening.receiver.refused.total == 0
    assert len(book) == 1000


def test_a_thousand_sockets_at_once_lose_nothing(listening: Listening) -> None:
    def sender() -> bytes:
        with contextlib.ExitStack() as open_ones:
            socks = [open_ones.enter_context(connect(listening.port)) for _ in range(1000)]
            for number, sock in enumerate(socks):
                sock.sendall(post(b'{"event":"DTMF","infos":"%d"}' % number))
            return b"".join(map(answer_of, socks))

    (answers,) = listening.all([sender], 30)
    assert answers.count(b" 200 OK") == 1000
    listening.wait(lambda: len(listening.reports) == 1000)
    assert listening.receiver.refused.total == 0


def test_a_sender_that_hangs_is_let_go_and_no_other_waits(listening: Listening) -> None:
    with idle(listening.port, 400, OTHER):
        (answer,) = listening.all([lambda: send(listening.port, post())])
        assert status(answer) == 200
        assert listening.count(Refusal.TOO_SLOW) == 0, "it waited for none of them"
        assert listening.count(Refusal.TOO_MANY) == 400 - STRANGERS_MAX
        listening.wait(lambda: not listening.receiver.busy, 30)
    assert listening.count(Refusal.TOO_SLOW) == STRANGERS_MAX


def test_where_everybody_may_send_the_silent_ones_make_room(listening: Listening) -> None:
    listening.only()
    with idle(listening.port, 400, OTHER):
        (answer,) = listening.all([lambda: send(listening.port, post(), THIRD)])
        assert status(answer) == 200
    assert listening.count(Refusal.TOO_SLOW) >= 400 - CONNECTIONS_MAX


def report_within(port: int, timeout_s: float) -> bytes:
    """The answer to a report, which may take so long."""
    with connect(port, PBX, timeout_s) as sock:
        sock.sendall(post())
        return answer_of(sock)


@pytest.mark.parametrize("begin", [b"", b"P", post()[:-9]])
def test_connections_of_the_pbx_itself_that_do_nothing_starve_no_report(
    listening: Listening, begin: bytes
) -> None:
    """A program on the PBX's address, or the PBX itself, may leave them behind."""
    with idle(listening.port, 500, PBX) as open_ones:
        for sock in open_ones:
            sock.sendall(begin)
        answers = listening.all([lambda: report_within(listening.port, 20)] * 3, 60)
        assert [status(answer) for answer in answers] == [200] * 3
    listening.wait(lambda: len(listening.reports) == 3)


def test_connections_of_the_pbx_itself_that_drip_starve_no_report(listening: Listening) -> None:
    stop = threading.Event()

    def drip(socks: list[socket.socket]) -> None:
        while not stop.wait(0.1):
            for sock in socks:
                with contextlib.suppress(OSError):
                    sock.sendall(b"P")

    with idle(listening.port, 200, PBX) as open_ones:
        dripping = threading.Thread(target=drip, args=(open_ones,), daemon=True)
        dripping.start()
        answers = listening.all([lambda: report_within(listening.port, 12)] * 3, 60)
        stop.set()
        dripping.join()
    assert [status(answer) for answer in answers] == [200] * 3


def test_a_drip_is_cut(listening: Listening) -> None:
    """Head and body, both at once."""
    took: dict[str, float] = {}

    def drip(name: str, begin: bytes, drop: bytes) -> Callable[[], bytes]:
        def run() -> bytes:
            began = time.monotonic()
            with connect(listening.port) as sock, contextlib.suppress(OSError):
                sock.sendall(begin)
                sock.settimeout(0.2)
                while time.monotonic() - began < 60:
                    sock.sendall(drop)
                    with contextlib.suppress(TimeoutError):
                        if not sock.recv(100):
                            break
            took[name] = time.monotonic() - began
            return b""

        return run

    head = b"POST / HTTP/1.1\r\nHost: x\r\n"
    listening.all(
        [
            drip("line", b"POST /", b"a"),
            drip("head", head, b"X: y\r\n"),
            drip("body", head + b"Content-Length: 9000\r\n\r\n{", b" "),
            drip("chunk", head + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
            drip("body without length", head + b"\r\n{", b" "),
        ],
        90,
    )
    assert set(took) == {"line", "head", "body", "chunk", "body without length"}
    assert all(4.5 < seconds < 60 for seconds in took.values()), took
    assert listening.count(Refusal.TOO_SLOW) == 4
    listening.wait(lambda: bool(listening.reports))
    assert [one.raw.strip() for one in listening.reports] == ["{"]


def _flood(port: int, head: bytes, piece: bytes, total: int) -> bytes:
    with connect(port) as sock:
        sent = 0
        with contextlib.suppress(ConnectionError):
            sock.sendall(head)
            while sent < total:
                sock.sendall(piece)
                sent += len(piece)
        return b"" if sent < total else b"all taken"


@pytest.mark.parametrize(
    ("more", "piece"),
    [
        (b"Content-Length: 300000000\r\n\r\n", b" " * 65536),
        (b"\r\n{", b" " * 65536),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b" " * 4096 + b"\r\n"),
        (b"X: ", b"y" * 65536),
    ],
)
def test_a_flood_takes_no_memory(listening: Listening, more: bytes, piece: bytes) -> None:
    def run() -> bytes:
        return _flood(listening.port, b"POST / HTTP/1.1\r\nHost: x\r\n" + more, piece, 300_000_000)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert listening.all([run]) == [b""]
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 5 * 1024
    assert listening.count(Refusal.TOO_LARGE) == 1


def test_who_only_knocks_is_not_counted(listening: Listening) -> None:
    listening.all([lambda: connect(listening.port).close() or b""])  # type: ignore[func-returns-value]
    listening.ask(post())
    assert listening.receiver.refused.total == 0


def test_a_connection_that_breaks_in_the_middle_is_counted(listening: Listening) -> None:
    def run() -> bytes:
        with connect(listening.port) as sock:
            sock.sendall(post()[:-9])
        return b""

    listening.all([run])
    listening.wait(lambda: listening.count(Refusal.MALFORMED) == 1)
    assert not listening.reports


def test_the_news_of_what_was_refused_comes_in_batches(listening: Listening) -> None:
    told: list[int] = []
    listening.receiver.refused_changed.connect(
        lambda: told.append(listening.receiver.refused.total)
    )
    with idle(listening.port, 100, OTHER):
        listening.wait(lambda: bool(told) and told[-1] == 100 - STRANGERS_MAX)
    assert len(told) < 5


def test_nothing_is_left_behind(listening: Listening) -> None:
    """No file, no thread, whatever came."""

    def files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before, threads = files(), threading.active_count()
    with idle(listening.port, 60, PBX):
        for _ in range(20):
            listening.all([lambda: send(listening.port, post(BODY))])
    listening.wait(lambda: not listening.receiver.busy)
    listening.receiver.close()
    assert files() <= before
    assert threading.active_count() == threads


MANY = b"{" + b",".join(b'"%x":1' % n for n in range(26_000)) + b"}"
"""As long as a body may be, and slow to read: more than 40 ms."""


def test_a_flood_of_bodies_that_are_slow_to_read_does_not_hold_up_the_window(
    listening: Listening,
) -> None:
    turns = Turns()
    seen: list[int] = []
    listening.receiver.received.connect(lambda _report: seen.append(turns.count))
    got = listening.all([lambda: send(listening.port, post(MANY))] * 30, HANG_S)
    listening.wait(lambda: len(listening.reports) == 30, HANG_S)
    assert {status(answer) for answer in got} == {200}
    # Each takes longer than reading may take at once, so that the timer comes in between.
    assert len(set(seen)) > 20


def test_while_many_bytes_wait_to_be_read_nobody_more_is_let_in(qtbot: QtBot) -> None:
    answered: list[bool] = []

    def hide(data: bytes) -> bytes:
        if len(data) > 1_000_000:
            answered.append(bool(select.select((newcomer,), (), (), 0)[0]))
            time.sleep(0.02)  # longer than reading may take at once: the sockets have their turn
        return data

    listening = Listening(qtbot, hide)
    body = b'{"event":"BootUp","x":"%s"}' % (b"x" * 1024 * 1024)
    match = Match((Subscription(Place(PBX, 1)),))
    request = Delivered(PBX, Head("POST", "/", ()), body, RequestVerdict(200, match))
    with connect(listening.port) as newcomer:
        newcomer.sendall(post(BODY))
        for _ in range(20):
            listening.receiver.delivered(request)
        listening.wait(lambda: len(listening.reports) == 21)
        assert status(answer_of(newcomer)) == 200
    # Of the twenty MiB twelve at least must be read before less than eight wait.
    assert len(answered) == 20
    assert not any(answered[:13])
    listening.receiver.close()


def test_it_closes_at_once_whatever_waits_to_be_read(listening: Listening) -> None:
    request = Delivered(
        PBX, Head("POST", "/", ()), MANY, RequestVerdict(200, Match((Subscription(Place(PBX, 1)),)))
    )
    for _ in range(400):
        listening.receiver.delivered(request)
    listening.receiver.close()
    # Reading all of them would take a minute on an idle machine.
    assert 0 < len(listening.reports) < 100
    assert not listening.receiver.busy
