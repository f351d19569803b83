"""What deserves a word on the desktop."""

import math
from dataclasses import replace

import pytest

from core.pbx_events import BUSY, DEAD, EXPIRED, KEEP, PROFILE, at
from hbgui.core import events
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.state import summary
from hbgui.core.state.app_state import AppState, reduce
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.state.summary import Notice
from hbgui.texts.states import notice_title_and_text

CHANGED = Outcome(OutcomeKind.UNTRUSTED, "certificate_changed")


def told(*outcomes: Outcome, keeping: bool = True, every_s: float = 60) -> list[Notice | None]:
    """What each of these heartbeats in a row is worth."""
    state = reduce(AppState(), events.ProfileAdded(PROFILE))
    if keeping:
        state = reduce(state, KEEP)
    found = []
    for number, outcome in enumerate(outcomes):
        before = state.pbxs["a"]
        sent = at(number * every_s)
        attempt = Attempt(sent, outcome)
        state = reduce(state, events.HeartbeatFinished("a", 0, attempt, sent, 0))
        found.append(summary.of_change(before, state.pbxs["a"]))
    return found


@pytest.mark.parametrize(
    ("outcomes", "codes"),
    [
        ([ACCEPTED, ACCEPTED], [None, None]),
        ([DEAD], [None]),
        ([DEAD, DEAD, DEAD], [None, "failing", None]),
        ([DEAD, ACCEPTED], [None, None]),
        ([BUSY, DEAD, ACCEPTED], [None, "failing", "recovered"]),
        ([EXPIRED], ["stopped"]),
        ([DEAD, DEAD, EXPIRED, EXPIRED], [None, "failing", "stopped", None]),
        ([CHANGED, CHANGED], ["certificate_changed", None]),
    ],
)
def test_changes_only_and_once(outcomes: list[Outcome], codes: list[str | None]) -> None:
    assert [notice and notice.code for notice in told(*outcomes)] == codes


def test_without_a_schedule_a_person_is_looking() -> None:
    assert told(DEAD, DEAD, EXPIRED, keeping=False) == [None, None, None]
    assert told(CHANGED, keeping=False) == [Notice("certificate_changed")]


def test_a_recovery_tells_how_long_and_how_many() -> None:
    *_, last = told(DEAD, DEAD, DEAD, ACCEPTED, every_s=240)
    assert last == Notice("recovered", {"minutes": "12", "missed": "3"})


def test_a_token_that_dies_in_ten_minutes() -> None:
    state = reduce(reduce(AppState(), events.ProfileAdded(PROFILE)), KEEP)
    attempt = Attempt(at(0), ACCEPTED)
    pbx = reduce(state, events.HeartbeatFinished("a", 0, attempt, at(0), 0)).pbxs["a"]
    assert not summary.expires(pbx, at(1199))
    assert summary.expires(pbx, at(1201))
    assert not summary.expires(pbx, at(1801))
    assert not summary.expires(replace(pbx, keeping=False), at(1201))


def test_a_long_interval_alone_is_no_reason_for_a_word() -> None:
    every_25 = replace(PROFILE, interval_min=25)
    state = reduce(reduce(AppState(), events.ProfileAdded(every_25)), KEEP)
    attempt = Attempt(at(0), ACCEPTED)
    pbx = reduce(state, events.HeartbeatFinished("a", 0, attempt, at(0), 0)).pbxs["a"]
    assert pbx.due_s == at(1500).elapsed_s
    assert not summary.expires(pbx, at(1201))
    assert not summary.expires(replace(pbx, sending=True, due_s=None), at(1501))
    assert summary.expires(replace(pbx, failures=1), at(1201))
    assert summary.expires(replace(pbx, paused_until_s=math.inf), at(1201))
    assert summary.expires(pbx, at(1570)), "it is late"


@pytest.mark.parametrize("code", ["stopped", "failing", "recovered", "expiring"])
def test_the_name_stands_first(code: str) -> None:
    pbx = PbxState("a", 600, last=Attempt(at(0), EXPIRED))
    values = {"minutes": "12", "missed": "3"}
    title, text = notice_title_and_text(Notice(code, values), "Hotel Post", pbx)
    assert title.startswith("Hotel Post: ")
    assert text
    assert "{" not in title + text
