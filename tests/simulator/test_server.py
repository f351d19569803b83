"""Recording, concurrency, limits, and a clean end."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hbgui.simulator.http_server import REQUESTS_MAX
from hbgui.simulator.server import Simulator
from patience import at_once
from simulated import WAIT_S, beat, connect, exchange, read_all, request_bytes

RAW = (
    b"POST /a/b?token=a%2Bb&x HTTP/1.1\r\nHost: here: 8260\r\nx-twice: 1\r\n"
    b"X-Twice:  2 \r\ncontent-length: 3\r\n\r\n\x00\xffz"
)


def threads():
    return [t.name for t in threading.enumerate() if t.name.startswith("simulator")]


def open_files():
    """File descriptors of this process, where the system lists them."""
    listed = Path("/proc/self/fd")
    return len(list(listed.iterdir())) if listed.exists() else 0


def test_a_request_is_kept_as_it_came(simulator):
    pbx = simulator()
    exchange(pbx, RAW)
    [request] = pbx.requests
    assert (request.method, request.path, request.query) == ("POST", "/a/b", "token=a%2Bb&x")
    assert request.headers == (
        ("Host", "here: 8260"),
        ("x-twice", "1"),
        ("X-Twice", "2"),
        ("content-length", "3"),
    )
    assert request.header("X-TWICE") == ["1", "2"]
    assert request.header("Cookie") == []
    assert request.body == b"\x00\xffz"
    assert request.token == "a+b"
    assert request.source == "127.0.0.1"
    assert request.number == pbx.received == pbx.connections == 1
    assert timedelta(0) <= datetime.now(UTC) - request.at < timedelta(seconds=10)


def test_a_request_in_pieces_is_one_request(simulator):
    pbx = simulator()
    with connect(pbx) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in RAW:
            sock.sendall(bytes([byte]))
        assert read_all(sock).startswith(b"HTTP/1.1 200 OK")
    assert pbx.requests[0].body == b"\x00\xffz"


def test_what_is_shown_of_a_request_has_no_secret(simulator):
    pbx = simulator()
    beat(pbx)
    assert pbx.token not in repr(pbx.requests)
    assert pbx.token not in repr(pbx)
    assert "heartbeat" in repr(pbx.requests)


def test_half_a_request_is_no_request(simulator):
    pbx = simulator()
    with connect(pbx) as sock:
        sock.sendall(RAW[:-1])
        sock.shutdown(socket.SHUT_WR)
        assert sock.recv(1) == b""
    assert pbx.received == 0
    assert pbx.connections == 1
    assert beat(pbx) == {"status": "Success"}


@pytest.mark.parametrize("cut", [1, 3, 5, 8])
def test_half_a_body_in_chunks_is_no_request(simulator, cut):
    pbx = simulator()
    with connect(pbx) as sock:
        sock.sendall((CHUNKED + b"\r\n3\r\nabc\r\n0\r\n\r\n")[:-cut])
        sock.shutdown(socket.SHUT_WR)
        assert sock.recv(1) == b""
    assert pbx.received == 0


CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("rest", "body"),
    [
        (b"\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"\r\n0\r\n\r\n", b""),
        (b"\r\n0003;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", b"abc0123456789"),
        (b"\r\n2\r\n\r\n\r\n0\r\nX-Trailer: 1\r\n\r\n", b"\r\n"),
        (b"Content-Length: 1\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"\r\nffff \r\n" + b"x" * 65535 + b"\r\n1\r\ny\r\n0\r\n\r\n", b"x" * 65535 + b"y"),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 10**6])
def test_a_body_may_come_in_chunks(simulator, rest, body, piece):
    pbx = simulator()
    data = CHUNKED + rest
    piece = max(piece, len(data) // 300)
    with connect(pbx) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(data), piece):
            sock.sendall(data[at : at + piece])
        assert read_all(sock).startswith(b"HTTP/1.1 200 OK")
    assert pbx.requests[0].body == body


def test_a_heartbeat_in_chunks_is_taken(simulator):
    pbx = simulator()
    first = f"POST /api/v2.0.0/heartbeat?token={pbx.token} HTTP/1.1\r\n".encode()
    body = b'1a\r\n{"ipaddr":"192.0.2.10","po\r\nc\r\nrt":"8260"} \r\n0\r\n\r\n'
    answer = exchange(pbx, first + b"transfer-encoding: Chunked\r\n\r\n" + body)
    assert answer.endswith(b'{"status":"Success"}')
    assert str(pbx.targets[pbx.token]) == "192.0.2.10:8260"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (CHUNKED + b"\r\nx\r\n", b"400 Bad Request"),
        (CHUNKED + b"\r\nffff\r\n" + b"x" * 65535 + b"\r\n2\r\n", b"413 Content Too Large"),
        (CHUNKED + b"\r\n-1\r\n", b"400 Bad Request"),
        (CHUNKED + b"\r\n\r\n", b"400 Bad Request"),
        (CHUNKED + b"\r\n1\r\nabc\r\n", b"400 Bad Request"),
        (CHUNKED + b"\r\n" + b"1" * 70_000, b"400 Bad Request"),
        (CHUNKED + b"\r\n10001\r\n", b"413 Content Too Large"),
        (CHUNKED + b"\r\nffffffff\r\n", b"413 Content Too Large"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", b"501 Not Implemented"),
        (b"\x16\x03\x01", b"400 Bad Request"),
        (b"GET /\r\n\r\n", b"400 Bad Request"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400 Bad Request"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"400 Bad Request"),
        (
            b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            b"400 Bad Request",
        ),
        (b"POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", b"413 Content Too Large"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1" + b"0" * 5000 + b"\r\n\r\n", b"413 Content"),
        (b"POST /" + b"x" * 70_000, b"431 Request Header Fields Too Large"),
    ],
)
def test_what_is_no_request_is_told_so(simulator, data, status):
    pbx = simulator()
    assert exchange(pbx, data).startswith(b"HTTP/1.1 " + status)
    assert pbx.received == 0


def test_twenty_heartbeats_at_once(simulator):
    pbx = simulator()
    barrier = threading.Barrier(20)

    def one(number):
        barrier.wait(WAIT_S)
        return beat(pbx, ipaddr=f"192.0.2.{number}")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))
    assert answers == [{"status": "Success"}] * 20
    assert sorted(request.number for request in pbx.requests) == list(range(1, 21))
    assert len({request.body for request in pbx.requests}) == 20


def test_a_hung_connection_holds_up_nobody(simulator):
    pbx = simulator(fault="hang")
    with contextlib.ExitStack() as stack:
        for number in range(30):
            sock = stack.enter_context(connect(pbx))
            sock.sendall(request_bytes("POST", f"/{number}"))
        assert pbx.wait_for(30, WAIT_S)
        pbx.fault = "none"
        assert beat(pbx) == {"status": "Success"}


def test_connections_beyond_the_limit_wait_for_a_place(simulator, monkeypatch):
    monkeypatch.setattr("hbgui.simulator.connection.CONNECTIONS_MAX", 2)
    pbx = simulator(fault="silent")
    with connect(pbx), connect(pbx) as second, connect(pbx):
        end_s = time.monotonic() + WAIT_S
        while pbx.connections < 2 and time.monotonic() < end_s:
            time.sleep(0.01)
        time.sleep(0.3)
        assert pbx.connections == 2
        second.close()
        while pbx.connections < 3 and time.monotonic() < end_s:
            time.sleep(0.01)
        assert pbx.connections == 3


def test_unread_bytes_do_not_destroy_the_answer(simulator):
    data = b"POST / HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n" + b"x" * 20_000_000
    assert exchange(simulator(), data).startswith(b"HTTP/1.1 413 ")


def test_waiting_for_requests_ends(simulator):
    pbx = simulator()
    assert pbx.wait_for(0, 0)
    assert not pbx.wait_for(1, 0.05)
    threading.Timer(0.1, beat, (pbx,)).start()
    assert pbx.wait_for(1, WAIT_S)


def test_only_the_last_requests_are_kept(simulator, monkeypatch):
    monkeypatch.setattr("hbgui.simulator.http_server.REQUESTS_MAX", 3)
    assert REQUESTS_MAX == 2000
    pbx = simulator()
    for number in range(5):
        exchange(pbx, request_bytes("POST", f"/{number}"))
    assert [request.path for request in pbx.requests] == ["/2", "/3", "/4"]
    assert pbx.received == 5


@pytest.mark.parametrize(
    ("fault", "tls"),
    [
        ("none", False),
        ("hang", False),
        ("hang", True),
        ("silent", False),
        ("silent", True),
        ("slow", False),
        ("drip-body", False),
        ("drip-headers", True),
        ("too-large", False),
        ("too-large", True),
    ],
)
def test_closing_ends_everything_at_once(fault, tls):
    files = open_files()
    pbx = Simulator(fault=fault, tls=tls).start()
    socks = [socket.create_connection(pbx.address, WAIT_S) for _ in range(3)]
    if tls and fault != "silent":
        socks.append(connect(pbx))
    socks[-1].sendall(request_bytes("POST", "/"))
    if fault != "silent":
        assert pbx.wait_for(1, WAIT_S)
    with at_once():
        pbx.close()
    assert threads() == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(pbx.address, WAIT_S)
    for sock in socks:
        sock.close()
    pbx.close()
    assert open_files() == files


def test_a_client_that_leaves_frees_its_thread(simulator):
    pbx = simulator(fault="hang")
    with connect(pbx) as sock:
        sock.sendall(request_bytes("POST", "/"))
        assert pbx.wait_for(1, WAIT_S)
        assert len(threads()) == 2
    end_s = time.monotonic() + WAIT_S
    while len(threads()) > 1 and time.monotonic() < end_s:
        time.sleep(0.01)
    assert len(threads()) == 1


def test_a_pbx_comes_back_at_its_place(simulator):
    pbx = simulator()
    beat(pbx)
    url = pbx.url
    pbx.close()
    pbx.start()
    assert pbx.url == url
    assert beat(pbx) == {"status": "Success"}
    assert pbx.received == 2


def test_a_restart_revives_no_token(simulator):
    pbx = simulator(ttl_s=0.1)
    while pbx.tokens[pbx.token]:
        time.sleep(0.01)
    pbx.close()
    pbx.start()
    assert pbx.tokens == {pbx.token: 0.0}


def test_many_starts_and_stops_leave_nothing():
    files = open_files()
    for _ in range(50):
        with Simulator() as pbx:
            assert beat(pbx) == {"status": "Success"}
    assert threads() == []
    assert open_files() == files


def test_a_taken_port_is_an_error(simulator):
    pbx = simulator()
    other = Simulator(port=pbx.address[1])
    with pytest.raises(OSError, match="in use"):
        other.start()
    other.close()
    assert beat(pbx) == {"status": "Success"}


def test_ipv6(simulator):
    pbx = simulator(bind="::1")
    assert pbx.url == f"http://[::1]:{pbx.address[1]}"
    assert beat(pbx) == {"status": "Success"}
    assert pbx.requests[0].source == "::1"


def test_a_bad_address_is_refused():
    with pytest.raises(ValueError, match=r"999\.1\.1\.1"):
        Simulator(bind="999.1.1.1")


def test_secrets_differ_between_simulators():
    one, other = Simulator(), Simulator()
    assert one.token != other.token
    assert one.password != other.password
    assert len(one.token) == 32
