"""TLS as PBXs speak it, and everything that can be wrong with it."""

from __future__ import annotations

import datetime
import ssl
import subprocess
import time

import pytest
import trustme

from adapters import certificates
from adapters.conftest import REQUEST
from adapters.servers import (
    LIKE_A_PBX,
    SUCCESS,
    Server,
    drip,
    hang,
    reply,
    reply_and_hang,
    reply_in_pieces,
    reset,
    some,
)
from hbgui.adapters.net import tls
from hbgui.adapters.net.tls import TlsTrust
from hbgui.core.api.heartbeat import read_answer
from hbgui.core.pbx.connection import TlsLevel, TlsMode
from hbgui.texts.access import certificate_fault
from hbgui.texts.outcomes import outcome_message


def ip_cert(ca: trustme.CA, **options: object) -> ssl.SSLContext:
    return certificates.server_context(ca.issue_cert("127.0.0.1", **options))


@pytest.mark.parametrize(
    ("version", "level"),
    [
        (ssl.TLSVersion.TLSv1_2, TlsLevel.COMPATIBLE),
        (ssl.TLSVersion.TLSv1_2, TlsLevel.MODERN),
        (ssl.TLSVersion.TLSv1_3, TlsLevel.MODERN),
    ],
)
def test_a_trusted_pbx_gets_the_request(post, trusted, version, level):
    context = ip_cert(trusted)
    context.minimum_version = context.maximum_version = version
    with Server(tls=context) as server:
        assert post(server.port, scheme="https", level=level).body == SUCCESS
    assert server.requests[0].endswith(REQUEST.body)


@pytest.mark.parametrize("mode", [TlsMode.SYSTEM, TlsMode.INSECURE])
def test_a_pbx_with_one_old_suite_is_reached(post, trusted, mode):
    with Server(tls=certificates.static_rsa_only(trusted)) as server:
        assert post(server.port, scheme="https", tls=mode).body == SUCCESS


def test_a_name_is_sent_and_checked_an_address_is_not_sent(post, trusted):
    names = []
    context = certificates.server_context(trusted.issue_cert("pbx.example", "127.0.0.1"))
    context.sni_callback = lambda _sock, name, _context: names.append(name)
    post.with_resolver(lambda *_a, **_o: [(2, 1, 6, "", ("127.0.0.1", server.port))])
    with Server(tls=context) as server:
        assert post(server.port, scheme="https").body == SUCCESS
        assert post(server.port, scheme="https", host="pbx.example").body == SUCCESS
        assert post(server.port, scheme="https", host="pbx.example.").body == SUCCESS
    assert names == [None, "pbx.example", "pbx.example"]


def test_insecure_takes_any_certificate(post, tmp_path):
    context = certificates.from_pem(tmp_path / "box.pem", certificates.self_signed(2048))
    with Server(tls=context) as server:
        assert post(server.port, scheme="https", tls=TlsMode.INSECURE).body == SUCCESS


DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.UTC)

UNTRUSTED = {
    "certificate_expired": lambda ca: ip_cert(ca, not_before=NOW - 2 * DAY, not_after=NOW - DAY),
    "certificate_not_yet_valid": lambda ca: ip_cert(
        ca, not_before=NOW + DAY, not_after=NOW + 2 * DAY
    ),
    "certificate_wrong_name": lambda ca: certificates.server_context(ca.issue_cert("127.0.0.2")),
    "certificate_unknown_issuer": lambda _ca: ip_cert(trustme.CA()),
}


@pytest.mark.parametrize(("code", "context"), UNTRUSTED.items(), ids=UNTRUSTED)
def test_untrusted_certificates_get_nothing(post, trusted, code, context):
    with Server(tls=context(trusted)) as server:
        error = post.failure(server.port, scheme="https")
    assert error.code == code
    assert error.detail
    assert server.requests == []
    assert error.outcome.kind == "untrusted"


def test_a_wrong_host_name(post, trusted):
    context = certificates.server_context(trusted.issue_cert("other.example"))
    with Server(tls=context) as server:
        assert post.failure(server.port, scheme="https", host="localhost").code == (
            "certificate_wrong_name"
        )


def test_a_certificate_the_box_made_itself(post, trusted, tmp_path):
    context = certificates.from_pem(tmp_path / "box.pem", certificates.self_signed())
    with Server(tls=context) as server:
        error = post.failure(server.port, scheme="https")
    assert (error.code, server.requests) == ("certificate_self_signed", [])


