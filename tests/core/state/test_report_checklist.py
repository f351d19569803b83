"""Each usual cause of silence, produced and found."""

from dataclasses import replace

import pytest

from core.pbx_events import (
    ELSEWHERE,
    EXPIRED,
    HERE,
    LISTENS,
    PROFILE,
    UNKNOWN,
    at,
    beat,
    came,
    finished,
    pbx,
)
from hbgui.core import events
from hbgui.core.api.outcome import Outcome, OutcomeKind
from hbgui.core.events import Event
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import Profile, UrlField
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import Fault, Place, Refusal, TurnedAway, place_of
from hbgui.core.reports.report import ReportProblem
from hbgui.core.state.report_checklist import Cause, Finding, Situation, checklist
from hbgui.texts.reports.checklist import cause_and_cure

LOCAL = (LocalAddress("192.168.5.20", "eth0", 24),)
RELATIVE = replace(PROFILE, url_mode=UrlMode.RELATIVE, url="report")
SHARED = Outcome(OutcomeKind.REFUSED, "token_shared", "20006", 200)
TAKEN = events.ReceiverChanged("a", ReceiverState(place_of(HERE), "port_taken"))


def found(
    *happened: Event,
    profile: Profile = PROFILE,
    now: float = 70,
) -> dict[Cause, tuple[Finding, str]]:
    seen = Situation(profile, pbx(*happened), at(now), LOCAL)
    return {check.cause: (check.finding, check.code) for check in checklist(seen)}


@pytest.mark.parametrize(
    ("happened", "cause", "code"),
    [
        ((beat(0),), Cause.RECEIVER, "receiver_off"),
        ((TAKEN, beat(0)), Cause.RECEIVER, "receiver_deaf"),
        ((LISTENS, beat(0), beat(1, outcome=SHARED)), Cause.TOKEN, "token_shared"),
        ((LISTENS, beat(0, ELSEWHERE)), Cause.ELSEWHERE, "elsewhere_announced"),
        (
            (LISTENS, beat(0), came(3, ReportProblem.WRONG_PATH)),
            Cause.PATH,
            "path_wrong",
        ),
        (
            (LISTENS, beat(0), came(3, ReportProblem.WRONG_SENDER)),
            Cause.SENDER,
            "sender_other",
        ),
        (
            (LISTENS, beat(0), came(3, ReportProblem.WRONG_SERIAL)),
            Cause.SENDER,
            "sender_other_pbx",
        ),
    ],
)
def test_what_is_certain_comes_first(happened: tuple[Event, ...], cause: Cause, code: str) -> None:
    seen = Situation(RELATIVE, pbx(*happened), at(70), LOCAL)
    first = checklist(seen)[0]
    assert (first.cause, first.code, first.finding) == (cause, code, Finding.FOUND)


def test_in_order_only_what_cannot_be_seen_from_here_is_left() -> None:
    seen = found(LISTENS, beat(0))
    asked = {cause for cause, (finding, _) in seen.items() if finding is not Finding.RULED_OUT}
    assert asked == {Cause.TRANSPORT, Cause.FIREWALL, Cause.MONITORS}


def test_each_kind_of_wrong_report_is_kept_in_mind() -> None:
    wrong = (ReportProblem.WRONG_SENDER, ReportProblem.WRONG_PATH, ReportProblem.NOT_A_REPORT)
    seen = found(LISTENS, beat(0), *map(came, (3, 4, 5), wrong), profile=RELATIVE)
    assert seen[Cause.SENDER] == (Finding.FOUND, "sender_other")
    assert seen[Cause.PATH] == (Finding.FOUND, "path_wrong")
    unread = found(LISTENS, beat(0), came(3, ReportProblem.NOT_JSON))
    assert unread[Cause.SENDER] == (Finding.LIKELY, "sender_unreadable")


def test_a_sender_that_is_allowed_by_now_is_no_cause() -> None:
    allows = ReceiverState(place_of(HERE), senders=frozenset({"192.168.5.150"}))
    happened = (LISTENS, beat(0), came(3, ReportProblem.WRONG_SENDER))
    seen = found(*happened, events.ReceiverChanged("a", allows))
    assert seen[Cause.SENDER] == (Finding.RULED_OUT, "sender_none")


