"""Login and logout: what goes on the wire, what the answer means, and counting to five."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from hbgui.core.api import login
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.login import LoginCount
from hbgui.core.api.outcome import ACCEPTED, Outcome, OutcomeKind
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import ApiVersion
from hbgui.core.values import Secret
from hbgui.texts.outcomes import outcome_message

V1, V2 = ApiVersion
NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAIN = ReportTarget("10.0.0.5", 8260)


def members(api: ApiVersion, target: ReportTarget = PLAIN, password: str = "pässwörd") -> dict:
    return json.loads(login.build(api, target, "api", Secret(password)).body)


def test_the_request_of_each_version():
    md5 = hashlib.md5("pässwörd".encode()).hexdigest()
    common = {"username": "api", "password": md5, "port": "8260"}
    assert members(V1) == {**common, "version": "1.0.2"}
    assert members(V2) == {**common, "version": "2.0.0"}
    assert login.build(V1, PLAIN, "api", Secret("x")).path == "/api/v1.1.0/login"
    assert login.build(V2, PLAIN, "api", Secret("x")).path == "/api/v2.0.0/login"


@pytest.mark.parametrize(("mode", "flag"), [(UrlMode.RELATIVE, "0"), (UrlMode.ABSOLUTE, "1")])
@pytest.mark.parametrize("api", ApiVersion)
def test_the_url_mode_is_called_urltag_in_every_login(api, mode, flag):
    told = members(api, ReportTarget("10.0.0.5", 8260, mode, "x.example/report"))
    assert (told["url"], told["urltag"]) == ("x.example/report", flag)
    assert "urlflag" not in told


def test_a_request_does_not_print_the_password_or_what_is_as_good():
    request = login.build(V1, PLAIN, "api", Secret("hunter22"))
    md5 = hashlib.md5(b"hunter22").hexdigest()
    assert md5 in request.body.decode()
    assert not {"hunter22", md5} & set(repr(request).replace('"', " ").split())
    assert md5 not in repr(request)
    assert {s.reveal() for s in request.secrets} == {"hunter22", md5}


def test_logout_has_no_body():
    request = login.build_logout(V2)
    assert (request.path, request.body) == ("/api/v2.0.0/logout", b"")


def read(body: object, status: int = 200, clean=str) -> login.LoginAnswer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return login.read_answer(HttpAnswer(status, data), clean)


TOKEN = "1e" * 16


def test_a_token_and_the_transport():
    answer = read({"status": "Success", "token": TOKEN})
    assert (answer.outcome.accepted, answer.outcome.code) == (True, "logged_in")
    assert (answer.token, answer.transport) == (Secret(TOKEN), "")
    assert read({"status": "Success", "token": TOKEN, "transport": "tcp"}).transport == "TCP"
    assert read({"status": "Success", "token": TOKEN, "transport": "HTTP"}).transport == "HTTP"
    assert read({"status": "Success", "token": TOKEN, "transport": TOKEN}).transport == ""
    assert read({"status": "Success", "token": TOKEN, "transport": 5}).transport == ""
    assert TOKEN not in repr(answer)


@pytest.mark.parametrize("token", [None, "", "  ", 7, ["x"], "a\nb", "x" * 2000])
def test_success_without_a_token_is_no_success(token):
    answer = read({"status": "Success", "token": token})
    assert (answer.outcome.kind, answer.token) == (OutcomeKind.UNCLEAR, None)
    assert answer.outcome.code == "login_without_token"


@pytest.mark.parametrize("word", ["Failed", "Failure"])
def test_a_refusal_in_both_spellings(word):
    answer = read({"status": word, "errno": "20003"})
    assert (answer.outcome.kind, answer.outcome.errno) == (OutcomeKind.REFUSED, "20003")


def test_nobody_who_logs_in_is_told_to_send_a_heartbeat():
    twice = b'{"status":"Success","token":"x"}' * 2
    outcome = login.read_answer(HttpAnswer(200, twice), str).outcome
    assert outcome.code == "answer_several"
    assert "heartbeat" not in outcome_message(outcome, "http://pbx").advice


def test_an_unclear_answer_is_shown_without_its_token():
    answer = read({"status": "success", "token": TOKEN}, clean=lambda t: t.replace(TOKEN, "***"))
    assert answer.outcome.kind is OutcomeKind.UNCLEAR
    assert "***" in answer.outcome.detail
    assert TOKEN not in repr(answer)


def refused(errno: str) -> Outcome:
    return Outcome(OutcomeKind.REFUSED, "refused", errno)


WRONG = refused("20003")
UNREACHABLE = Outcome(OutcomeKind.UNREACHABLE, "timed_out")


def after(*outcomes: Outcome, count: LoginCount | None = None) -> LoginCount:
    count = count or LoginCount()
    for outcome in outcomes:
        count = count.after(outcome, NOW)
    return count


def test_attempts_are_counted_and_a_success_forgets_them():
    assert [after(*[WRONG] * n).left for n in range(7)] == [5, 4, 3, 2, 1, 0, 0]
    assert after(WRONG, WRONG, ACCEPTED).left == 5
    assert after(WRONG, UNREACHABLE, refused("20010"), WRONG).left == 3


def test_the_fifth_wrong_login_and_20002_lock_for_ten_minutes():
    for locked in (after(*[WRONG] * 5), after(refused("20002"))):
        assert locked.locked_until == NOW + 10 * MINUTE
        assert locked.at(NOW + 9 * MINUTE).left == 0
        assert locked.at(NOW + 10 * MINUTE) == LoginCount()


def test_a_day_later_and_with_a_clock_set_back_the_count_begins_anew():
    three = after(WRONG, WRONG, WRONG)
    assert three.at(NOW + timedelta(hours=23)).left == 2
    assert three.at(NOW + timedelta(hours=25)).left == 5
    assert three.at(NOW - MINUTE).left == 5
    assert after(refused("20002")).at(NOW - timedelta(days=400)) == LoginCount()
