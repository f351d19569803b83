"""Quitting while reports come to this computer offers to restore where they went before."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.errors import TransportError
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.values import Secret
from hbgui.ui.leaving import LeavingDialog
from hbgui.ui.main_window import MainWindow
from runtime.world import SUCCESS, World

CUSTOMER = ReportTarget("192.168.5.122", 8260)


@pytest.fixture
def here(world: World, window: MainWindow, qtbot: QtBot) -> None:
    """The reports of Hotel Post come to this computer, and the schedule runs."""
    world.vault.keep("post", Secret("0f" * 16))
    profile = world.hub.state.profiles[0]
    world.supervisor.save_profile(replace(profile, earlier=CUSTOMER, ask_before_moving=False))
    world.supervisor.keep_alive("post", True)
    qtbot.waitUntil(lambda: world.hub.state.profiles[0].can_restore_target)


def dialog(window: MainWindow) -> LeavingDialog | None:
    return next((d for d in window.findChildren(LeavingDialog) if d.isVisible()), None)


def press(window: MainWindow, qtbot: QtBot, name: str) -> None:
    shown = dialog(window)
    assert shown is not None
    qtbot.mouseClick(shown.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


@pytest.mark.usefixtures("here")
def test_restore_then_quit(world: World, window: MainWindow, qtbot: QtBot) -> None:
    window.quit()
    shown = dialog(window)
    assert window.isVisible()
    assert shown is not None
    assert "Hotel Post" in shown.findChild(QLabel, "leavingTitle").text()
    assert "http://192.168.5.122:8260" in shown.findChild(QLabel, "leavingList").text()
    press(window, qtbot, "restoreAndQuitButton")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert world.pbx.announced == ["192.168.5.20", "192.168.5.122"]


@pytest.mark.usefixtures("here")
def test_a_restore_that_fails_is_said_and_the_window_stays(world, window, qtbot: QtBot) -> None:
    world.pbx.reply = TransportError("timed_out")
    window.quit()
    press(window, qtbot, "restoreAndQuitButton")
    shown = dialog(window)
    assert shown is not None
    result = shown.findChild(QLabel, "leavingResult")
    qtbot.waitUntil(lambda: "Hotel Post: " in result.text())
    assert window.isVisible()
    press(window, qtbot, "quitAnywayButton")
    assert not window.isVisible()


@pytest.mark.usefixtures("here")
def test_a_hanging_heartbeat_is_no_hindrance(world, window, qtbot: QtBot) -> None:
    world.pbx.reply = "hang"
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].sending)
    window.quit()
    world.pbx.reply = SUCCESS
    press(window, qtbot, "restoreAndQuitButton")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert world.pbx.announced[-1] == "192.168.5.122"


@pytest.mark.usefixtures("here")
def test_staying_changes_nothing(world: World, window: MainWindow, qtbot: QtBot) -> None:
    window.quit()
    press(window, qtbot, "stayButton")
    assert window.isVisible()
    assert world.hub.state.pbxs["post"].keeping


@pytest.mark.usefixtures("here")
def test_the_end_of_the_session_asks_nothing(window: MainWindow) -> None:
    window.end()
    assert not window.isVisible()
    assert dialog(window) is None


def test_with_nothing_to_restore_nothing_is_asked(window: MainWindow) -> None:
    window.quit()
    assert not window.isVisible()


@pytest.mark.usefixtures("here")
def test_a_dead_token_cannot_restore(world: World, window: MainWindow) -> None:
    world.clock.added_s += 1801
    window.quit()
    assert not window.isVisible()


def other_answer(world: World, **what: object) -> events.HeartbeatFinished:
    """An accepted heartbeat that is not the restore: by default of the run that is on."""
    state = world.hub.state
    now = world.clock.now()
    attempt = Attempt(now, ACCEPTED, state.profiles[0].pbx, str(HERE), announced=HERE)
    found = events.HeartbeatFinished("post", state.pbxs["post"].run, attempt, now, 0)
    return replace(found, **what)


HERE = ReportTarget("192.168.5.20", 8260)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("what", ["old run", "this run", "nothing announced", "refused"])
def test_only_the_restore_itself_counts(world, window, qtbot: QtBot, what: str) -> None:
    """Of a running diagnosis, or a late one of the schedule: reports still come here."""
    window.quit()
    world.pbx.reply = "hang"
    press(window, qtbot, "restoreAndQuitButton")
    qtbot.waitUntil(lambda: world.pbx.announced[-1] == CUSTOMER.ip)
    other = other_answer(world)
    match what:
        case "old run":
            other = replace(other, run=other.run - 1)
        case "nothing announced":
            other = replace(other, attempt=replace(other.attempt, announced=None))
        case "refused":
            refused = Outcome(OutcomeKind.REFUSED, "refused", "20004", 200)
            other = replace(other, attempt=replace(other.attempt, outcome=refused))
    world.hub.post(other)
    world.hub.post(events.MessageShown("deleted"))
    with qtbot.waitSignal(
        world.hub.happened, check_params_cb=lambda e: e == events.MessageShown("deleted")
    ):
        pass
    shown = dialog(window)
    assert shown is not None
    assert "Restoring" in shown.findChild(QLabel, "leavingResult").text()
    world.supervisor.cancel("post")
    world.pbx.reply = SUCCESS
    qtbot.waitUntil(lambda: not window.isVisible())
    assert world.pbx.announced[-1] == CUSTOMER.ip
    assert world.hub.state.profiles[0].reports_go_to == CUSTOMER


@pytest.mark.usefixtures("here")
def test_a_send_that_ends_before_it_is_cancelled_is_no_restore(world, window, qtbot: QtBot) -> None:
    """Without a schedule it is of the same run, and announces this computer."""
    world.supervisor.keep_alive("post", False)
    window.quit()
    hold = world.pbx.hold = threading.Event()
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: world.pbx.announced == [HERE.ip, HERE.ip])
    press(window, qtbot, "restoreAndQuitButton")
    hold.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert world.pbx.announced == [HERE.ip, HERE.ip, CUSTOMER.ip]
