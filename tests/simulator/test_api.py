"""Login, heartbeat and logout as the PBX's documents tell them."""

from __future__ import annotations

import json

import pytest

from hbgui.simulator.delivery import Target
from simulated import beat, call, exchange, login, md5, request_bytes

GOOD = {"ipaddr": "192.0.2.10", "port": "8260"}
V1, V2 = "v1.1.0", "v2.0.0"
MISPRINT = "v1.10"
"""As the endpoint lines of the English pages have it; public clients use it."""


def failed(errno):
    return {"status": "Failed", "errno": errno}


def test_the_answer_looks_like_the_real_one(simulator):
    pbx = simulator()
    body = json.dumps(GOOD).encode()
    v1 = exchange(pbx, request_bytes("POST", f"/api/v1.1.0/heartbeat?token={pbx.token}", body))
    v2 = exchange(pbx, request_bytes("POST", f"/api/v2.0.0/heartbeat?token={pbx.token}", body))
    assert v1 == (
        b"HTTP/1.1 200 OK\r\nServer: Boa/0.94.14rc21\r\nAccept-Ranges: bytes\r\n"
        b"Connection: close\r\nAccess-control-allow-origin: *\r\n"
        b"Access-control-allow-methods: GET, POST, OPTIONS, PUT, DELETE\r\n\r\n"
        b'{"status":"Success"}'
    )
    assert v2 == (
        b"HTTP/1.1 200 OK\r\nServer: Boa/0.94.14rc21\r\nAccept-Ranges: bytes\r\n"
        b"Connection: close\r\nContent-Type: application/json\r\n"
        b"Access-control-allow-origin: *\r\n"
        b"Access-control-allow-methods: GET, POST, OPTIONS, PUT, DELETE\r\n\r\n"
        b'{"status":"Success"}'
    )


def test_a_failure_is_written_like_the_captured_one(simulator):
    raw = exchange(simulator(), request_bytes("POST", "/api/v1.1.0/heartbeat?token=x", b"{}"))
    assert raw.endswith(b'\r\n\r\n{"status":"Failed","errno":"20004"}')
    assert b"\r\nAccess-control-allow-origin: *\r\n" in raw


@pytest.mark.parametrize("api", [V1, MISPRINT, V2])
@pytest.mark.parametrize(
    ("method", "endpoint", "token", "body", "errno"),
    [
        ("GET", "heartbeat", "good", GOOD, "20001"),
        ("PUT", "login", None, GOOD, "20001"),
        ("POST", "nonsense", "good", GOOD, "10003"),
        ("POST", "heartbeat/", "good", GOOD, "10003"),
        ("POST", "heartbeat", None, GOOD, "20005"),
        ("POST", "heartbeat", "", GOOD, "20005"),
        ("POST", "heartbeat", " ", GOOD, "20005"),
        ("POST", "heartbeat", "unknown", GOOD, "20004"),
        ("POST", "heartbeat", "unknown", b"", "20004"),
        ("POST", "heartbeat", "good", b"", "20007"),
        ("POST", "heartbeat", "good", b" \r\n", "20007"),
        ("POST", "heartbeat", "good", b"ipaddr=1", "20000"),
        ("POST", "heartbeat", "good", b'{ "url": "x", urlflag: "1" }', "20000"),
        ("POST", "heartbeat", "good", b'["ipaddr"]', "20000"),
        ("POST", "heartbeat", "good", b"\xff\xfe", "20000"),
        ("POST", "heartbeat", "good", b"[" * 60000, "20000"),
        ("POST", "heartbeat", "good", {}, "10004"),
        ("POST", "heartbeat", "good", {"port": "8260"}, "10004"),
        ("POST", "heartbeat", "good", {"ipaddr": " ", "port": "8260"}, "10004"),
        ("POST", "heartbeat", "good", {"ipaddr": None, "port": "8260"}, "10004"),
        ("POST", "heartbeat", "good", {**GOOD, "port": "0"}, "20008"),
        ("POST", "heartbeat", "good", {**GOOD, "port": "65536"}, "20008"),
        ("POST", "heartbeat", "good", {**GOOD, "port": 65536}, "20008"),
        ("POST", "heartbeat", "good", {**GOOD, "port": -1}, "20008"),
        ("POST", "heartbeat", "good", {**GOOD, "port": "web"}, "20008"),
        ("POST", "heartbeat", "good", {**GOOD, "port": 8260.5}, "20008"),
        ("POST", "logout", None, None, "20005"),
        ("POST", "logout", "unknown", None, "20004"),
        ("POST", "login", None, b"", "20007"),
        ("POST", "login", None, b"{", "20000"),
        ("POST", "login", None, {"password": "x", "port": "1"}, "10004"),
        ("POST", "login", None, {"username": "x", "port": "1"}, "10004"),
        ("POST", "login", None, {"username": "x", "password": "x", "port": "65536"}, "20008"),
        ("POST", "login", None, {"username": "x", "password": "x", "port": "1"}, "20003"),
    ],
)
def test_what_is_wrong_has_its_number(simulator, api, method, endpoint, token, body, errno):
    pbx = simulator(token="good", ttl_s=100)
    assert call(pbx, endpoint, body, api=api, token=token, method=method) == failed(errno)
    assert pbx.targets == {}
    assert list(pbx.tokens) == ["good"]


