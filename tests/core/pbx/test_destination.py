"""Where reports go: what is remembered, and what a heartbeat may announce unasked."""

from dataclasses import replace

import pytest

from core.pbx_events import KEEP, PROFILE, STARTED, after, at
from hbgui.core import events
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.pbx.destination import ANNOUNCED_MAX, Announced, Guard, ReportTarget, UrlMode
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.state.app_state import AppState, reduce

CUSTOMER = ReportTarget("192.168.5.122", 8260)
LAPTOP = ReportTarget("192.168.5.77", 8260)
OTHER = ReportTarget("192.168.5.78", 8260)
DEAD = Outcome(OutcomeKind.UNREACHABLE, "timed_out")


def said(target: ReportTarget, *, to_this_computer: bool = False, at: str = "2026-01-02T12:00:00Z"):
    return Announced(at, target, to_this_computer)


@pytest.mark.parametrize(
    ("known", "allowed", "hold", "wanted", "announced"),
    [
        (None, None, False, LAPTOP, LAPTOP),
        (None, None, True, LAPTOP, LAPTOP),
        (LAPTOP, None, False, LAPTOP, LAPTOP),
        (CUSTOMER, None, False, LAPTOP, None),
        (CUSTOMER, LAPTOP, False, LAPTOP, LAPTOP),
        (CUSTOMER, OTHER, False, LAPTOP, None),
        (CUSTOMER, None, True, LAPTOP, CUSTOMER),
    ],
)
def test_what_a_heartbeat_may_announce(known, allowed, hold, wanted, announced) -> None:
    assert Guard(known, allowed, hold).announces(wanted) == announced


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (LAPTOP, replace(LAPTOP, port=8261), False),
        (LAPTOP, replace(LAPTOP, url_mode=UrlMode.RELATIVE, url="a"), False),
        (
            ReportTarget("10.0.0.1", 80, UrlMode.RELATIVE, "a"),
            ReportTarget("10.0.0.9", 9, UrlMode.ABSOLUTE, "10.0.0.1:80/a"),
            True,
        ),
        (LAPTOP, None, False),
    ],
)
def test_a_target_is_the_place_where_reports_arrive(one, other, same) -> None:
    assert one.same_place(other) is same


@pytest.mark.parametrize(
    ("target", "host"),
    [
        (LAPTOP, "192.168.5.77"),
        (ReportTarget("10.0.0.9", 9, UrlMode.ABSOLUTE, "10.0.0.1:80/a"), "10.0.0.1"),
        (ReportTarget("10.0.0.9", 9, UrlMode.ABSOLUTE, "[fd00::1]/a"), "fd00::1"),
        (ReportTarget("fd00::2", 9), "fd00::2"),
    ],
)
def test_the_host_that_gets_the_reports(target, host) -> None:
    assert target.host == host


def test_the_target_before_hbgui_is_remembered_until_it_is_restored() -> None:
    profile = PROFILE.with_announced(said(CUSTOMER))
    assert (profile.reports_go_to, profile.earlier, profile.can_restore_target) == (
        CUSTOMER,
        None,
        False,
    )
    profile = profile.with_announced(said(LAPTOP, to_this_computer=True))
    assert (profile.reports_go_to, profile.earlier, profile.can_restore_target) == (
        LAPTOP,
        CUSTOMER,
        True,
    )
    profile = profile.with_announced(said(OTHER, to_this_computer=True))
    assert (profile.reports_go_to, profile.earlier) == (OTHER, CUSTOMER)
    profile = profile.with_announced(said(CUSTOMER))
    assert (profile.reports_go_to, profile.earlier, profile.can_restore_target) == (
        CUSTOMER,
        None,
        False,
    )
    assert [a.target for a in profile.announced] == [CUSTOMER, OTHER, LAPTOP, CUSTOMER]


def test_an_address_that_this_computer_had_is_not_worth_restoring() -> None:
    profile = PROFILE.with_announced(said(LAPTOP, to_this_computer=True)).with_announced(
        said(OTHER, to_this_computer=True)
    )
    assert (profile.earlier, profile.can_restore_target) == (None, False)


def test_what_was_written_down_counts_as_the_present_target() -> None:
    profile = replace(PROFILE, earlier=CUSTOMER)
    assert profile.reports_go_to == CUSTOMER
    profile = profile.with_announced(said(LAPTOP, to_this_computer=True))
    assert (profile.earlier, profile.can_restore_target) == (CUSTOMER, True)


def test_the_same_target_again_is_no_news() -> None:
    profile = PROFILE.with_announced(said(LAPTOP))
    assert profile.with_announced(said(LAPTOP, at="2026-01-02T13:00:00Z")) is profile


def test_only_so_many_are_kept() -> None:
    profile = PROFILE
    for port in range(1, ANNOUNCED_MAX + 6):
        profile = profile.with_announced(said(replace(LAPTOP, port=port)))
    assert [a.target.port for a in profile.announced] == list(range(ANNOUNCED_MAX + 5, 5, -1))


def test_a_profile_that_announces_exactly_that() -> None:
    target = ReportTarget("10.0.0.1", 8261, UrlMode.RELATIVE, "report")
    profile = PROFILE.announcing(target)
    assert profile.server == ServerAddress(AddressKind.FIXED, "10.0.0.1")
    assert (profile.port, profile.url_mode, profile.url) == ("8261", UrlMode.RELATIVE, "report")


def beat(target: ReportTarget, outcome: Outcome = ACCEPTED, run: int = 0, **more):
    attempt = Attempt(at(0), outcome, announced=target, **more)
    return events.HeartbeatFinished("a", run, attempt, at(1), 0)


def profile_after(*happened) -> Profile:
    return after(*happened).profiles[0]


def test_only_an_accepted_heartbeat_of_this_run_is_remembered() -> None:
    assert profile_after(beat(LAPTOP, to_this_computer=True)).announced == (
        said(LAPTOP, to_this_computer=True),
    )
    assert profile_after(beat(LAPTOP, DEAD)).announced == ()
    assert profile_after(beat(LAPTOP, run=7)).announced == ()


def test_another_pbx_has_another_past() -> None:
    state = after(beat(CUSTOMER), beat(LAPTOP))
    same = reduce(state, events.ProfileChanged(replace(state.profiles[0], name="Other name")))
    assert same.profiles[0].earlier == CUSTOMER
    moved = reduce(state, events.ProfileChanged(replace(state.profiles[0], pbx="10.9.9.9")))
    assert (moved.profiles[0].announced, moved.profiles[0].earlier) == ((), None)


def test_a_held_move_waits_for_a_person_and_costs_the_schedule_nothing() -> None:
    held = events.MoveWithheld("a", 0, LAPTOP, at(5))
    state = after(STARTED, held).pbxs["a"]
    assert (state.sending, state.moving, state.due_s) == (False, LAPTOP, None)
    state = after(KEEP, STARTED, held).pbxs["a"]
    assert (state.sending, state.moving, state.due_s) == (False, LAPTOP, 5)
    assert after(STARTED, events.MoveWithheld("a", 3, LAPTOP, at(5))).pbxs["a"].moving is None


def test_it_waits_until_the_wanted_target_is_announced() -> None:
    state = after(beat(CUSTOMER, withheld_target=LAPTOP))
    assert state.pbxs["a"].moving == LAPTOP
    assert reduce(state, beat(LAPTOP)).pbxs["a"].moving is None


def test_the_start_knows_nothing() -> None:
    state = reduce(AppState(), events.ProfileAdded(PROFILE))
    assert (state.profiles[0].reports_go_to, state.pbxs["a"].moving) == (None, None)
