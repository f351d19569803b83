"""What a failed handshake means, by OpenSSL's numbers and reasons, never by its sentences."""

from __future__ import annotations

import ssl

from hbgui.core.api.errors import TransportError

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
"""What has more than one cause is not here: "tls_failed" says OpenSSL's own word."""


def explain(error: ssl.SSLError, *, agreed: bool) -> TransportError:
    """The failure that OpenSSL's error stands for; "tls_failed" when nothing better is known.

    `agreed` tells that both sides had already found a common cipher.
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
