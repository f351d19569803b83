"""HTTPS with a certificate of its own, and TLS that is old or wrong."""

from __future__ import annotations

import socket
import ssl

import pytest

from hbgui.simulator.faults import FAULTS
from simulated import WAIT_S, beat, connect, exchange, read_all, request_bytes, unchecked

GET = request_bytes("GET", "/")
REFUSED = b'{"status":"Failed","errno":"20001"}'


def trusting(pem):
    """A client that checks certificates and trusts that one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem)
    context.set_ciphers("DEFAULT")
    return context


def why_not(pbx, context, name="localhost"):
    """The error of OpenSSL's check of the certificate."""
    with (
        socket.create_connection(pbx.address, WAIT_S) as sock,
        pytest.raises(ssl.SSLCertVerificationError) as caught,
    ):
        context.wrap_socket(sock, server_hostname=name)
    return caught.value.verify_code


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_the_certificate_can_be_trusted(simulator, name):
    pbx = simulator(tls=True)
    assert pbx.url == f"https://127.0.0.1:{pbx.address[1]}"
    with (
        socket.create_connection(pbx.address, WAIT_S) as sock,
        trusting(pbx.certificate_pem).wrap_socket(sock, server_hostname=name) as tls,
    ):
        tls.sendall(GET)
        assert read_all(tls).endswith(REFUSED)
        assert tls.version() == "TLSv1.3"
        der = tls.getpeercert(binary_form=True)
    assert ssl.PEM_cert_to_DER_cert(pbx.certificate_pem) == der


def test_a_stranger_is_not_trusted(simulator):
    pbx, other = simulator(tls=True), simulator(tls=True)
    assert why_not(pbx, ssl.create_default_context()) == 18
    assert why_not(pbx, trusting(other.certificate_pem)) == 18
    assert pbx.received == 0


def test_openssl_trusts_it_by_its_own_variable(simulator, tmp_path, monkeypatch):
    pbx = simulator(tls=True)
    file = tmp_path / "ca.pem"
    file.write_text(pbx.certificate_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    assert exchange(pbx, GET, context=context).endswith(REFUSED)


def test_there_is_no_certificate_without_tls(simulator):
    pbx = simulator()
    assert pbx.certificate_pem == ""
    assert pbx.url.startswith("http://")


def test_the_key_is_in_no_file(simulator, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    beat(simulator(tls=True))
    assert list(tmp_path.iterdir()) == []


def test_an_old_pbx_takes_one_suite_only(simulator):
    pbx = simulator(fault="old-tls")
    with connect(pbx, context=trusting(pbx.certificate_pem)) as tls:
        assert tls.version() == "TLSv1.2"
        assert tls.cipher()[0] == "AES256-GCM-SHA384"
    modern = trusting(pbx.certificate_pem)
    # As python.org's Python has it: no suite without Diffie-Hellman.
    modern.set_ciphers("ECDHE+AESGCM:DHE+AES")
    with pytest.raises(ssl.SSLError) as caught:
        connect(pbx, context=modern)
    assert caught.value.reason == "SSLV3_ALERT_HANDSHAKE_FAILURE"


def test_a_very_old_pbx(simulator):
    pbx = simulator(fault="very-old-tls")
    with pytest.raises(ssl.SSLError) as caught:
        connect(pbx)
    assert caught.value.reason == "TLSV1_ALERT_PROTOCOL_VERSION"
    old = unchecked()
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with connect(pbx, context=old) as tls:
        assert tls.version() == "TLSv1"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("certificate-expired", 10),
        ("certificate-early", 9),
        ("certificate-name", 62),
        ("certificate-weak", 66),
    ],
)
def test_a_wrong_certificate_has_its_reason(simulator, fault, code):
    pbx = simulator(fault=fault)
    assert why_not(pbx, trusting(pbx.certificate_pem)) == code
    assert exchange(pbx, GET).endswith(REFUSED)


def test_a_client_certificate_is_demanded(simulator):
    pbx = simulator(fault="client-certificate")
    # Under TLS 1.3 the client's side of the handshake is over before the server complains.
    with connect(pbx) as tls, pytest.raises(ssl.SSLError) as caught:
        tls.recv(1)
    assert caught.value.reason == "TLSV13_ALERT_CERTIFICATE_REQUIRED"
    pbx.fault = "client-certificate-12"
    with pytest.raises(ssl.SSLError) as caught:
        connect(pbx)
    assert caught.value.reason == "SSLV3_ALERT_HANDSHAKE_FAILURE"
    assert pbx.received == 0


def test_plain_http_on_the_tls_port_is_cut_or_told(simulator):
    pbx = simulator(tls=True)
    with socket.create_connection(pbx.address, WAIT_S) as sock:
        sock.sendall(GET)
        assert b"HTTP" not in read_all(sock)
    pbx.fault = "tls-plain-400"
    with socket.create_connection(pbx.address, WAIT_S) as sock:
        sock.sendall(GET)
        answer = read_all(sock)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"plain HTTP request was sent to HTTPS port" in answer
    assert exchange(pbx, GET).endswith(REFUSED)


def test_tls_on_the_plain_port_is_no_tls(simulator):
    pbx = simulator()
    with (
        socket.create_connection(pbx.address, WAIT_S) as sock,
        pytest.raises(ssl.SSLError) as caught,
    ):
        unchecked().wrap_socket(sock)
    assert "WRONG_VERSION" in caught.value.reason or "RECORD_LAYER" in caught.value.reason


@pytest.mark.parametrize(("fault", "ragged"), [("none", False), ("tls-ragged", True)])
def test_tls_ends_with_or_without_a_farewell(simulator, fault, ragged):
    pbx = simulator(fault=fault, tls=True)
    with socket.create_connection(pbx.address, WAIT_S) as sock:
        tls = unchecked().wrap_socket(sock, suppress_ragged_eofs=False)
        with tls:
            tls.sendall(GET)
            data = b""
            try:
                while more := tls.recv(65536):
                    data += more
                reason = ""
            except ssl.SSLError as error:
                reason = error.reason
    assert data.endswith(REFUSED)
    assert reason == ("UNEXPECTED_EOF_WHILE_READING" if ragged else "")


@pytest.mark.parametrize("fault", ["close-at-once", "reset-at-once"])
def test_the_handshake_is_cut(simulator, fault):
    pbx = simulator(fault=fault, tls=True)
    with pytest.raises((ssl.SSLError, ConnectionResetError)) as caught:
        connect(pbx)
    assert isinstance(caught.value, ConnectionResetError) is (fault == "reset-at-once")


def test_the_fault_may_change_the_certificate_while_it_runs(simulator):
    pbx = simulator(tls=True)
    before = pbx.certificate_pem
    pbx.fault = "certificate-name"
    assert pbx.certificate_pem != before
    assert why_not(pbx, trusting(pbx.certificate_pem)) == 62
    pbx.fault = "none"
    assert pbx.certificate_pem == before


def test_the_certificate_can_be_changed_while_it_runs(simulator):
    pbx = simulator(tls=True)
    before = pbx.certificate_pem
    assert pbx.certificate_pem == before
    pbx.change_certificate()
    assert pbx.certificate_pem != before
    context = ssl.create_default_context(cadata=pbx.certificate_pem)
    with connect(pbx, context=context) as sock:
        assert ssl.DER_cert_to_PEM_cert(sock.getpeercert(True)) == pbx.certificate_pem


def test_each_tls_fault_implies_tls(simulator):
    for name in (name for name, fault in FAULTS.items() if fault.tls):
        assert simulator(fault=name).url.startswith("https://"), name