def test_the_token_ends() -> None:
    assert found(LISTENS, beat(0), now=1900)[Cause.TOKEN] == (Finding.FOUND, "token_ended")
    assert found(LISTENS)[Cause.TOKEN] == (Finding.LIKELY, "token_unknown")
    assert found(LISTENS, finished(UNKNOWN))[Cause.TOKEN] == (Finding.FOUND, "token_not_valid")
    assert found(LISTENS, finished(EXPIRED))[Cause.TOKEN] == (Finding.FOUND, "token_ended")


def test_another_network() -> None:
    far = replace(PROFILE, pbx="10.9.8.7")
    assert found(LISTENS, beat(0), profile=far)[Cause.NAT] == (
        Finding.LIKELY,
        "nat_other_network",
    )


def test_a_place_that_is_not_this_computer() -> None:
    router = ReportTarget("203.0.113.7", 8260)
    at_home = ReceiverState(Place("203.0.113.7", 8260), bound="192.168.5.20")
    on = events.ReceiverChanged("a", at_home)
    assert found(on, beat(0, router))[Cause.ELSEWHERE][1] == "elsewhere_not_ours"


def test_the_name_of_the_field() -> None:
    assert found(profile=RELATIVE)[Cause.PATH] == (Finding.LIKELY, "path_field")
    both = replace(RELATIVE, url_field=UrlField.BOTH)
    assert found(profile=both)[Cause.PATH] == (Finding.RULED_OUT, "path_both")
    assert found()[Cause.PATH] == (Finding.RULED_OUT, "path_none")


def test_a_receiver_that_does_not_answer_itself() -> None:
    blocked = events.ReceiverChanged("a", ReceiverState(place_of(HERE), reachable=False))
    assert found(blocked)[Cause.FIREWALL] == (Finding.FOUND, "firewall_blocked")
    assert found(LISTENS)[Cause.FIREWALL] == (Finding.ASK, "firewall_untried")
    answers = events.ReceiverChanged("a", ReceiverState(place_of(HERE), reachable=True))
    assert found(answers)[Cause.FIREWALL] == (Finding.ASK, "firewall_outside")


def test_tcp() -> None:
    state = replace(pbx(LISTENS, beat(0)), transport="TCP")
    first = checklist(Situation(PROFILE, state, at(70), LOCAL))[0]
    assert (first.code, first.finding) == ("transport_tcp", Finding.FOUND)
    state = replace(state, transport="HTTP")
    codes = {c.code for c in checklist(Situation(PROFILE, state, at(70), LOCAL))}
    assert "transport_http" in codes


@pytest.mark.parametrize(
    ("sender", "refusal", "fault", "code"),
    [
        ("192.168.5.150", Refusal.MALFORMED, Fault.NO_HOST, "sender_turned_away"),
        ("192.168.5.150", Refusal.TOO_SLOW, None, "sender_turned_away"),
        ("192.168.5.150", Refusal.WRONG_PATH, None, "sender_none"),  # listed, and told so
        ("192.168.5.9", Refusal.MALFORMED, Fault.NO_HOST, "sender_none"),
    ],
)
def test_what_the_pbx_sent_and_was_turned_away_is_told(
    sender: str, refusal: Refusal, fault: Fault | None, code: str
) -> None:
    last = TurnedAway(refusal, fault, sender)
    listens = ReceiverState(place_of(HERE), senders=frozenset({"192.168.5.150"}), turned_away=last)
    state = pbx(events.ReceiverChanged("a", listens), beat(0))
    checks = checklist(Situation(PROFILE, state, at(70), LOCAL))
    (check,) = (check for check in checks if check.cause is Cause.SENDER)
    assert check.code == code
    title, cure = cause_and_cure(check)
    assert (sender in title) == (code == "sender_turned_away")
    assert fault is not Fault.NO_HOST or code == "sender_none" or "no Host line" in title
    assert "{" not in title + cure


def test_a_pbx_of_the_p_series_is_told() -> None:
    assert found(LISTENS, beat(0), came(3, ReportProblem.P_SERIES))[Cause.SENDER] == (
        Finding.FOUND,
        "sender_p_series",
    )


def test_every_cause_has_words() -> None:
    for happened in ((), (LISTENS, beat(0)), (TAKEN,), (LISTENS, beat(0, ELSEWHERE))):
        for check in checklist(Situation(RELATIVE, pbx(*happened), at(70), LOCAL)):
            title, cure = cause_and_cure(check)
            assert title
            assert "{" not in title + cure
            assert cure or check.finding is Finding.RULED_OUT
