"""A proxy only when the profile wants one, and its name in what goes wrong there."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from adapters import certificates
from adapters.conftest import CANARY, REQUEST
from adapters.servers import SUCCESS, Server, closed_port, hang, reply, reply_with, some
from hbgui.adapters.net.proxy import proxy_for
from hbgui.core.api.errors import TransportError, on_the_way_to
from hbgui.core.pbx.address import PbxAddress
from hbgui.core.pbx.connection import PROXY_SYSTEM
from hbgui.texts.outcomes import outcome_message


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


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


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
    ("behave", "code", "status", "says"),
    [
        (reply_with(b"no", status="403 Forbidden"), "proxy_refused", 403, "403"),
        (
            reply_with(b"no", status="407 Proxy Authentication Required"),
            "proxy_refused",
            407,
            "407",
        ),
        (reply(b"SSH-2.0-x\r\n\r\n"), "proxy_refused", None, "It says: nothing that is HTTP."),
        (reply(b""), "proxy_refused", None, "It says:"),
        (hang, "proxy_unreachable", None, "The system says:"),
    ],
)
def test_a_proxy_that_does_not_let_us_through_is_named(post, behave, code, status, says):
    with Server(behave) as proxy:
        error = post.failure(8088, scheme="https", proxy=via(proxy), timeout_s=1.0)
    assert (error.code, error.http_status) == (code, status)
    assert error.outcome.proxy == via(proxy)
    assert error.outcome.kind == "unreachable"
    assert says in outcome_message(error.outcome, "https://pbx.example:8088").why


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named(post, scheme):
    port = closed_port()
    error = post.failure(8088, scheme=scheme, proxy=f"127.0.0.1:{port}")
    assert (error.code, error.proxy) == ("proxy_unreachable", f"http://127.0.0.1:{port}")


def test_of_a_proxy_of_unknown_kind_no_more_than_its_kind_is_repeated(post):
    """Somebody may have pasted a password there."""
    error = post.failure(8088, proxy="hunter22hunter22://proxy.example")
    assert (error.code, error.detail) == ("proxy_scheme", "hunter22hu")


def test_a_proxy_whose_name_is_unknown_is_named(post):
    def resolve(*_asked, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    error = post.with_resolver(resolve).failure(8088, proxy="proxy.example:3128")
    assert (error.code, error.proxy) == ("proxy_unreachable", "http://proxy.example:3128")


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
        assert post(pbx.port).proxy == ""
        assert (len(pbx.requests), proxy.connections) == (1, 0)
        assert post(pbx.port, proxy=PROXY_SYSTEM).proxy == via(proxy)
        assert (len(pbx.requests), proxy.connections) == (1, 1)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert post(pbx.port, proxy=PROXY_SYSTEM).proxy == ""
        assert (len(pbx.requests), proxy.connections) == (2, 1)


def test_a_network_that_needs_no_proxy_gets_the_token_directly(post, monkeypatch):
    with Server() as pbx, Server() as proxy:
        monkeypatch.setenv("http_proxy", via(proxy))
        monkeypatch.setenv("no_proxy", " 10.0.0.0/8 , 127.0.0.0/8")
        assert post(pbx.port, proxy=PROXY_SYSTEM).proxy == ""
        assert (len(pbx.requests), proxy.connections) == (1, 0)


def test_a_variable_that_curl_and_go_do_not_know_is_none(post, monkeypatch):
    monkeypatch.setenv("socks_proxy", "socks5://127.0.0.1:1")
    with Server() as pbx:
        assert post(pbx.port, proxy=PROXY_SYSTEM).proxy == ""


@pytest.mark.parametrize(
    ("variable", "value", "code", "words"),
    [
        ("http_proxy", "http://me:hunter2@127.0.0.1:1", "proxy_has_user", "password"),
        ("http_proxy", "http://me:hun%40ter2@127.0.0.1:1", "proxy_has_user", "password"),
        ("HTTP_PROXY", "me:hun/ter2@127.0.0.1:1", "proxy_has_user", "password"),
        ("http_proxy", "hunter2@127.0.0.1:1", "proxy_has_user", "password"),
        ("ALL_PROXY", "socks5://me:hunter2@127.0.0.1:1", "proxy_has_user", "password"),
        ("ALL_PROXY", "socks5://127.0.0.1:1", "proxy_scheme", "kind socks5"),
        ("all_proxy", "SOCKS5H://127.0.0.1:1", "proxy_scheme", "kind socks5h"),
        ("http_proxy", "https://127.0.0.1:1", "proxy_scheme", "kind https"),
        ("http_proxy", "127.0.0.1", "proxy_malformed", "no host and port"),
        ("http_proxy", "http//hunter2:1", "proxy_malformed", "no host and port"),
        ("http_proxy", "hunter2hunter２:1", "proxy_malformed", "no host and port"),
    ],
)
def test_a_system_proxy_that_cannot_be_used_is_told_by_its_cause(
    post, monkeypatch, variable, value, code, words
):
    monkeypatch.setenv(variable, value)
    error = post.failure(8088, proxy=PROXY_SYSTEM)
    assert error.code == code
    assert "hun" not in repr(vars(error))
    assert CANARY not in repr(vars(error))
    message = outcome_message(error.outcome, "http://127.0.0.1:8088")
    said = f"{message.title}. {message.why} {message.advice}"
    assert words in said
    assert ": ." not in said
    assert "?" not in said


@pytest.mark.parametrize(
    ("detail", "code", "said"),
    [
        ("", "connect_timed_out", "The system says: no answer in time."),
        ("", "connection_lost", "The system says: connection lost."),
        ("Connection refused", "connection_refused", "The system says: Connection refused."),
    ],
)
def test_what_the_system_says_of_a_proxy_is_never_nothing(detail, code, said):
    error = on_the_way_to("http://10.0.0.1:3128", TransportError(code, detail))
    assert said in outcome_message(error.outcome, "https://pbx.example:8088").why


PROXY, OTHER = "http://10.0.0.1:3128", "http://10.0.0.2:3128"


@pytest.mark.parametrize(
    ("scheme", "variables", "proxy"),
    [
        ("https", {"https_proxy": PROXY}, PROXY),
        ("https", {"HTTPS_PROXY": PROXY}, PROXY),
        ("https", {"https_proxy": PROXY, "HTTPS_PROXY": OTHER}, PROXY),
        ("https", {"https_proxy": "", "HTTPS_PROXY": PROXY}, PROXY),
        ("https", {"https_proxy": f" {PROXY}\n"}, PROXY),
        ("https", {"http_proxy": PROXY}, ""),
        ("https", {"all_proxy": PROXY}, PROXY),
        ("http", {"ALL_PROXY": PROXY}, PROXY),
        ("http", {"http_proxy": PROXY, "ALL_PROXY": OTHER}, PROXY),
        ("http", {"HTTP_PROXY": PROXY}, PROXY),
        ("http", {"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, ""),
        ("http", {"http_proxy": PROXY, "REQUEST_METHOD": "GET"}, PROXY),
        ("http", {"http_proxy": PROXY, "NO_PROXY": "pbx.example"}, ""),
        ("http", {"http_proxy": PROXY, "no_proxy": "x", "NO_PROXY": "pbx.example"}, PROXY),
    ],
)
def test_which_variable_counts(scheme, variables, proxy):
    assert proxy_for(PbxAddress(scheme, "pbx.example", 8088), variables) == proxy


@pytest.mark.parametrize(
    ("host", "no_proxy", "direct"),
    [
        ("127.0.0.1", "127.0.0.0/8", True),
        ("192.168.5.150", "192.168.5.1/24", True),
        ("192.168.6.150", "192.168.5.0/24", False),
        ("192.168.5.150", "192.168.5.150", True),
        ("192.168.5.150", "192.168.5.150:8088", True),
        ("192.168.5.150", "192.168.5.150:443", False),
        ("192.168.5.150", "192.168.5", False),
        ("192.168.5.150", "192.168.5.0/33,192.168.5.150", True),
        ("192.168.5.150", "::ffff:192.168.5.150", True),
        ("::1", "[::1]", True),
        ("::1", "::1", True),
        ("::1", "[::1]:8088", True),
        ("::1", "[::1]:443", False),
        ("2001:db8::5", "2001:DB8:0::/32", True),
        ("2001:db8::5", "[2001:db8::]/32", True),
        ("fe80::1%eth0", "fe80::/10", True),
        ("fe80::1%eth0", "fe80::1", True),
        ("pbx.example", "pbx.example", True),
        ("PBX.example.", "pbx.EXAMPLE", True),
        ("pbx.example", "pbx.example.", True),
        ("pbx.example", "pbx.example:8088", True),
        ("pbx.example", "pbx.example:443", False),
        ("pbx.example", "example", True),
        ("pbx.example", ".example", True),
        ("pbx.example", "..example", True),
        ("pbx.example", "*.example", True),
        ("pbx.example", ".pbx.example", True),
        ("pbx.example", "*.pbx.example", False),
        ("pbx.example", "bx.example", False),
        ("otherpbx.example", "pbx.example", False),
        ("pbx.example", "*", True),
        ("pbx.example", "a.example, *", True),
        ("pbx.example", "a.example , \t.example", True),
        ("pbx.example", "a.example .example", True),
        ("pbx.example", ",,a.example,", False),
        ("pbx.example", "", False),
        ("pbx.example", "[,/,:,*.,[::1", False),
        ("localhost", "localhost", True),
        ("localhost", "127.0.0.0/8", False),
        ("büro.example", "xn--bro-hoa.example", True),
        ("xn--bro-hoa.example", "büro.example", True),
    ],
)
def test_which_places_need_no_proxy(host, no_proxy, direct):
    variables = {"http_proxy": PROXY, "no_proxy": no_proxy}
    address = PbxAddress("http", host, 8088)
    assert proxy_for(address, variables) == ("" if direct else PROXY)
