"""Deadlines and the end from another thread, in every state of a call."""

from __future__ import annotations

import gc
import socket
import threading
import time
from contextlib import nullcontext

import pytest

from adapters import certificates
from adapters.servers import Server, drip, full_backlog, hang, reply_and_hang
from hbgui.adapters.net.deadline import WireCancel, deadline
from hbgui.core.api.errors import Cancelled, TransportError
from patience import HANG_S, PATIENCE_S, at_once

OK = b"HTTP/1.1 200 OK\r\n"


class PolledCancel:
    """Another make of Cancel, with nothing to wait on."""

    cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


STATES = {
    "connect": ("http", full_backlog),
    "handshake": ("https", lambda: Server(hang, early=True)),
    "answer": ("http", lambda: Server(hang)),
    "headers": ("http", lambda: Server(drip(OK, b"x"))),
    "body": ("http", lambda: Server(reply_and_hang(OK + b"Content-Length: 9\r\n\r\n"))),
    "answer over TLS": ("https", None),
}


def opened(make, ca):
    if make is None:
        context = certificates.server_context(ca.issue_cert("127.0.0.1"))
        return Server(hang, tls=context)
    return make()


@pytest.mark.parametrize("cancel_type", [WireCancel, PolledCancel])
@pytest.mark.parametrize(("scheme", "make"), STATES.values(), ids=STATES)
def test_cancel_ends_the_call(post, trusted, scheme, make, cancel_type):
    cancel = cancel_type()
    with opened(make, trusted) as place:
        port = getattr(place, "port", place)
        timer = threading.Timer(0.4, cancel.cancel)
        timer.start()
        with at_once(), pytest.raises(Cancelled) as caught:
            post(port, scheme=scheme, cancel=cancel, timeout_s=HANG_S)
        timer.join()
    assert caught.value.__context__ is None


def test_cancel_ends_a_look_up(post):
    gate = threading.Event()
    post.with_resolver(lambda *_a, **_o: gate.wait(HANG_S) and [])
    cancel = WireCancel()
    threading.Timer(0.3, cancel.cancel).start()
    with at_once(), pytest.raises(Cancelled):
        post(80, host="pbx.example", cancel=cancel, timeout_s=HANG_S)
    gate.set()


def test_a_cancelled_cancel_lets_nothing_out(post):
    cancel = WireCancel()
    cancel.cancel()
    cancel.cancel()
    assert cancel.cancelled
    with Server() as server, pytest.raises(Cancelled):
        post(server.port, cancel=cancel)
    assert server.connections == 0


def test_cancel_leaves_no_socket_behind():
    # Warnings are errors, also those of the garbage collector.
    WireCancel().cancel()
    used = WireCancel()
    with used.wake_socket() as wake:
        used.cancel()
        assert wake.recv(8) == b"\0"
    assert wake.fileno() == -1
    used.cancel()
    del used, wake
    gc.collect()


def test_one_cancel_ends_all_that_got_it():
    cancel = WireCancel()
    with cancel.wake_socket() as one, cancel.wake_socket() as two:
        cancel.cancel()
        assert one.recv(8) == two.recv(8) == b"\0"


DRIPS = {
    "headers": (drip(OK + b"X-Y: ", b"z"), "timed_out"),
    "body": (drip(OK + b"Content-Length: 4000\r\n\r\n", b"z"), "answer_cut_off"),
    "continue": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timed_out"),
    "trailers": (
        drip(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Y: z\r\n"),
        "answer_cut_off",
    ),
}


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(("behave", "code"), DRIPS.values(), ids=DRIPS)
def test_the_deadline_is_for_all_of_it(post, trusted, behave, code, tls):
    context = certificates.server_context(trusted.issue_cert("127.0.0.1")) if tls else None
    with Server(behave, tls=context) as server:
        began = time.monotonic()
        error = post.failure(server.port, scheme="https" if tls else "http", timeout_s=1.5)
        took_s = time.monotonic() - began
    assert error.code == code
    assert 1.4 < took_s < PATIENCE_S


def test_connecting_takes_four_seconds_at_most(post):
    with full_backlog() as port:
        began = time.monotonic()
        error = post.failure(port, timeout_s=HANG_S)
    assert error.code == "connect_timed_out"
    assert 3.9 < time.monotonic() - began < PATIENCE_S


def test_a_silent_tls_port_costs_the_whole_time_and_no_more(post):
    with Server(hang, early=True) as server, at_once():
        assert post.failure(server.port, scheme="https", timeout_s=2).code == "timed_out"


def test_a_flood_does_not_outrun_the_deadline():
    # Always something to read, so that nothing ever waits.
    from hbgui.adapters.net.tcp import TcpStream

    one, two = socket.socketpair()
    with one, two, deadline(0.2, WireCancel()) as bounds:
        one.setblocking(False)
        two.setblocking(False)
        pipe = TcpStream(one, bounds)

        def read_for_ever():
            while True:
                two.send(b"x")
                pipe.recv(1)

        with pytest.raises(TransportError) as caught:
            read_for_ever()
    assert caught.value.code in ("timed_out", "answer_too_large")


def test_a_look_up_that_hangs_ends_with_the_deadline(post):
    gate = threading.Event()
    post.with_resolver(lambda *_a, **_o: gate.wait(HANG_S) and [])
    with at_once():
        assert post.failure(80, host="pbx.example", timeout_s=0.5).code == "name_unknown"
    gate.set()


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "xn--\u00fc.example", "-\u00fc-.example"])
def test_names_that_cannot_be_looked_up(post, host):
    assert post.failure(80, host=host, timeout_s=2).code == "name_unknown"


def test_the_real_resolver_knows_localhost(post):
    with Server() as server:
        assert post(server.port, host="localhost").status == 200


def test_many_calls_at_once_have_their_own_connections(post):
    with Server() as server, nullcontext([]) as statuses:
        threads = [
            threading.Thread(target=lambda: statuses.append(post(server.port).status))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.connections == 20
    assert statuses == [200] * 20


def test_open_files_above_a_thousand_are_no_limit(post):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2048:
        pytest.skip("no more than 1024 files here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2048, hard))
    kept = []
    try:
        kept += [socket.socket() for _ in range(1100)]
        with Server() as server:
            assert post(server.port).status == 200
    finally:
        for sock in kept:
            sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
