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
        """Whether the PBX accepted the heartbeat: nothing else is a success."""
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

INTERNAL_FAULT = Outcome(OutcomeKind.UNCLEAR, "internal_fault")
"""A mistake of hbgui itself has ended the call."""


def invalid(problem: Problem) -> Outcome:
    """The outcome of a call for which nothing was sent because of that problem of the profile."""
    return Outcome(OutcomeKind.INVALID, problem.code, detail=problem.values.get("character", ""))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One heartbeat that was tried.

    `sent` is when sending began: the token's life counts from there. `address` is the PBX's URL
    as used, `target` where reports were to go, `latency_ms` the time to the whole answer.
    `problem` names the field when the outcome is "invalid". `renewed` is when a login replaced
    the token that was lost, `transport` what that login said of the reports' way. `announced` is
    `target` as it went out, `here` says that it is this computer. `held` is the target that was
    wanted, when the one before was announced once more because nobody was asked yet; `instead` is
    the code of why the wanted one is not known, when it was announced for that reason. `answer` is
    what came back, for people to read, with secrets hidden.
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
    here: bool = False
    held: ReportTarget | None = None
    instead: str = ""
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the address that is asked. `known`: the PBX was accepted there before.
    `doubtful`: something else seems to answer there now."""

    known: bool = False
    doubtful: bool = False


NEW = Standing()
"""Nobody has been accepted there yet."""


MARKS_MAX = 100
"""Heartbeats that are shown at once, at most."""


@dataclass(frozen=True, slots=True)
class HeartbeatMark:
    """One heartbeat that was tried: `at` is when it was sent, aware UTC."""

    at: datetime
    kind: OutcomeKind
    latency_ms: float | None = None
    code: str = ""


def joined(*parts: tuple[HeartbeatMark, ...]) -> tuple[HeartbeatMark, ...]:
    """The newest marks of all parts, at most `MARKS_MAX`, in the order of time, each once."""
    known = {beat.at: beat for part in parts for beat in part}
    return tuple(known[at] for at in sorted(known))[-MARKS_MAX:]
