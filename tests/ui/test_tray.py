"""Tray, notifications, closing and the program's own settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import TransportError
from hbgui.core.settings import OnClose
from hbgui.core.state.pbx_state import Phase
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from hbgui.ui.notifier import Notifier
from hbgui.ui.tray import Tray, tray_icon
from patience import hurry
from runtime.world import World


@pytest.fixture
def keeping(world: World, window: MainWindow, qtbot: QtBot) -> None:
    world.vault.keep("post", Secret("0f" * 16))
    world.supervisor.keep_alive("post", True)
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)


def entries(menu: QMenu) -> dict[str, QAction]:
    found: dict[str, QAction] = {}
    for action in menu.actions():
        found[action.text()] = action
        inner = action.menu()
        if isinstance(inner, QMenu):
            found |= {f"{action.text()} > {a.text()}": a for a in inner.actions()}
    return found


def menu(window: MainWindow) -> dict[str, QAction]:
    window.tray.fill()
    return entries(window.tray.menu)


@pytest.mark.usefixtures("qapp")
def test_four_states_differ_in_shape() -> None:
    shapes = set()
    for phase in (Phase.ALIVE, Phase.STARTING, Phase.FAILING, Phase.OFF):
        image = tray_icon(phase).pixmap(32, 32).toImage()
        # Without its colour.
        ink = tuple(
            QColor(image.pixelColor(x, y)).alpha() > 128 for x in range(32) for y in range(32)
        )
        shapes.add(ink)
    assert len(shapes) == 4


@pytest.mark.usefixtures("keeping")
def test_the_menu_tells_and_does_what_is_wanted_most(world, window, qtbot: QtBot) -> None:
    found = menu(window)
    (line,) = [text for text in found if text.startswith("Hotel Post: ")]
    assert "accepts" in line
    assert "29 min" in line or "30 min" in line
    assert not found[line].isEnabled()
    sent = len(world.pbx.received)
    found["Send now > Hotel Post"].trigger()
    qtbot.waitUntil(lambda: len(world.pbx.received) == sent + 1)


@pytest.mark.usefixtures("keeping")
def test_a_pause_sends_nothing_and_resuming_sends_at_once(world, window, qtbot: QtBot) -> None:
    menu(window)["Pause > 30 min"].trigger()
    pbx = world.hub.state.pbxs["post"]
    assert pbx.due_s == pytest.approx(world.clock.now().elapsed_s + 1800, abs=5)
    assert "Paused" in window.findChild(QLabel, "stateLabel").text()
    assert "Resume" in menu(window)
    sent = len(world.pbx.received)
    menu(window)["Resume"].trigger()
    qtbot.waitUntil(lambda: len(world.pbx.received) == sent + 1)
    assert "Paused" not in window.findChild(QLabel, "stateLabel").text()


@pytest.mark.usefixtures("keeping")
def test_until_resumed_is_for_ever(world, window) -> None:
    menu(window)["Pause > Until resumed: tokens run out"].trigger()
    assert world.hub.state.pbxs["post"].due_s is None
    assert world.hub.state.pbxs["post"].keeping


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Titles that went to the desktop, which has no tray here."""
    titles: list[str] = []

    def notify(_self: Tray, _pbx_id: str, title: str, _text: str) -> bool:
        titles.append(title)
        return True

    monkeypatch.setattr(Tray, "notify", notify)
    return titles


@pytest.mark.usefixtures("keeping")
def test_a_stopped_schedule_is_told_by_name(world, told, qtbot: QtBot) -> None:
    world.pbx.reply = TransportError("certificate_self_signed")
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: told == ["Hotel Post: no more heartbeats"])


@pytest.mark.usefixtures("keeping")
def test_a_snooze_is_quiet(world, window, told, qtbot: QtBot) -> None:
    menu(window)["Snooze notifications > 30 min"].trigger()
    world.pbx.reply = TransportError("certificate_self_signed")
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: not world.hub.state.pbxs["post"].keeping)
    assert told == []


