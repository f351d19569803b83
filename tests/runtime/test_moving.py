"""Reports are moved by a person's word only; the schedule keeps the token alive meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.values import Secret
from runtime.world import World, running

CUSTOMER = ReportTarget("192.168.5.122", 8260)
PROFILE = Profile(
    "a",
    "Hotel Post",
    "http://192.168.5.150:80",
    server=ServerAddress(AddressKind.FIXED, "192.168.5.77"),
    earlier=CUSTOMER,
)
LAPTOP = ReportTarget("192.168.5.77", 8260)


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path):
    with running(tmp_path, Settings((PROFILE,), "a")) as made:
        made.vault.keep("a", Secret("0f" * 16))
        yield made


def seen(world: World, kind: type) -> list:
    found: list = []
    world.hub.happened.connect(lambda event: found.append(event) if isinstance(event, kind) else 0)
    return found


def test_a_click_that_would_move_them_sends_nothing(world: World, qtbot: QtBot) -> None:
    held = seen(world, events.MoveWithheld)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: bool(held))
    assert (world.pbx.received, held[0].target) == ([], LAPTOP)
    assert world.hub.state.pbxs["a"].moving == LAPTOP
    world.supervisor.send_now("a", replace(LAPTOP, port=9))
    qtbot.waitUntil(lambda: len(held) == 2)
    assert world.pbx.received == []


def test_with_a_persons_word_it_goes_there_and_back(world: World, qtbot: QtBot) -> None:
    finished = seen(world, events.HeartbeatFinished)
    world.supervisor.send_now("a", LAPTOP)
    qtbot.waitUntil(lambda: len(finished) == 1)
    profile = world.hub.state.profiles[0]
    assert (profile.reports_go_to, profile.earlier) == (LAPTOP, CUSTOMER)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: len(finished) == 2)
    world.supervisor.restore_target("a")
    qtbot.waitUntil(lambda: len(finished) == 3)
    assert world.pbx.announced == [LAPTOP.ip, LAPTOP.ip, CUSTOMER.ip]
    profile = world.hub.state.profiles[0]
    assert (profile.reports_go_to, profile.earlier) == (CUSTOMER, None)
    # The form is the technician's: only the heartbeat was another.
    assert profile.server.value == LAPTOP.ip


def test_the_schedule_keeps_them_where_they_are(world: World, qtbot: QtBot) -> None:
    finished = seen(world, events.HeartbeatFinished)
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: bool(finished))
    assert world.pbx.announced == [CUSTOMER.ip]
    pbx = world.hub.state.pbxs["a"]
    assert (pbx.moving, pbx.keeping, pbx.accepted is not None) == (LAPTOP, True, True)


def test_who_does_not_want_to_be_asked_is_not(world: World, qtbot: QtBot) -> None:
    world.supervisor.save_profile(replace(PROFILE, ask_before_moving=False))
    finished = seen(world, events.HeartbeatFinished)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: bool(finished))
    assert world.pbx.announced == [LAPTOP.ip]
    world.supervisor.restore_target("a")
    qtbot.waitUntil(lambda: len(finished) == 2)
    # Else the next heartbeat of the schedule would move them back.
    assert world.hub.state.profiles[0].ask_before_moving


def test_a_target_that_is_this_computer_is_known_as_such(world: World, qtbot: QtBot) -> None:
    here = ServerAddress(AddressKind.AUTO)
    world.supervisor.save_profile(replace(PROFILE, server=here, ask_before_moving=False))
    finished = seen(world, events.HeartbeatFinished)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: bool(finished))
    assert world.hub.state.profiles[0].can_restore_target


def test_a_copy_has_no_past(world: World) -> None:
    copy = world.supervisor.duplicate_pbx("a")
    profile = world.hub.state.profile(copy)
    assert profile is not None
    assert (profile.announced, profile.earlier) == ((), None)
