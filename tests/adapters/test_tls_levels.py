"""Three levels of TLS, and which one would have worked."""

from __future__ import annotations

import ssl

import pytest

from adapters import certificates
from adapters.servers import SUCCESS, Server
from hbgui.core.link import TlsLevel, TlsMode

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