def test_a_snooze_can_be_ended(world, window) -> None:
    menu(window)["Snooze notifications > 8 h"].trigger()
    assert not world.hub.state.desktop.may_notify(world.clock.now())
    assert "Snooze notifications > 8 h" not in menu(window)
    menu(window)["Notify again"].trigger()
    assert world.hub.state.desktop.may_notify(world.clock.now())
    assert "Snooze notifications > 8 h" in menu(window)


@pytest.mark.usefixtures("keeping")
def test_a_dying_token_is_told_once(world, window, told, qtbot: QtBot) -> None:
    world.clock.added_s += 1300
    hurry(window.findChild(Notifier))
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(100)
    assert told == ["Hotel Post: the token dies soon"]


def dialog(window: MainWindow, name: str) -> QDialog:
    return next(d for d in window.findChildren(QDialog, name) if d.isVisible())


@pytest.mark.usefixtures("keeping")
def test_closing_with_a_schedule_explains_itself_once(world, window, qtbot: QtBot) -> None:
    window.close()
    asked = dialog(window, "closeDialog")
    assert "Hotel Post" in asked.findChild(QLabel, "closeTitle").text()
    # No tray on this desktop: the window is never hidden.
    assert "minimised" in asked.findChild(QLabel, "closeText").text()
    qtbot.mouseClick(asked.findChild(QPushButton, "backgroundButton"), Qt.MouseButton.LeftButton)
    assert window.isMinimized()
    assert world.hub.state.desktop.preferences.on_close is OnClose.BACKGROUND
    qtbot.waitUntil(
        lambda: (
            bool(world.file.saved)
            and world.file.saved[-1].preferences.on_close is OnClose.BACKGROUND
        )
    )
    window.showNormal()
    window.close()
    assert window.isMinimized()
    assert world.hub.state.pbxs["post"].keeping


@pytest.mark.usefixtures("keeping")
def test_quit_means_quit(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.ended):
        window.quit()
    assert not window.isVisible()


def test_closing_without_a_schedule_quits(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.ended):
        window.close()


def test_settings_stand_apart_and_are_kept(world, window, qtbot: QtBot) -> None:
    window.dialogs.settings()
    shown = dialog(window, "settingsDialog")
    shown.findChild(QComboBox, "onClose").setCurrentIndex(2)
    shown.findChild(QCheckBox, "notifications").setChecked(False)
    qtbot.mouseClick(shown.findChild(QPushButton, "saveSettingsButton"), Qt.MouseButton.LeftButton)
    wanted = replace(
        world.hub.state.desktop.preferences, on_close=OnClose.QUIT, notifications=False
    )
    assert world.hub.state.desktop.preferences == wanted
    qtbot.waitUntil(lambda: bool(world.file.saved) and world.file.saved[-1].preferences == wanted)


def test_start_at_login_shows_and_changes_what_is_on_disk(window, qtbot: QtBot, tmp_path) -> None:
    file = tmp_path / "autostart" / "hbgui.desktop"
    for wanted in (True, False):
        window.dialogs.settings()
        shown = dialog(window, "settingsDialog")
        box = shown.findChild(QCheckBox, "startAtLogin")
        qtbot.waitUntil(box.isEnabled)
        assert box.isChecked() is not wanted
        box.setChecked(wanted)
        qtbot.mouseClick(
            shown.findChild(QPushButton, "saveSettingsButton"), Qt.MouseButton.LeftButton
        )
        qtbot.waitUntil(lambda: file.exists() is wanted)  # noqa: B023 - it is waited for here


def test_start_at_login_that_fails_is_said(window, qtbot: QtBot, tmp_path) -> None:
    (tmp_path / "autostart").write_text("a file")
    window.dialogs.settings()
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "login" in bar.text())
    assert not dialog(window, "settingsDialog").findChild(QCheckBox, "startAtLogin").isEnabled()
