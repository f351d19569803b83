"""The settings of a connection to a PBX: TLS, pin, proxy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hbgui.core.pbx.typed import invisible


class TlsMode(StrEnum):
    """Whom to believe to be the PBX."""

    SYSTEM = "system"
    PINNED = "pinned"
    INSECURE = "insecure"


class TlsLevel(StrEnum):
    """Which TLS to speak, from the safest on.

    MODERN is what Python offers by itself: TLS 1.2 and 1.3 with forward secrecy. COMPATIBLE is
    TLS 1.2 with the suites that older PBXs have, as a real S50 needs them. VERY_OLD permits
    TLS 1.0 and small keys.
    """

    MODERN = "modern"
    COMPATIBLE = "compatible"
    VERY_OLD = "very-old"


PROXY_SYSTEM = "system"
"""Instead of a proxy's address: the one that the system is set to."""


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """How to reach a PBX.

    `pin` is the SHA-256 of the one certificate that is believed under PINNED, 64 lower-case hex
    digits; empty: none is. `proxy` is empty, `PROXY_SYSTEM` or `http://host:port`.
    """

    tls: TlsMode = TlsMode.SYSTEM
    level: TlsLevel = TlsLevel.COMPATIBLE
    pin: str = ""
    proxy: str = ""

    def why_not_pinned(self, sha256: str) -> str:
        """The code of why a certificate is not the one that is believed under PINNED; empty when
        it is that one."""
        if not self.pin:
            return "certificate_not_pinned"
        return "" if sha256 == self.pin else "certificate_changed"


@dataclass(frozen=True, slots=True)
class Pin:
    """A certificate that a person trusts, for one `host:port` only.

    `since` is the UTC date on which it was trusted, as 2026-05-03, empty when not known.
    """

    sha256: str
    authority: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a PBX showed in a handshake that carried nothing secret.

    `sha256` is that of the whole certificate, 64 lower-case hex digits. The other members are
    empty where the certificate could not be read. `fault` is the code of why the system does not
    trust it, empty when it does.
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
    """A typed SHA-256 as 64 lower-case hex digits; colons, white space and invisible marks may
    stand between.

    Raises ValueError: what is shorter, of MD5 or SHA-1 for instance, proves nothing.
    """
    digits = "".join(char for char in text if char != ":" and not invisible(char)).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise ValueError("no SHA-256")
    return digits


def spelled_fingerprint(sha256: str) -> str:
    """The fingerprint as other programs show it: `AB:CD:…`."""
    return ":".join(sha256[i : i + 2] for i in range(0, len(sha256), 2)).upper()
