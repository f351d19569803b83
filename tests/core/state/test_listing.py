"""What the sidebar shows, and in what order."""

from dataclasses import replace

import pytest

from core.pbx_events import at
from hbgui.core import events
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.pbx.profile import Profile
from hbgui.core.state.app_state import AppState, reduce
from hbgui.core.state.summary import SortOrder, listed

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
