"""Pinned certificates, and what a look at one tells before anything secret is sent."""

from __future__ import annotations

import hashlib
import re
import ssl
import subprocess
from pathlib import Path

import pytest

from adapters import certificates
from adapters.certificates import DAY, NOW
from adapters.servers import SUCCESS, Server
from hbgui.adapters.net import pbx_http
from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.net.pbx_http import PbxHttp
from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.pbx.address import PbxAddress
from hbgui.core.pbx.connection import (
    Certificate,
    ConnectionSettings,
    TlsMode,
    parse_fingerprint,
    spelled_fingerprint,
)
from hbgui.core.values import Secret

PINNED = TlsMode.PINNED


class Box:
    """A PBX with its own certificate."""

    def __init__(self, folder: Path, bits: int = 2048, pem: bytes = b"") -> None:
        file = folder / "box.pem"
        self.context = certificates.from_pem(file, pem or certificates.self_signed(bits))
        told = subprocess.run(
            ["openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256"],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
        self.spelled = told.stdout.strip().partition("=")[2]
        self.sha256 = parse_fingerprint(self.spelled)


@pytest.fixture
def box(tmp_path) -> Box:
    return Box(tmp_path)


def look(post, port: int, host: str = "127.0.0.1") -> Certificate:
    address = PbxAddress("https", host, port)
    return post.transport.certificate(
        address, link=ConnectionSettings(), timeout_s=5.0, cancel=WireCancel()
    )


def test_the_pinned_certificate_gets_the_request(post, box):
    with Server(tls=box.context) as server:
        assert post(server.port, scheme="https", tls=PINNED, pin=box.sha256).body == SUCCESS
        assert (
            post(server.port, scheme="https", host="localhost", tls=PINNED, pin=box.sha256).body
            == SUCCESS
        )


@pytest.mark.parametrize("level", ["modern", "very-old"])
def test_the_pin_holds_at_each_level(post, box, level):
    with Server(tls=box.context) as server:
        assert (
            post(server.port, scheme="https", tls=PINNED, pin=box.sha256, level=level).body
            == SUCCESS
        )
        other = "0" * 64
        failure = post.failure(server.port, scheme="https", tls=PINNED, pin=other, level=level)
    assert failure.code == "certificate_changed"


def test_dates_names_and_small_keys_do_not_matter_to_a_pin(post, trusted, tmp_path):
    old = trusted.issue_cert("elsewhere.example", not_before=NOW - 3 * DAY, not_after=NOW - DAY)
    pem = old.private_key_pem.bytes() + old.cert_chain_pems[0].bytes()
    for box in (Box(tmp_path, pem=pem), Box(tmp_path, bits=1024)):
        with Server(tls=box.context) as server:
            assert post(server.port, scheme="https", tls=PINNED, pin=box.sha256).body == SUCCESS


@pytest.mark.parametrize("pin", ["", "0" * 64, "f" * 63])
def test_any_other_certificate_gets_nothing(post, box, pin):
    with Server(tls=box.context) as server:
        error = post.failure(server.port, scheme="https", tls=PINNED, pin=pin)
        assert server.connections == 1
    assert server.requests == []
    assert error.code == ("certificate_changed" if pin else "certificate_not_pinned")
    assert error.detail == box.sha256
    assert error.outcome.kind == "untrusted"


@pytest.mark.parametrize("same", [slice(0, 63), slice(1, 64)])
def test_a_pin_holds_to_its_last_digit(post, box, same):
    start, end, _ = same.indices(64)
    flipped = "0" if box.sha256[0 if start else 63] != "0" else "1"
    pin = flipped * start + box.sha256[same] + flipped * (64 - end)
    with Server(tls=box.context) as server:
        error = post.failure(server.port, scheme="https", tls=PINNED, pin=pin)
    assert (error.code, server.requests) == ("certificate_changed", [])


def test_a_certificate_that_the_system_trusts_is_not_the_pinned_one(post, trusted):
    context = certificates.server_context(trusted.issue_cert("127.0.0.1"))
    with Server(tls=context) as server:
        error = post.failure(server.port, scheme="https", tls=PINNED, pin="0" * 64)
    assert (error.code, server.requests) == ("certificate_changed", [])


def test_a_look_tells_what_the_box_shows_and_sends_nothing(post, box):
    with Server(tls=box.context, early=True) as server:
        seen = look(post, server.port)
    assert (seen.sha256, seen.fault) == (box.sha256, "certificate_self_signed")
    assert spelled_fingerprint(seen.sha256) == box.spelled
    assert (seen.subject, seen.issuer) == ("CN=127.0.0.1", "CN=127.0.0.1")
    assert seen.key == "RSA, 2048 bits"
    assert seen.names == ("127.0.0.1",)
    assert abs(seen.not_after - (NOW + DAY)) < DAY / 24
    assert (seen.tls_version, bool(seen.cipher)) == ("TLSv1.2", True)


@pytest.mark.parametrize("known", ["127.0.0.1", "not in it"])
def test_a_look_hides_what_is_secret_in_every_name(box, known):
    """A box may make a certificate of what it was told."""
    redactor = Redactor()
    redactor.add(Secret(known))
    with Server(tls=box.context, early=True) as server:
        seen = PbxHttp(redactor).certificate(
            PbxAddress("https", "localhost", server.port),
            link=ConnectionSettings(),
            timeout_s=30.0,
            cancel=WireCancel(),
        )
    name = "***" if known == "127.0.0.1" else "127.0.0.1"
    assert (seen.subject, seen.issuer, seen.names) == (f"CN={name}", f"CN={name}", (name,))


def test_a_look_says_that_the_system_trusts_it(post, trusted):
    context = certificates.server_context(trusted.issue_cert("127.0.0.1"))
    with Server(tls=context, early=True) as server:
        assert look(post, server.port).fault == ""
        assert look(post, server.port, "localhost").fault == "certificate_wrong_name"


def test_a_malformed_certificate_still_has_a_fingerprint():
    rubbish = b"\x30\x03\x02\x01\x01"
    assert pbx_http.read(rubbish) == Certificate(hashlib.sha256(rubbish).hexdigest())


def test_hostile_names_are_shown_harmless(tmp_path):
    name = "a\nb\u202ec" + "x" * 50
    pem = certificates.self_signed(name=name)
    der = ssl.PEM_cert_to_DER_cert(pem.partition(b"-----BEGIN PRIVATE")[0].decode().strip())
    seen = pbx_http.read(der)
    assert seen.subject.isprintable()
    assert "x" * 50 in seen.subject


@pytest.mark.parametrize(
    "text", ["AA:" * 31 + "AA", "aa" * 32, " Aa" * 32, "aa aa:" * 16, "\taA\n" * 32]
)
def test_fingerprints_as_people_paste_them(text):
    assert parse_fingerprint(text) == "aa" * 32


@pytest.mark.parametrize(
    "text", ["", "aa" * 20, "aa" * 16, "aa" * 31, "aa" * 33, "zz" * 32, "sha256:" + "aa" * 32]
)
def test_what_is_no_sha_256_is_refused(text):
    with pytest.raises(ValueError, match="no SHA-256") as caught:
        parse_fingerprint(text)
    assert not re.search("aa|zz", str(caught.value))
