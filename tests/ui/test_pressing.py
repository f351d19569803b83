"""A button acts on what stood on it when it was pressed, whatever comes before it is released."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.texts.outcomes import Message
from hbgui.ui.diagnosis_banner import DiagnosisBanner
from hbgui.ui.main_window import MainWindow
from hbgui.ui.theme import Theme
from runtime.world import World
from ui.conftest import POST
from ui.handling import button, keep_tokens, under_the_finger

REFUSED = HttpAnswer(200, b'{"status":"Failed","errno":"20006"}')


@pytest.fixture(autouse=True)
def token(world: World) -> None:
    keep_tokens(world, "post", "clinic")


def redirected(world: World, window: MainWindow, qtbot: QtBot, pbx_id: str, to: str) -> None:
    """A heartbeat is sent on to that address, and the message bar offers it."""
    world.pbx.replies["heartbeat"] = [HttpAnswer(302, b"", to)]
    world.supervisor.send_now(pbx_id)
    qtbot.waitUntil(lambda: button(window, "messageBarAction").text() == f"Use {to}")


def test_a_redirect_that_comes_meanwhile_is_not_followed(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    first, second = "https://192.168.5.150:8443", "https://elsewhere.example:443"
    redirected(world, window, qtbot, "post", first)
    under_the_finger(
        window,
        qtbot,
        "messageBarAction",
        lambda: redirected(world, window, qtbot, "clinic", second),
    )
    (box,) = window.findChildren(QMessageBox, "redirectDialog")
    assert first in box.text()
    assert second not in box.text()
    box.button(QMessageBox.StandardButton.Yes).click()
    assert [p.pbx for p in world.hub.state.profiles] == [first, "http://192.168.5.151"]
    bar = window.findChild(QLabel, "messageBar")
    assert bar.isVisible(), "the message that came meanwhile stays"
    assert "Clinic North" in bar.text()


def test_a_diagnosis_that_ends_meanwhile_offers_its_own_remedy_later(qtbot: QtBot) -> None:
    done: list[str] = []
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    banner = DiagnosisBanner(Theme(app))
    qtbot.addWidget(banner)

    def offer(what: str) -> None:
        banner.show_message("bad", Message(what, "", ""), (lambda: what, lambda: done.append(what)))

    offer("first")
    action = banner.findChild(QPushButton, "diagnosisAction")
    qtbot.mousePress(action, Qt.MouseButton.LeftButton)
    offer("second")
    qtbot.mouseRelease(action, Qt.MouseButton.LeftButton)
    assert done == ["first"]
    qtbot.mouseClick(action, Qt.MouseButton.LeftButton)
    assert done == ["first", "second"]


def test_a_message_that_comes_meanwhile_is_not_closed(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.hub.apply(events.MessageShown("kept_elsewhere", "post"))
    note = lambda: world.hub.apply(events.MessageShown("host_changed", "clinic"))  # noqa: E731
    under_the_finger(window, qtbot, "messageBarClose", note)
    bar = window.findChild(QLabel, "messageBar")
    assert bar.isVisible()
    assert "Clinic North" in bar.text()
    qtbot.mouseClick(button(window, "messageBarClose"), Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_cancel_does_not_send_once_the_heartbeat_has_ended(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.pbx.reply = "hang"
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: len(world.pbx.received) == 1)
    qtbot.waitUntil(lambda: "Cancel" in button(window, "sendButton").text())

    def ends() -> None:
        world.pbx.reply = REFUSED
        world.supervisor.cancel("post")
        qtbot.waitUntil(lambda: button(window, "sendButton").text() == "Send heartbeat")

    under_the_finger(window, qtbot, "sendButton", ends)
    qtbot.wait(100)
    assert len(world.pbx.received) == 1


def test_keep_alive_that_has_stopped_is_not_started_by_who_stops_it(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    qtbot.mouseClick(button(window, "keepAliveButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    under_the_finger(
        window, qtbot, "keepAliveButton", lambda: world.supervisor.keep_alive("post", False)
    )
    assert not world.hub.state.pbxs["post"].keeping
    assert button(window, "keepAliveButton").text() == "Keep alive: off"
    assert not button(window, "keepAliveButton").isChecked()


def test_a_press_that_leaves_the_button_means_nothing_later(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    keep = button(window, "keepAliveButton")
    qtbot.mousePress(keep, Qt.MouseButton.LeftButton)
    QTest.mouseMove(keep, keep.rect().bottomRight() * 3)
    qtbot.mouseRelease(keep, Qt.MouseButton.LeftButton, pos=keep.rect().bottomRight() * 3)
    assert not world.hub.state.pbxs["post"].keeping
    qtbot.wait(10)
    world.supervisor.keep_alive("post", True)
    keep.toggle()  # as a screen reader does
    assert not world.hub.state.pbxs["post"].keeping


def test_a_target_that_is_another_by_then_is_not_restored(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    here, customer = ReportTarget("192.168.5.20", 8260), ReportTarget("192.168.5.122", 8260)
    known = Announced("2026-01-02T12:00:00Z", here, to_this_computer=True)
    world.supervisor.save_profile(replace(POST, announced=(known,), earlier=customer))
    restore = button(window, "restoreTargetButton")
    qtbot.waitUntil(restore.isVisible)

    def another() -> None:
        stranger = ReportTarget("192.168.5.66", 8260)
        world.supervisor.save_profile(replace(POST, announced=(known,), earlier=stranger))

    under_the_finger(window, qtbot, "restoreTargetButton", another)
    qtbot.wait(100)
    assert world.pbx.received == []
    qtbot.mouseClick(restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(world.pbx.received) == 1)
    assert b"192.168.5.66" in world.pbx.received[0][2]
