"""Answers, whole and broken, and what becomes of them."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from adapters.conftest import CANARY
from adapters.servers import (
    LIKE_A_PBX,
    SUCCESS,
    Server,
    closed_port,
    drip,
    flood,
    full_backlog,
    hang,
    reply,
    reply_and_hang,
    reply_and_reset,
    reply_with,
    reset,
)
from hbgui.core.api.errors import TRANSPORT_CODES
from hbgui.core.api.heartbeat import ANSWER_MAX, read_answer
from hbgui.texts.outcomes import outcome_message

CANARY_IN_URL = quote(CANARY, safe="").encode()
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

WHOLE = {
    "like a PBX": LIKE_A_PBX,
    "no headers": b"HTTP/1.1 200 OK\r\n\r\n" + SUCCESS,
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 20\r\n\r\n" + SUCCESS,
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 20\r\n\r\n" + SUCCESS,
    "bare line ends": b"HTTP/1.1 200 OK\nContent-Length: 20\n\n" + SUCCESS,
    "chunked": CHUNKED + b"5\r\n" + SUCCESS[:5] + b"\r\nf;x=y\r\n" + SUCCESS[5:] + b"\r\n0\r\n\r\n",
    "trailer": CHUNKED + b"14\r\n" + SUCCESS + b"\r\n0\r\nX-Y: z\r\n\r\n",
    "same length twice": OK + b"Content-Length: 20\r\n" * 2 + b"\r\n" + SUCCESS,
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + LIKE_A_PBX,
    "identity": OK + b"Content-Encoding: identity\r\n\r\n" + SUCCESS,
    "header without colon": OK + b"garbage\r\nContent-Length: 20\r\n\r\n" + SUCCESS,
    "length and chunks": CHUNKED[:-2]
    + b"Content-Length: 20\r\n\r\n14\r\n"
    + SUCCESS
    + b"\r\n0\r\n\r\n",
    "named UTF-16, written in ASCII": OK
    + b"Content-Type: application/json; charset=utf-16\r\n\r\n"
    + SUCCESS,
    "a line end behind its length": OK + b"Content-Length: 20\r\n\r\n" + SUCCESS + b"\r\n\0",
    "more than announced": OK + b"Content-Length: 20\r\n\r\n" + SUCCESS + b"rest",
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_whole_answers_are_read(post, data):
    with Server(reply(data)) as server:
        answer = post(server.port)
    assert (answer.status, answer.body) == (200, SUCCESS)
    assert read_answer(answer).accepted


@pytest.mark.parametrize("size", [0, 1, ANSWER_MAX])
def test_an_answer_may_have_up_to_64_kib(post, size):
    with Server(reply_with(b"x" * size)) as server:
        assert post(server.port).body == b"x" * size


BROKEN = {
    "nothing": (reply(b""), "connection_lost", None),
    "reset at once": (reset, "connection_lost", None),
    "half a status line": (reply(b"HTTP/1.1 2"), "answer_cut_off", None),
    "end in headers": (reply(OK + b"Content-Len"), "answer_cut_off", 200),
    "end after a header": (reply(OK + b"Server: Boa\r\n"), "answer_cut_off", 200),
    "reset in headers": (reply_and_reset(OK + b"Content-Len"), "answer_cut_off", 200),
    "body too short": (reply_with(SUCCESS, "Content-Length: 21"), "answer_cut_off", 200),
    "no body": (reply_with(b"", "Content-Length: 20"), "answer_cut_off", 200),
    "short error page": (
        reply_with(b"x", "Content-Length: 9", status="503 Busy"),
        "answer_cut_off",
        503,
    ),
    "reset in body": (
        reply_and_reset(OK + b"Content-Length: 40\r\n\r\n" + SUCCESS),
        "answer_cut_off",
        200,
    ),
    "reset in endless body": (reply_and_reset(LIKE_A_PBX[:-1]), "answer_cut_off", 200),
    "no last chunk": (reply(CHUNKED + b"14\r\n" + SUCCESS + b"\r\n"), "answer_cut_off", 200),
    "short chunk": (reply(CHUNKED + b"20\r\n" + SUCCESS), "answer_cut_off", 200),
    "bad chunk size": (reply(CHUNKED + b"zz\r\n" + SUCCESS), "answer_cut_off", 200),
    "two lengths": (
        reply_with(SUCCESS, "Content-Length: 20", "Content-Length: 19"),
        "not_http",
        200,
    ),
    "two lengths in one": (reply_with(SUCCESS, "Content-Length: 20, 19"), "answer_cut_off", 200),
    "another protocol": (reply_and_hang(b"SSH-2.0-OpenSSH_9.2\r\n"), "not_http", None),
    "only garbage": (reply(b"\x00\xff\x00garbage"), "not_http", None),
    "HTTP/0.9": (reply(SUCCESS), "not_http", None),
    "HTTP/2": (reply(b"HTTP/2 200 OK\r\n\r\n"), "not_http", 200),
    "odd status": (reply(b"HTTP/1.1 099 Odd\r\n\r\n"), "not_http", None),
    "no number": (reply(b"HTTP/1.1 OK\r\n\r\n"), "not_http", None),
    "gzip": (reply_with(b"x", "Content-Encoding: gzip"), "answer_compressed", 200),
    "unknown coding": (reply_with(b"x", "Content-Encoding: zz"), "answer_compressed", 200),
    "gzip in transfer": (
        reply_with(b"x", "Transfer-Encoding: gzip, chunked"),
        "answer_compressed",
        200,
    ),
}


@pytest.mark.parametrize(("behave", "code", "status"), BROKEN.values(), ids=BROKEN)
def test_broken_answers_are_named(post, behave, code, status):
    with Server(behave) as server:
        error = post.failure(server.port)
    assert (error.code, error.http_status) == (code, status)
    assert len(server.requests) == 1


LARGE = {
    "one byte too much": (reply_with(b"x" * (ANSWER_MAX + 1)), 200),
    "announced": (reply_and_hang(OK + b"Content-Length: 100000000000\r\n\r\n"), 200),
    "no length": (flood(OK + b"\r\n", b"x" * 1024), 200),
    "chunks": (flood(CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n"), 200),
    "small chunks": (flood(CHUNKED, b"1\r\nx\r\n"), 200),
    "trailers": (flood(CHUNKED + b"0\r\n", b"X-Y: zzzz\r\n"), 200),
    "chunk extension": (flood(CHUNKED + b"1;", b"x" * 1024), 200),
    "continue": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), None),
    "status line": (flood(b"HTTP/1.1 200 ", b"x" * 1024), None),
    "header line": (flood(OK + b"X-Y: ", b"x" * 1024), 200),
    "many headers": (reply_and_hang(OK + b"X-Y: z\r\n" * 101), 200),
    "large headers": (flood(OK, b"X-Y: " + b"x" * 60000 + b"\r\n"), 200),
}


@pytest.mark.parametrize(("behave", "status"), LARGE.values(), ids=LARGE)
def test_endless_answers_end(post, behave, status):
    with Server(behave) as server:
        error = post.failure(server.port)
    # Of a line without end http.client may give up first.
    codes = {"answer_too_large"} | ({"answer_cut_off"} if status else set())
    assert error.code in codes
    assert error.http_status == status


@pytest.mark.parametrize("line", ["103 Early Hints", "101 Switching Protocols", "204 No Content"])
def test_answers_without_a_body_are_no_success(post, line):
    head = f"HTTP/1.1 {line}\r\n\r\n".encode()
    with Server(reply(head + LIKE_A_PBX)) as server:
        answer = post(server.port)
    assert answer.status == int(line[:3])
    assert not read_answer(answer).accepted


def test_refused(post):
    error = post.failure(closed_port())
    assert (error.code, error.detail) == ("connection_refused", "Connection refused")


def test_no_route(post):
    # A broadcast address takes no TCP connection, and no packet leaves for the attempt.
    assert post.failure(9, host="255.255.255.255").code == "no_route"


def test_connect_timed_out(post):
    with full_backlog() as port:
        assert post.failure(port, timeout_s=0.5).code == "connect_timed_out"


@pytest.mark.parametrize(
    "behave",
    [hang, drip(b"", b"H"), drip(OK, b"X"), reply_and_hang(OK + b"\r\n")],
    ids=["silence", "status line", "headers", "nothing behind them"],
)
def test_timed_out(post, behave):
    with Server(behave) as server:
        assert post.failure(server.port, timeout_s=0.7).code == "timed_out"


STOPS = {
    "drips": drip(OK + b"Content-Length: 9\r\n\r\n", b"x"),
    "silent after a part": reply_and_hang(OK + b"Content-Length: 40\r\n\r\n" + SUCCESS),
    "silent from the beginning": reply_and_hang(OK + b"Content-Length: 40\r\n\r\n"),
    "no last chunk": reply_and_hang(CHUNKED + b"14\r\n" + SUCCESS + b"\r\n"),
    "half a chunk": reply_and_hang(CHUNKED + b"40\r\n" + SUCCESS),
}


@pytest.mark.parametrize("behave", STOPS.values(), ids=STOPS)
def test_a_told_length_that_is_not_reached_is_cut_off_and_not_unreachable(post, behave):
    with Server(behave) as server:
        error = post.failure(server.port, timeout_s=0.7)
    assert (error.code, error.outcome.kind, error.http_status) == ("answer_cut_off", "unclear", 200)


OPEN = {
    "half an object": (LIKE_A_PBX[:-2], "answer_cut_off"),
    "a web page": (OK + b"\r\n<html><body>Log in</body></html>", "answer_web_page"),
    "a redirect": (b"HTTP/1.1 302 Found\r\nLocation: https://x/\r\n\r\n", "redirected"),
    "an error": (b"HTTP/1.1 503 Busy\r\n\r\n", "http_status"),
    "not found": (b"HTTP/1.1 404 Not Found\r\n\r\nnothing", "no_api_here"),
    "refused": (OK + b"\r\n" + b'{"status":"Failed","errno":"20006"}\r\n', "refused"),
    "two": (LIKE_A_PBX + SUCCESS, "answer_several"),
    "text behind it": (LIKE_A_PBX + b"x", "answer_has_more"),
    "a bad length": (OK + b"Content-Length: x\r\n\r\n" + SUCCESS, "accepted"),
}


@pytest.mark.parametrize(("data", "code"), OPEN.values(), ids=OPEN)
def test_what_stays_open_is_told_by_what_came(post, data, code):
    with Server(reply_and_hang(data)) as server:
        assert read_answer(post(server.port, timeout_s=1)).code == code


ODD_LINES = [
    b"X-Frame-Options : SAMEORIGIN",
    b"garbage",
    b"X Y: z",
    b": nameless",
    b"  continued",
    b"garbage\r\n and its second line",
    b"X-\xff: y",
    b"HTTP/1.1 200 OK",
    b"X: a\rgarbage",
    b"From nobody",
    b"Content-Length : 3",
]


@pytest.mark.parametrize("line", ODD_LINES)
def test_an_odd_header_line_hides_no_other(post, line):
    head = b"HTTP/1.1 302 Found\r\n" + line + b"\r\nContent-Length: 20\r\n" + line
    with Server(
        reply_and_hang(head + b"\r\nLocation: https://x/\r\nServer: Boa\r\n\r\n" + SUCCESS)
    ) as server:
        answer = post(server.port)
    assert (answer.body, answer.location, answer.server) == (SUCCESS, "https://x/", "Boa")


def test_odd_header_lines_in_an_interim_answer(post):
    interim = b"HTTP/1.1 100 Continue\r\ngarbage\r\n\r\n"
    with Server(reply(interim + OK + b"garbage\r\n\r\n" + SUCCESS)) as server:
        assert post(server.port).body == SUCCESS


def test_an_answer_is_read_in_its_charset(post):
    body = '{"status":"Success","a":"王伟"}'
    answer = reply_with(body.encode("gbk"), "Content-Type: application/json; charset=GBK")
    with Server(answer) as server:
        assert post(server.port).body.decode() == body


@pytest.mark.parametrize("between", [b"", b"\r\n", b",", b"\0"])
def test_an_object_behind_the_told_length_is_a_contradiction(post, between):
    refusal = b'{"status":"Failed","errno":"20004"}'
    whole = OK + b"Content-Length: 20\r\n\r\n" + SUCCESS + between + refusal
    with Server(reply(whole)) as server:
        assert read_answer(post(server.port)).code == "answer_several"


def test_words_of_the_system_are_not_told_as_the_beginning_of_an_answer(post):
    with Server(reply_and_reset(OK + b"\r\n" + SUCCESS[:9])) as server:
        error = post.failure(server.port)
    assert error.code == "answer_cut_off"
    assert "It begins" not in outcome_message(error.outcome, "http://pbx").why


def test_the_name_of_the_server_shows_no_secret(post):
    with Server(reply(OK + b"Server: Boa " + CANARY_IN_URL + b"\r\n\r\n" + SUCCESS)) as server:
        assert post(server.port).server == "Boa ***"


def test_name_unknown(post):
    def resolve(*_args, **_options):
        import socket

        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    error = post.with_resolver(resolve).failure(80, host="pbx.example")
    assert (error.code, error.detail) == ("name_unknown", "Name or service not known")


def test_a_page_on_a_plain_port_of_a_tls_server(post):
    page = b"<h1>400</h1>The plain HTTP request was sent to HTTPS port"
    with Server(reply_with(page, status="400 Bad Request")) as server:
        error = post.failure(server.port)
    assert (error.code, error.http_status) == ("tls_on_this_port", 400)


def test_another_400_is_an_answer(post):
    with Server(reply_with(b"what?", status="400 Bad Request")) as server:
        assert post(server.port).status == 400


def test_the_second_address_is_tried(post):
    port = closed_port()
    with Server() as server:

        def resolve(*_args, **_options):
            return [
                (2, 1, 6, "", ("127.0.0.1", port)),
                (2, 1, 6, "", ("127.0.0.1", server.port)),
            ]

        assert post.with_resolver(resolve)(server.port, host="pbx.example").body == SUCCESS


def test_a_hanging_address_leaves_time_for_the_next(post):
    with full_backlog() as port, Server() as server:

        def resolve(*_args, **_options):
            return [
                (2, 1, 6, "", ("127.0.0.1", port)),
                (2, 1, 6, "", ("127.0.0.1", server.port)),
            ]

        answer = post.with_resolver(resolve)(server.port, host="pbx.example", timeout_s=2)
        assert answer.body == SUCCESS


def test_the_codes_are_all_known(post):
    assert {code for _, code, _ in BROKEN.values()} < TRANSPORT_CODES