@pytest.mark.parametrize(
    "path", ["/", "/api/v1.0.0/login", "/api/v1.100/login", "/api/V1.1.0/login", "/api/v1.10/x"]
)
def test_an_unknown_path_is_not_supported(simulator, path):
    raw = exchange(simulator(), request_bytes("POST", path, b"{}"))
    assert raw.startswith(b"HTTP/1.1 200 OK\r\n")
    assert json.loads(raw.partition(b"\r\n\r\n")[2]) == failed("10003")


@pytest.mark.parametrize("later", [MISPRINT, V1, V2])
def test_the_misprinted_version_is_v1(simulator, later):
    """Login there, then heartbeats there or with the same token under another version."""
    pbx = simulator()
    answer = login(pbx, api=MISPRINT)
    assert answer.keys() == {"status", "token"}
    token = answer["token"]
    assert pbx.targets[token] == Target("127.0.0.1", "8260", version="1.0.2")
    assert call(pbx, "heartbeat", GOOD, api=later, token=token) == {"status": "Success"}
    assert pbx.targets[token].ipaddr == GOOD["ipaddr"]
    assert call(pbx, "deviceinfo/query", api=later, token=token)["status"] == "Success"
    assert call(pbx, "logout", api=later, token=token) == {"status": "Success"}
    assert token not in pbx.tokens


NOTHING = [b"", b" ", b"{}", b"[]", {}, {"version": "2.0.0"}]


@pytest.mark.parametrize("api", [V1, V2])
@pytest.mark.parametrize("body", NOTHING)
def test_a_box_may_take_an_empty_heartbeat(simulator, api, body):
    """The life begins anew, the destination stays; the documents tell of no such heartbeat."""
    pbx = simulator(empty_heartbeat=True, ttl_s=500)
    assert call(pbx, "heartbeat", body, api=api, token=pbx.token) == {"status": "Success"}
    assert pbx.targets == {}
    beat(pbx, url="r")
    targets, left_s = pbx.targets, pbx.tokens[pbx.token]
    assert targets
    assert call(pbx, "heartbeat", body, api=api, token=pbx.token) == {"status": "Success"}
    assert pbx.tokens[pbx.token] > left_s - 1
    assert pbx.targets == targets
    for half in ({"port": "8260"}, {"url": "r"}, {"ipaddr": ""}):
        assert call(pbx, "heartbeat", half, api=api, token=pbx.token) == failed("10004")
    assert call(pbx, "heartbeat", body, api=api, token="unknown") == failed("20004")
    assert beat(pbx, ipaddr="192.0.2.77") == {"status": "Success"}
    assert pbx.targets[pbx.token].ipaddr == "192.0.2.77"


def test_it_does_not_take_one_unless_it_is_told_to(simulator):
    pbx = simulator()
    for body, errno in zip(
        NOTHING, ["20007", "20007", "10004", "20000", *["10004"] * 2], strict=True
    ):
        assert call(pbx, "heartbeat", body, token=pbx.token) == failed(errno)


