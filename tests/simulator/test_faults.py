"""What each fault puts on the wire."""

from __future__ import annotations

import gzip
import json
import time

import pytest

from hbgui.simulator.faults import FAULTS, Exchange, fault_named
from hbgui.simulator.http import Answer
from simulated import beat, call, connect, exchange, login, read_all, request_bytes

BODY = b'{"ipaddr":"192.0.2.10","port":"8260"}'
OK = b'{"status":"Success"}'
HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: Boa/0.94.14rc21\r\nAccept-Ranges: bytes\r\nConnection: close\r\n"
)
API = HEAD + (
    b"Access-control-allow-origin: *\r\n"
    b"Access-control-allow-methods: GET, POST, OPTIONS, PUT, DELETE\r\n"
)


def heartbeat(token):
    return request_bytes("POST", f"/api/v1.1.0/heartbeat?token={token}", BODY)


def answered(simulator, fault, **options):
    """Status line, headers and body of a heartbeat's answer, and the simulator."""
    pbx = simulator(fault=fault, **options)
    head, blank, body = exchange(pbx, heartbeat(pbx.token)).partition(b"\r\n\r\n")
    assert blank
    first, *headers = head.split(b"\r\n")
    return first, headers, body, pbx


WHOLE = {
    "none": API + b"\r\n" + OK,
    "slow": API + b"\r\n" + OK,
    "close": b"",
    "not-http": b"SSH-2.0-OpenSSH_9.2\r\n",
    "close-at-once": b"",
    "cut-off": API + b'\r\n{"status":"S',
    "cut-off-headers": HEAD[:40],
    "cut-off-length": API + b"Content-Length: 30\r\n\r\n" + OK,
    "two-lengths": API + b"Content-Length: 20\r\nContent-Length: 21\r\n\r\n" + OK,
    "empty": API + b"\r\n",
    "success-lowercase": API + b'\r\n{"status":"success"}',
    "success-true": API + b'\r\n{"status":true}',
    "success-twice": API + b'\r\n{"status":"Failed","status":"Success"}',
    "success-in-list": API + b'\r\n[{"status":"Success"}]',
    "success-then-rubbish": API + b"\r\n" + OK + b"\r\n<!-- ok -->\0",
    "bom": API + b"\r\n\xef\xbb\xbf" + OK,
    "deep": API + b"\r\n" + b"[" * 60000,
    "failed-number": HEAD + b'\r\n{"status":"Failed","errno":20006}',
    "failed-without-errno": HEAD + b'\r\n{"status":"Failed"}',
    "expired": API + b'\r\n{"status":"Failed","errno":"20006"}',
    "failed-20010": API + b'\r\n{"status":"Failed","errno":"20010"}',
    "failed-99999": API + b'\r\n{"status":"Failed","errno":"99999"}',
    "error-failed": HEAD.replace(b"200 OK", b"500 Internal Server Error")
    + b'\r\n{"status":"Failed","errno":"20010"}',
    "status-103": b"HTTP/1.1 103 Before\r\n\r\n" + API + b"\r\n" + OK,
    "status-204": API.replace(b"200 OK", b"204 Other") + b"\r\n" + OK,
}

PAGES = {
    "html": (b"HTTP/1.1 200 OK", b"log in"),
    "not-found": (b"HTTP/1.1 404 Not Found", b"Not Found"),
    "error-500": (b"HTTP/1.1 500 Internal Server Error", b"Internal Server Error"),
    "error-503": (b"HTTP/1.1 503 Service Unavailable", b"Service Unavailable"),
    "redirect-nowhere": (b"HTTP/1.1 302 Found", b"Found"),
}

