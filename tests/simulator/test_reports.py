"""Reports as they leave the box, and what becomes of those that nobody takes."""

from __future__ import annotations

import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from hbgui.simulator.delivery import STYLES, Place, Target, place_of
from hbgui.simulator.documented import documented, reports_of
from hbgui.simulator.pbx import SERIAL
from hbgui.simulator.reporter import DeliverySettings, ReportCounts
from hbgui.simulator.server import Simulator
from patience import HANG_S, PATIENCE_S, at_once
from simulated import WAIT_S, beat, call, login, md5
from simulator.listening import OK, dead_port, listening

BOOT = b'{"action":"BootUp","sn":"369000000001"}'
FAST = DeliverySettings(repeats=2, repeat_every_s=0.05, total_timeout_s=0.3)


def register(pbx, port, **members):
    """The simulator's own token gets a target on loopback."""
    assert beat(pbx, ipaddr="127.0.0.1", port=str(port), **members) == {"status": "Success"}


def register_v2(pbx, port, version="2.0.0"):
    body = {"ipaddr": "127.0.0.1", "port": str(port), "version": version}
    answer = call(pbx, "heartbeat", body, api="v2.0.0", token=pbx.token)
    assert answer == {"status": "Success"}


def sent(pbx, count):
    assert pbx.wait_for_reports(count, WAIT_S), pbx.reports
    return pbx.reports


@pytest.mark.parametrize(
    ("delivery", "gap", "length"),
    [
        (DeliverySettings(), b"", b"Content-Length: 39\r\n"),
        (DeliverySettings("length"), b"", b"Content-Length: 39\r\n"),
        (DeliverySettings("documented"), b" ", b""),
    ],
)
def test_a_report_looks_like_the_documented_one(simulator, delivery, gap, length):
    """By default it is one that any web server reads; as the pages print it, most cannot."""
    pbx = simulator(delivery=delivery)
    with listening() as receiver:
        register(pbx, receiver.port)
        assert pbx.send_report("BootUp") == 1
        receiver.wait(1)
        [raw] = receiver.raw
    host = b"Host: 127.0.0.1:%s%d" % (gap, receiver.port)
    assert raw == (
        b"POST / HTTP/1.1\r\nUser-Agent: WebAPI\r\n" + host + b"\r\nContent-Type: application/json"
        b"\r\nAccept: application/json\r\n" + length + b"\r\n" + BOOT
    )
    [report] = sent(pbx, 1)
    assert (report.event, report.status, report.problem) == ("BootUp", 200, "")
    assert (report.body, report.number, report.repeat) == (BOOT, 1, 0)
    assert report.delivered
    assert report.target == Target("127.0.0.1", str(receiver.port))
    assert timedelta(0) <= datetime.now(UTC) - report.at < timedelta(seconds=WAIT_S)
    assert pbx.report_counts == ReportCounts(delivered=1)


def test_v2_says_twice_what_it_accepts(simulator):
    pbx = simulator(serial="369111111111")
    with listening() as receiver:
        register_v2(pbx, receiver.port)
        pbx.send_report("BootUp")
        receiver.wait(1)
        [raw] = receiver.raw
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.count(b"\r\nAccept: application/json") == 2
    assert body == b'{"event":"BootUp","sn":"369111111111"}'


@pytest.mark.parametrize(
    ("style", "first", "more"),
    [
        ("length", b"POST / HTTP/1.1", b"Content-Length: 39"),
        ("http10", b"POST / HTTP/1.0", b"User-Agent: WebAPI"),
        ("openvox", b"POST  HTTP/1.1", b"Content-Length:39"),
        ("openvox-short", b"POST HTTP/1.1", b"Connection:close"),
    ],
)
def test_other_boxes_write_it_in_other_ways(simulator, style, first, more):
    pbx = simulator(delivery=DeliverySettings(style=style))
    with listening() as receiver:
        register(pbx, receiver.port)
        pbx.send_report("BootUp")
        assert receiver.wait(1) == [BOOT]
        lines = receiver.raw[0].partition(b"\r\n\r\n")[0].split(b"\r\n")
        assert lines[0] == first
        assert more in lines
        register(pbx, receiver.port, url="a/b", urltag="0")
        pbx.send_report("BootUp")
        receiver.wait(2)
    assert receiver.raw[1].startswith(b"POST /a/b HTTP/1.")


