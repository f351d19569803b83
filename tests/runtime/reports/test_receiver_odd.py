"""Reports that are oddly written are read all the same, and nothing of them is lost."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core.reports.receiving import Fault, Place, Refusal, Subscription
from hbgui.core.reports.report import ReportProblem
from hbgui.core.values import Moment
from runtime.reporting import BODY, PBX, Listening, answer_of, connect, post, send, status

FIRST = b'{"event":"BootUp","sn":"369000000001"}'
SECOND = b'{"event":"ExtensionStatus","extension":"2001","status":"Busy","sn":"369000000001"}'
BOTH = ["BootUp", "ExtensionStatus"]

LINES = {
    "blank behind the version": b"POST / HTTP/1.1 \r\n",
    "tabs and blanks behind the version": b"POST / HTTP/1.1 \t \r\n",
    "version in small letters": b"POST / http/1.1\r\n",
    "method in small letters": b"post / HTTP/1.1\r\n",
    "many blanks": b"POST    /     HTTP/1.1\r\n",
    "tabs": b"POST\t/\tHTTP/1.1\r\n",
    "blank before": b" POST / HTTP/1.1\r\n",
    "version twice": b"POST / HTTP/1.1 HTTP/1.1\r\n",
    "short version": b"POST / HTTP/1\r\n",
    "no version but its name": b"POST / HTTP\r\n",
    "long version": b"POST / HTTP/1.10\r\n",
    "byte order mark": b"\xef\xbb\xbfPOST / HTTP/1.1\r\n",
    "carriage return twice": b"POST / HTTP/1.1\r\r\n",
    "version left out": b"POST /\r\n",
    "empty query": b"POST /? HTTP/1.1\r\n",
    "no path and a blank behind": b"POST HTTP/1.1 \r\n",
    "announced place without its scheme": b"POST 127.0.0.1:8260/ HTTP/1.1\r\n",
}


@pytest.mark.parametrize("pieces", [1, 30])
@pytest.mark.parametrize("what", LINES)
def test_an_odd_request_line_is_taken(listening: Listening, what: str, pieces: int) -> None:
    data = LINES[what] + post().partition(b"\r\n")[2]
    assert status(listening.ask(data, pieces=pieces, pause_s=0.002 if pieces > 1 else 0)) == 200
    (report,) = listening.reports
    assert (report.raw.encode(), report.path, report.problem) == (BODY, "/", None)


@pytest.mark.parametrize(
    ("announced", "asked"),
    [
        ("/report", "report"),
        ("/report", "/report?"),
        ("/report", "http://127.0.0.1:8260/report"),
        ("/report", "HTTP://127.0.0.1/report"),
        ("/report", "127.0.0.1:8260/report"),
        ("/büro", "/b%c3%bcro"),
        ("/büro", "/b%C3%BCro"),
        ("/büro", "b%c3%BCro"),
        ("/b%c3%bcro", "/büro"),
        ("/my%20report", "/my report"),
        ("/a~b", "/a%7Eb"),
        ("/%72eport", "/report"),
        ("/r?x=%e4", "/r?x=%E4"),
        ("/?", ""),
    ],
)
def test_the_same_path_is_taken_however_it_is_written(
    listening: Listening, announced: str, asked: str
) -> None:
    listening.only(PBX, path=announced)
    assert status(listening.ask(post(path=asked))) == 200
    assert [report.problem for report in listening.reports] == [None]


@pytest.mark.parametrize(
    ("announced", "asked"),
    [("/report", "/Report"), ("/report", "/report/"), ("/a%2Fb", "/a/b"), ("/r?x", "/r")],
)
def test_another_path_stays_another(listening: Listening, announced: str, asked: str) -> None:
    listening.only(PBX, path=announced)
    assert status(listening.ask(post(path=asked))) == 404


BETWEEN = {
    "nothing": b"",
    "CRLF": b"\r\n",
    "comma": b",",
    "comma and blank": b" , ",
    "NUL": b"\0",
    "record separator": b"\x1e",
    "line feed": b"\n",
    "semicolon": b";",
    "end of file": b"\x1a",
    "NULs and line ends": b"\r\n\0\0\r\n\r\n",
}


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("pieces", [1, 30])
def test_all_objects_of_a_body_are_reports(
    listening: Listening, between: str, length: bool, pieces: int
) -> None:
    data = post(FIRST + BETWEEN[between] + SECOND, length=length)
    answer = listening.ask(data, pieces=pieces, pause_s=0.002 if pieces > 1 else 0)
    assert answer.count(b" 200 OK") == 1
    listening.wait(lambda: len(listening.reports) == 2)
    assert [report.decoded.event for report in listening.reports] == BOTH
    assert [report.raw.encode() for report in listening.reports] == [FIRST, SECOND]
    assert [report.problem for report in listening.reports] == [None, None]


MANY = {
    "list": b"[" + FIRST + b", " + SECOND + b"]",
    "list with blanks": b" [\r\n" + FIRST + b",\n" + SECOND + b"\n]\r\n",
    "list of one": b"[" + FIRST + b"]",
    "lists in a list": b"[[" + FIRST + b"],[" + SECOND + b"]]",
    "two lists": b"[" + FIRST + b"]\n[" + SECOND + b"]",
    "NUL at the end": FIRST + b"\0",
    "NUL before": b"\0" + FIRST,
    "comma at the end": FIRST + b",",
    "three": FIRST + b"\n" + SECOND + b"\n" + FIRST + b"\n",
}


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("what", MANY)
def test_lists_and_lines_are_reports(listening: Listening, what: str, length: bool) -> None:
    body = MANY[what]
    assert status(listening.ask(post(body, length=length))) == 200
    listening.wait(lambda: len(listening.reports) == body.count(b"{"))
    assert {report.problem for report in listening.reports} == {None}
    events = [report.decoded.event for report in listening.reports]
    assert events == ["BootUp", "ExtensionStatus", "BootUp"][: body.count(b"{")]
    assert {report.fields["sn"] for report in listening.reports} == {"369000000001"}


class Standing:
    """A clock that stands: a busy machine may take its time."""

    def now(self) -> Moment:
        return Moment(0.0, datetime(2026, 1, 2, 12, 0, tzinfo=UTC))


def test_an_object_that_comes_after_the_answer_is_a_report_too(qtbot: QtBot) -> None:
    listening = Listening(qtbot, clock=Standing())

    def sender() -> bytes:
        with still_open(listening, post(FIRST)) as sock:
            answer = answer_of(sock)
            sock.sendall(SECOND)
            return answer

    assert status(listening.all([sender])[0]) == 200
    listening.wait(lambda: len(listening.reports) == 2)
    assert [report.raw.encode() for report in listening.reports] == [FIRST, SECOND]
    listening.receiver.close()


def test_of_very_many_requests_on_one_connection_the_rest_is_turned_away(
    listening: Listening,
) -> None:
    listening.ask(post(FIRST) * 60)
    assert len(listening.reports) == 50
    assert listening.count(Refusal.TOO_MANY) == 1


def test_what_follows_and_cannot_be_read_is_shown(listening: Listening) -> None:
    listening.ask(post(FIRST + b'\n{"event":"Exten'))
    assert [report.raw for report in listening.reports] == [FIRST.decode(), '{"event":"Exten']
    assert [r.problem for r in listening.reports] == [None, ReportProblem.NOT_JSON]


def test_what_is_between_and_cannot_be_read_hides_none(listening: Listening) -> None:
    listening.ask(post(FIRST + b"} more: " + SECOND))
    assert [r.raw for r in listening.reports] == [FIRST.decode(), "} more: ", SECOND.decode()]
    assert [r.problem for r in listening.reports] == [None, ReportProblem.NOT_JSON, None]


def test_inside_of_a_broken_object_is_no_report(listening: Listening) -> None:
    body = b'{"event":"x",' + FIRST + b"}"
    listening.ask(post(body))
    assert [r.raw.encode() for r in listening.reports] == [body]
    assert listening.reports[0].problem is ReportProblem.NOT_JSON


def test_of_very_many_objects_the_rest_is_shown_together(listening: Listening) -> None:
    listening.ask(post(b"{}" * 1000))
    assert len(listening.reports) == 65
    assert listening.reports[-1].problem is ReportProblem.TOO_MANY
    assert listening.reports[-1].raw == "{}" * (1000 - 64)


@pytest.mark.parametrize("length", [True, False])
def test_requests_in_one_packet_are_all_answered(listening: Listening, length: bool) -> None:
    data = post(FIRST, length=length) + post(SECOND, length=length) + post(FIRST, length=length)
    answer = listening.ask(data)
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.count(b"Connection: close") == 1
    assert [report.decoded.event for report in listening.reports] == [*BOTH, "BootUp"]


@pytest.mark.parametrize("length", [True, False])
def test_a_text_that_looks_like_a_request_is_none(listening: Listening, length: bool) -> None:
    body = b'{"event":"BootUp","name":"}POST / HTTP/1.1\nPOST / HTTP/1.1"}'
    assert listening.ask(post(body, length=length)).count(b" 200 OK") == 1
    assert [report.raw.encode() for report in listening.reports] == [body]


def test_requests_in_chunks_are_all_answered(listening: Listening) -> None:
    one = post(
        b"%x\r\n" % len(FIRST) + FIRST + b"\r\n0\r\n\r\n", "/", "Transfer-Encoding: chunked",
        length=False,
    )  # fmt: skip
    assert listening.ask(one + one).count(b" 200 OK") == 2
    assert [report.decoded.event for report in listening.reports] == ["BootUp"] * 2


def test_of_a_request_behind_another_it_is_told_why_it_is_refused(listening: Listening) -> None:
    answer = listening.ask(post(FIRST) + post(SECOND, "/other") + b"POST / HTTP/1.1\r\n\r\n")
    assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [200, 404]
    assert [r.problem for r in listening.reports] == [None, ReportProblem.WRONG_PATH]
    answer = listening.ask(post(FIRST) + b"POST / HTTP/1.1\r\n\r\n")
    assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [200, 400]
    last = listening.receiver.refused.last
    assert last is not None
    assert (last.fault, last.sender) == (Fault.NO_HOST, PBX)


def test_a_second_request_that_comes_later_is_shown(listening: Listening) -> None:
    data = post(FIRST) + post(SECOND)
    listening.ask(data, pieces=len(data), pause_s=0.0005)
    listening.wait(lambda: len(listening.reports) == 2)
    assert [report.decoded.event for report in listening.reports] == BOTH


UMLAUTS = '{"event":"BootUp","name":"Müller, Größe, 王"}'.encode()


@contextlib.contextmanager
def still_open(listening: Listening, data: bytes) -> Iterator[socket.socket]:
    """A sender that waits for its answer and sends no more."""
    with connect(listening.port) as sock:
        sock.sendall(data)
        yield sock


@pytest.mark.parametrize("less", [1, 2, 3, 7])
@pytest.mark.parametrize("pieces", [1, 30])
def test_a_length_that_counts_letters_is_no_end(
    listening: Listening, less: int, pieces: int
) -> None:
    length = f"Content-Length: {len(UMLAUTS) - less}"
    data = post(UMLAUTS, "/", length, length=False)
    assert status(listening.ask(data, pieces=pieces, pause_s=0.002 if pieces > 1 else 0)) == 200
    (report,) = listening.reports
    assert (report.raw.encode(), report.problem) == (UMLAUTS, None)


def test_a_length_that_is_too_small_and_does_not_help_is_named(listening: Listening) -> None:
    length = f"Content-Length: {len(UMLAUTS) - 5}"
    listening.ask(post(UMLAUTS[:-2], "/", length, length=False))
    (report,) = listening.reports
    assert (report.raw.encode(), report.problem) == (UMLAUTS[:-2], ReportProblem.WRONG_LENGTH)


@pytest.mark.parametrize("more", [1, 3, 100])
def test_a_length_that_is_too_large_holds_nobody_up(listening: Listening, more: int) -> None:
    data = post(UMLAUTS, "/", f"Content-Length: {len(UMLAUTS) + more}", length=False)

    def sender() -> bytes:
        with still_open(listening, data) as sock:
            return answer_of(sock)

    assert status(listening.all([sender])[0]) == 200
    listening.wait(lambda: len(listening.reports) == 1)
    assert (listening.reports[0].raw.encode(), listening.reports[0].problem) == (UMLAUTS, None)


def test_a_length_that_reaches_into_the_next_request_loses_none(listening: Listening) -> None:
    wrong = post(FIRST, "/", f"Content-Length: {len(FIRST) - 1}", length=False)
    answer = listening.ask(wrong + post(SECOND))
    assert answer.count(b" 200 OK") == 2
    assert [report.decoded.event for report in listening.reports] == BOTH


CHARSETS = {
    "GBK": ("王小明", "gbk"),
    "gb2312": ("王小明", "gb2312"),
    '"GB18030"': ("王小明", "gb18030"),
    "big5": ("成功", "big5"),
    "iso-8859-1": ("Müller", "latin-1"),
    "ISO-8859-15": ("Müller 5 €", "iso-8859-15"),
    "windows-1251": ("Иванов", "cp1251"),
    "koi8-r": ("Иванов", "koi8-r"),
    "Shift_JIS": ("代表", "shift_jis"),
    "euc-kr": ("김", "euc-kr"),
    "utf-16": ("王小明", "utf-16"),
    "utf-16le": ("王小明", "utf-16-le"),
    "UTF-8": ("王小明", "utf-8"),
}


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("charset", CHARSETS)
def test_names_are_read_in_the_charset_that_is_told(
    listening: Listening, charset: str, length: bool
) -> None:
    name, codec = CHARSETS[charset]
    body = f'{{"event":"BootUp","name":"{name}"}}'.encode(codec)
    lines = post(body, length=length).replace(
        b"application/json\r\n", b"application/json; charset=%b\r\n" % charset.encode(), 1
    )
    assert status(listening.ask(lines)) == 200
    (report,) = listening.reports
    assert (report.fields["name"], report.problem) == (name, None)
    assert name in report.raw


@pytest.mark.parametrize("charset", ["", "; charset=rot13", "; charset=unheard-of"])
def test_without_a_known_charset_the_bytes_stay_readable(
    listening: Listening, charset: str
) -> None:
    lines = post(b'{"event":"BootUp","name":"M\xfcller"}').replace(
        b"application/json\r\n", b"application/json%b\r\n" % charset.encode(), 1
    )
    listening.ask(lines)
    (report,) = listening.reports
    assert r"M\\xfcller" in report.raw
    assert (report.fields["name"], report.problem) == (r"M\xfcller", None)


@pytest.mark.parametrize("odd", ["\t", "\n", "\r\n", "\x0b", "\x01", "\0", "\x1b", "\x7f"])
def test_a_control_character_in_a_text_is_read(listening: Listening, odd: str) -> None:
    listening.ask(post(f'{{"event":"BootUp","name":"a{odd}b"}}'.encode()))
    (report,) = listening.reports
    assert (report.fields["name"], report.problem) == (f"a{odd}b", None)


FAULTS = {
    Fault.NO_HOST: b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
    Fault.TWO_HOSTS: b"POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n{}",
    Fault.REQUEST_LINE: b"hello world\r\n\r\n",
    Fault.HEADER_LINE: b"POST / HTTP/1.1\r\nHost: a\r\nX-Frame-Options : x\r\n\r\n{}",
    Fault.LENGTH: b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n{}",
    Fault.TWO_LENGTHS: post(b"{}", "/", "Content-Length: 3"),
    Fault.CHUNKS: b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n{}",
    Fault.CUT_OFF: b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n",
    Fault.SHORT_BODY: b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n{",
    Fault.NOT_HTTP: b"\0\1\2\r\n",
}


@pytest.mark.parametrize("fault", Fault)
def test_a_refused_request_has_its_reason_and_sender(listening: Listening, fault: Fault) -> None:
    def sender() -> bytes:
        with connect(listening.port) as sock:
            sock.sendall(FAULTS[fault])
            sock.shutdown(socket.SHUT_WR)
            return answer_of(sock)

    assert status(listening.all([sender])[0]) == 400
    last = listening.receiver.refused.last
    assert last is not None
    assert (last.refusal, last.fault, last.sender) == (Refusal.MALFORMED, fault, PBX)
    assert not listening.reports


def test_a_body_of_two_kinds_of_length_is_refused(listening: Listening) -> None:
    """Two readers could see two requests in it (RFC 9112, 6.3)."""
    chunked = b"2\r\n{}\r\n0\r\n\r\n"
    listening.ask(post(chunked, "/", "Transfer-Encoding: chunked"))
    last = listening.receiver.refused.last
    assert last is not None
    assert (last.refusal, last.fault) == (Refusal.MALFORMED, Fault.TWO_LENGTHS)
    assert not listening.reports


def test_a_length_of_nothing_loses_nothing(listening: Listening) -> None:
    listening.ask(post(FIRST, "/", "Content-Length: 0", length=False))
    assert [report.raw.encode() for report in listening.reports] == [FIRST]


def test_who_sends_less_than_is_told_and_waits_learns_why(listening: Listening) -> None:
    def sender() -> bytes:
        with still_open(listening, post(FIRST[:-3], "/", "Content-Length: 99", length=False)) as s:
            return answer_of(s)

    assert status(listening.all([sender])[0]) == 408
    last = listening.receiver.refused.last
    assert last is not None
    assert (last.refusal, last.fault) == (Refusal.TOO_SLOW, Fault.SHORT_BODY)


def test_a_pbx_with_its_own_path_is_found_by_it(listening: Listening) -> None:
    listening.receiver.set_subscriptions(
        (
            Subscription(Place(PBX, 1, "/eins"), "one", frozenset({PBX})),
            Subscription(Place(PBX, 1, "/zw%c3%b6lf"), "two", frozenset({PBX})),
        )
    )
    assert status(send_to(listening, "zwölf")) == 200
    assert [report.pbx_id for report in listening.reports] == ["two"]


def send_to(listening: Listening, path: str) -> bytes:
    answers = listening.all([lambda: send(listening.port, post(path=path))])
    listening.wait(lambda: bool(listening.reports))
    return answers[0]


def test_a_secret_is_hidden_in_each_charset(qtbot: QtBot) -> None:
    listening = Listening(qtbot, hide=lambda data: data.replace(b"0f0f", b"***"))
    body = '{"event":"BootUp","token":"0f0f"}'.encode("utf-16")
    listening.ask(post(body))
    (report,) = listening.reports
    assert report.fields["token"] == "***"
    listening.receiver.close()


def test_a_secret_is_hidden_in_path_and_headers(qtbot: QtBot) -> None:
    listening = Listening(qtbot, hide=lambda data: data.replace(b"0f0f", b"***"))
    listening.ask(post(FIRST, "/?token=0f0f", "X-Echo: ?token=0f0f", "X-0f0f: x"))
    (report,) = listening.reports
    assert report.path == "/?token=***"
    assert {("X-Echo", "?token=***"), ("X-***", "x")} <= set(report.headers)
    assert "0f0f" not in repr(report)
    listening.receiver.close()
