"""Logging in by itself: when, and who hears of the new token first."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from hbgui.core.api.heartbeat import HttpAnswer, WireRequest
from hbgui.core.api.login import LoginCount
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.client.pbx_client import PbxClient, Renewal
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.pbx.validation import check
from hbgui.core.values import Moment, Secret
from hbgui.texts.access import login_attempts_sentence
from hbgui.texts.outcomes import attempt_message

OLD, NEW, PASSWORD = Secret("0f" * 16), Secret("1e" * 16), Secret("hunter22")
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
FIXED = ServerAddress(AddressKind.FIXED, "192.168.5.20")
PROFILE = check(
    Profile("a", pbx="http://192.168.5.150", server=FIXED, user="api", renew=True), None
)


def said(**members: str) -> HttpAnswer:
    return HttpAnswer(200, json.dumps(members).encode())


@dataclass
class Pbx:
    """Takes the new token only. `happened` has what was asked for, and what was learned."""

    happened: list[str] = field(default_factory=list)
    now_s: float = 1000.0
    unread: str = ""
    users: list[str] = field(default_factory=list)

    def now(self) -> Moment:
        return Moment(self.now_s, NOON + timedelta(seconds=self.now_s))

    def post(
        self, _address: object, request: WireRequest, token: Secret | None, **_: object
    ) -> HttpAnswer:
        asked = request.path.rpartition("/")[2]
        self.happened.append(asked)
        if asked == "login":
            self.users.append(json.loads(request.body)["username"])
            return said(status="Success", token=NEW.reveal())
        if token == NEW:
            return said(status="Success")
        return said(status="Failed", errno="20006")

    def learn(self, token: Secret) -> None:
        self.happened.append("learned" if token == NEW else "something else")

    def get(self, _authority: str) -> LoginCount:
        return LoginCount(unknown=self.unread)

    def update(self, _authority: str, _change: object) -> LoginCount:
        return LoginCount()


def client(pbx: Pbx) -> PbxClient:
    return PbxClient(pbx, None, pbx, pbx, pbx.learn, str)  # type: ignore[arg-type]


def send(pbx: Pbx, last: Moment | None = None, user: str = "api") -> Attempt:
    def keep(_token: Secret) -> None:
        pbx.happened.append("kept")

    renewal = Renewal(last, lambda: PASSWORD, keep)
    checked = replace(PROFILE, profile=replace(PROFILE.profile, user=user))
    return client(pbx).send_heartbeat(checked, OLD, None, renewal=renewal)


def test_a_new_token_is_learned_before_anything_else_sees_it() -> None:
    pbx = Pbx()
    assert send(pbx).outcome.accepted
    assert pbx.happened == ["heartbeat", "login", "learned", "kept", "heartbeat"]


def test_the_user_is_the_one_of_the_profile_without_blanks() -> None:
    pbx = Pbx()
    assert send(pbx, user=" api\t").outcome.accepted
    assert pbx.users == ["api"]


def test_without_a_user_it_stays_known_that_the_token_is_lost() -> None:
    pbx = Pbx()
    outcome = send(pbx, user="").outcome
    assert (outcome.code, outcome.errno, outcome.token_lost) == ("user_missing", "20006", True)
    assert pbx.happened == ["heartbeat"]


def test_a_login_that_a_person_wants_learns_the_token_too() -> None:
    pbx = Pbx()
    assert client(pbx).log_in(PROFILE, "api", PASSWORD, None).token == NEW
    assert pbx.happened == ["login", "learned"]


@pytest.mark.parametrize(("ago_s", "logins"), [(0, 0), (299, 0), (300, 1), (900, 1)])
def test_a_token_that_is_lost_again_within_five_minutes_is_somebody_elses(
    ago_s: float, logins: int
) -> None:
    pbx = Pbx()
    renewed = replace(pbx.now(), elapsed_s=pbx.now_s - ago_s)
    attempt = send(pbx, renewed)
    assert pbx.happened.count("login") == logins
    assert attempt.outcome.code == ("accepted" if logins else "token_shared")


def test_where_the_wrong_logins_are_not_known_a_person_must_log_in() -> None:
    pbx = Pbx()
    pbx.unread = "/made/up/logins.json: it is damaged"
    attempt = send(pbx)
    assert pbx.happened == ["heartbeat"]
    assert (attempt.outcome.code, attempt.outcome.errno) == ("login_count_unknown", "20006")
    assert f"cannot be read from {pbx.unread}." in attempt_message(attempt).why
    assert client(pbx).log_in(PROFILE, "api", PASSWORD, None).token == NEW


def test_an_unknown_count_is_told_and_stays_unknown_after_a_wrong_login() -> None:
    count = LoginCount(unknown="/made/up: why")
    now = datetime(2026, 5, 3, tzinfo=UTC)
    after = count.after(Outcome(OutcomeKind.REFUSED, "refused", "20003"), now)
    for each in (count, after, after.at(now)):
        assert "cannot be read from /made/up: why." in login_attempts_sentence(each, now)
        assert "attempt 1" not in login_attempts_sentence(each, now)
    assert count.after(ACCEPTED, now) == LoginCount()
    assert "blocks this computer for 10:00" in login_attempts_sentence(
        count.after(Outcome(OutcomeKind.REFUSED, "refused", "20002"), now), now
    )
