"""Three levels of TLS, and which one would have worked."""

from __future__ import annotations

import socket
import ssl

import pytest

from adapters import certificates
from adapters.servers import SUCCESS, Server, hang
from hbgui.core.pbx.connection import TlsLevel, TlsMode

MODERN, COMPATIBLE, VERY_OLD = TlsLevel


def only_1_3(ca) -> ssl.SSLContext:
    context = certificates.server_context(ca.issue_cert("127.0.0.1"))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


SERVERS = {
    "modern": (only_1_3, {MODERN}),
    "old": (certificates.static_rsa_only, {COMPATIBLE, VERY_OLD}),
    "very old": (certificates.tls_1_0_only, {VERY_OLD}),
}


@pytest.mark.parametrize("level", TlsLevel)
@pytest.mark.parametrize("name", SERVERS)
def test_a_level_reaches_what_it_is_for_and_names_the_one_that_would(post, trusted, name, level):
    make, works = SERVERS[name]
    with Server(tls=make(trusted)) as server:
        if level in works:
            assert post(server.port, scheme="https", level=level).body == SUCCESS
            return
        error = post.failure(server.port, scheme="https", level=level)
        assert server.requests == []
    assert error.level == next(x for x in TlsLevel if x in works)
    assert error.outcome.level == error.level
    assert error.code == "tls_too_new" if name == "modern" else error.code.startswith("tls_")


class Recovers(Server):
    """Cuts the first handshake; to others it answers, if they speak TLS."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(tls=tls)
        self.first = True

    def _serve(self, sock: socket.socket) -> None:
        if self.first:
            self.first = False
            sock.close()
            return
        if sock.recv(1, socket.MSG_PEEK) == b"H":
            with sock:
                hang(sock)
            return
        super()._serve(sock)


@pytest.mark.parametrize("level", TlsLevel)
def test_the_level_that_just_failed_is_not_named_and_a_silent_port_costs_no_more_than_a_look(
    post, trusted, level
):
    context = certificates.server_context(trusted.issue_cert("127.0.0.1"))
    with Recovers(context) as server:
        error = post.failure(server.port, scheme="https", level=level, timeout_s=20)
    assert error.code == "connection_cut_in_handshake"
    assert error.level == next(x for x in TlsLevel if x is not level)


def test_no_level_is_named_when_none_works(post, trusted):
    with Server(tls=certificates.odd_cipher_only(trusted)) as server:
        error = post.failure(server.port, scheme="https")
    assert (error.code, error.level) == ("tls_no_common_cipher", "")


def test_the_certificate_is_checked_at_the_lowest_level_too(post, trusted, tmp_path):
    context = certificates.from_pem(tmp_path / "box.pem", certificates.self_signed())
    with Server(tls=context) as server:
        error = post.failure(server.port, scheme="https", level=VERY_OLD)
        assert (error.code, server.requests) == ("certificate_self_signed", [])
        answer = post(server.port, scheme="https", level=VERY_OLD, tls=TlsMode.INSECURE)
    assert answer.body == SUCCESS
