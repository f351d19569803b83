"""The one function that changes state, as tables of (state, event, state)."""

import math
from dataclasses import replace

import pytest

from core.pbx_events import (
    BUSY,
    DEAD,
    EXPIRED,
    KEEP,
    PROFILE,
    REDIRECTED,
    STARTED,
    UNKNOWN,
    after,
    at,
    finished,
    pbx,
)
from hbgui.core import events
from hbgui.core.api.errors import TransportError
from hbgui.core.api.login import LoginCount
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.events import Event
from hbgui.core.pbx.connection import Pin, TlsMode
from hbgui.core.state.app_state import AppState, reduce, worst
from hbgui.core.state.pbx_state import Phase
from hbgui.texts.states import clock_words, state_sentence

LOCAL = (
    Outcome(OutcomeKind.UNTRUSTED, "certificate_self_signed"),
    Outcome(OutcomeKind.UNTRUSTED, "certificate_changed"),
    Outcome(OutcomeKind.NO_SECRET, "token_not_stored"),
    Outcome(OutcomeKind.NO_SECRET, "keyring_locked"),
    Outcome(OutcomeKind.INVALID, "port_range"),
    TransportError("adapter_down").outcome,
    TransportError("proxy_has_user").outcome,
    TransportError("proxy_scheme").outcome,
    TransportError("proxy_malformed").outcome,
)


def test_keep_alive_is_due_at_once() -> None:
    state = pbx(KEEP)
    assert (state.keeping, state.due_s, state.phase(at(0))) == (True, 0, Phase.STARTING)


def test_success_counts_from_sending() -> None:
    state = pbx(KEEP, STARTED, finished(ACCEPTED, sent=5, done=14))
    assert (state.sending, state.due_s) == (False, 605)
    assert state.token_left_s(at(14)) == 1800 - 9
    assert state.phase(at(14)) is Phase.ALIVE


def test_a_single_send_plans_nothing() -> None:
    state = pbx(STARTED, finished(ACCEPTED))
    assert (state.keeping, state.due_s, state.phase(at(1))) == (False, None, Phase.ALIVE)


def test_failures_that_may_pass_are_retried_from_their_end() -> None:
    state = pbx(KEEP, finished(DEAD, 0, 10))
    assert (state.failures, state.due_s, state.phase(at(10))) == (1, 25, Phase.FAILING)
    state = pbx(KEEP, finished(DEAD, 0, 10), finished(DEAD, 25, 35, jitter=1))
    assert (state.failures, state.due_s) == (2, 35 + 33)
    many = [finished(DEAD, i, i) for i in range(50)]
    assert pbx(KEEP, *many).due_s == 49 + 120


def test_a_busy_pbx_is_retried_and_success_forgets_failures() -> None:
    state = pbx(KEEP, finished(BUSY, 0, 1))
    assert (state.keeping, state.due_s) == (True, 16)
    assert pbx(KEEP, finished(BUSY), finished(ACCEPTED, 16)).failures == 0


@pytest.mark.parametrize(
    ("outcome", "phase"), [(EXPIRED, Phase.REFUSED), (REDIRECTED, Phase.STOPPED)]
)
def test_what_needs_a_person_stops(outcome: Outcome, phase: Phase) -> None:
    state = pbx(KEEP, finished(outcome))
    assert (state.keeping, state.due_s, state.phase(at(1))) == (False, None, phase)
    assert state.phase(at(10**6)) is phase


def test_an_expired_token_has_no_time_left() -> None:
    state = pbx(finished(ACCEPTED), finished(EXPIRED, sent=60))
    assert state.token_left_s(at(61)) == 0


def test_a_failure_does_not_move_the_token_clock() -> None:
    state = pbx(KEEP, finished(ACCEPTED), finished(DEAD, 600, 610))
    assert state.token_left_s(at(610)) == 1190
    assert state.last is not None
    assert state.accepted is not None
    assert (state.last.sent, state.accepted.sent) == (at(600), at(0))


def test_nothing_looks_alive_on_stale_data() -> None:
    state = pbx(finished(ACCEPTED))
    assert state.phase(at(1799)) is Phase.ALIVE
    assert state.phase(at(1800)) is Phase.UNKNOWN
    assert pbx(finished(DEAD)).phase(at(1800)) is Phase.UNKNOWN


def test_token_life_is_unknown_at_start() -> None:
    assert pbx().token_left_s(at(0)) is None
    assert pbx().phase(at(0)) is Phase.OFF
    assert pbx(finished(DEAD)).token_left_s(at(1)) is None


def test_an_answer_of_an_old_run_falls_to_the_floor() -> None:
    stopped = [KEEP, STARTED, events.KeepAliveStopped("a")]
    before = pbx(*stopped)
    assert pbx(*stopped, finished(ACCEPTED, run=0)) == before
    assert (before.sending, before.keeping, before.run) == (False, False, 1)