@pytest.mark.parametrize("api", [V1, V2])
def test_a_call_is_known_while_it_goes_on(simulator, api):
    pbx = simulator()

    def asked(callid):
        return call(pbx, "call/query", {"callid": callid}, api=api, token=pbx.token)

    assert asked("all") == {"status": "Success", "Calls": []}
    assert asked("1700001000.1") == failed("10005")
    pbx.send_report("RING")
    told = {"status": "Success", "Calls": [{"callid": "1700001000.1", "members": [
        {"ext": {
            "number": "2001", "channelid": "PJSIP/2001-00000001", "memberstatus": "ALERT"}},
        {"ext": {
            "number": "2002", "channelid": "PJSIP/2002-00000002", "memberstatus": "RING"}},
    ]}]}  # fmt: skip
    assert asked("1700001000.1") == asked("all") == told
    assert asked("1700001000.2") == failed("10005")
    pbx.send_report("NewCdr")
    assert asked("1700001000.1") == failed("10005")
    pbx.send_report("RING")
    pbx.send_report("BYE")
    assert asked("1700001000.1") == failed("10005")
    pbx.send_report("RING")
    pbx.send_report(b'{"event":"CallFailed","callid":"1700001000.1"}')
    assert asked("1700001000.1") == failed("10005")
    pbx.send_report("RING")
    pbx.restart(0)
    assert call(pbx, "call/query", {"callid": "all"}, api=api, token=pbx.token) == failed("20004")
    token = login(pbx)["token"]
    assert call(pbx, "call/query", {"callid": "all"}, token=token)["Calls"] == []


@pytest.mark.parametrize(
    ("body", "token", "errno"),
    [
        (b"", "good", "20007"),
        ({}, "good", "10004"),
        ({"callid": ""}, "good", "10004"),
        (b"[", "good", "20000"),
        ({"callid": "all"}, "unknown", "20004"),
        ({"callid": "all"}, "", "20005"),
    ],
)
def test_what_is_wrong_with_a_question_for_a_call_has_its_number(simulator, body, token, errno):
    pbx = simulator(token="good")
    assert call(pbx, "call/query", body, api=V2, token=token) == failed(errno)


@pytest.mark.parametrize(
    "report", [b"", b"[]", b"null", b'{"event":"CallStatus"}', b'{"event":"CallStatus","callid":1}',
               b'{"event":"CallStatus","callid":"1","members":7}',
               b'{"event":"CallStatus","callid":"1","members":[{"ext":{}}]}', b"[" * 60000]
)  # fmt: skip
def test_a_raw_report_that_tells_no_call_is_sent_all_the_same(simulator, report):
    pbx = simulator()
    beat(pbx, ipaddr="127.0.0.1", port="1")
    assert pbx.send_report(report) == 1
    assert call(pbx, "call/query", {"callid": "all"}, token=pbx.token)["Calls"] == []


def test_the_port_may_be_left_out_under_v2_only(simulator):
    pbx = simulator()
    assert call(pbx, "heartbeat", {"ipaddr": "192.0.2.1"}, token=pbx.token) == failed("10004")
    answer = call(pbx, "heartbeat", {"ipaddr": "192.0.2.1"}, token=pbx.token, api=V2)
    assert answer == {"status": "Success"}
    assert pbx.targets[pbx.token] == Target("192.0.2.1", "8260")


