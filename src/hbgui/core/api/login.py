"""Login at the PBX: requests, answers, the count of wrong ones."""

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
"""Seconds that the block lasts."""

_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LoginCount:
    """Wrong logins in a row at one PBX, as far as this computer's hbgui knows.

    `last` is the UTC time of the last one; `locked_until` the latest time at which a block ends.
    `unknown` names the file in which there may be more, and why it cannot be read.
    """

    wrong: int = 0
    last: datetime | None = None
    locked_until: datetime | None = None
    unknown: str = ""

    def at(self, now: datetime) -> LoginCount:
        """The count as it stands now: a block that has ended, and what is a day old, is past."""
        if self.locked_until is not None:
            # A clock that was set back must not lock anybody out for longer.
            locked = now < self.locked_until <= now + timedelta(seconds=LOCK_S)
            return self if locked else LoginCount()
        past = self.last is not None and not timedelta() <= now - self.last < _REMEMBERED
        return LoginCount() if past else self

    @property
    def left(self) -> int:
        """Attempts left before the PBX blocks this computer; 0 while it does."""
        return 0 if self.locked_until else max(0, WRONG_MAX - self.wrong)

    def after(self, outcome: Outcome, now: datetime) -> LoginCount:
        """The count after a login that ended so."""
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
"""A token that is lost again sooner was taken by another program with the same account."""

_FORMATS = {ApiVersion.V1: "1.0.2", ApiVersion.V2: "2.0.0"}
"""The formats of reports that are well-formed JSON."""

HTTP, TCP = TRANSPORTS = ("HTTP", "TCP")
"""How a v2.0.0 PBX delivers reports (the maker's page "login"). Any other word is not shown: it
is the PBX's, and may hold anything, the token too."""

_FAILED = ("Failed", "Failure")
"""The guide of 2017 has the second word, in the login's answer only."""


def hashed(password: Secret) -> Secret:
    """The password as the PBX wants it: MD5 of its UTF-8 bytes, 32 lower-case hex digits.

    As good as the password itself to whoever reads it.
    """
    digest = hashlib.md5(password.reveal().encode(), usedforsecurity=False)
    return Secret(digest.hexdigest())


def build(api: ApiVersion, target: ReportTarget, user: str, password: Secret) -> WireRequest:
    """The login request of v1.1.0 or v2.0.0 (the maker's pages "api_login" and "login").

    It has no address: without an absolute url reports go to where the login came from.
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
    """The logout request: no body; the token says which."""
    return WireRequest(f"/api/{api}/logout", b"")


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """What the PBX said to a login. `transport` is one of TRANSPORTS, empty when it did
    not say."""

    outcome: Outcome
    token: Secret | None = None
    transport: str = ""


def read_answer(answer: HttpAnswer, clean: Callable[[str], str]) -> LoginAnswer:
    """What the PBX said.

    `clean` hides what names itself a token: an unclear answer, which is shown, may hold one.
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
    said = str(only(objects.first, "transport")).strip().upper()
    transport = said if said in TRANSPORTS else ""
    return LoginAnswer(replace(outcome, code="logged_in"), token, transport)


def _token(members: Members | None) -> Secret | None:
    value = only(members, "token")
    return check_token(value)[0] if isinstance(value, str) else None
