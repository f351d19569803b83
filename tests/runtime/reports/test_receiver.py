"""What a PBX sends is answered and read; what others send is turned away and counted."""

from __future__ import annotations

import socket

import pytest
from PySide6.QtCore import QTimer

from hbgui.core.reports.receiving import Place, Refusal, Subscription
from hbgui.core.reports.report import ReportFormat, ReportProblem
from runtime.reporting import (
    BODY,
    OTHER,
    PBX,
    Listening,
    answer_of,
    connect,
    post,
    send,
    status,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
DOUBLED = (
    b'{"action":"RING","callid":"1700000100.11","ext":{"extid":"2001"},"ext":{"extid":"2002"}}'
)
DOCUMENTED = (
    b"POST / HTTP/1.1\r\nUser-Agent: WebAPI\r\nHost: 10.20.30.40: 8260\r\n"
    b"Content-Type: application/json\r\nAccept: application/json\r\nAccept: */*\r\n\r\n"
)

WAYS = {
    "documented": DOCUMENTED + BODY,
    "target left out": b"POST  HTTP/1.1\r\nHost: x\r\n\r\n" + BODY,
    "target left out with one blank": b"POST HTTP/1.1\r\nHost: x\r\n\r\n" + BODY,
    "with length": post(),
    "HTTP/1.0": post(version="1.0"),
    "HTTP/1.0 without anything": b"POST / HTTP/1.0\r\n\r\n" + BODY,
    "whole URL": post(path="http://127.0.0.1:8260"),
    "whole URL with slash": post(path="http://127.0.0.1:8260/"),
    "in chunks": post(
        b"26\r\n" + BODY + b"\r\n0\r\n\r\n", "/", "Transfer-Encoding: chunked", length=False
    ),
    "bare line feeds": b"POST / HTTP/1.1\nHost: x\n\n" + BODY,
    "empty lines before": b"\r\n\r\n" + post(),
    "rubbish after": post(length=False) + b"\r\n\r\n",
    "same length twice": post(BODY, "/", f"Content-Length: {len(BODY)}"),
}


@pytest.mark.parametrize("pieces", [1, 30])
@pytest.mark.parametrize("way", WAYS)
def test_a_report_is_taken_however_a_pbx_writes_it(
    listening: Listening, way: str, pieces: int
) -> None:
    assert listening.ask(WAYS[way], pieces=pieces, pause_s=0.002 if pieces > 1 else 0) == OK
    (report,) = listening.reports
    assert (report.raw.encode(), report.path, report.sender) == (BODY, "/", PBX)
    assert (report.decoded.event, report.decoded.serial) == ("BootUp", "369000000001")
    assert (report.problem, report.pbx_id, report.sender_checked) == (None, "a", True)
    assert not listening.receiver.refused.total


def test_members_that_occur_twice_are_kept(listening: Listening) -> None:
    listening.ask(post(DOUBLED, length=False))
    (report,) = listening.reports
    assert report.fields["ext"] == [{"extid": "2001"}, {"extid": "2002"}]
    assert report.decoded.format is ReportFormat.DEFAULT


def test_headers_are_kept_as_they_came(listening: Listening) -> None:
    listening.ask(DOCUMENTED + BODY)
    (report,) = listening.reports
    assert ("Host", "10.20.30.40: 8260") in report.headers
    assert [value for name, value in report.headers if name == "Accept"] == [
        "application/json",
        "*/*",
    ]


REFUSED = {
    "other path": (post(path="/other"), 404, Refusal.WRONG_PATH),
    "GET": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 405, Refusal.NOT_POST),
    "Origin": (post(BODY, "/", "Origin: http://evil.example"), 403, Refusal.BROWSER),
    "Sec-Fetch-Site": (post(BODY, "/", "Sec-Fetch-Site: cross-site"), 403, Refusal.BROWSER),
    "long body": (post(b"{" + b" " * 262_144), 413, Refusal.TOO_LARGE),
    "long body without length": (post(b"{" + b" " * 262_144, length=False), 413, Refusal.TOO_LARGE),
    "huge length": (
        post(b"", "/", "Content-Length: 1000000000000", length=False),
        413,
        Refusal.TOO_LARGE,
    ),
    "chunks of one byte": (
        post(b"1\r\n \r\n" * 100_000, "/", "Transfer-Encoding: chunked", length=False),
        413,
        Refusal.TOO_LARGE,
    ),
    "negative length": (post(b"", "/", "Content-Length: -1", length=False), 400, Refusal.MALFORMED),
    "length in words": (
        post(b"", "/", "Content-Length: abc", length=False),
        400,
        Refusal.MALFORMED,
    ),
    "two lengths": (post(BODY, "/", "Content-Length: 3"), 400, Refusal.MALFORMED),
    "length and chunks": (post(BODY, "/", "Transfer-Encoding: chunked"), 400, Refusal.MALFORMED),
    "two hosts": (post(BODY, "/", "Host: y"), 400, Refusal.MALFORMED),
    "TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500, 400, Refusal.TLS),
    "garbage": (b"\x8f\x00\x01garbage", 400, Refusal.MALFORMED),
    "NUL": (b"\0\0\0\0", 400, Refusal.MALFORMED),
    "words": (b"hello world\r\n\r\n", 400, Refusal.MALFORMED),
    "long URL": (post(path="/" + "a" * 1_000_000), 431, Refusal.TOO_LARGE),
    "5,000 headers": (post(BODY, "/", *("X: y",) * 5000), 431, Refusal.TOO_LARGE),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_pbx_sends_is_turned_away_and_counted(listening: Listening, what: str) -> None:
    data, code, refusal = REFUSED[what]
    assert status(listening.ask(data)) == code
    assert listening.receiver.refused.counts == ((refusal, 1),)
    last = listening.receiver.refused.last
    assert last is not None
    assert last.sender == PBX
    listed = [report.problem for report in listening.reports]
    expected = {404: [ReportProblem.WRONG_PATH], 405: [ReportProblem.NOT_A_REPORT]}
    assert listed == expected.get(code, [])


def test_the_limit_of_a_body_itself_is_taken(listening: Listening) -> None:
    body = BODY + b" " * (256 * 1024 - len(BODY))
    assert listening.ask(post(body)) == OK
    assert len(listening.reports[0].raw) == 256 * 1024


def test_who_is_turned_away_early_is_read_from_until_it_has_its_answer(
    listening: Listening,
) -> None:
    """Closed with bytes unread, the connection would be reset, and the answer lost with it."""

    def sender() -> bytes:
        with connect(listening.port) as sock:
            sock.sendall(post(b"x" * 300_000))
            parts = []
            while part := sock.recv(4096):  # a reset raises
                parts.append(part)
            return b"".join(parts)

    (answer,) = listening.all([sender])
    assert status(answer) == 413


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"not json", ReportProblem.NOT_JSON),
        (b"[1]", ReportProblem.NOT_JSON),
        (b'{"event":"BootUp"', ReportProblem.NOT_JSON),
        (b"{" * 100_000, ReportProblem.NOT_JSON),
        (b'{"a":' * 100 + b"1" + b"}" * 100, ReportProblem.NOT_JSON),
        (b'{"a":' + b"9" * 5001 + b"}", ReportProblem.NO_EVENT),
        (b'{"event":NaN}', ReportProblem.NOT_JSON),
        (b"{}", ReportProblem.NO_EVENT),
        (b'{"event":null}', ReportProblem.NO_EVENT),
        (b'{"event":"BootUp","x":1e999}', None),
        (b'{"event":"New\\ud800","sn":"369000000001"}', None),
        (b'\xef\xbb\xbf{"event":"BootUp"}', None),
        (b'{"event":"Unheard","x":{"y":[]}}', None),
    ],
)
def test_whatever_a_body_says_it_is_kept(
    listening: Listening, body: bytes, problem: ReportProblem | None
) -> None:
    assert listening.ask(post(body)) == OK
    (report,) = listening.reports
    assert report.raw == body.decode()
    assert report.problem is problem


