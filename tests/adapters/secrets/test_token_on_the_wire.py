"""The token is nowhere but on the wire."""

from __future__ import annotations

import html
import json
import logging
import pprint
import socket
import time
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import hbgui
from adapters import certificates
from adapters.conftest import CANARY
from adapters.servers import Behaviour, Server, closed_port, hang, reply, reply_with
from hbgui.core.api.errors import HbguiError, TransportError
from hbgui.core.api.heartbeat import WireRequest
from hbgui.core.values import Secret
from leaks import leaks, spellings, tokens

SPELLINGS = {
    CANARY,
    quote(CANARY, safe=""),
    quote(CANARY, safe="").lower(),
    quote(CANARY),
    quote_plus(CANARY),
    quote(quote(CANARY, safe=""), safe=""),
    json.dumps(CANARY)[1:-1],
    json.dumps(CANARY, ensure_ascii=False)[1:-1],
    json.dumps(CANARY)[1:-1].replace("/", r"\/"),
    html.escape(CANARY),
    repr(CANARY)[1:-1],
    ascii(CANARY)[1:-1],
    repr(CANARY.encode())[2:-1],
    CANARY.encode().decode("latin-1"),
    quote(CANARY, safe="", encoding="latin-1"),
}


OURS = str(Path(hbgui.__file__).parent)


def assert_clean(text: str) -> None:
    for spelling in SPELLINGS:
        assert spelling not in text


def everything_about(error: BaseException) -> str:
    """What a log, a crash report or a debugger could show, our own frames' variables included."""
    parts = [str(error), repr(error), pprint.pformat(vars(error)), *traceback.format_tb(None)]
    parts += traceback.format_exception(error)
    assert error.__context__ is None
    assert error.__cause__ is None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(OURS):
            parts += map(repr, trace.tb_frame.f_locals.values())
            for value in trace.tb_frame.f_locals.values():
                parts.append(pprint.pformat(getattr(value, "__dict__", "")))
        trace = trace.tb_next
    # The last frame is the one that raised: nothing below it, where the token is plain, is kept.
    return "\n".join(parts)


def failing_servers():
    head = b"HTTP/1.1 200 OK\r\n"
    echo = quote(CANARY, safe="").encode()
    yield "cut off", reply(head + b"Content-Length: 9\r\n\r\n" + echo[:5])
    yield "echo as status line", reply(b"token=" + echo + b"\r\n")
    yield "raw echo as status line", reply(CANARY.encode() + b"\r\n")
    yield "lost", reply(b"")
    yield "hang", hang
    yield "gzip", reply_with(b"", "Content-Encoding: " + echo.decode())
    yield "bad chunks", reply(head + b"Transfer-Encoding: chunked\r\n\r\n" + echo + b"\r\n")
    yield "two lengths", reply(head + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n")
    yield "odd lengths", reply(head + b"Content-Length: 1," + echo + b",2\r\n\r\nxx")


@pytest.mark.parametrize(
    "behave", [b for _, b in failing_servers()], ids=[n for n, _ in failing_servers()]
)
def test_no_failure_shows_the_token(post, caplog, capfd, behave):
    with caplog.at_level(logging.DEBUG), Server(behave) as server:
        try:
            post(server.port, timeout_s=0.5)
        except HbguiError as error:
            assert_clean(everything_about(error))
        assert quote(CANARY, safe="").encode() in server.requests[0]
    assert_logs_clean(caplog)
    assert_clean("".join(capfd.readouterr()))


def assert_logs_clean(caplog) -> None:
    formatter = logging.Formatter("%(message)s %(args)s")
    for record in caplog.records:
        assert_clean(formatter.format(record))
        assert_clean(repr(vars(record)))


def test_connections_that_fail_do_not_show_it(post, trusted, caplog):
    other = certificates.server_context(trusted.issue_cert("other.example"))
    with caplog.at_level(logging.DEBUG):
        errors = [post.failure(closed_port())]
        with Server(tls=other) as server:
            errors += [post.failure(server.port), post.failure(server.port, scheme="https")]
    assert len({error.code for error in errors}) == 3
    for error in errors:
        assert_clean(everything_about(error))
    assert_logs_clean(caplog)


@pytest.mark.parametrize("spelling", sorted(SPELLINGS), ids=range(len(SPELLINGS)))
def test_an_answer_that_repeats_it_is_redacted(post, caplog, spelling):
    wire = spelling.encode()
    page = b"<p>404: /api?token=" + wire + b'</p>{"x":"' + wire + b'"}'
    head = b"HTTP/1.1 302 " + wire + b"\r\nLocation: http://pbx/?token=" + wire + b"&x=1\r\n"
    odd = b"X-Echo: " + wire + b"\r\ngarbage " + wire + b"\r\n"
    with caplog.at_level(logging.DEBUG), Server(reply(head + odd + b"\r\n" + page)) as server:
        answer = post(server.port)
    assert answer.status == 302
    assert answer.location == "http://pbx/?token=***&x=1"
    assert answer.body == b'<p>404: /api?token=***</p>{"x":"***"}'
    assert_logs_clean(caplog)
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]


