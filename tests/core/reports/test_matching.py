"""Whose report it is, what becomes of a request, and what came before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.reporting import BEGAN
from hbgui.core.reports.matching import (
    REPEAT_BODIES,
    REPEAT_WINDOW_S,
    Matcher,
    Repeats,
    judge,
    on_the_wire,
    plain_ip,
)
from hbgui.core.reports.receiving import (
    Place,
    Refusal,
    RefusalCounts,
    Subscription,
    TurnedAway,
    path_asked_for,
)
from hbgui.core.reports.report import Decoded, ReportFormat, ReportProblem
from hbgui.core.reports.request import Head
from hbgui.core.values import Moment

PBX, OTHER, ROUTER = "192.168.5.150", "192.168.5.9", "10.0.0.1"


def wants(path: str, pbx_id: str, *senders: str, any_path: bool = False) -> Subscription:
    named = frozenset(senders) or None
    return Subscription(Place("192.168.5.20", 8260, path), pbx_id, named, any_path=any_path)


ALL = Matcher([wants("/a", "a", PBX), wants("/b", "b", OTHER), wants("/open", "c")])


@pytest.mark.parametrize(
    ("sender", "path", "fitting", "problem", "checked"),
    [
        (PBX, "/a", ["a"], None, True),
        (PBX, "/b", [], ReportProblem.WRONG_PATH, True),
        (PBX, "/a/", [], ReportProblem.WRONG_PATH, True),
        (PBX, "/A", [], ReportProblem.WRONG_PATH, True),
        (OTHER, "/b", ["b"], None, True),
        (ROUTER, "/open", ["c"], None, False),
        (ROUTER, "/a", [], ReportProblem.WRONG_PATH, False),
        (PBX, "/open", ["c"], None, False),
    ],
)
def test_match(
    sender: str, path: str, fitting: list[str], problem: ReportProblem | None, checked: bool
) -> None:
    match = ALL.match(sender, path)
    assert [s.pbx_id for s in match.fitting] == fitting
    assert (match.problem, match.checked) == (problem, checked)


def test_without_subscriptions_everybody_is_a_stranger() -> None:
    assert Matcher().match(PBX, "/").problem is ReportProblem.WRONG_SENDER
    assert not Matcher().allowed(PBX)


def test_who_is_named_comes_before_who_is_merely_not_kept_out() -> None:
    both = Matcher([wants("/", "open"), wants("/", "named", PBX)])
    assert [s.pbx_id for s in both.match(PBX, "/").fitting] == ["named"]
    assert [s.pbx_id for s in both.match(OTHER, "/").fitting] == ["open"]


def test_any_path() -> None:
    anything = Matcher([wants("/", "a", any_path=True)])
    assert anything.match(PBX, "/whatever?x").problem is None


@pytest.mark.parametrize(
    ("method", "sender", "header", "status", "refusal", "body_max"),
    [
        ("POST", PBX, "X", 200, None, 262_144),
        ("POST", ROUTER, "X", 404, Refusal.WRONG_PATH, 262_144),
        ("GET", PBX, "X", 405, Refusal.NOT_POST, 0),
        ("post", PBX, "X", 405, Refusal.NOT_POST, 0),
        ("POST", PBX, "oRIGIN", 403, Refusal.BROWSER, 0),
        ("POST", PBX, "Sec-Fetch-Mode", 403, Refusal.BROWSER, 0),
        ("GET", PBX, "Origin", 403, Refusal.BROWSER, 0),
    ],
)
def test_judge(
    method: str, sender: str, header: str, status: int, refusal: Refusal | None, body_max: int
) -> None:
    verdict = judge(ALL, sender, Head(method, "/a", ((header, ""),)))
    assert (verdict.status, verdict.refusal, verdict.body_max) == (status, refusal, body_max)


@pytest.mark.parametrize(("method", "body_max"), [("POST", 2048), ("GET", 0)])
def test_of_a_stranger_little_is_taken(method: str, body_max: int) -> None:
    verdict = judge(Matcher([wants("/a", "a", PBX)]), OTHER, Head(method, "/a", ()))
    assert (verdict.status, verdict.refusal) == (403, Refusal.WRONG_SENDER)
    assert verdict.body_max == body_max


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("192.168.5.150", "192.168.5.150"),
        ("::ffff:192.168.5.150", "192.168.5.150"),
        ("::FFFF:c0a8:596", "192.168.5.150"),
        ("fe80::1%eth0", "fe80::1"),
        ("FD00:0::1", "fd00::1"),
        ("pbx", "pbx"),
    ],
)
def test_plain_ip(text: str, plain: str) -> None:
    assert plain_ip(text) == plain


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("", "/"),
        ("/a?b", "/a?b"),
        ("http://1.2.3.4:8260", "/"),
        ("http://1.2.3.4:8260/a?b", "/a?b"),
        ("http://[1.2.3.4/a", "/a"),
        ("/redirect?to=http://x/y", "/redirect?to=http://x/y"),
    ],
)
def test_path_asked_for(asked: str, path: str) -> None:
    assert path_asked_for(asked) == path


def test_letters_beyond_ascii_are_compared_as_they_travel() -> None:
    assert on_the_wire("/büro?ä=1%20") == "/b%C3%BCro?%C3%A4=1%20"


def at(seconds: float) -> Moment:
    return Moment(seconds, BEGAN)


def test_repeats_are_counted_by_sender_and_body_within_a_minute() -> None:
    repeats = Repeats()
    counts = [repeats.count(PBX, b"x", at(seconds)) for seconds in (0, 10, 60, 61, 200)]
    assert counts == [0, 1, 2, 2, 0]
    assert repeats.count(OTHER, b"x", at(200)) == 0
    assert repeats.count(PBX, b"y", at(200)) == 0
    assert REPEAT_WINDOW_S == 60


def test_only_the_bodies_seen_last_are_remembered() -> None:
    repeats = Repeats()
    repeats.count(PBX, b"first", at(0))
    for number in range(REPEAT_BODIES - 1):
        repeats.count(PBX, b"%d" % number, at(0))
    assert repeats.count(PBX, b"first", at(1)) == 1
    for number in range(REPEAT_BODIES):
        repeats.count(PBX, b"new %d" % number, at(1))
    assert repeats.count(PBX, b"first", at(2)) == 0


def test_what_was_refused_is_counted_by_kind() -> None:
    refused = (
        RefusalCounts().plus(Refusal.TLS, PBX).plus(Refusal.TLS, PBX).plus(Refusal.BROWSER, OTHER)
    )
    assert (refused.of(Refusal.TLS), refused.of(Refusal.BROWSER), refused.total) == (2, 1, 3)
    assert refused.of(Refusal.TOO_SLOW) == 0
    assert refused.last == TurnedAway(Refusal.BROWSER, None, OTHER)
    assert refused.plus(Refusal.TLS, OTHER).last == TurnedAway(Refusal.TLS, None, OTHER, 3)


@pytest.mark.parametrize(
    ("known", "told", "owner"),
    [
        ("A1", "A1", ("a", None)),
        ("A1", "", ("a", None)),
        ("", "A1", ("a", None)),
        ("A1", "B2", ("a", ReportProblem.WRONG_SERIAL)),
    ],
)
def test_a_report_without_a_serial_number_is_no_other_pbxs(
    known: str, told: str, owner: tuple[str, ReportProblem | None]
) -> None:
    """Most of the default form have none."""
    matcher = Matcher([replace(wants("/a", "a", PBX), serial=known)])
    decoded = Decoded("NewCdr", ReportFormat.DEFAULT, told, readable=True)
    assert matcher.match(PBX, "/a").owner(decoded) == owner