ENDLESS = {
    "too-large": (API + b"\r\n ", b" "),
    "too-large-length": (API + b"Content-Length: 100000000000\r\n\r\n ", b" "),
    "too-large-chunked": (API + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n ", b" \r\n"),
    "endless-continue": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP", b"HTTP/1.1 100 Continue"),
}

SILENT = ("hang", "silent")
RESETS = ("reset", "reset-at-once")
DRIPS = {"drip-headers": b"HTTP", "drip-body": API + b"\r\n   "}
ALONE = {"flaky", "cut-off-reset", "huge-headers", "echo-token", "echo-token-errno", "gzip"}
DEVICE = {"deviceinfo-v1-only": ["v2.0.0"], "deviceinfo-unknown": ["v1.1.0", "v2.0.0"]}
LOGINS = ("transport-tcp", "login-without-token", "login-failure")
PROCESSED = ("slow", "cut-off", "cut-off-length", "empty", "bom", "status-103", "success-lowercase")


def test_each_fault_has_a_test():
    tls = {name for name, fault in FAULTS.items() if fault.tls}
    tested = {*WHOLE, *PAGES, *ENDLESS, *SILENT, *RESETS, *DRIPS, *ALONE, *DEVICE, *LOGINS}
    assert set(FAULTS) - tls <= tested


def test_a_box_may_not_know_deviceinfo(simulator):
    for fault, unknown_under in DEVICE.items():
        pbx = simulator(fault=fault)
        for api in ("v1.1.0", "v2.0.0"):
            answer = call(pbx, "deviceinfo/query", api=api, token=pbx.token)
            refused = answer == {"status": "Failed", "errno": "10003"}
            assert refused == (api in unknown_under)
            assert refused or answer["status"] == "Success"
        assert beat(pbx) == {"status": "Success"}


def test_logins_that_go_wrong_leave_heartbeats_alone(simulator):
    for fault in LOGINS:
        pbx = simulator(fault=fault)
        assert beat(pbx) == {"status": "Success"}
        good = login(pbx, api="v2.0.0")
        assert good["status"] == "Success"
        assert ("token" in good) == (fault != "login-without-token")
        assert good.get("transport") == {"transport-tcp": "TCP", "login-failure": "HTTP"}.get(fault)
    assert login(pbx, "wrong") == {"status": "Failure", "errno": "20003"}


@pytest.mark.parametrize("fault", WHOLE)
def test_the_whole_answer(simulator, fault):
    pbx = simulator(fault=fault)
    assert exchange(pbx, heartbeat(pbx.token)) == WHOLE[fault]


@pytest.mark.parametrize("fault", PAGES)
def test_a_page_instead_of_an_answer(simulator, fault):
    first, headers, body, pbx = answered(simulator, fault)
    status, words = PAGES[fault]
    assert first == status
    assert b"Content-Type: text/html; charset=utf-8" in headers
    assert not any(header.lower().startswith(b"location") for header in headers)
    assert body.startswith(b"<!DOCTYPE html>")
    assert words in body
    # The PBX behind the page has not seen the heartbeat.
    assert pbx.targets == {}
    assert pbx.received == 1


@pytest.mark.parametrize("fault", PROCESSED)
def test_the_pbx_may_have_heard_what_the_client_cannot_know(simulator, fault):
    pbx = simulator(fault=fault)
    exchange(pbx, heartbeat(pbx.token))
    assert pbx.targets[pbx.token].ipaddr == "192.0.2.10"


@pytest.mark.parametrize("fault", ENDLESS)
def test_an_answer_without_end(simulator, fault):
    pbx = simulator(fault=fault)
    with connect(pbx) as sock:
        sock.sendall(heartbeat(pbx.token))
        data = read_all(sock, 5_000_000)
    begin, later = ENDLESS[fault]
    assert len(data) >= 5_000_000
    assert data.startswith(begin)
    assert later in data[-100_000:]


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("fault", SILENT)
def test_no_answer_at_all(simulator, fault, tls):
    pbx = simulator(fault=fault, tls=tls)
    if fault == "silent" and tls:
        with pytest.raises(TimeoutError):
            connect(pbx, wait_s=0.5)
    else:
        with connect(pbx, wait_s=0.5) as sock:
            sock.sendall(heartbeat(pbx.token))
            with pytest.raises(TimeoutError):
                sock.recv(1)
    assert pbx.received == (fault == "hang")
    assert pbx.connections == 1


@pytest.mark.parametrize("fault", RESETS)
def test_a_reset(simulator, fault):
    pbx = simulator(fault=fault)
    with connect(pbx) as sock:
        sock.sendall(heartbeat(pbx.token))
        with pytest.raises(ConnectionResetError):
            sock.recv(1)
    assert pbx.received == (fault == "reset")


def test_a_reset_in_the_middle_of_the_body(simulator):
    pbx = simulator(fault="cut-off-reset")
    data = b""
    with connect(pbx) as sock:
        sock.sendall(heartbeat(pbx.token))
        try:
            while more := sock.recv(65536):
                data += more
            was_reset = False
        except ConnectionResetError:
            was_reset = True
    assert was_reset
    assert data == API + b'\r\n{"status":"S'


@pytest.mark.parametrize("fault", DRIPS)
def test_a_drip(simulator, fault):
    pbx = simulator(fault=fault)
    with connect(pbx) as sock:
        sock.sendall(heartbeat(pbx.token))
        began_s = time.monotonic()
        data = read_all(sock, len(DRIPS[fault]))
        took_s = time.monotonic() - began_s
    assert data == DRIPS[fault]
    # Two pauses of 300 ms at least; one of the bytes may come together with the headers.
    assert took_s >= 0.59


@pytest.mark.parametrize("fault", DRIPS)
def test_a_drip_lasts_longer_than_any_client_waits(fault):
    sent = []

    class Drain:
        send = sent.append

        def pause(self, seconds):
            sent.append(seconds)

    fault_named(fault).act(Drain(), Exchange(None, lambda: Answer({"status": "Success"}), ""))
    assert sum(s for s in sent if isinstance(s, float)) > 30
    assert b"".join(s for s in sent if isinstance(s, bytes)).split() == (API + OK).split()


def test_headers_of_six_megabytes(simulator):
    _first, headers, body, _pbx = answered(simulator, "huge-headers")
    assert sum(map(len, headers)) > 5_500_000
    assert max(map(len, headers)) < 65_536
    assert len(headers) < 100
    assert body == OK


def test_gzip(simulator):
    _first, headers, body, _pbx = answered(simulator, "gzip")
    assert b"Content-Encoding: gzip" in headers
    assert gzip.decompress(body) == OK


@pytest.mark.parametrize("number", [301, 302, 303, 307, 308])
def test_a_redirect_repeats_the_url(simulator, number):
    first, headers, _body, pbx = answered(simulator, f"redirect-{number}")
    assert first.startswith(f"HTTP/1.1 {number} ".encode())
    url = f"https://127.0.0.1:8088/api/v1.1.0/heartbeat?token={pbx.token}"
    assert f"Location: {url}".encode() in headers
    assert pbx.targets == {}


def test_a_page_echoes_the_token(simulator):
    first, _headers, body, pbx = answered(simulator, "echo-token")
    assert first == b"HTTP/1.1 404 Not Found"
    assert f"/api/v1.1.0/heartbeat?token={pbx.token}".encode() in body


def test_an_errno_echoes_the_token(simulator):
    _first, _headers, body, pbx = answered(simulator, "echo-token-errno")
    assert json.loads(body) == {"status": "Failed", "errno": pbx.token}


def test_every_second_request_finds_nobody(simulator):
    pbx = simulator(fault="flaky")
    answers = [exchange(pbx, heartbeat(pbx.token))[-20:] for _ in range(4)]
    assert answers == [OK, b"", OK, b""]


def test_an_expired_token_can_be_replaced_and_expires_again(simulator):
    pbx = simulator(fault="expired")
    assert beat(pbx)["errno"] == "20006"
    token = login(pbx)["token"]
    assert beat(pbx, token)["errno"] == "20006"


def test_a_refusal_hits_login_too(simulator):
    assert login(simulator(fault="failed-30003")) == {"status": "Failed", "errno": "30003"}


def test_a_refused_call_stays_refused_under_a_fault_of_the_body(simulator):
    pbx = simulator(fault="success-lowercase")
    assert call(pbx, "heartbeat", b"{}", token="x") == {"status": "Failed", "errno": "20004"}


def test_the_fault_changes_while_it_runs(simulator):
    pbx = simulator()
    assert beat(pbx) == {"status": "Success"}
    pbx.fault = "failed-20010"
    assert beat(pbx) == {"status": "Failed", "errno": "20010"}
    assert pbx.fault == "failed-20010"
    pbx.fault = "none"
    assert beat(pbx) == {"status": "Success"}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nonsense",
        "failed-",
        "failed-x",
        "failed-1234567890",
        "redirect-304",
        "status-99",
        "None",
    ],
)
def test_an_unknown_fault_names_the_known_ones(simulator, name):
    pbx = simulator(fault="slow")
    for attempt in (lambda: simulator(fault=name), lambda: setattr(pbx, "fault", name)):
        with pytest.raises(ValueError, match=r"allowed are none, slow, .*, failed-N"):
            attempt()
    assert pbx.fault == "slow"


def test_a_tls_fault_needs_tls_from_the_start(simulator):
    pbx = simulator()
    with pytest.raises(ValueError, match="old-tls needs a simulator that was started with TLS"):
        pbx.fault = "old-tls"
    assert beat(pbx) == {"status": "Success"}
