"""TLS to a PBX: versions, cipher suites, trusted issuers, causes of failure."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hbgui.adapters.net.deadline import Deadline
from hbgui.adapters.net.tcp import TcpStream
from hbgui.core.api.errors import IN_HANDSHAKE, TransportError
from hbgui.core.pbx.connection import TlsLevel, TlsMode

_HANDSHAKE_FAILURE = "SSLV3_ALERT_HANDSHAKE_FAILURE"

_CERTIFICATE_CODES = {
    2: "certificate_unknown_issuer",
    9: "certificate_not_yet_valid",
    10: "certificate_expired",
    18: "certificate_self_signed",
    # Self-signed, but further up: an issuer that this computer does not know.
    19: "certificate_unknown_issuer",
    20: "certificate_unknown_issuer",
    21: "certificate_unknown_issuer",
    62: "certificate_wrong_name",
    64: "certificate_wrong_name",
    66: "certificate_too_weak",
    67: "certificate_weak_issuer",
    68: "certificate_weak_signature",
    0x800B0101: "certificate_expired",
    0x800B0109: "certificate_unknown_issuer",
    0x800B010A: "certificate_unknown_issuer",
    0x800B010F: "certificate_wrong_name",
}
"""By the X509_V_ERR_ numbers of OpenSSL, or the CERT_E_ ones of Windows (winerror.h), which may
come as negative numbers."""

_REASONS = {
    "TLSV1_ALERT_PROTOCOL_VERSION": "tls_no_common_version",
    "UNSUPPORTED_PROTOCOL": "tls_too_old",
    "VERSION_TOO_LOW": "tls_too_old",
    "WRONG_SSL_VERSION": "tls_too_old",
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": "tls_no_secure_renegotiation",
    "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED": "tls_weak_signature",
    "WRONG_SIGNATURE_TYPE": "tls_weak_signature",
    "DH_KEY_TOO_SMALL": "tls_weak_key_exchange",
    "EE_KEY_TOO_SMALL": "certificate_too_weak",
    "CA_KEY_TOO_SMALL": "certificate_weak_issuer",
    "CA_MD_TOO_WEAK": "certificate_weak_signature",
    _HANDSHAKE_FAILURE: "tls_no_common_cipher",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": "tls_no_common_cipher",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "tls_client_certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "tls_client_certificate",
    "TLSV1_UNRECOGNIZED_NAME": "tls_name_refused",
    "NO_PROTOCOLS_AVAILABLE": "tls_off_here",
    "NO_CIPHERS_AVAILABLE": "tls_off_here",
    "UNEXPECTED_EOF_WHILE_READING": "connection_cut_in_handshake",
}
"""OpenSSL's reasons with one clear cause. All others become "tls_failed" with OpenSSL's text."""


def explain(error: ssl.SSLError, *, agreed: bool) -> TransportError:
    """The TransportError for OpenSSL's error; "tls_failed" for an unknown cause.

    `agreed` is true when both sides had already agreed on a cipher.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        code = _CERTIFICATE_CODES.get(error.verify_code & 0xFFFFFFFF, "certificate_untrusted")
        return TransportError(code, error.verify_message)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return TransportError("connection_cut_in_handshake")
    code = _REASONS.get(error.reason, "tls_failed")
    if agreed and error.reason == _HANDSHAKE_FAILURE:
        code = "tls_client_certificate"
    return TransportError(code, error.reason or "unknown error")


_Stamp = tuple[str | None, int]
_Kind = tuple[bool, TlsLevel]

_SUITES = {
    # The list that python.org builds into Python. Debian's Python takes OpenSSL's instead, which
    # has suites without forward secrecy.
    TlsLevel.MODERN: "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES"
    ":!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM",
    # With the one suite that real PBXs have: AES256-GCM-SHA384 without Diffie-Hellman.
    TlsLevel.COMPATIBLE: "DEFAULT:@SECLEVEL=2",
    TlsLevel.VERY_OLD: "DEFAULT:@SECLEVEL=0",
}
"""Cipher suites and security level, which limits keys and signatures. Each entry is complete, so
that it does not depend on the defaults of Python or of OpenSSL's configuration file."""

_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's number for servers without secure renegotiation; Python names it from 3.12 on."""


