"""Whom TLS believes to be the PBX, and which TLS it speaks."""

from __future__ import annotations

import contextlib
import ssl
import sys
import threading
from pathlib import Path

from hbgui.core.pbx.connection import TlsLevel, TlsMode

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
"""Suites and security level, which bounds keys and signatures. Each level says all of it, so that
it means the same whatever Python and OpenSSL's configuration file on this computer prefer."""

_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's number for servers without secure renegotiation; Python names it from 3.12 on."""


class TlsTrust:
    """Makes the contexts and keeps them: reading all issuers of a system takes 17 ms.

    Thread-safe. Bundle variables meant for other programs (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE,
    SSLKEYLOGFILE) have no say here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[_Kind, tuple[tuple[_Stamp, ...], ssl.SSLContext]] = {}

    def context(self, mode: TlsMode, level: TlsLevel) -> ssl.SSLContext:
        """The context for that mode, made anew when the system's issuers have changed.

        Only under SYSTEM it checks anything: a pin is for the caller to compare.
        """
        kind = (mode is TlsMode.SYSTEM, level)
        sources = _sources() if mode is TlsMode.SYSTEM else ()
        with self._lock:
            made = self._made.get(kind)
            if made is None or made[0] != sources:
                made = self._made[kind] = (sources, _make(*kind))
            return made[1]


def _make(checked: bool, level: TlsLevel) -> ssl.SSLContext:
    context = _system() if checked else _unchecked()
    context.set_ciphers(_SUITES[level])
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    if level is not TlsLevel.MODERN:
        # S-Series PBXs never speak TLS 1.3, and a real one refused a greeting that offers it.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    # PBXs end without a farewell, and some Pythons call that an error: lengths and objects tell
    # whether an answer is whole.
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
        """Nothing to watch: the system itself is asked at each handshake."""
        return ()

else:

    def _system() -> ssl.SSLContext:
        # Truststore would do the same here, but read all issuers again at each handshake.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()
        return context

    def _sources() -> tuple[_Stamp, ...]:
        """Where the issuers come from (SSL_CERT_FILE and SSL_CERT_DIR included), and how new."""
        paths = ssl.get_default_verify_paths()
        return (_stamp(paths.cafile), _stamp(paths.capath))


def _stamp(path: str | None) -> _Stamp:
    if path is not None:
        with contextlib.suppress(OSError):
            return path, Path(path).stat().st_mtime_ns
    return path, 0
