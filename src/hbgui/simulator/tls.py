"""TLS of the simulator, with outdated or wrong versions, ciphers and certificates."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


@dataclass(frozen=True, slots=True)
class TlsStyle:
    """The TLS settings of a simulator.

    The certificate is valid from day `begins` to day `ends`, counted from today. With `rsa_bits` 0
    its key is an elliptic-curve key. `name` replaces the usual names in the certificate. `newest`
    is the newest TLS version offered, None for the newest of all. With `client_certificate`, the
    client must present a certificate.
    """

    begins: int = -1
    ends: int = 30
    name: str = ""
    rsa_bits: int = 0
    ciphers: str = ""
    newest: ssl.TLSVersion | None = None
    client_certificate: bool = False


NORMAL = TlsStyle()


def server_context(style: TlsStyle, host: str) -> tuple[ssl.SSLContext, str]:
    """A context with a fresh self-signed certificate for localhost and `host` (an IP address),
    and that certificate as PEM."""
    certificate, key_pem = _make(style, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # The ssl module reads keys from files only. Only this user can open the folder.
    with tempfile.TemporaryDirectory(prefix="hbgui-") as folder:
        file = Path(folder) / "server.pem"
        file.write_bytes(key_pem + certificate)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(file)
        if style.client_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=certificate.decode())
    if style.ciphers:
        context.set_ciphers(style.ciphers)
    if style.newest is not None:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        with warnings.catch_warnings():
            # Old versions are chosen on purpose.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.maximum_version = style.newest
    return context, certificate.decode()


def _make(style: TlsStyle, host: str) -> tuple[bytes, bytes]:
    """The certificate and its key, both as PEM."""
    from cryptography.hazmat.primitives import hashes, serialization

    key = _key(style)
    certificate = _certificate(style, host, key).sign(key, hashes.SHA256())
    key_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key_pem


def _key(style: TlsStyle) -> RSAPrivateKey | EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if style.rsa_bits:
        return rsa.generate_private_key(65537, style.rsa_bits)
    return ec.generate_private_key(ec.SECP256R1())


def _certificate(
    style: TlsStyle, host: str, key: RSAPrivateKey | EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, style.name or "localhost")])
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + timedelta(days=style.begins))
        .not_valid_after(today + timedelta(days=style.ends))
        .add_extension(x509.SubjectAlternativeName(_names(style, host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _names(style: TlsStyle, host: str) -> list[x509.GeneralName]:
    from cryptography import x509

    if style.name:
        return [x509.DNSName(style.name)]
    addresses = {"127.0.0.1", "::1", host.partition("%")[0]}
    ips = (ipaddress.ip_address(address) for address in sorted(addresses))
    return [x509.DNSName("localhost"), *(x509.IPAddress(ip) for ip in ips)]
