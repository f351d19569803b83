"""What the PBX receives."""

from __future__ import annotations

import http.client
import json
import pickle
from urllib.parse import parse_qsl, urlsplit

import pytest

import hbgui
from adapters.conftest import CANARY, REQUEST
from adapters.servers import SUCCESS, Server, drip, reply, reply_with
from hbgui.adapters.net.http import OneOrigin
from hbgui.core.values import Secret


def take_apart(request: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    return first, [tuple(line.lower().split(": ", 1)) for line in lines], body


def test_the_request_is_as_the_documents_say(post):
    with Server() as server:
        answer = post(server.port)
    assert (answer.status, answer.body, answer.location) == (200, SUCCESS, "")
    (request,) = server.requests
    first, headers, body = take_apart(request)
    method, target, version = first.split(" ")
    assert (method, version) == ("POST", "HTTP/1.1")
    assert urlsplit(target).path == "/api/v1.1.0/heartbeat"
    assert parse_qsl(urlsplit(target).query, strict_parsing=True) == [("token", CANARY)]
    assert target.endswith("?token=a%2Bb%2Fc%3Dd%26e%25f%22%C3%BC")
    assert body == REQUEST.body
    assert json.loads(body)["port"] == "8260"
    assert sorted(headers) == [
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("connection", "close"),
        ("content-length", str(len(body))),
        ("content-type", "application/json; charset=utf-8"),
        ("host", f"127.0.0.1:{server.port}"),
        ("user-agent", f"hbgui/{hbgui.__version__}"),
    ]


def test_without_a_token_there_is_no_query(post):
    with Server() as server:
        post(server.port, token=None)
    assert server.requests[0].startswith(b"POST /api/v1.1.0/heartbeat HTTP/1.1\r\n")


def test_ipv6_is_bracketed_in_the_host_header(post):
    with Server(host="::1") as server:
        assert post(server.port, host="::1").status == 200
    assert f"\r\nHost: [::1]:{server.port}\r\n".encode() in server.requests[0]


@pytest.mark.parametrize("host", ["bücher.example", "BÜCHER.example"])
def test_an_idn_name_is_looked_up_and_sent_in_ascii(post, host):
    asked = []

    def resolve(name, port, **_options):
        asked.append(name)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    with Server() as server:
        assert post.with_resolver(resolve)(server.port, host=host).status == 200
    assert asked == ["xn--bcher-kva.example"]
    assert f"\r\nHost: xn--bcher-kva.example:{server.port}\r\n".encode() in server.requests[0]


def test_each_request_has_a_connection_of_its_own(post):
    with Server() as server:
        for _ in range(3):
            post(server.port)
        assert server.connections == 3


def test_the_request_is_sent_once_whatever_comes_back(post):
    with Server(reply(b"")) as server:
        post.failure(server.port)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_reported_and_not_followed(post, status):
    with Server() as elsewhere:
        where = f"http://127.0.0.1:{elsewhere.port}/x"
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n"
        with Server(reply(head.encode())) as server:
            answer = post(server.port)
        assert (answer.status, answer.location) == (status, where)
        assert elsewhere.connections == 0
    assert len(server.requests) == 1


def test_the_environment_has_no_say(post, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("default login other password other-secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Server() as proxy, Server() as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(server.port).body == SUCCESS
        assert proxy.connections == 0
    assert b"uthorization" not in server.requests[0]
    assert b"ookie" not in server.requests[0]


def test_a_process_wide_debug_switch_prints_no_request(post, monkeypatch, capfd):
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with Server() as server:
        post(server.port)
    assert capfd.readouterr().out == ""


def test_what_holds_the_token_is_not_pickled():
    adapter = OneOrigin("127.0.0.1", 1, lambda: None, Secret(CANARY))
    with pytest.raises(TypeError):
        pickle.dumps(adapter)
    adapter.close()


def test_an_answer_before_the_request_is_read_counts(post):
    # With a length: a server that closes on unread bytes ends the connection with a reset.
    answer = reply_with(SUCCESS, "Content-Length: 20")
    with Server(answer, early=True) as server:
        assert post(server.port).body == SUCCESS


def test_nothing_is_kept_between_two_calls(post):
    cookie = b"HTTP/1.1 200 OK\r\nSet-Cookie: session=1\r\n\r\n" + SUCCESS
    with Server(reply(cookie)) as server:
        post(server.port)
        post(server.port)
    assert b"ookie" not in server.requests[1]


def test_a_full_answer_needs_no_end_of_the_connection(post):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"
    with Server(drip(head + SUCCESS, b"")) as server:
        assert post(server.port, timeout_s=3).body == SUCCESS
