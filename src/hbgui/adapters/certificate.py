"""What a PBX's certificate says, read in a handshake that carries nothing secret."""

from __future__ import annotations

import contextlib
import hashlib
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hbgui.adapters.line import Line
from hbgui.core.api.errors import TransportError
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.pbx.connection import Certificate

if TYPE_CHECKING:
    from cryptography import x509

NAMES_MAX = 20
"""Names of a certificate that are listed."""

TEXT_MAX = 300
"""Characters of a name that are kept."""


def look(line: Line) -> Certificate:
    """What stands in the certificate, and whether this computer trusts it.

    Raises TransportError when no handshake comes about, Cancelled.
    """
    fault = ""
    try:
        pipe = line.shake_hands(checked=True)
    except TransportError as error:
        if error.outcome.kind is not OutcomeKind.UNTRUSTED:
            raise
        fault = error.code
        pipe = line.shake_hands(checked=False)
    version, cipher = pipe.agreed
    return replace(read(pipe.certificate), fault=fault, tls_version=version, cipher=cipher)


def read(der: bytes) -> Certificate:
    """The members that a certificate tells; only its fingerprint when it is malformed."""
    bare = Certificate(hashlib.sha256(der).hexdigest())
    with warnings.catch_warnings():
        # Old boxes bend the rules; that is no reason not to show what they say.
        warnings.simplefilter("ignore")
        with contextlib.suppress(Exception):  # a malformed one may fail anywhere
            from cryptography import x509

            return _described(x509.load_der_x509_certificate(der), bare)
    return bare


def _described(parsed: x509.Certificate, bare: Certificate) -> Certificate:
    return replace(
        bare,
        subject=_printable(parsed.subject.rfc4514_string()),
        issuer=_printable(parsed.issuer.rfc4514_string()),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=_key(parsed),
        names=_names(parsed),
    )


def _key(parsed: x509.Certificate) -> str:
    with contextlib.suppress(Exception):  # a kind that nobody knows
        key: Any = parsed.public_key()
        kind = type(key).__name__.removesuffix("PublicKey").strip("_")
        size = getattr(key, "key_size", None)
        return f"{kind}, {size} bits" if size else kind
    return ""


def _names(parsed: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    with contextlib.suppress(x509.ExtensionNotFound, ValueError):
        extension = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return tuple(_printable(str(n.value)) for n in list(extension.value)[:NAMES_MAX])
    return ()


def _printable(text: str) -> str:
    """A certificate is the word of a stranger: no control or direction marks, and not endless."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:TEXT_MAX]