@pytest.mark.skipif(
    ssl.create_default_context().security_level < 2, reason="this OpenSSL takes 1024 bits"
)
def test_a_weak_key(post, tmp_path, monkeypatch):
    issuer, pem = certificates.weak(tmp_path)
    (tmp_path / "issuer.pem").write_bytes(issuer)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "issuer.pem"))
    with Server(tls=certificates.from_pem(tmp_path / "box.pem", pem)) as server:
        error = post.failure(server.port, scheme="https")
    assert (error.code, server.requests) == ("certificate_too_weak", [])


WEAK = {
    "SHA-1": ({"digest": "sha1"}, "certificate_weak_signature"),
    "MD5": ({"digest": "md5"}, "certificate_weak_signature"),
    "issuer": ({"issuer_bits": 1024}, "certificate_weak_issuer"),
    "none": ({}, ""),
}


@pytest.mark.skipif(
    ssl.create_default_context().security_level < 2, reason="this OpenSSL takes 1024 bits"
)
@pytest.mark.parametrize(("how", "code"), WEAK.values(), ids=WEAK)
def test_what_is_weak_is_named(post, tmp_path, monkeypatch, how, code):
    pem = certificates.signed(tmp_path, **how)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "issuer.pem"))
    with Server(tls=certificates.from_pem(tmp_path / "box.pem", pem)) as server:
        if code:
            error = post.failure(server.port, scheme="https")
            assert (error.code, server.requests) == (code, [])
            assert "key is too short" not in certificate_fault(code)
        else:
            assert post(server.port, scheme="https").body == SUCCESS


@pytest.mark.parametrize("mode", TlsMode)
def test_a_small_group_is_named(post, trusted, tmp_path, mode):
    with Server(tls=certificates.small_group_only(trusted, tmp_path)) as server:
        error = post.failure(server.port, scheme="https", tls=mode)
        assert (error.code, error.level) == ("tls_weak_key_exchange", "very-old")
        said = outcome_message(error.outcome, "pbx")
        assert "Diffie-Hellman" in said.why
        assert "TLS 1.2" not in said.why
        if mode is TlsMode.INSECURE:
            very_old = post(server.port, scheme="https", tls=mode, level=TlsLevel.VERY_OLD)
            assert very_old.body == SUCCESS


REASONS = {
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": "tls_no_secure_renegotiation",
    "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED": "tls_weak_signature",
    "WRONG_SIGNATURE_TYPE": "tls_weak_signature",
    "TLSV1_ALERT_PROTOCOL_VERSION": "tls_no_common_version",
    "UNSUPPORTED_PROTOCOL": "tls_too_old",
    "TLSV1_UNRECOGNIZED_NAME": "tls_name_refused",
    "NO_PROTOCOLS_AVAILABLE": "tls_off_here",
    "WRONG_VERSION_NUMBER": "tls_failed",
    "TLSV1_ALERT_INTERNAL_ERROR": "tls_failed",
    "SOMETHING_NEW": "tls_failed",
}


@pytest.mark.parametrize(("reason", "code"), REASONS.items())
@pytest.mark.parametrize("agreed", [False, True])
def test_each_reason_has_its_own_sentence(reason, code, agreed):
    error = ssl.SSLError()
    error.reason = reason
    explained = tls.explain(error, agreed=agreed)
    assert explained.code == code
    said = outcome_message(explained.outcome, "pbx")
    assert ("TLS 1.2" in said.why) == (code == "tls_too_old")
    if code == "tls_failed":
        assert reason in said.why


WINDOWS = {
    0x800B0101: "certificate_expired",
    0x800B0109: "certificate_unknown_issuer",
    0x800B010A: "certificate_unknown_issuer",
    0x800B010F: "certificate_wrong_name",
    0x800B010E: "certificate_untrusted",
}


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(("number", "code"), WINDOWS.items())
def test_what_windows_says_of_a_certificate(number, code, signed):
    error = ssl.SSLCertVerificationError("as truststore raises it")
    error.verify_code = number - (1 << 32) if signed else number
    error.verify_message = "said in the language of this Windows"
    explained = tls.explain(error, agreed=False)
    assert (explained.code, explained.detail) == (code, error.verify_message)


