"""Before reports are moved the window asks; afterwards one click restores them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QLineEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.ui.main_window import MainWindow
from hbgui.ui.move_dialog import MoveDialog
from hbgui.ui.targets_dialog import TargetsDialog
from runtime.world import World
from ui.handling import keep_tokens, press, text_of

CUSTOMER = ReportTarget("192.168.5.122", 8260)


def profile(world: World) -> Profile:
    found = world.hub.state.profile("post")
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def token(world: World) -> None:
    keep_tokens(world, "post")


@pytest.fixture
def moved(world: World, window: MainWindow) -> None:
    """The customer's own server gets the reports until now."""
    world.supervisor.save_profile(replace(profile(world), earlier=CUSTOMER))


def visible(window: MainWindow, kind: type[QDialog]) -> list[QDialog]:
    return [d for d in window.findChildren(kind) if d.isVisible()]


def opened(window: MainWindow, qtbot: QtBot, kind: type[QDialog]) -> QDialog:
    qtbot.waitUntil(lambda: bool(visible(window, kind)))
    return visible(window, kind)[0]


@pytest.mark.usefixtures("moved")
def test_a_click_shows_from_and_to_and_sends_nothing(world: World, window, qtbot: QtBot) -> None:
    assert "http://192.168.5.122:8260" in text_of(window, "presentTarget")
    press(window, qtbot, "sendButton")
    dialog = opened(window, qtbot, MoveDialog)
    assert text_of(dialog, "moveFrom") == "http://192.168.5.122:8260"
    assert text_of(dialog, "moveTo") == "http://192.168.5.20:8260"
    assert "Hotel Post" in text_of(dialog, "moveTitle")
    press(dialog, qtbot, "moveCancelButton")
    assert world.pbx.received == []
    assert profile(world).reports_go_to == CUSTOMER


@pytest.mark.usefixtures("moved")
def test_enter_does_not_move_them(world: World, window: MainWindow, qtbot: QtBot) -> None:
    press(window, qtbot, "sendButton")
    dialog = opened(window, qtbot, MoveDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not visible(window, MoveDialog))
    assert world.pbx.received == []


@pytest.mark.usefixtures("moved")
def test_move_then_restore_by_one_click(world: World, window: MainWindow, qtbot: QtBot) -> None:
    press(window, qtbot, "sendButton")
    press(opened(window, qtbot, MoveDialog), qtbot, "moveButton")
    qtbot.waitUntil(lambda: profile(world).can_restore_target)
    assert "this computer" in text_of(window, "presentReports")
    restore = window.findChild(QPushButton, "restoreTargetButton")
    qtbot.waitUntil(lambda: restore.isVisible() and restore.isEnabled())
    press(window, qtbot, "restoreTargetButton")
    qtbot.waitUntil(lambda: profile(world).reports_go_to == CUSTOMER)
    assert world.pbx.announced == ["192.168.5.20", "192.168.5.122"]
    assert "192.168.5.122" in text_of(window, "presentReports")
    assert not restore.isVisible()


@pytest.mark.usefixtures("moved")
def test_who_ticks_it_is_not_asked_again(world: World, window: MainWindow, qtbot: QtBot) -> None:
    press(window, qtbot, "sendButton")
    dialog = opened(window, qtbot, MoveDialog)
    dialog.findChild(QCheckBox, "dontAskBox").setChecked(True)
    press(dialog, qtbot, "moveButton")
    qtbot.waitUntil(lambda: profile(world).can_restore_target)
    window.findChild(QLineEdit, "serverPort").setText("9999")
    press(window, qtbot, "sendButton")
    moved = ReportTarget("192.168.5.20", 9999)
    qtbot.waitUntil(lambda: profile(world).reports_go_to == moved)
    assert len(world.pbx.announced) == 2
    assert not visible(window, MoveDialog)