def test_an_unknown_style_names_the_known_ones():
    with pytest.raises(ValueError, match="allowed are documented, length, http10, openvox"):
        DeliverySettings(style="x")


@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("", b'{"action":"RING","callid":"1700001000.1","ext":{"extid":"2002"},"ext":'),
        ("1.0.2", b'{"action":"RING","callid":"1700001000.1","call":[{"ext":'),
        ("2.0.0", b'{"event":"CallStatus","callid":"1700001000.1","members":['),
    ],
)
def test_login_chooses_the_format(simulator, version, body):
    pbx = simulator()
    with listening() as receiver:
        members = {
            "username": pbx.user,
            "password": md5(pbx.password),
            "port": str(receiver.port),
            "version": version,
        }
        assert call(pbx, "login", members)["status"] == "Success"
        assert pbx.send_report("RING") == 1
        [got] = receiver.wait(1)
    assert got.startswith(body)


def test_each_live_token_gets_it_in_its_own_format(simulator):
    pbx = simulator()
    with listening() as one, listening() as two:
        register(pbx, one.port)
        token = login(pbx)["token"]
        beat(pbx, token, ipaddr="127.0.0.1", port=str(two.port))
        assert pbx.send_report("ALERT") == 2
        assert one.wait(1)[0].count(b'"call":') == 0
        assert two.wait(1)[0].count(b'"call":') == 1
        assert call(pbx, "logout", token=token) == {"status": "Success"}
        assert pbx.send_report("BootUp") == 1


def test_a_dead_token_gets_nothing(simulator):
    pbx = simulator(ttl_s=0.2)
    with listening() as receiver:
        register(pbx, receiver.port)
        assert pbx.send_report("BootUp") == 1
        while pbx.tokens[pbx.token]:
            time.sleep(0.01)
        assert pbx.send_report("BootUp") == 0
        assert len(receiver.wait(1)) == 1


def test_nothing_registered_nothing_sent(simulator):
    pbx = simulator()
    assert pbx.send_report("BootUp") == 0
    body = {"username": pbx.user, "password": md5(pbx.password), "port": "0"}
    assert call(pbx, "login", body, api="v2.0.0")["status"] == "Success"
    assert pbx.send_report("BootUp") == 0


@pytest.mark.parametrize(
    ("target", "place"),
    [
        (Target("192.0.2.1", "80"), Place("192.0.2.1", 80, "/")),
        (Target("192.0.2.1", "80", "a/b?c=1", "relative"), Place("192.0.2.1", 80, "/a/b?c=1")),
        (Target("192.0.2.1", "80", "/a b\r\n", "relative"), Place("192.0.2.1", 80, "/a%20b%0D%0A")),
        (Target("x", "1", "192.0.2.9:8260/r", "absolute"), Place("192.0.2.9", 8260, "/r")),
        (Target("x", "1", "192.0.2.9", "absolute"), Place("192.0.2.9", 80, "/")),
        (Target("x", "1", "http://pbx.example:1/r", "absolute"), Place("pbx.example", 1, "/r")),
        (Target("x", "1", "[2001:db8::1]:81/r", "absolute"), Place("2001:db8::1", 81, "/r")),
    ],
)
def test_where_a_target_lies(target, place):
    assert place_of(target) == place


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://192.0.2.9/r", "plain HTTP"),
        ("/r", "no host"),
        ("192.0.2.9:99999/r", "port"),
        ("a b:1/r", "no host"),
    ],
)
def test_where_no_report_can_go(simulator, url, why):
    pbx = simulator()
    register(pbx, 1, url=url, urltag="1")
    assert pbx.send_report("BootUp") == 1
    [report] = sent(pbx, 1)
    assert why in report.problem
    assert report.final
    assert pbx.report_counts == ReportCounts(undeliverable=1)


