"""Certificates, good and bad, and server contexts that use them."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import subprocess
import warnings
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def server_context(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


def from_pem(path: Path, pem: bytes) -> ssl.SSLContext:
    path.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(path)
    return context


def static_rsa_only(ca: trustme.CA) -> ssl.SSLContext:
    """What a real PBX offers: TLS 1.2 and AES256-GCM-SHA384 without Diffie-Hellman."""
    context = server_context(ca.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-GCM-SHA384")
    return context


def tls_1_0_only(ca: trustme.CA) -> ssl.SSLContext:
    context = server_context(ca.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def odd_cipher_only(ca: trustme.CA) -> ssl.SSLContext:
    """A suite that no default list has."""
    context = server_context(ca.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-NULL-SHA:@SECLEVEL=0")
    return context


def small_group_only(ca: trustme.CA, folder: Path) -> ssl.SSLContext:
    """Diffie-Hellman with the 1024 bits of RFC 2409, group 2, and a good key."""
    context = server_context(ca.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0")
    der = bytes.fromhex("30818702818100" + _OAKLEY_2 + "020102")
    (folder / "group.pem").write_text(
        ssl.DER_cert_to_PEM_cert(der).replace("CERTIFICATE", "DH PARAMETERS")
    )
    context.load_dh_params(folder / "group.pem")
    return context


_OAKLEY_2 = (
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF"
)


def signed(folder: Path, digest: str = "sha256", issuer_bits: int = 2048) -> bytes:
    """A server's certificate with a good key, signed that way. The issuer is in `issuer.pem`."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    (folder / "leaf.ext").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl(
        *("req", "-x509", "-newkey", f"rsa:{issuer_bits}", "-nodes", "-keyout", "issuer.key"),
        *("-subj", "/CN=issuer", "-out", "issuer.pem"),
    )
    openssl(
        *("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key"),
        *("-subj", "/CN=127.0.0.1", "-out", "leaf.csr"),
    )
    openssl(
        *("x509", "-req", f"-{digest}", "-in", "leaf.csr", "-CA", "issuer.pem"),
        *("-CAkey", "issuer.key", "-CAcreateserial", "-extfile", "leaf.ext", "-out", "leaf.pem"),
    )
    return (folder / "leaf.key").read_bytes() + (folder / "leaf.pem").read_bytes()


def client_certificate_wanted(ca: trustme.CA, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = server_context(ca.issue_cert("127.0.0.1"))
    context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    ca.configure_trust(context)
    return context


def self_signed(bits: int = 2048, name: str = "127.0.0.1") -> bytes:
    """Certificate and key of a box that made its own."""
    key = rsa.generate_private_key(65537, bits)
    return _pem(key, _certificate(key, name, name, key))


def weak(folder: Path) -> tuple[bytes, bytes]:
    """An issuer's certificate, and a server's with a 1024-bit key signed by it."""
    issuer_key = rsa.generate_private_key(65537, 2048)
    issuer = _certificate(issuer_key, "issuer", "issuer", issuer_key)
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - what is tested
    leaf = _certificate(key, "127.0.0.1", "issuer", issuer_key)
    return issuer.public_bytes(serialization.Encoding.PEM), _pem(key, leaf)


def _certificate(
    key: rsa.RSAPrivateKey, name: str, issuer: str, issuer_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.BasicConstraints(ca=name == "issuer", path_length=None), critical=True)
    )
    if name not in ("issuer", issuer) or name == "127.0.0.1":
        address = x509.IPAddress(ipaddress.ip_address(name))
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
