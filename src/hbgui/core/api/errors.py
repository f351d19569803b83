"""What can go wrong outside the program, in terms of what a person can do.

HbguiError            code (key of the texts), detail (the original message, redacted)
 +- TransportError    the PBX could not be reached, or its answer could not be read
 +- SecretError       the token could not be read from or written to the keyring
 +- StorageError      a file could not be read or written
 +- Cancelled         the call was stopped; never shown as a failure
 +- MoveWithheld      nothing was sent: it would move the reports, so a person is asked first
"""

from __future__ import annotations

from hbgui.core.api.outcome import Outcome, OutcomeKind
from hbgui.core.pbx.destination import ReportTarget


class HbguiError(Exception):
    """Base class. Raise it outside `except` blocks: a chained exception could hold a secret."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


IN_HANDSHAKE = "handshake"
"""The `detail` of a `timed_out` that happened before anything was sent."""

_CODES = {
    OutcomeKind.UNREACHABLE: """
        name_unknown zone_unknown connection_refused no_route no_device host_unreachable
        connect_forbidden connect_failed adapter_down connect_timed_out timed_out
        connection_lost connection_cut_in_handshake tls_too_old tls_too_new
        tls_no_common_version tls_no_common_cipher tls_weak_key_exchange tls_weak_signature
        tls_no_secure_renegotiation tls_name_refused tls_off_here tls_failed
        tls_client_certificate plain_http_on_this_port tls_on_this_port proxy_unreachable
        proxy_refused proxy_has_user proxy_scheme proxy_malformed
    """,
    OutcomeKind.UNCLEAR: "not_http answer_too_large answer_cut_off answer_compressed",
    OutcomeKind.UNTRUSTED: """
        certificate_self_signed certificate_unknown_issuer certificate_expired
        certificate_not_yet_valid certificate_wrong_name certificate_too_weak
        certificate_weak_issuer certificate_weak_signature certificate_untrusted
        certificate_changed certificate_not_pinned
    """,
}
_TRANSPORT_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes.split()}

TRANSPORT_CODES = frozenset(_TRANSPORT_KINDS)


class TransportError(HbguiError):
    """The PBX could not be reached, or its answer could not be read.

    `code` is one of `TRANSPORT_CODES`. `http_status` is set if the answer began but did not end,
    `level` is the TLS level that would have worked, `proxy` the proxy that was used.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        http_status: int | None = None,
        *,
        level: str = "",
        proxy: str = "",
    ) -> None:
        super().__init__(code, detail)
        self.http_status = http_status
        self.level = level
        self.proxy = proxy

    @property
    def outcome(self) -> Outcome:
        """The outcome of a call that failed this way."""
        kind = _TRANSPORT_KINDS[self.code]
        return Outcome(
            kind,
            self.code,
            http_status=self.http_status,
            detail=self.detail,
            level=self.level,
            proxy=self.proxy,
        )


def on_the_way_to(proxy: str, error: TransportError) -> TransportError:
    """The same failure, reported as one of the proxy and not of the PBX."""
    timed_out = error.code in ("connect_timed_out", "timed_out")
    words = "no answer in time" if timed_out else error.code.replace("_", " ")
    return TransportError("proxy_unreachable", error.detail or words, proxy=proxy)


class SecretError(HbguiError):
    """The keyring gave no secret. `code` is one of `SECRET_CODES`."""

    @property
    def outcome(self) -> Outcome:
        """The outcome of a call that could not get its token."""
        return Outcome(OutcomeKind.NO_SECRET, self.code, detail=self.detail)


SECRET_CODES = frozenset(
    {
        "keyring_none",
        "keyring_locked",
        "keyring_unlocking",
        "keyring_denied",
        "keyring_hung",
        "keyring_gone",
        "keyring_refused_backend",
        "keyring_keeps_nothing",
        "keyring_failed",
        "keyring_not_kept",
        "token_not_given",
        "token_not_stored",
        "token_of_other_host",
        "password_not_stored",
    }
)

SECRET_CODES_PENDING = frozenset({"keyring_unlocking", "keyring_hung"})
"""The keyring has not answered yet: try again once it has."""

SECRET_CODES_NO_KEYRING = frozenset(
    {"keyring_none", "keyring_refused_backend", "keyring_keeps_nothing"}
)
"""No keyring is in use, so no secret can be stored in one."""


class StorageError(HbguiError):
    """A file could not be read or written. `path` names it where the caller may not know it."""

    def __init__(self, code: str, detail: str = "", path: str = "") -> None:
        super().__init__(code, detail)
        self.path = path


class Cancelled(HbguiError):  # noqa: N818 - not an error
    """The call was stopped from another thread."""

    def __init__(self) -> None:
        super().__init__("cancelled")


class MoveWithheld(HbguiError):  # noqa: N818 - not an error
    """Nothing was sent, because it would have moved the PBX's reports to `target`."""

    def __init__(self, target: ReportTarget) -> None:
        super().__init__("move_held")
        self.target = target