def test_a_body_that_ends_with_the_sending_is_answered(listening: Listening) -> None:
    def sender() -> bytes:
        with connect(listening.port) as sock:
            sock.sendall(post(b"not json", length=False))
            sock.shutdown(socket.SHUT_WR)
            return answer_of(sock)

    assert listening.all([sender]) == [OK]
    listening.wait(lambda: len(listening.reports) == 1)
    assert listening.reports[0].problem is ReportProblem.NOT_JSON


def test_a_sender_that_nobody_named_gets_403_and_is_shown(listening: Listening) -> None:
    body = BODY + b" " * 4000
    assert status(listening.ask(post(body), OTHER)) == 403
    (report,) = listening.reports
    assert (report.problem, report.sender) == (ReportProblem.WRONG_SENDER, OTHER)
    assert (len(report.raw), report.decoded.event) == (2048, "BootUp")
    assert listening.receiver.refused.counts == ((Refusal.WRONG_SENDER, 1),)


def test_without_a_list_every_sender_is_taken_and_marked(listening: Listening) -> None:
    listening.only()
    assert listening.ask(post(), OTHER) == OK
    assert (listening.reports[0].problem, listening.reports[0].sender_checked) == (None, False)


def test_an_ipv4_sender_counts_as_itself_on_an_ipv6_socket(listening: Listening) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6")
    if problem := listening.receiver.listen("::", 0):
        pytest.skip(problem.detail)
    listening.only(f"::ffff:{PBX}")
    assert listening.ask(post()) == OK
    assert listening.reports[0].sender == PBX


