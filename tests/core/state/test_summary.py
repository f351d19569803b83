"""What deserves a word on the desktop, what the list shows, and in what order."""

import math
from dataclasses import replace

import pytest

from core.pbx_events import BUSY, DEAD, EXPIRED, KEEP, PROFILE, at
from hbgui.core import events
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.pbx.profile import Profile
from hbgui.core.state import summary
from hbgui.core.state.app_state import AppState, reduce
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.state.summary import Notice, SortOrder, listed
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


# --- the list

PROFILES = (
    Profile("law", "Law office", "pbx.example.net", notes="Key at the desk"),
    Profile("post", "hotel Post", "192.168.5.150", notes="Büro\u00a0Ost"),
    Profile("new", "", ""),
    Profile("clinic", "Clinic North", "10.4.0.2", notes="Rack 3\nMr Kim"),
)


@pytest.fixture
def state() -> AppState:
    made = AppState()
    for profile in PROFILES:
        made = reduce(made, events.ProfileAdded(profile))
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["law", "post", "new", "clinic"]),
        ("  HOTEL ", ["post"]),
        ("192.168", ["post"]),
        ("kim rack", ["clinic"]),
        ("kim law", []),
        ("desk", ["law"]),
        ("bu\u0308ro ost", ["post"]),
        ("\u200brack\u00a03", ["clinic"]),
    ],
)
def test_name_host_and_notes_are_searched(state: AppState, query: str, found: list[str]) -> None:
    assert listed(state, query, SortOrder.ADDED, at(0)) == found


def test_by_name_without_regard_to_case(state: AppState) -> None:
    assert listed(state, "", SortOrder.NAME, at(0)) == ["clinic", "post", "law", "new"]


def test_the_worst_first_then_the_token_that_dies_first(state: AppState) -> None:
    dead = Outcome(OutcomeKind.REFUSED, "refused", "20006", 200)
    for pbx_id, sent, outcome in (("post", 600, ACCEPTED), ("law", 0, ACCEPTED), ("new", 0, dead)):
        attempt = Attempt(at(sent), outcome)
        state = reduce(state, events.HeartbeatFinished(pbx_id, 0, attempt, at(sent), 0))
    assert listed(state, "", SortOrder.STATE, at(700)) == ["new", "law", "post", "clinic"]


def test_two_that_live_equally_long_keep_their_places(state: AppState) -> None:
    for pbx_id, sent in (("post", 0.2), ("law", 0.4)):
        attempt = Attempt(at(sent), ACCEPTED)
        state = reduce(state, events.HeartbeatFinished(pbx_id, 0, attempt, at(sent), 0))
    kept = replace(state)
    assert listed(kept, "", SortOrder.STATE, at(30))[:2] == ["law", "post"]