def test_a_stronger_method_wanted_is_no_client_certificate_wanted():
    error = ssl.SSLError()
    error.reason = "TLSV1_ALERT_INSUFFICIENT_SECURITY"
    assert tls.explain(error, agreed=True).code == "tls_no_common_cipher"


@pytest.mark.parametrize(("version", "code"), [(0, "tls_no_common_version"), (3, "tls_too_new")])
def test_an_alert_about_the_version_is_looked_into(post, trusted, version, code):
    """It says the same of a version that is too old and of one that is too new."""
    context = ip_cert(trusted)
    if version:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    server = Server(tls=context) if version else Server(reply(PROTOCOL_ALERT), early=True)
    with server:
        assert post.failure(server.port, scheme="https").code == code


PROTOCOL_ALERT = b"\x15\x03\x01\x00\x02\x02\x46"

FAILING = {
    "TLS 1.0": (certificates.tls_1_0_only, "tls_too_old"),
    "odd cipher": (certificates.odd_cipher_only, "tls_no_common_cipher"),
    "client certificate, TLS 1.2": (
        lambda ca: certificates.client_certificate_wanted(ca, ssl.TLSVersion.TLSv1_2),
        "tls_client_certificate",
    ),
    "client certificate, TLS 1.3": (
        lambda ca: certificates.client_certificate_wanted(ca, ssl.TLSVersion.TLSv1_3),
        "tls_client_certificate",
    ),
}


@pytest.mark.parametrize("mode", TlsMode)
@pytest.mark.parametrize(("context", "code"), FAILING.values(), ids=FAILING)
def test_handshakes_that_fail(post, trusted, context, code, mode):
    with Server(tls=context(trusted)) as server:
        error = post.failure(server.port, scheme="https", tls=mode)
    assert (error.code, server.requests) == (code, [])


def answers_lines_only(sock):
    """A plain server that waits for a line end, which a TLS greeting need not have."""
    data = b""
    while b"\r\n" not in data:
        data += some(sock)
    if data.startswith(b"HEAD "):
        sock.sendall(b"HTTP/1.0 200 OK\r\n\r\n")


def closes_on_greetings(sock):
    if sock.recv(1024).startswith(b"HEAD "):
        sock.sendall(b"HTTP/1.0 200 OK\r\n\r\n")


def resets_on_greetings(sock):
    some(sock)
    reset(sock)


NOT_TLS = {
    "answers the greeting": (reply(b"HTTP/1.1 400 Bad\r\n\r\n"), "plain_http_on_this_port"),
    "waits for a line": (answers_lines_only, "plain_http_on_this_port"),
    "closes on the greeting": (closes_on_greetings, "plain_http_on_this_port"),
    "SSH": (reply(b"SSH-2.0-OpenSSH_9.2\r\n"), "tls_failed"),
    "an alert that nobody knows": (reply(b"\x15\x03\x03\0\2\2\xc8"), "tls_failed"),
    "closes": (reply(b""), "connection_cut_in_handshake"),
    "resets": (resets_on_greetings, "connection_cut_in_handshake"),
    "silence": (hang, "timed_out"),
    "drips": (drip(b"\x16\x03\x03\x40\x00", b"\0", every_s=0.1), "timed_out"),
}


@pytest.mark.parametrize(("behave", "code"), NOT_TLS.values(), ids=NOT_TLS)
def test_https_to_a_port_without_tls(post, behave, code):
    with Server(behave, early=True) as server:
        error = post.failure(server.port, scheme="https", timeout_s=2)
    assert error.code == code
    assert error.detail or code != "tls_failed"
    assert b"token" not in b"".join(server.requests)


def test_http_to_a_tls_port(post, trusted):
    with Server(tls=ip_cert(trusted)) as server:
        error = post.failure(server.port)
    assert (error.code, server.requests) == ("tls_on_this_port", [])


def test_http_answered_with_an_alert(post):
    with Server(reply(b"\x15\x03\x01\x00\x02\x02\x46")) as server:
        assert post.failure(server.port).code == "tls_on_this_port"


def test_a_reset_after_the_handshake(post, trusted):
    with Server(reset, tls=ip_cert(trusted)) as server:
        assert post.failure(server.port, scheme="https").code == "connection_lost"