def test_what_is_secret_in_the_body_is_hidden_in_what_comes_back(post):
    """A login sends the MD5 of the password, which is as good as the password."""
    md5 = "5ebe2294ecd0e0f08eab7690d2a6ee69"
    login = WireRequest("/api/v1.1.0/login", b"{}", (Secret(md5),))
    with Server(reply_with(b"<p>" + md5.encode() + b"</p>")) as server:
        assert post(server.port, token=None, request=login).body == b"<p>***</p>"


def in_pieces(*pieces: bytes) -> Behaviour:
    """Send these so that they arrive one by one."""

    def behave(sock: socket.socket) -> None:
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(0.1)

    return behave


@pytest.mark.parametrize(
    "behave",
    [
        reply(b"x" * 246 + CANARY.encode() + b" \r\n\r\n"),
        in_pieces(b"POST /" + CANARY.encode()[:9], CANARY.encode()[9:] + b" \r\n\r\n"),
        reply(b"HTTP/1.1 2OO " + CANARY.encode("latin-1") + b"\r\n\r\n"),
    ],
    ids=["in a long line", "in two pieces", "in latin-1"],
)
def test_a_first_line_that_repeats_it_is_redacted(post, behave):
    with Server(behave) as server:
        error = post.failure(server.port)
    assert error.code == "not_http"
    assert error.detail.endswith("***")
    for part in (CANARY[:8], CANARY[-6:-1]):
        assert part not in everything_about(error)


def test_a_location_in_latin_1_is_redacted(post):
    wire = CANARY.encode("latin-1") + b"/" + "gr\xfcn".encode("latin-1")
    head = b"HTTP/1.1 302 Found\r\nLocation: http://pbx/" + wire + b"\r\n\r\n"
    with Server(reply(head)) as server:
        assert post(server.port).location == "http://pbx/***/gr\N{REPLACEMENT CHARACTER}n"


ECHOES = [
    b"%s\r\n\r\n",
    b"HTTP/1.1 %s\r\n\r\n",
    b"HTTP/1.1 200 %s\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\n%s\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
    b"HTTP/1.1 307 Moved\r\nLocation: /%s/\r\n\r\n",
    b"HTTP/1.1 404 Not Found\r\n\r\n<p>%s</p>",
    b'HTTP/1.1 200 OK\r\n\r\n{"status":"Failed","errno":"%s"}',
]


@settings(
    max_examples=150,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tokens(), st.sampled_from(ECHOES), st.integers(0, 30))
def test_any_token_may_be_repeated_anywhere_in_any_spelling(post, token, echo, way):
    ways = sorted(spelling for spelling in spellings(token) if len(spelling) >= len(token))
    wire = ways[way % len(ways)].encode()
    with Server(reply(echo.replace(b"%s", wire))) as server:
        try:
            seen = repr(post(server.port, token=token))
        except TransportError as error:
            seen = everything_about(error)
    assert not leaks(seen, token)


def test_other_bytes_of_an_answer_stay_as_they_are(post):
    body = bytes(range(256)) * 4
    with Server(reply_with(body)) as server:
        assert post(server.port).body == body


def test_a_new_token_in_an_answer_stays_readable(post):
    body = b'{"status":"Success","token":"0123456789abcdef"}'
    with Server(reply_with(body)) as server:
        assert post(server.port).body == body
