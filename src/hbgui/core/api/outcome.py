"""The outcome of a call to the PBX."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hbgui.core.api import errnos
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.validation import Problem
from hbgui.core.values import Moment


class OutcomeKind(StrEnum):
    """The eight ways a heartbeat can end. The values are part of the command line's JSON."""

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

    `code` is a key of the texts. `detail` is the original message behind it, redacted. `location`
    is where a redirect points, `level` the TLS level that would have worked, `proxy` the proxy that
    was used; each is empty if there is none. `final` means that a person must act, whatever the
    kind. `doubtful` means that the PBX answered at this address before, but something else may
    answer there now: until the PBX answers again, requests carry no token.
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
        """Whether the PBX accepted the heartbeat: nothing else is a success."""
        return self.kind is OutcomeKind.ACCEPTED

    @property
    def contact_attempted(self) -> bool:
        """Whether hbgui tried to reach the PBX. False for a local fault (a typing error, a missing
        token, an untrusted certificate, an adapter that is down): it tells nothing of the PBX."""
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
        """Whether the PBX no longer accepts this token."""
        return self.errno in (errnos.NO_SUCH_TOKEN, errnos.TOKEN_EXPIRED)

    @property
    def may_pass(self) -> bool:
        """Whether an automatic retry makes sense; every other failure needs a person."""
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
"""HTTP status "Network Authentication Required" (RFC 6585), sent by guest Wi-Fi portals."""

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
    """Whether this is a fault of this computer, its settings or network, and not of the PBX."""
    return kind in _LOCAL or code in _LOCAL_CODES


ACCEPTED = Outcome(OutcomeKind.ACCEPTED, "accepted", http_status=200)

INTERNAL_FAULT = Outcome(OutcomeKind.UNCLEAR, "internal_fault")
"""A programming error in hbgui ended the call."""


def invalid(problem: Problem) -> Outcome:
    """The outcome when nothing was sent because the profile has this problem."""
    return Outcome(OutcomeKind.INVALID, problem.code, detail=problem.values.get("character", ""))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One heartbeat that was tried.

    - `sent`: when sending began; the token's life counts from there.
    - `address`: the PBX's URL that was used.
    - `target`: where the PBX was told to send reports, for people to read.
    - `latency_ms`: the time until the whole answer was there.
    - `problem`: the name of the field when the outcome is "invalid".
    - `renewed`: when a login replaced the lost token.
    - `transport`: how the PBX delivers reports, as that login answered.
    - `announced`: the target that was sent; `to_this_computer` is True when it is this computer.
    - `withheld_target`: the new target that the user wants but has not confirmed yet; the old
      target was announced again.
    - `fallback_reason`: the code of why the wanted target could not be found out; the old target
      was announced again.
    - `answer`: the PBX's answer for people to read, with secrets hidden.
    """

    sent: Moment
    outcome: Outcome
    address: str = ""
    target: str = ""
    latency_ms: float | None = None
    problem: str = ""
    renewed: Moment | None = None
    transport: str = ""
    announced: ReportTarget | None = None
    to_this_computer: bool = False
    withheld_target: ReportTarget | None = None
    fallback_reason: str = ""
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AddressStatus:
    """What is known about a PBX's address. `known`: the PBX accepted a heartbeat there before.
    `doubtful`: something other than the PBX seems to answer there now."""

    known: bool = False
    doubtful: bool = False


NEW_ADDRESS = AddressStatus()
"""No heartbeat has been accepted at this address yet."""


MARKS_MAX = 100
"""The largest number of heartbeats that are shown at once."""


@dataclass(frozen=True, slots=True)
class HeartbeatMark:
    """One heartbeat that was tried: `at` is when it was sent, aware UTC."""

    at: datetime
    kind: OutcomeKind
    latency_ms: float | None = None
    code: str = ""


def joined(*parts: tuple[HeartbeatMark, ...]) -> tuple[HeartbeatMark, ...]:
    """The newest `MARKS_MAX` marks of all parts, oldest first, without duplicates."""
    known = {mark.at: mark for part in parts for mark in part}
    return tuple(known[at] for at in sorted(known))[-MARKS_MAX:]
