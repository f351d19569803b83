"""What a sign-off report concludes, as a table; that every conclusion has its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.pbx_events import PROFILE, after, at
from core.signing import (
    BROKEN,
    CUSTOMERS,
    GOOD,
    NOW,
    PBX,
    PROOF,
    REFUSED,
    RESTORABLE,
    TIMED_OUT,
    beat,
    chain,
)
from hbgui.core import events
from hbgui.core.api.errors import SecretError
from hbgui.core.diagnosis import DiagnosisStep, StepId, StepVerdict, broken
from hbgui.core.pbx.connection import TlsMode
from hbgui.core.pbx.destination import Announced
from hbgui.core.reports.arrivals import EVENTS_MAX, Arrivals, ReceiverState
from hbgui.core.reports.receiving import Place
from hbgui.core.reports.report import Report, ReportProblem, decode
from hbgui.core.signoff.signoff import (
    HEARTBEATS_MAX,
    HEARTBEATS_MIN,
    HistoryRead,
    Overall,
    SignOff,
    chosen,
    file_name,
    sign_off,
)
from hbgui.core.signoff.verdict import failures, not_tested, overall, warnings
from hbgui.core.values import Moment
from hbgui.texts.signoff.words import (
    failed_points,
    open_points,
    signoff_summary,
    untested_points,
)
from hbgui.texts.translation import TimeFormat

_TLS = {"version": "TLSv1.2", "cipher": "AES", "subject": "CN=pbx"}
UTC_TIMES = TimeFormat(UTC)
NOTHING = SignOff(NOW, GOOD.profile, address=PBX)
NO_PROOF = replace(GOOD, arrivals=Arrivals())
EXPIRES = DiagnosisStep(StepId.TLS, StepVerdict.WARNING, "tls_unchecked", _TLS)
NO_TOKEN = chain(broken(StepId.TOKEN, SecretError("token_not_stored").outcome), device=None)
INSECURE = replace(GOOD.profile, tls=TlsMode.INSECURE)
ELSEWHERE = replace(GOOD.profile, announced=(Announced("2026-01-02T11:59:00Z", CUSTOMERS),))
WRONG = Arrivals(2, problems={ReportProblem.WRONG_PATH: 2})


def with_(**members: object) -> SignOff:
    return replace(GOOD, **members)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("signoff", "verdict", "failed", "open_", "untested"),
    [
        (GOOD, Overall.PASSED, "", "", ""),
        (
            NOTHING,
            Overall.NOT_PASSED,
            "no_heartbeat_accepted",
            "",
            "arrival_no_receiver heartbeat_not_sent diagnosis_not_run device_not_asked",
        ),
        (NO_PROOF, Overall.OPEN, "", "", "arrival_none_came"),
        (replace(NO_PROOF, receiving=None), Overall.OPEN, "", "", "arrival_no_receiver"),
        (replace(NO_PROOF, by_command=True), Overall.OPEN, "", "", "arrival_by_command"),
        (
            replace(NO_PROOF, receiving=ReceiverState(Place("0.0.0.0", 1), "port_taken")),
            Overall.OPEN,
            "",
            "",
            "arrival_cannot_listen",
        ),
        (replace(NO_PROOF, arrivals=Arrivals(2)), Overall.OPEN, "", "", "arrival_unproven"),
        (with_(profile=ELSEWHERE), Overall.OPEN, "", "", "arrival_elsewhere"),
        (with_(profile=RESTORABLE), Overall.OPEN, "", "reports_come_here", ""),
        (
            with_(arrivals=WRONG),
            Overall.NOT_PASSED,
            "reports_wrong",
            "",
            "arrival_unproven",
        ),
        (
            with_(arrivals=replace(WRONG, proof=PROOF)),
            Overall.OPEN,
            "",
            "reports_odd",
            "",
        ),
        (
            replace(NO_PROOF, transport="TCP"),
            Overall.NOT_PASSED,
            "reports_over_tcp",
            "",
            "arrival_none_came",
        ),
        (with_(transport="TCP"), Overall.PASSED, "", "", ""),
        (
            with_(attempts=(beat(11), beat(1, REFUSED))),
            Overall.NOT_PASSED,
            "last_heartbeat_failed",
            "",
            "",
        ),
        (
            with_(attempts=(beat(1, REFUSED),)),
            Overall.NOT_PASSED,
            "last_heartbeat_failed no_heartbeat_accepted",
            "",
            "",
        ),
        (
            with_(attempts=(beat(21), beat(11, TIMED_OUT), beat(1))),
            Overall.OPEN,
            "",
            "heartbeats_failed",
            "",
        ),
        (with_(attempts=(beat(31),)), Overall.OPEN, "", "", "heartbeat_old"),
        (
            with_(token_at=ago(5), attempts=(beat(6),)),
            Overall.OPEN,
            "",
            "",
            "heartbeat_of_old_token",
        ),
        (with_(token_at=ago(0.5), attempts=(beat(0.4),)), Overall.OPEN, "", "", "diagnosis_old"),
        (with_(token_at=ago(5)), Overall.PASSED, "", "", ""),
        (
            with_(attempts=(), history=HistoryRead.NONE),
            Overall.NOT_PASSED,
            "no_heartbeat_accepted",
            "",
            "history_none heartbeat_not_sent",
        ),
        (with_(history=HistoryRead.UNREADABLE), Overall.OPEN, "", "", "history_unreadable"),
        (
            with_(history=HistoryRead.UNREADABLE, attempts=()),
            Overall.NOT_PASSED,
            "heartbeats_unread",
            "",
            "history_unreadable",
        ),
        (
            with_(history=HistoryRead.UNREADABLE, attempts=(beat(1, REFUSED),)),
            Overall.NOT_PASSED,
            "last_heartbeat_failed heartbeats_unread",
            "",
            "history_unreadable",
        ),
        (with_(diagnosis=None), Overall.OPEN, "", "", "diagnosis_not_run device_not_asked"),
        (with_(diagnosis=chain(minutes_ago=61)), Overall.OPEN, "", "", "diagnosis_old"),
        (
            with_(diagnosis=BROKEN),
            Overall.NOT_PASSED,
            "broken",
            "",
            "links_not_tried device_not_asked",
        ),
        (
            with_(diagnosis=NO_TOKEN),
            Overall.OPEN,
            "",
            "",
            "token_not_read device_not_asked",
        ),
        (with_(diagnosis=chain(EXPIRES)), Overall.OPEN, "", "warned", ""),
        (
            with_(diagnosis=chain(EXPIRES), profile=INSECURE),
            Overall.OPEN,
            "",
            "",
            "tls_unchecked",
        ),
        (with_(address="http://192.168.5.150:80"), Overall.OPEN, "", "", "tls_none"),
        (with_(diagnosis=chain(device=None)), Overall.PASSED, "", "", "device_no_answer"),
    ],
)
def test_verdict(
    signoff: SignOff, verdict: Overall, failed: str, open_: str, untested: str
) -> None:
    assert [p.code for p in failures(signoff)] == failed.split()
    assert [p.code for p in warnings(signoff)] == open_.split()
    assert [p.code for p in not_tested(signoff)] == untested.split()
    assert overall(signoff) is verdict
    said = [f(signoff, UTC_TIMES) for f in (failed_points, open_points, untested_points)]
    assert "{" not in str(said) + signoff_summary(signoff)


@pytest.mark.parametrize("members", [{"attempts": ()}, {"arrivals": Arrivals()}])
def test_passed_takes_a_proof_and_an_accepted_heartbeat(members: dict[str, object]) -> None:
    assert overall(GOOD) is Overall.PASSED
    assert overall(with_(**members)) is not Overall.PASSED


def test_without_a_proof_the_first_sentence_says_so() -> None:
    assert "not proven" in signoff_summary(NO_PROOF)
    assert "seen to arrive" in signoff_summary(GOOD)


def test_heartbeats_of_a_day_and_of_this_address_only() -> None:
    many = [beat(float(n)) for n in range(1, 400)]
    assert chosen(many, NOW, PBX) == tuple(beat(float(n)) for n in range(HEARTBEATS_MAX, 0, -1))
    other = [beat(3, address="https://192.168.5.151:8088")]
    assert chosen([*other, beat(2), beat(2), beat(-1)], NOW, PBX) == (beat(2),)


def test_when_little_was_sent_older_ones_are_told_of() -> None:
    rare = [beat(n * 300.0) for n in range(40)]
    assert len(chosen(rare, NOW, PBX)) == HEARTBEATS_MIN
    often = [beat(n * 60.0) for n in range(60)]
    assert len(chosen(often, NOW, PBX)) == 25
    assert chosen([], NOW, PBX) == ()


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Hotel Post", "sign-off Hotel Post 2026-01-02 passed.html"),
        ("../../etc/passwd", "sign-off etc passwd 2026-01-02 passed.html"),
        ('a<b>:"|?*c', "sign-off a b c 2026-01-02 passed.html"),
        ("Hôtel №5", "sign-off Hôtel 5 2026-01-02 passed.html"),
        (" . ", "sign-off PBX 2026-01-02 passed.html"),
        ("x" * 300, f"sign-off {'x' * 60} 2026-01-02 passed.html"),
    ],
)
def test_file_name(label: str, name: str) -> None:
    assert file_name(label, "2026-01-02", Overall.PASSED, "html") == name


def test_events_are_counted_in_bounds() -> None:
    arrivals = Arrivals()
    names = ["BootUp", "BootUp", *(f"odd{n}" for n in range(100))]
    for number, event in enumerate(names):
        raw = f'{{"event":"{event}","sn":"1"}}'
        at = Moment(number, NOW + timedelta(seconds=number))
        came = Report(number, at, "192.168.5.150", "/", raw, decode(raw.encode()))
        arrivals = arrivals.with_report(came, None, None)
    assert arrivals.events["BootUp"] == 2
    assert len(arrivals.events) == EVENTS_MAX + 1
    assert sum(arrivals.events.values()) == len(names)


def test_what_another_token_did_is_no_proof_of_the_present_one() -> None:
    profile = replace(GOOD.profile, id=PROFILE.id)
    now = at(60)
    state = after(events.TokenChanged("a", now)).pbxs["a"]
    made = sign_off(profile, state, (), now.utc, GOOD.who, "0.1.0")
    assert made.token_at == now.utc
    before = after().pbxs["a"]
    assert sign_off(profile, before, (), now.utc, GOOD.who, "0.1.0").token_at is None


def test_a_clock_at_the_begin_of_the_calendar_chooses_all_the_same() -> None:
    assert chosen([], datetime(1, 1, 1, tzinfo=UTC), PBX) == ()