@pytest.mark.parametrize(
    ("api", "members", "target"),
    [
        (V1, {}, Target("192.0.2.10", "8260")),
        (V1, {"port": 1}, Target("192.0.2.10", "1")),
        (V1, {"port": 65535}, Target("192.0.2.10", "65535")),
        (
            V1,
            {"url": "a/b", "urlflag": "0"},
            Target("192.0.2.10", "8260", "a/b", "relative", url_fields=("urlflag",)),
        ),
        (
            V1,
            {"url": "192.0.2.9:1/r", "urltag": "1"},
            Target("192.0.2.10", "8260", "192.0.2.9:1/r", "absolute", url_fields=("urltag",)),
        ),
        (
            V1,
            {"url": "192.0.2.9:1/r", "urltag": 1, "urlflag": 1},
            Target(
                "192.0.2.10", "8260", "192.0.2.9:1/r", "absolute", url_fields=("urlflag", "urltag")
            ),
        ),
        (V1, {"url": "a"}, Target("192.0.2.10", "8260", "a", "relative")),
        (V2, {"url": "a"}, Target("192.0.2.10", "8260", "a", "relative")),
        (
            V2,
            {"url": "a", "urltag": ""},
            Target("192.0.2.10", "8260", "a", "relative", url_fields=("urltag",)),
        ),
        (V2, {"version": "2.0.0"}, Target("192.0.2.10", "8260", version="2.0.0")),
    ],
)
def test_a_heartbeat_moves_the_reports(simulator, api, members, target):
    pbx = simulator()
    beat(pbx, ipaddr="192.0.2.99", port="99", url="old", urlflag="1")
    assert call(pbx, "heartbeat", GOOD | members, api=api, token=pbx.token) == {"status": "Success"}
    assert pbx.targets == {pbx.token: target}


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Target("192.0.2.1", "80"), "192.0.2.1:80"),
        (Target("2001:db8::1", "80"), "[2001:db8::1]:80"),
        (Target("192.0.2.1", "80", "a/b", "relative"), "192.0.2.1:80/a/b"),
        (Target("192.0.2.1", "80", "host:1/x", "absolute"), "host:1/x"),
    ],
)
def test_a_target_reads_as_the_pbx_uses_it(target, text):
    assert str(target) == text


def test_login_under_v1(simulator):
    pbx = simulator()
    answer = login(pbx)
    token = answer.pop("token")
    assert answer == {"status": "Success"}
    assert len(token) == 32
    assert set(token) <= set("0123456789abcdef")
    assert pbx.targets == {token: Target("127.0.0.1", "8260", version="1.0.2")}
    assert beat(pbx, token, ipaddr="192.0.2.7") == {"status": "Success"}
    # Under v1.1.0 the heartbeat cannot change the format of the reports.
    assert pbx.targets[token] == Target("192.0.2.7", "8260", version="1.0.2")
    assert token != login(pbx)["token"]


@pytest.mark.parametrize("port", [{}, {"port": ""}, {"port": "0"}, {"port": 8260}])
def test_login_under_v2_needs_no_port_and_tells_the_transport(simulator, port):
    pbx = simulator()
    body = {"username": pbx.user, "password": md5(pbx.password), **port}
    answer = call(pbx, "login", body, api=V2)
    assert answer["transport"] == "HTTP"
    assert answer["status"] == "Success"
    assert answer["token"] in pbx.tokens


@pytest.mark.parametrize("change", [str.upper, lambda _hash: "plain"])
def test_the_password_is_md5_in_small_letters(simulator, change):
    pbx = simulator(password="plain", user="me")
    body = {"username": "me", "password": change(md5("plain")), "port": "8260"}
    assert call(pbx, "login", body) == failed("20003")


def test_logout_ends_that_token_only(simulator):
    pbx = simulator()
    token = login(pbx)["token"]
    assert call(pbx, "logout", token=token) == {"status": "Success"}
    assert beat(pbx, token) == failed("20004")
    assert call(pbx, "logout", token=token) == failed("20004")
    assert beat(pbx) == {"status": "Success"}
    assert list(pbx.targets) == [pbx.token]


def test_a_token_is_decoded_once(simulator):
    pbx = simulator(token="a+b/c=d&e%f ü")
    assert beat(pbx) == {"status": "Success"}
    assert pbx.requests[0].query == "token=a%2Bb%2Fc%3Dd%26e%25f%20%C3%BC"
    bare = exchange(pbx, request_bytes("POST", "/api/v1.1.0/heartbeat?token=a+b/c=d&e%25f", b"{}"))
    assert bare.endswith(b'"20004"}')


def test_the_oldest_of_too_many_calls_is_forgotten(simulator, monkeypatch):
    monkeypatch.setattr("hbgui.simulator.pbx.CALLS_MAX", 2)
    pbx = simulator()
    for callid in "123":
        members = [{"ext": {"number": "1", "memberstatus": "RING"}}]
        report = {"event": "CallStatus", "callid": callid, "members": members}
        pbx.send_report(json.dumps(report).encode())
    told = call(pbx, "call/query", {"callid": "all"}, token=pbx.token)
    assert [each["callid"] for each in told["Calls"]] == ["2", "3"]
