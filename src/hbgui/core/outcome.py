"""How one call to the PBX ended, and what that means for the schedule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hbgui.core import errnos


class OutcomeKind(StrEnum):
    """The eight ways a heartbeat can end. The words are part of the command line's JSON."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    REDIRECTED = "redirected"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    NO_SECRET = "no_secret"  # noqa: S105 - the name of an outcome
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended.

    `code` is a key of the texts. `detail` is the raw word behind it, redacted. `location` is
    where a redirect points, `level` the TLS level that would have worked, `proxy` the one that
    was used; all empty without one. `final` says that a person must look, whatever the kind.
    `doubtful` says that the PBX was accepted at this address before, and that it is not certain
    that it answers there now: until it does, it is asked without the token.
    """

    kind: OutcomeKind
    code: str
    errno: str | None = None
    http_status: int | None = None
    detail: str = ""
    location: str = ""
    level: str = ""
    proxy: str = ""
    final: bool = False
    doubtful: bool = False

    @property
    def accepted(self) -> bool:
        """Only this is a success."""
        return self.kind is OutcomeKind.ACCEPTED

    @property
    def asked(self) -> bool:
        """Whether the PBX was asked at all. A fault on this side, a typing error, a missing token,
        an untrusted certificate or an adapter that is down, says nothing of the PBX."""
        return self.errno is not None or not is_local(self.kind, self.code)

    @property
    def another_answers(self) -> bool:
        """Whether something else seems to answer where the PBX was: a guest Wi-Fi's log-in page,
        for instance. Trouble inside a web server may be the PBX's own."""
        if not self.doubtful:
            return False
        if self.code == "http_status":
            return (self.http_status or 0) < 500 or self.http_status == NETWORK_LOGIN_NEEDED
        return self.kind is OutcomeKind.REDIRECTED or self.code in _NOT_A_PBX

    @property
    def token_lost(self) -> bool:
        """Whether the PBX does not take this token any more."""
        return self.errno in (errnos.NO_SUCH_TOKEN, errnos.TOKEN_EXPIRED)

    @property
    def may_pass(self) -> bool:
        """Whether trying again by itself makes sense; all else waits for a person."""
        if self.final:
            return False
        if self.doubtful:
            return True
        match self.kind:
            case OutcomeKind.UNREACHABLE | OutcomeKind.UNCLEAR:
                return True
            case OutcomeKind.REFUSED:
                return self.errno in errnos.MAY_PASS or self.errno not in errnos.KNOWN
            case _:
                return False


NETWORK_LOGIN_NEEDED = 511
"""The HTTP status of a guest Wi-Fi that keeps to the standard."""

_NOT_A_PBX = frozenset(
    {
        "answer_web_page",
        "answer_not_json",
        "answer_without_token",
        "answer_too_large",
        "answer_compressed",
        "no_api_here",
        "not_http",
    }
)

_LOCAL = frozenset({OutcomeKind.UNTRUSTED, OutcomeKind.NO_SECRET, OutcomeKind.INVALID})
_LOCAL_CODES = frozenset(
    {
        "adapter_down",
        "zone_unknown",
        "proxy_has_user",
        "proxy_scheme",
        "proxy_malformed",
        "tls_off_here",
        "internal_fault",
    }
)


def is_local(kind: OutcomeKind, code: str) -> bool:
    """Whether this is a fault on this side, for which nothing is asked of the PBX."""
    return kind in _LOCAL or code in _LOCAL_CODES


ACCEPTED = Outcome(OutcomeKind.ACCEPTED, "accepted", http_status=200)
