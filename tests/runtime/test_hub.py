"""What the hub tells: only what counted, in the order in which it happened, to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.outcome import ACCEPTED, Attempt
from hbgui.core.diagnosis import DiagnosisStep, StepId, StepVerdict
from hbgui.core.events import Event
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from hbgui.core.values import Moment, Secret
from hbgui.runtime.hub import Hub
from runtime.world import World, running

NOW = Moment(0, datetime(2026, 1, 2, 12, 0, tzinfo=UTC))
PROFILE = Profile("a", "Hotel Post", "http://192.168.5.150")


@pytest.fixture
def hub(qtbot: QtBot) -> Iterator[Hub]:
    made = Hub()
    made.apply(events.ProfileAdded(PROFILE))
    yield made
    made.close()


def named(name: str) -> Event:
    return events.ProfileChanged(replace(PROFILE, name=name))


def heard(hub: Hub) -> list[tuple[object, str]]:
    """What is told from now on, each with the PBX's name at that moment."""
    told: list[tuple[object, str]] = []

    def hear(event: object) -> None:
        profile = hub.state.profile("a")
        told.append((event, profile.name if profile else ""))

    hub.happened.connect(hear)
    return told


def test_what_a_slot_applies_is_told_after_what_it_heard_of(hub: Hub) -> None:
    """Three deep, from several signals and several slots of one: everybody hears one order."""
    before = heard(hub)

    def on_profiles() -> None:
        if hub.state.profiles[0].name == "one":
            hub.apply(named("two"))
            hub.apply(events.MessageShown("between"))

    def on_happened(event: object) -> None:
        match event:
            case events.MessageShown("between"):
                hub.apply(named("three"))
            case events.ProfileChanged(profile) if profile.name == "three":
                hub.apply(events.MessageShown("last"))

    hub.profiles_changed.connect(on_profiles)
    hub.pbx_changed.connect(lambda _id: on_profiles())
    hub.happened.connect(on_happened)
    after = heard(hub)
    hub.apply(named("one"))
    wanted = [
        (named("one"), "one"),
        (named("two"), "two"),
        (events.MessageShown("between"), "two"),
        # The second slot asked for the same once more.
        (named("two"), "two"),
        (events.MessageShown("between"), "two"),
        (named("three"), "three"),
        (named("three"), "three"),
        (events.MessageShown("last"), "three"),
        (events.MessageShown("last"), "three"),
    ]
    assert before == after == wanted


def test_a_pbx_that_a_slot_removes_is_still_there_for_the_other_slots(hub: Hub) -> None:
    seen: list[bool] = []
    hub.profiles_changed.connect(lambda: hub.apply(events.ProfileRemoved("a")))
    hub.pbx_changed.connect(lambda pbx_id: seen.append(pbx_id in hub.state.pbxs))
    hub.apply(named("one"))
    assert seen == [True]
    assert hub.state.pbxs == {}


def test_a_slot_that_fails_does_not_silence_the_hub(hub: Hub, qtbot: QtBot) -> None:
    def fail(event: object) -> None:
        if event == events.MessageShown("x"):
            hub.apply(events.MessageShown("y"))
            raise ZeroDivisionError

    hub.happened.connect(fail)
    told = heard(hub)
    with qtbot.captureExceptions() as caught:
        hub.apply(events.MessageShown("x"))
        hub.apply(events.MessageShown("z"))
    assert [kind for kind, _error, _trace in caught] == [ZeroDivisionError]
    assert [event for event, _name in told] == [events.MessageShown(code) for code in "xyz"]


def accepted(address: str = PROFILE.pbx, at: Moment = NOW) -> Attempt:
    return Attempt(at, ACCEPTED, address)


OF_AN_OLD_RUN = (
    events.HeartbeatStarted("a", 7),
    events.HeartbeatFinished("a", 7, accepted(), NOW, 0),
    events.HeartbeatCancelled("a", 7, NOW),
    events.DiagnosisProgress("a", 7, DiagnosisStep(StepId.TOKEN, StepVerdict.OK)),
    events.DiagnosisCancelled("a", 7, NOW),
    events.TokenRenewed("a", 7, Secret("0f" * 16)),
    events.LoginFinished("a", accepted("http://10.0.0.9"), 0, "", NOW),
    events.LoggedOut("a", accepted("http://10.0.0.9")),
    events.LoginCancelled("a"),
)
OF_NOBODY = (
    events.ProfileChanged(replace(PROFILE, id="gone")),
    events.ProfileRemoved("gone"),
    events.HeartbeatFinished("gone", 0, accepted(), NOW, 0),
    events.SecretPlaced("gone", events.SecretPlace.KEYRING),
    events.PasswordPlaced("gone", True),
    events.RouteFound("gone", None),
    events.CertificateSeen("gone", None),
    events.LoginFinished("gone", accepted(), 0, "", NOW),
    events.LoggedOut("gone", accepted()),
    events.KeepAliveStarted("gone", NOW),
)


@pytest.mark.parametrize("event", OF_AN_OLD_RUN + OF_NOBODY, ids=lambda e: type(e).__name__)
def test_what_does_not_count_is_told_to_nobody(hub: Hub, event: Event) -> None:
    told, changed = heard(hub), []
    hub.pbx_changed.connect(changed.append)
    before = hub.state
    hub.apply(event)
    hub.apply(events.MessageShown("after"))
    assert hub.state == before
    assert [event for event, _name in told] == [events.MessageShown("after")]
    assert changed == []


def test_a_logout_of_a_token_that_was_replaced_meanwhile_does_not_count(hub: Hub) -> None:
    later = Moment(5, NOW.utc)
    hub.apply(events.TokenChanged("a", later))
    told = heard(hub)
    hub.apply(events.LoggedOut("a", accepted()))
    assert told == []
    hub.apply(events.LoggedOut("a", accepted(at=Moment(6, NOW.utc))))
    assert len(told) == 1


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    with running(tmp_path, Settings((PROFILE,))) as built:
        yield built


def test_a_late_answer_binds_the_token_to_nothing(world: World, qtbot: QtBot) -> None:
    """A token of unknown origin: who accepts it owns it, but not through an answer of before."""
    world.vault.keep("a", Secret("0f" * 16))
    run = world.hub.state.pbxs["a"].run
    world.supervisor.save_profile(replace(PROFILE, pbx="http://10.0.0.9"))
    jitter = 0.0
    late = events.HeartbeatFinished("a", run, accepted(), world.clock.now(), jitter)
    world.hub.post(late)
    world.hub.post(events.MessageShown("after"))
    with qtbot.waitSignal(
        world.hub.happened, check_params_cb=lambda e: e == events.MessageShown("after")
    ):
        pass
    assert world.hub.state.profiles[0].token_host == ""
    assert world.hub.state.profiles[0].announced == ()
    world.hub.apply(
        events.HeartbeatFinished("a", run + 1, accepted("http://10.0.0.9:80"), NOW, jitter)
    )
    assert world.hub.state.profiles[0].token_host == "10.0.0.9"
