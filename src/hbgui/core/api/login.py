"""Login at the PBX: requests, answers, the count of wrong logins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hbgui.core.api import errnos
from hbgui.core.api.heartbeat import HttpAnswer, WireRequest, compact, judge, url_members
from hbgui.core.api.json_body import Members, objects_in, only
from hbgui.core.api.outcome import Outcome, OutcomeKind
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import ApiVersion
from hbgui.core.pbx.validation import check_token
from hbgui.core.values import Secret

WRONG_MAX = 5
"""Wrong logins in a row after which the PBX blocks this computer (the maker's page "login")."""

LOCK_S = 600.0
"""Seconds that the PBX blocks this computer."""

_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LoginCount:
    """Wrong logins in a row at one PBX, as counted by hbgui on this computer.

    `last` is the UTC time of the last one; `locked_until` is when the block ends at the latest.
    `unknown` is set if the file with the count cannot be read: its name and the reason.
    """

    wrong: int = 0
    last: datetime | None = None
    locked_until: datetime | None = None
    unknown: str = ""

    def at(self, now: datetime) -> LoginCount:
        """The count at this time: it is zero after a block has ended or a day has passed."""
        if self.locked_until is not None:
            # Setting the clock back must not make the block longer.
            locked = now < self.locked_until <= now + timedelta(seconds=LOCK_S)
            return self if locked else LoginCount()
        past = self.last is not None and not timedelta() <= now - self.last < _REMEMBERED
        return LoginCount() if past else self

    @property
    def left(self) -> int:
        """Attempts left before the PBX blocks this computer; 0 while it is blocked."""
        return 0 if self.locked_until else max(0, WRONG_MAX - self.wrong)

    def after(self, outcome: Outcome, now: datetime) -> LoginCount:
        """The count after a login with this outcome."""
        count = self.at(now)
        if outcome.accepted:
            return LoginCount()
        if outcome.errno == errnos.LOCKED_OUT:
            return LoginCount(WRONG_MAX, now, now + timedelta(seconds=LOCK_S))
        if outcome.errno != errnos.WRONG_PASSWORD:
            return count
        wrong = min(count.wrong + 1, WRONG_MAX)
        until = now + timedelta(seconds=LOCK_S) if wrong == WRONG_MAX else None
        return LoginCount(wrong, now, until, count.unknown)


RENEWALS_APART_S = 300.0
"""A token that is lost again within this time was replaced by another program that uses the same
account."""

_FORMATS = {ApiVersion.V1: "1.0.2", ApiVersion.V2: "2.0.0"}
"""The formats of reports that are well-formed JSON."""

HTTP, TCP = TRANSPORTS = ("HTTP", "TCP")
"""How a v2.0.0 PBX delivers reports (the maker's page "login"). Any other value is not shown: it
could contain anything, even the token."""

_FAILED = ("Failed", "Failure")
"""The maker's guide of 2017 has the second value, only in the answer to a login."""


def hashed(password: Secret) -> Secret:
    """The password as the PBX wants it: MD5 of its UTF-8 bytes, 32 lower-case hex digits.

    Treat it as secret: whoever knows it can log in.
    """
    digest = hashlib.md5(password.reveal().encode(), usedforsecurity=False)
    return Secret(digest.hexdigest())


def build(api: ApiVersion, target: ReportTarget, user: str, password: Secret) -> WireRequest:
    """The login request of v1.1.0 or v2.0.0 (the maker's pages "api_login" and "login").

    It does not contain the address for reports: unless the url is absolute, the PBX sends them to
    the computer that logged in.
    """
    md5 = hashed(password)
    body = {
        "username": user,
        "password": md5.reveal(),
        "port": str(target.port),
        "version": _FORMATS[api],
        **url_members(target, "urltag"),
    }
    return WireRequest(f"/api/{api}/login", compact(body), (password, md5))


def build_logout(api: ApiVersion) -> WireRequest:
    """The logout request. It has no body: it ends the token that it is sent with."""
    return WireRequest(f"/api/{api}/logout", b"")


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """The PBX's answer to a login. `transport` is one of TRANSPORTS, empty if the answer has
    none."""

    outcome: Outcome
    token: Secret | None = None
    transport: str = ""


def read_answer(answer: HttpAnswer, clean: Callable[[str], str]) -> LoginAnswer:
    """Read the answer to a login.

    `clean` hides tokens in a text: an unclear answer is shown and may contain one.
    """
    objects = objects_in(answer.body)
    outcome = judge(answer, objects, _FAILED)
    outcome = replace(outcome, detail=clean(outcome.detail), proxy=answer.proxy)
    if not outcome.accepted:
        return LoginAnswer(outcome)
    token = _token(objects.first)
    if token is None:
        unclear = replace(outcome, kind=OutcomeKind.UNCLEAR, code="login_without_token")
        return LoginAnswer(unclear)
    word = str(only(objects.first, "transport")).strip().upper()
    transport = word if word in TRANSPORTS else ""
    return LoginAnswer(replace(outcome, code="logged_in"), token, transport)


def _token(members: Members | None) -> Secret | None:
    value = only(members, "token")
    return check_token(value)[0] if isinstance(value, str) else None