class TlsTrust:
    """Makes TLS contexts and keeps them, since reading the system's issuers takes 17 ms.

    Thread-safe. Environment variables for other programs (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE,
    SSLKEYLOGFILE) are ignored.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contexts: dict[_Kind, tuple[tuple[_Stamp, ...], ssl.SSLContext]] = {}

    def context(self, mode: TlsMode, level: TlsLevel) -> ssl.SSLContext:
        """The context for a mode and level, made again when the system's issuers have changed.

        Only with SYSTEM it checks the certificate. The caller compares a pin.
        """
        kind = (mode is TlsMode.SYSTEM, level)
        sources = _sources() if mode is TlsMode.SYSTEM else ()
        with self._lock:
            cached = self._contexts.get(kind)
            if cached is None or cached[0] != sources:
                cached = self._contexts[kind] = (sources, _make(*kind))
            return cached[1]


def _make(checked: bool, level: TlsLevel) -> ssl.SSLContext:
    context = _system() if checked else _unchecked()
    context.set_ciphers(_SUITES[level])
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    if level is not TlsLevel.MODERN:
        # S-Series PBXs have no TLS 1.3, and a real one refused a handshake that offers it.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    # PBXs close without TLS's close_notify, which some versions of Python report as an error.
    # Whether an answer is complete is known from its length or its JSON object.
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    context.options &= ~_LEGACY_SERVER_CONNECT
    if level is TlsLevel.VERY_OLD:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.options |= _LEGACY_SERVER_CONNECT
    return context


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


if sys.platform in ("win32", "darwin"):
    import truststore

    def _system() -> ssl.SSLContext:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def _sources() -> tuple[_Stamp, ...]:
        """None: the system itself checks each certificate with its present issuers."""
        return ()

else:

    def _system() -> ssl.SSLContext:
        # truststore would do the same, but read all issuers again for each handshake.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()
        return context

    def _sources() -> tuple[_Stamp, ...]:
        """The paths of the issuers and when they changed; SSL_CERT_FILE and SSL_CERT_DIR apply."""
        paths = ssl.get_default_verify_paths()
        return (_stamp(paths.cafile), _stamp(paths.capath))


def _stamp(path: str | None) -> _Stamp:
    if path is not None:
        with contextlib.suppress(OSError):
            return path, Path(path).stat().st_mtime_ns
    return path, 0


HANDSHAKE_SHARE = 0.75
"""The part of the time left that the handshake may take. The rest is for a probe whether the port
speaks plain HTTP."""

_T = TypeVar("_T")


class TlsStream(TcpStream):
    """A TcpStream that encrypts. Nothing may be sent before `shake_hands` has returned.

    OpenSSL does not use the socket itself: all bytes go through TcpStream, which applies the
    deadline and counts them.
    """

    def __init__(
        self, sock: socket.socket, deadline: Deadline, context: ssl.SSLContext, name: str
    ) -> None:
        super().__init__(sock, deadline)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)

    def shake_hands(self) -> None:
        """Make the TLS handshake. Raises TransportError with the cause of failure, Cancelled."""
        deadline = self._deadline
        self._deadline = deadline.within(HANDSHAKE_SHARE * deadline.left_s())
        try:
            self._run(self._tls.do_handshake)
        except ssl.SSLError as error:
            raise self._with_cause(error) from error
        except TransportError as error:
            if error.code == "connection_lost":
                raise TransportError("connection_cut_in_handshake", error.detail) from error
            if error.code == "timed_out":
                raise TransportError("timed_out", IN_HANDSHAKE) from error
            raise
        self._deadline = deadline

    @property
    def certificate(self) -> bytes:
        """The peer's certificate in DER. Only after the handshake."""
        return self._tls.getpeercert(binary_form=True) or b""

    @property
    def agreed(self) -> tuple[str, str]:
        """The version of TLS and the name of the cipher suite. Only after the handshake."""
        cipher = self._tls.cipher()
        return self._tls.version() or "", cipher[0] if cipher else ""

    def _with_cause(self, error: ssl.SSLError) -> TransportError:
        if self.first.startswith(b"HTTP/"):
            return TransportError("plain_http_on_this_port")
        # A handshake refused after a cipher was agreed on lacks the client's certificate.
        return explain(error, agreed=self._tls.cipher() is not None)

    def recv(self, size: int) -> bytes:
        try:
            return self._run(lambda: self._tls.read(size))
        except ssl.SSLEOFError:
            # Old servers close without notice; the framing of the answer shows its end.
            return b""
        except ssl.SSLError as error:
            explained = explain(error, agreed=True)
            if explained.code == "tls_client_certificate":
                raise explained from error
            raise TransportError("connection_lost", explained.detail) from error

    def send(self, data: bytes) -> None:
        self._run(lambda: self._tls.write(data))

    def _run(self, step: Callable[[], _T]) -> _T:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                pass
            finally:
                # Also after a failure: the alert puts the cause into the PBX's log.
                super().send(self._outgoing.read())
            self._receive()

    def _receive(self) -> None:
        data = super().recv(16384)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