@pytest.mark.usefixtures("moved")
def test_keep_alive_asks_too_and_keeps_the_token_alive(world, window, qtbot: QtBot) -> None:
    press(window, qtbot, "keepAliveButton")
    dialog = opened(window, qtbot, MoveDialog)
    assert world.pbx.announced == ["192.168.5.122"]
    assert world.hub.state.pbxs["post"].accepted is not None
    press(dialog, qtbot, "moveCancelButton")
    assert "192.168.5.20:8260" in text_of(window, "messageBar")
    press(window, qtbot, "messageBarAction")
    press(opened(window, qtbot, MoveDialog), qtbot, "moveButton")
    qtbot.waitUntil(lambda: world.pbx.announced == ["192.168.5.122", "192.168.5.20"])
    qtbot.waitUntil(lambda: not window.findChild(QLabel, "messageBar").isVisible())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("192.168.5.122:8260", CUSTOMER),
        (" http://192.168.5.122:8260 ", CUSTOMER),
        ("crm.example.net:80/in", ReportTarget("crm.example.net", 80, UrlMode.RELATIVE, "in")),
        ("[fd00::7]:8260", ReportTarget("fd00::7", 8260)),
        ("", None),
    ],
)
def test_the_earlier_target_is_written_down(world, window, qtbot: QtBot, typed, meant) -> None:
    press(window, qtbot, "targetsButton")
    dialog = opened(window, qtbot, TargetsDialog)
    dialog.findChild(QLineEdit, "earlierTarget").setText(typed)
    press(dialog, qtbot, "saveTargetsButton")
    qtbot.waitUntil(lambda: not visible(window, TargetsDialog))
    assert profile(world).earlier == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("192.168.5.122", "192.168.5.122:0", "a b:80", "x:80/a b"),
        *("192.168.5.１２２:8260", "http//192.168.5.122:8260"),
    ],
)
def test_what_cannot_be_a_target_is_said_and_kept(world, window, qtbot: QtBot, typed) -> None:
    press(window, qtbot, "targetsButton")
    dialog = opened(window, qtbot, TargetsDialog)
    field = dialog.findChild(QLineEdit, "earlierTarget")
    field.setText(typed)
    press(dialog, qtbot, "saveTargetsButton")
    assert text_of(dialog, "earlierTargetNote").startswith("◆ ")
    assert (dialog.isVisible(), field.text()) == (True, typed)
    assert profile(world).earlier is None


def test_all_that_was_announced_is_listed(world: World, window, qtbot: QtBot) -> None:
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: len(profile(world).announced) == 1)
    press(window, qtbot, "targetsButton")
    dialog = opened(window, qtbot, TargetsDialog)
    table = dialog.findChild(QTableWidget, "announcedTable")
    assert table.rowCount() == 1
    assert table.item(0, 1).text() == "http://192.168.5.20:8260 (this computer)"


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize("ask", [True, False])
def test_without_its_adapter_the_token_lives_and_that_is_told(
    world: World, window: MainWindow, qtbot: QtBot, *, ask: bool
) -> None:
    pinned = ServerAddress(AddressKind.ADAPTER, "gone0")
    world.supervisor.save_profile(replace(profile(world), server=pinned, ask_before_moving=ask))
    press(window, qtbot, "keepAliveButton")
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: bar.isVisible() and "adapter has no address" in bar.text())
    assert "192.168.5.122:8260" in bar.text()
    assert world.pbx.announced == ["192.168.5.122"]
    assert text_of(window, "stateLabel") == "The PBX accepts the heartbeat"
    # As long as it is so, each heartbeat tells it; then no more.
    window.findChild(QPushButton, "messageBarClose").click()
    assert not bar.isVisible()
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: bar.isVisible() and len(world.pbx.announced) == 2)
    there = replace(pinned, value="eth0")
    world.supervisor.save_profile(replace(profile(world), server=there, ask_before_moving=False))
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: len(world.pbx.announced) == 3 and not bar.isVisible())
    assert world.pbx.announced[-1] == "192.168.5.20"
