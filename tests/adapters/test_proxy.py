"""A proxy only when the profile wants one, and its name in what goes wrong there."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from adapters import certificates
from adapters.conftest import CANARY, REQUEST
from adapters.servers import SUCCESS, Server, closed_port, hang, reply, reply_with, some
from hbgui.core.link import PROXY_SYSTEM


class Tunnel:
    """Behaves as a proxy that connects to `port`, whatever name it is asked for."""

    def __init__(self, port: int) -> None:
        self._port = port

    def __call__(self, sock: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._port), 5) as onward:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n")
            back = threading.Thread(target=_copy, args=(onward, sock))
            back.start()
            _copy(sock, onward)
            back.join(5)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            target.sendall(some(source))
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def via(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def test_https_goes_through_a_tunnel_that_shows_the_proxy_no_token(post, trusted):
    context = certificates.server_context(trusted.issue_cert("pbx.example"))
    with Server(tls=context) as pbx, Server(Tunnel(pbx.port)) as proxy:
        answer = post(8088, scheme="https", host="pbx.example", proxy=via(proxy))
        assert (answer.body, answer.proxy) == (SUCCESS, via(proxy))
        assert pbx.requests[0].endswith(REQUEST.body)
        head = proxy.requests[0]
    assert head.startswith(b"CONNECT pbx.example:8088 HTTP/1.1\r\nHost: pbx.example:8088\r\n")
    assert b"token" not in head


def test_http_asks_the_proxy_for_the_whole_address(post):
    with Server() as proxy:
        answer = post(8088, host="pbx.example", proxy=f"127.0.0.1:{proxy.port}")
        assert answer.body == SUCCESS
    line, _, rest = proxy.requests[0].partition(b"\r\n")
    assert line.startswith(b"POST http://pbx.example:8088/api/v1.1.0/heartbeat?token=")
    assert b"\r\nHost: pbx.example:8088\r\n" in b"\r\n" + rest


@pytest.mark.parametrize(
    ("behave", "code", "status"),
    [
        (reply_with(b"no", status="403 Forbidden"), "proxy_refused", 403),
        (reply_with(b"no", status="407 Proxy Authentication Required"), "proxy_refused", 407),
        (reply(b"SSH-2.0-x\r\n\r\n"), "proxy_refused", None),
        (reply(b""), "proxy_refused", None),
        (hang, "proxy_unreachable", None),
    ],
)
def test_a_proxy_that_does_not_let_us_through_is_named(post, behave, code, status):
    with Server(behave) as proxy:
        error = post.failure(8088, scheme="https", proxy=via(proxy), timeout_s=1.0)
    assert (error.code, error.http_status) == (code, status)
    assert error.outcome.proxy == via(proxy)
    assert error.outcome.kind == "unreachable"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named(post, scheme):
    port = closed_port()
    error = post.failure(8088, scheme=scheme, proxy=f"127.0.0.1:{port}")
    assert (error.code, error.proxy) == ("proxy_unreachable", f"http://127.0.0.1:{port}")


def test_the_name_of_the_pbx_is_the_proxys_to_find(post):
    asked = []

    def resolve(host, *rest, **options):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", proxy.port))]

    post.with_resolver(resolve)
    with Server() as proxy:
        post(80, host="only-the-proxy-knows.example", proxy="proxy.example:3128")
    assert asked == ["proxy.example"]


def test_a_certificate_error_behind_a_proxy_names_it(post, trusted, tmp_path):
    context = certificates.from_pem(tmp_path / "box.pem", certificates.self_signed())
    with Server(tls=context) as pbx, Server(Tunnel(pbx.port)) as proxy:
        error = post.failure(8088, scheme="https", proxy=via(proxy))
        assert (error.code, error.outcome.proxy) == ("certificate_self_signed", via(proxy))
        assert pbx.requests == []


def test_the_system_proxy_is_used_only_when_it_is_wanted(post, monkeypatch):
    with Server() as pbx, Server() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
            monkeypatch.setenv(name, via(proxy))
        monkeypatch.delenv("no_proxy", raising=False)
        assert post(pbx.port).proxy == ""
        assert (len(pbx.requests), proxy.connections) == (1, 0)
        assert post(pbx.port, proxy=PROXY_SYSTEM).proxy == via(proxy)
        assert (len(pbx.requests), proxy.connections) == (1, 1)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert post(pbx.port, proxy=PROXY_SYSTEM).proxy == ""
        assert (len(pbx.requests), proxy.connections) == (2, 1)


def test_a_system_proxy_with_a_password_is_refused_and_not_repeated(post, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://me:hunter2@127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    error = post.failure(8088, proxy=PROXY_SYSTEM)
    assert error.code == "proxy_unreachable"
    assert "hunter2" not in repr(vars(error))
    assert CANARY not in repr(vars(error))