def test_an_absolute_url_is_followed(simulator):
    pbx = simulator()
    with listening() as receiver:
        register(pbx, 1, url=f"127.0.0.1:{receiver.port}/events", urlflag="1")
        pbx.send_report("BootUp")
        receiver.wait(1)
        assert receiver.raw[0].startswith(b"POST /events HTTP/1.1\r\n")


@pytest.mark.parametrize("refusal", [None, b"HTTP/1.1 404 Not Found\r\n\r\n", b"SSH-2.0\r\n\r\n"])
def test_what_got_no_200_is_repeated(simulator, refusal):
    pbx = simulator(delivery=FAST)
    with listening(lambda number: OK if number == 3 else refusal) as receiver:
        register(pbx, receiver.port)
        pbx.send_report("BootUp")
        assert receiver.wait(3) == [BOOT] * 3
        tries = sent(pbx, 3)
        gaps = [b - a for a, b in zip(receiver.times_s, receiver.times_s[1:], strict=False)]
    assert min(gaps) >= FAST.repeat_every_s
    assert [t.repeat for t in tries] == [0, 1, 2]
    assert [t.final for t in tries] == [False, False, True]
    assert [t.delivered for t in tries] == [False, False, True]
    assert pbx.report_counts == ReportCounts(delivered=1, repeated=2)


def test_it_gives_up(simulator):
    pbx = simulator(delivery=FAST)
    with listening(lambda _: b"HTTP/1.1 500 No\r\n\r\n") as receiver:
        register(pbx, receiver.port)
        pbx.send_report("BootUp")
        tries = sent(pbx, 3)
        time.sleep(0.15)
        assert len(receiver.raw) == len(pbx.reports) == 3
    assert [t.status for t in tries] == [500, 500, 500]
    assert tries[-1].final
    assert pbx.report_counts == ReportCounts(repeated=2, undeliverable=1)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200\r\n",
        b"HTTP/1.0 200 OK\n\n",
        b"HTTP/1.1 200 OK\r\nConnection: cl",
    ],
)
@pytest.mark.parametrize("hold", [False, True])
def test_a_status_line_is_answer_enough(simulator, answer, hold):
    """Whether the receiver closes behind it or not."""
    pbx = simulator(
        delivery=DeliverySettings(repeats=2, repeat_every_s=0.05, total_timeout_s=WAIT_S)
    )
    with listening(lambda _: answer, hold=hold) as receiver:
        register(pbx, receiver.port)
        pbx.send_report("BootUp")
        [report] = sent(pbx, 1)
    assert (report.status, report.problem, report.final) == (200, "", True)
    assert pbx.report_counts == ReportCounts(delivered=1)


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 20", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/2 200\r\n\r\n"]
)
def test_what_only_begins_like_a_status_is_none(simulator, answer):
    pbx = simulator(delivery=DeliverySettings(repeats=0))
    with listening(lambda _: answer) as receiver:
        register(pbx, receiver.port)
        pbx.send_report("BootUp")
        [report] = sent(pbx, 1)
    assert (report.status, report.problem) == (None, "the answer is not HTTP")
    assert not report.delivered


@pytest.mark.parametrize("delivery", [DeliverySettings(), DeliverySettings("documented")])
@pytest.mark.parametrize("hold", [False, True])
def test_under_v2_each_report_comes_once_though_nobody_answers(
    simulator, monkeypatch, delivery, hold
):
    """The maker's own receiver: one block is read, split at the blank line, never answered."""
    monkeypatch.setattr("hbgui.simulator.delivery.SHORT_S", 0.1)
    pbx = simulator(delivery=delivery)
    with listening(lambda _: None, block=1024, hold=hold) as receiver:
        register_v2(pbx, receiver.port)
        names = ["BootUp", "RING", "ANSWER", "BYE", "NewCdr", "satisfaction"]
        for name in names:
            pbx.send_report(name)
        expected = [reports_of(name, "2.0.0", SERIAL)[0] for name in names]
        tries = sent(pbx, len(names))
        assert receiver.wait(len(names)) == expected
    assert [(t.repeat, t.final, t.status, t.problem) for t in tries] == [(0, True, None, "")] * 6
    assert pbx.report_counts == ReportCounts(delivered=6)