@pytest.mark.parametrize(
    ("serial", "pbx_id", "problem"),
    [
        ("1", "one", None),
        ("2", "two", None),
        # Nobody's: it must not prove anything of the wrong one.
        ("3", "", ReportProblem.WRONG_SERIAL),
        ("", "", None),
    ],
)
def test_pbxs_behind_one_address_are_told_apart_by_serial(
    listening: Listening, serial: str, pbx_id: str, problem: ReportProblem | None
) -> None:
    place = Place("127.0.0.1", listening.port)
    senders = frozenset({PBX})
    listening.receiver.set_subscriptions(
        (Subscription(place, "one", senders, "1"), Subscription(place, "two", senders, "2"))
    )
    body = b'{"event":"BootUp","sn":"%s"}' % serial.encode()
    assert listening.ask(post(body)) == OK
    assert (listening.reports[0].pbx_id, listening.reports[0].problem) == (pbx_id, problem)


def test_pbxs_with_their_own_paths_share_a_port(listening: Listening) -> None:
    listening.receiver.set_subscriptions(
        (
            Subscription(Place("127.0.0.1", 1, "/one?x"), "one", frozenset({PBX})),
            Subscription(Place("127.0.0.1", 1, "/büro"), "two", frozenset({OTHER})),
        )
    )
    assert listening.ask(post(path="/one?x")) == OK
    assert listening.ask(post(path="/büro"), OTHER) == OK
    assert status(listening.ask(post(path="/one?x"), OTHER)) == 404
    assert [r.pbx_id for r in listening.reports] == ["one", "two", "two"]


def test_a_report_that_comes_again_is_counted(listening: Listening) -> None:
    other = b'{"event":"BootUp","sn":"2"}'
    for body in (BODY, BODY, other, BODY):
        assert listening.ask(post(body)) == OK
    assert [report.repeat for report in listening.reports] == [0, 1, 0, 2]
    assert [report.number for report in listening.reports] == [1, 2, 3, 4]


def test_what_was_answered_is_handed_on_when_it_closes(listening: Listening) -> None:
    for timer in listening.receiver.findChildren(QTimer):
        timer.blockSignals(True)  # it is answered, and nobody reads it
    assert listening.all([lambda: send(listening.port, post())]) == [OK]
    assert not listening.reports
    listening.receiver.close()
    assert len(listening.reports) == 1
    listening.receiver.close()


def test_a_port_that_is_taken_is_said(listening: Listening) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        problem = listening.receiver.listen("127.0.0.1", taken.getsockname()[1])
    assert problem is not None
    assert (problem.code, problem.host) == ("port_taken", "127.0.0.1")
    assert problem.detail
    assert listening.port == 0


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7", "nowhere.example", "1.2.3", ""])
def test_an_address_of_another_computer_is_said(listening: Listening, host: str) -> None:
    problem = listening.receiver.listen(host, 8260)
    assert problem is not None
    assert problem.code == "address_not_ours"


def test_two_receivers_do_not_share_a_port(listening: Listening) -> None:
    second = Listening(listening.qtbot)
    problem = second.receiver.listen("127.0.0.1", listening.port)
    assert problem is not None
    assert problem.code == "port_taken"
    assert listening.receiver.listen("127.0.0.1", listening.port) is None
