"""The settings of a connection to a PBX: TLS, pin, proxy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hbgui.core.pbx.typed import invisible


class TlsMode(StrEnum):
    """How to verify the PBX's certificate."""

    SYSTEM = "system"
    PINNED = "pinned"
    INSECURE = "insecure"


class TlsLevel(StrEnum):
    """The TLS versions and ciphers to use, the safest first.

    MODERN is Python's default: TLS 1.2 and 1.3 with forward secrecy. COMPATIBLE is TLS 1.2 with
    the cipher suites of older PBXs; a real S50 needs it. VERY_OLD allows TLS 1.0 and small keys.
    """

    MODERN = "modern"
    COMPATIBLE = "compatible"
    VERY_OLD = "very-old"


PROXY_SYSTEM = "system"
"""Stands for the proxy in the system's settings."""


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """How to reach a PBX.

    `pin` is the SHA-256 of the only certificate that PINNED accepts, 64 lower-case hex digits; if
    empty, none is accepted. `proxy` is empty, `PROXY_SYSTEM` or `http://host:port`.
    """

    tls: TlsMode = TlsMode.SYSTEM
    level: TlsLevel = TlsLevel.COMPATIBLE
    pin: str = ""
    proxy: str = ""

    def why_not_pinned(self, sha256: str) -> str:
        """The code of why PINNED rejects a certificate, empty if it accepts it."""
        if not self.pin:
            return "certificate_not_pinned"
        return "" if sha256 == self.pin else "certificate_changed"


@dataclass(frozen=True, slots=True)
class Pin:
    """A certificate that the user trusts, for one `host:port` only.

    `since` is the UTC date on which it was trusted, as 2026-05-03, empty when not known.
    """

    sha256: str
    authority: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of a PBX, from a handshake without secrets.

    `sha256` is the hash of the whole certificate, 64 lower-case hex digits. The other members are
    empty if the certificate could not be parsed. `fault` is the code of why the system does not
    trust it, empty if it does.
    """

    sha256: str
    subject: str = ""
    issuer: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: str = ""
    names: tuple[str, ...] = ()
    fault: str = ""
    tls_version: str = ""
    cipher: str = ""


def parse_fingerprint(text: str) -> str:
    """A typed SHA-256 as 64 lower-case hex digits. Colons, white space and invisible characters
    between the digits are ignored.

    Raises ValueError for any other length: shorter hashes such as SHA-1 are not safe.
    """
    digits = "".join(char for char in text if char != ":" and not invisible(char)).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise ValueError("no SHA-256")
    return digits


def spelled_fingerprint(sha256: str) -> str:
    """The fingerprint as other programs show it: `AB:CD:…`."""
    return ":".join(sha256[i : i + 2] for i in range(0, len(sha256), 2)).upper()