@pytest.mark.parametrize("version", ["1.0.0", "1.0.2", "2.0.0"])
def test_every_report_fits_into_one_block_of_the_makers_receiver(version):
    place = place_of(Target("255.255.255.255", "65535"))
    posts = [STYLES["length"](place, body, version) for body in documented(version)]
    assert max(map(len, posts)) <= 1024


@pytest.mark.parametrize(
    ("answer", "status", "delivered"),
    [
        (OK, 200, True),
        (b"HTTP/1.1 200 OK", 200, True),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", 404, False),
        (b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nOops", 500, False),
        (b"SSH-2.0\r\n\r\n", None, True),
        (b"", None, True),
    ],
)
def test_under_v2_no_answer_brings_it_a_second_time(
    simulator, monkeypatch, answer, status, delivered
):
    """It says what the receiver answered; only v1.1.0 wants a 200 or repeats."""
    monkeypatch.setattr("hbgui.simulator.delivery.SHORT_S", WAIT_S)
    pbx = simulator(delivery=FAST)
    with listening(lambda _: answer) as receiver:
        register_v2(pbx, receiver.port)
        for _ in range(3):
            pbx.send_report("BootUp")
        tries = sent(pbx, 3)
        assert len(receiver.raw) == 3
    assert {(t.repeat, t.final, t.status, t.delivered) for t in tries} == {
        (0, True, status, delivered)
    }
    missed = 0 if delivered else 3
    assert pbx.report_counts == ReportCounts(3 - missed, 0, missed)


def test_under_v2_what_cannot_be_written_is_lost(simulator):
    pbx = simulator(delivery=FAST)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    register_v2(pbx, port)
    pbx.send_report("BootUp")
    [report] = sent(pbx, 1)
    assert "refused" in report.problem
    assert report.final
    assert pbx.report_counts == ReportCounts(undeliverable=1)


@pytest.mark.parametrize("version", ["", "1.0.0", "1.0.2", "1.0.1"])
def test_other_formats_are_repeated_under_either_api(simulator, version):
    pbx = simulator(delivery=FAST)
    with listening(lambda _: None) as receiver:
        register_v2(pbx, receiver.port, version)
        pbx.send_report("BootUp")
        tries = sent(pbx, 3)
    assert [t.repeat for t in tries] == [0, 1, 2]
    assert pbx.report_counts == ReportCounts(repeated=2, undeliverable=1)


def test_nobody_listens(simulator):
    pbx = simulator(delivery=FAST)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    register(pbx, port)
    pbx.send_report("BootUp")
    assert all("refused" in t.problem for t in sent(pbx, 3))
    assert pbx.report_counts == ReportCounts(repeated=2, undeliverable=1)


def test_a_name_that_is_unknown(simulator):
    pbx = simulator(delivery=DeliverySettings(repeats=0))
    register(pbx, 1, url="..:1/x", urltag="1")
    pbx.send_report("BootUp")
    assert sent(pbx, 1)[0].problem == "the address is unknown"


def test_a_dead_receiver_holds_up_no_other(simulator):
    pbx = simulator(delivery=DeliverySettings(total_timeout_s=HANG_S))
    with dead_port() as port, listening() as receiver:
        register(pbx, port)
        token = login(pbx)["token"]
        beat(pbx, token, ipaddr="127.0.0.1", port=str(receiver.port))
        for _ in range(5):
            pbx.send_report("BootUp")
        receiver.wait(5)


def test_a_try_has_its_time(simulator):
    pbx = simulator(delivery=DeliverySettings(repeats=0, total_timeout_s=0.3))
    with dead_port() as port:
        register(pbx, port)
        began_s = time.monotonic()
        pbx.send_report("BootUp")
        sent(pbx, 1)
        assert 0.3 <= time.monotonic() - began_s < PATIENCE_S


def test_reports_arrive_in_order(simulator):
    pbx = simulator()
    with listening() as receiver:
        register(pbx, receiver.port)
        for number in range(200):
            pbx.send_report({"action": str(number)})
        got = receiver.wait(200)
    assert [json.loads(body)["action"] for body in got] == [str(n) for n in range(200)]


def test_what_is_no_json_is_sent_all_the_same(simulator):
    pbx = simulator()
    with listening() as receiver:
        register(pbx, receiver.port)
        pbx.send_report(b"{\xff broken }")
        assert receiver.wait(1) == [b"{\xff broken }"]
    assert sent(pbx, 1)[0].event == ""


@pytest.mark.parametrize("options", [{"transport": "TCP"}, {"fault": "transport-tcp"}])
def test_over_tcp_no_report_comes_over_http(simulator, options):
    pbx = simulator(**options)
    with listening() as receiver:
        answers = login(pbx, api="v2.0.0"), login(pbx)
        assert [answer.get("transport") for answer in answers] == ["TCP", None]
        for answer in answers:
            call(pbx, "logout", token=answer["token"])
        register(pbx, receiver.port)
        assert pbx.send_report("BootUp") == 0
        pbx.transport, pbx.fault = "HTTP", "none"
        assert pbx.send_report({"action": "after"}) == 1
        assert receiver.wait(1) == [b'{"action":"after"}']


def test_an_unknown_transport_is_refused(simulator):
    with pytest.raises(ValueError, match="allowed are HTTP, TCP"):
        Simulator(transport="UDP")


def test_an_unknown_event_is_refused(simulator):
    pbx = simulator()
    register(pbx, 1)
    with pytest.raises(ValueError, match="allowed are ALERT"):
        pbx.send_report("nonsense")


def test_closing_ends_deliveries_at_once(simulator):
    pbx = simulator(delivery=DeliverySettings(total_timeout_s=60))
    with dead_port() as port:
        register(pbx, port)
        pbx.send_report("BootUp")
        time.sleep(0.1)
        with at_once():
            pbx.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("simulator")]
    assert pbx.send_report("BootUp") == 0
    time.sleep(0.05)
    assert pbx.reports == []