def test_an_answer_of_a_removed_pbx_falls_to_the_floor() -> None:
    state = after(KEEP, events.ProfileRemoved("a"))
    assert reduce(state, finished(ACCEPTED)) == state
    assert (state.profiles, state.pbxs) == ((), {})


def test_a_cancelled_heartbeat_leaves_the_schedule() -> None:
    state = pbx(KEEP, STARTED, events.HeartbeatCancelled("a", 0, at(3)))
    assert (state.sending, state.due_s) == (False, 603)
    assert pbx(STARTED, events.HeartbeatCancelled("a", 0, at(3))).due_s is None


def test_keep_alive_during_a_send_waits_for_its_end() -> None:
    state = pbx(STARTED, KEEP)
    assert (state.sending, state.due_s) == (True, None)
    assert pbx(STARTED, KEEP, finished(ACCEPTED, 0)).due_s == 600


def test_after_a_sleep_one_heartbeat_comes_soon() -> None:
    state = pbx(KEEP, finished(DEAD), finished(DEAD), events.ComputerSlept(at(5000), 4000))
    assert (state.due_s, state.failures) == (5010, 0)
    assert pbx(events.ComputerSlept(at(5000), 4000)).due_s is None


def test_another_host_voids_what_was_known_and_stops() -> None:
    other = replace(PROFILE, pbx="192.168.5.151")
    state = pbx(KEEP, finished(ACCEPTED), events.ProfileChanged(other))
    assert (state.keeping, state.due_s, state.last, state.accepted) == (False, None, None, None)
    assert state.run == 1


def test_another_spelling_of_the_host_changes_nothing() -> None:
    same = replace(PROFILE, pbx="https://192.168.5.150:8088/", name="Post")
    assert pbx(KEEP, finished(ACCEPTED), events.ProfileChanged(same)).due_s == 600


def test_what_is_trusted_for_now_ends_when_a_person_chooses_anew() -> None:
    pin = Pin("ab" * 32, "192.168.5.150:8088")
    trusted = events.CertificateTrusted("a", pin)
    renamed = events.ProfileChanged(replace(PROFILE, name="Post"))
    assert pbx(trusted, renamed).session_pin == pin
    for choice in ({"tls": TlsMode.INSECURE}, {"tls": TlsMode.PINNED, "pin": pin}):
        chosen = events.ProfileChanged(replace(PROFILE, **choice))
        assert pbx(trusted, chosen).session_pin is None


def test_a_new_interval_counts_from_the_last_heartbeat() -> None:
    shorter = replace(PROFILE, interval_min=2)
    assert pbx(KEEP, finished(ACCEPTED, 7), events.ProfileChanged(shorter)).due_s == 127
    retrying = pbx(KEEP, finished(DEAD, 0, 10), events.ProfileChanged(shorter))
    assert retrying.due_s == 25


def test_an_interval_from_an_edited_file_is_kept_in_its_range() -> None:
    for minutes, seconds in ((0, 60), (-5, 60), (9999, 1500)):
        state = after(events.ProfileAdded(replace(PROFILE, id="b", interval_min=minutes)))
        assert state.pbxs["b"].interval_s == seconds


def test_a_new_token_voids_the_clock_and_late_answers() -> None:
    state = pbx(KEEP, STARTED, events.TokenChanged("a", at(9)), finished(ACCEPTED))
    assert (state.accepted, state.sending, state.keeping, state.due_s) == (None, False, True, 609)
    assert state.token_left_s(at(9)) is None


def test_a_renewed_token_has_no_life_before_its_first_success() -> None:
    """What the token before had accepted promises nothing of this one."""
    renewed = Attempt(at(60), DEAD, renewed=at(60))
    state = pbx(finished(ACCEPTED), events.HeartbeatFinished("a", 0, renewed, at(61), 0))
    assert (state.token_left_s(at(61)), state.renewed) == (None, at(60))
    lost = pbx(finished(EXPIRED), events.HeartbeatFinished("a", 0, renewed, at(61), 0))
    assert not lost.token_dead


def test_a_late_logout_of_the_token_before_leaves_the_present_one() -> None:
    logout = events.LoggedOut("a", Attempt(at(5), ACCEPTED, PROFILE.pbx))
    state = pbx(KEEP, events.TokenChanged("a", at(9)), logout)
    assert state.keeping
    assert not pbx(KEEP, logout).keeping


def test_where_it_was_accepted_once_the_pbx_stays_known() -> None:
    assert pbx(finished(ACCEPTED), finished(DEAD, sent=60)).address_status.known


def test_resumed_during_a_send_waits_for_its_end() -> None:
    paused = (KEEP, STARTED, events.Paused(math.inf))
    assert pbx(*paused, events.Resumed(at(5))).due_s is None
    assert pbx(KEEP, events.Paused(math.inf), events.Resumed(at(5))).due_s == 5


def test_order_of_the_sidebar() -> None:
    b, c = replace(PROFILE, id="b"), replace(PROFILE, id="c")
    state = after(events.ProfileAdded(b), events.ProfileAdded(c, 1, run=7))
    assert [p.id for p in state.profiles] == ["a", "c", "b"]
    assert state.pbxs["c"].run == 7