def test_a_short_answer_over_tls(post, trusted):
    behave = reply(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + SUCCESS)
    with Server(behave, tls=ip_cert(trusted)) as server:
        error = post.failure(server.port, scheme="https")
    assert (error.code, error.http_status) == ("answer_cut_off", 200)


def test_a_proper_end_of_tls_is_an_end_too(post, trusted):
    def behave(sock):
        sock.sendall(LIKE_A_PBX)
        sock.unwrap()

    with Server(behave, tls=ip_cert(trusted)) as server:
        assert post(server.port, scheme="https").body == SUCCESS


def test_a_drip_over_tls(post, trusted):
    with Server(drip(LIKE_A_PBX[:-1], b" "), tls=ip_cert(trusted)) as server:
        answer = post(server.port, scheme="https", timeout_s=1)
    assert answer.body.rstrip() == SUCCESS[:-1]
    assert read_answer(answer).code == "answer_cut_off"


def close_without_notice(sock):
    sock.sendall(LIKE_A_PBX)


def reset_after_all(sock):
    sock.sendall(LIKE_A_PBX)
    time.sleep(0.1)
    reset(sock)


ENDS = {
    "stays open": reply_and_hang(LIKE_A_PBX),
    "drips blanks": drip(LIKE_A_PBX, b" ", every_s=0.05),
    "just closes": close_without_notice,
    "resets": reset_after_all,
    "in two pieces": reply_in_pieces(LIKE_A_PBX[:-3], LIKE_A_PBX[-3:]),
}


@pytest.mark.parametrize("secured", [True, False])
@pytest.mark.parametrize("behave", ENDS.values(), ids=ENDS)
def test_an_answer_without_a_length_ends_with_its_object(post, trusted, behave, secured):
    with Server(behave, tls=ip_cert(trusted) if secured else None) as server:
        answer = post(server.port, scheme="https" if secured else "http", timeout_s=30)
    assert answer.body.rstrip() == SUCCESS
    assert read_answer(answer).accepted


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_bundles_of_other_programs_are_ignored(post, trusted, tmp_path, monkeypatch, name):
    other = trustme.CA()
    other.cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv(name, str(tmp_path / "other.pem"))
    with Server(tls=ip_cert(other)) as server:
        error = post.failure(server.port, scheme="https")
        assert error.code == "certificate_unknown_issuer"
    with Server(tls=ip_cert(trusted)) as server:
        assert post(server.port, scheme="https").body == SUCCESS


def test_session_keys_are_not_written(post, trusted, tmp_path, monkeypatch):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    with Server(tls=ip_cert(trusted)) as server:
        post(server.port, scheme="https")
        post(server.port, scheme="https", tls=TlsMode.INSECURE)
    assert not (tmp_path / "keys.log").exists()


def test_the_folder_of_issuers_is_honoured(post, ca, tmp_path, monkeypatch):
    pem = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(pem))
    asked = subprocess.run(
        ["openssl", "x509", "-hash", "-noout", "-in", pem], capture_output=True, check=True
    )
    pem.rename(tmp_path / f"{asked.stdout.decode().strip()}.0")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with Server(tls=ip_cert(ca)) as server:
        assert post(server.port, scheme="https").body == SUCCESS


def test_a_changed_file_of_issuers_is_read_again(post, trusted, tmp_path):
    other = trustme.CA()
    with Server(tls=ip_cert(other)) as server:
        assert post.failure(server.port, scheme="https").code == "certificate_unknown_issuer"
        other.cert_pem.write_to_path(str(tmp_path / "system.pem"))
        assert post(server.port, scheme="https").body == SUCCESS


def test_contexts_are_kept():
    trust = TlsTrust()
    kinds = [(mode, level) for mode in TlsMode for level in TlsLevel]
    for mode, level in kinds:
        context = trust.context(mode, level)
        assert trust.context(mode, level) is context
        checked = mode is TlsMode.SYSTEM
        assert (context.verify_mode is ssl.CERT_REQUIRED) == context.check_hostname == checked
    assert len({id(trust.context(*kind)) for kind in kinds}) == 2 * len(TlsLevel)


def test_the_words_about_https_mean_nothing_over_tls(post, trusted):
    page = b"HTTP/1.1 400 Bad\r\n\r\nThe plain HTTP request was sent to HTTPS port"
    with Server(reply(page), tls=ip_cert(trusted)) as server:
        assert post(server.port, scheme="https").status == 400