def test_closing_forgets_repeats(simulator):
    pbx = simulator(delivery=DeliverySettings(repeat_every_s=60))
    with listening(lambda _: None) as receiver:
        register(pbx, receiver.port)
        pbx.send_report("BootUp")
        sent(pbx, 1)
        with at_once():
            pbx.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("simulator")]


def test_each_try_is_told(simulator):
    pbx = simulator(delivery=FAST)
    told = []
    pbx.on_report = told.append
    with listening(lambda number: OK if number > 1 else None) as receiver:
        register(pbx, receiver.port)
        pbx.send_report("BootUp")
        receiver.wait(2)
        sent(pbx, 2)
    deadline_s = time.monotonic() + WAIT_S
    while len(told) < 2 and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert told == pbx.reports


def test_only_so_many_wait(simulator, monkeypatch):
    monkeypatch.setattr("hbgui.simulator.reporter.WAITING_MAX", 3)
    pbx = simulator(delivery=DeliverySettings(total_timeout_s=60))
    with dead_port() as port:
        register(pbx, port)
        for _ in range(10):
            pbx.send_report("BootUp")
        refused = sent(pbx, 6)
    assert {t.problem for t in refused} == {"too many reports wait"}
    assert pbx.report_counts.undeliverable in (6, 7)


def test_only_so_many_targets_are_served(simulator, monkeypatch):
    monkeypatch.setattr("hbgui.simulator.reporter.TARGETS_MAX", 1)
    pbx = simulator(delivery=DeliverySettings(total_timeout_s=60))
    with dead_port() as port:
        register(pbx, port)
        pbx.send_report("BootUp")
        register(pbx, port, url="other", urlflag="0")
        pbx.send_report("BootUp")
        [refused] = sent(pbx, 1)
    assert (refused.problem, refused.target.url) == ("too many reports wait", "other")
