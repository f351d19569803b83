"""Whom TLS believes to be the PBX, and which TLS it speaks."""

from __future__ import annotations

import contextlib
import ssl
import sys
import threading
from pathlib import Path

from hbgui.core.profile import TlsMode

_Stamp = tuple[str | None, int]


class TlsTrust:
    """Makes the contexts and keeps them: reading all issuers of a system takes 17 ms.

    Thread-safe. Bundle variables meant for other programs (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE,
    SSLKEYLOGFILE) have no say here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[TlsMode, tuple[tuple[_Stamp, ...], ssl.SSLContext]] = {}

    def context(self, mode: TlsMode) -> ssl.SSLContext:
        """The context for that mode, made anew when the system's issuers have changed."""
        sources = _sources() if mode is TlsMode.SYSTEM else ()
        with self._lock:
            made = self._made.get(mode)
            if made is None or made[0] != sources:
                made = self._made[mode] = (sources, _make(mode))
            return made[1]


def _make(mode: TlsMode) -> ssl.SSLContext:
    context = _system() if mode is TlsMode.SYSTEM else _unchecked()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python's own list lacks the one suite that real PBXs have: AES256-GCM-SHA384 without DH.
    context.set_ciphers("DEFAULT")
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