def test_an_unsaved_change_is_known_until_it_is_saved() -> None:
    failed = events.SettingsNotSaved("disk_full", "")
    assert after(failed).not_saved == failed
    assert after(failed, events.SettingsSaved()).not_saved is None


def test_the_worst_pbx_wins() -> None:
    b = replace(PROFILE, id="b")
    state = after(events.ProfileAdded(b), finished(ACCEPTED))
    assert worst(state, at(1)) is Phase.ALIVE
    assert worst(reduce(state, finished(DEAD)), at(1)) is Phase.FAILING
    assert worst(AppState(), at(1)) is Phase.OFF


@pytest.mark.parametrize("local", LOCAL, ids=lambda outcome: outcome.code)
@pytest.mark.parametrize("before", [None, ACCEPTED, EXPIRED, DEAD, REDIRECTED])
def test_a_fault_on_this_side_says_nothing_of_the_pbx(
    before: Outcome | None, local: Outcome
) -> None:
    known = [finished(before)] if before else []
    was, now = pbx(*known), pbx(*known, STARTED, finished(local, sent=60))
    assert (now.last_contact_attempt, now.accepted, now.marks) == (
        was.last_contact_attempt,
        was.accepted,
        was.marks,
    )
    assert now.phase(at(61)) is was.phase(at(61))
    assert now.token_left_s(at(61)) == was.token_left_s(at(61))
    assert state_sentence(now, at(61)) == state_sentence(was, at(61))
    assert clock_words(now, at(61)) == clock_words(was, at(61))
    # The person is told what it was all the same.
    assert now.last is not None
    assert (now.last.outcome, now.sending) == (local, False)


def test_a_password_that_is_missing_after_the_token_was_lost_leaves_it_lost() -> None:
    no_password = replace(LOCAL[2], code="password_not_stored", errno="20006")
    state = pbx(finished(ACCEPTED), finished(no_password, sent=60))
    assert state.phase(at(61)) is Phase.REFUSED
    assert state.token_left_s(at(61)) == 0


def test_a_lost_token_stays_lost_whatever_fails_then() -> None:
    state = pbx(finished(ACCEPTED), finished(EXPIRED, sent=60), finished(DEAD, sent=70))
    assert state.token_left_s(at(71)) == 0
    assert pbx(finished(EXPIRED), finished(ACCEPTED, sent=70)).token_left_s(at(71)) == 1799
    anew = pbx(finished(EXPIRED), events.TokenChanged("a", at(5)))
    assert anew.token_left_s(at(71)) is None


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        ([finished(UNKNOWN)], "token is not valid"),
        ([finished(DEAD), finished(UNKNOWN, sent=9)], "token is not valid"),
        ([finished(ACCEPTED), finished(UNKNOWN, sent=600)], "token is not valid"),
        ([finished(ACCEPTED), finished(UNKNOWN, sent=1800)], "token has run out"),
        ([finished(EXPIRED)], "token has run out"),
        ([finished(UNKNOWN), finished(DEAD, sent=9)], "token is not valid"),
    ],
)
def test_a_token_that_was_never_good_has_not_run_out(happened: list[Event], words: str) -> None:
    assert clock_words(pbx(*happened), at(2000))[0] == words


def test_a_heartbeat_of_a_diagnosis_does_not_end_the_one_on_its_way() -> None:
    aside = replace(finished(ACCEPTED), from_diagnosis=True)
    state = pbx(STARTED, aside)
    assert (state.sending, state.accepted is not None) == (True, True)
    assert not pbx(STARTED, aside, finished(DEAD, sent=9)).sending
    assert not pbx(aside).sending


def test_what_the_token_before_had_accepted_is_no_life_of_the_present_one() -> None:
    living = pbx(finished(ACCEPTED))
    assert living.token_dies_s(at(10)) == 1800
    earlier = replace(living, accepted=None)  # as in the next run of the program
    assert earlier.token_dies_s(at(10)) == 1800
    changed = pbx(finished(ACCEPTED), events.TokenChanged("a", at(9)))
    assert changed.token_dies_s(at(10)) == math.inf


def test_an_answer_from_the_address_before_ends_no_login_and_no_token_of_the_present_one() -> None:
    moved = replace(PROFILE, pbx="10.0.0.9")
    there, here = (Attempt(at(5), ACCEPTED, p.pbx) for p in (PROFILE, moved))
    begun = (events.ProfileChanged(moved), KEEP, events.LoginStarted("a"))

    def login(attempt: Attempt) -> Event:
        return events.LoginFinished("a", attempt, LoginCount(), "", at(6), user="api")

    assert pbx(*begun, login(there)).logging_in
    assert not pbx(*begun, login(here)).logging_in
    assert pbx(*begun, events.LoggedOut("a", there)).keeping
    assert not pbx(*begun, events.LoggedOut("a", here)).keeping
