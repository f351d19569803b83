"""The keyboard alone: all controls are reached in the order of sight, and the focus is seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from runtime.world import World
from ui.handling import tabbed


@pytest.fixture
def sent(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.vault.keep("post", Secret("0f" * 16))
    window.resize(1180, 900)
    window.findChild(QPushButton, "advancedButton").setChecked(True)
    window.findChild(QRadioButton, "urlModeRelative").click()
    window.findChild(QLineEdit, "reportUrl").setText("report")
    qtbot.mouseClick(window.findChild(QPushButton, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(world.hub.state.pbxs["post"].marks))


@pytest.mark.usefixtures("sent")
def test_tab_reaches_every_control(window: MainWindow, qtbot: QtBot) -> None:
    reached = tabbed(window, qtbot)
    wanted = {
        widget.objectName()
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.objectName()
        and not widget.objectName().startswith("qt_")
        and widget.focusProxy() is None
        # Of a group one has the focus; the arrow keys go to the others.
        and not (isinstance(widget, QRadioButton) and not widget.isChecked())
    }
    assert wanted - {widget.objectName() for widget in reached} == set()


@pytest.mark.usefixtures("sent")
def test_the_order_follows_sight(window: MainWindow, qtbot: QtBot) -> None:
    names = [widget.objectName() for widget in tabbed(window, qtbot)]

    def in_order(*wanted: str) -> bool:
        start = names.index(wanted[0])
        turned = names[start:] + names[:start]
        places = [turned.index(name) for name in wanted]
        return places == sorted(places)

    assert in_order("pbxList", "addPbxButton", "pbxMenuButton", "beatBar", "sendButton")
    assert in_order("beatBar", "targetsButton", "sendButton", "keepAliveButton", "profileName")
    assert in_order("profileName", "pbxHost", "apiVersion", "token", "showTokenButton", "tlsMode")
    assert in_order("tlsMode", "advancedButton", "tlsLevel", "notes", "serverIp", "serverPort")
    assert in_order("serverPort", "urlModeRelative", "reportUrl", "interval", "copyTargetButton")


@pytest.mark.usefixtures("sent")
def test_one_sees_where_the_focus_is(window: MainWindow, qtbot: QtBot) -> None:
    for widget in tabbed(window, qtbot):
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        frame = widget
        while frame.parentWidget() is not None and frame.width() < 30:
            frame = frame.parentWidget()
        with_focus = frame.grab().toImage()
        widget.clearFocus()
        assert frame.grab().toImage() != with_focus, f"no focus to be seen: {widget.objectName()}"


def test_a_small_window_scrolls_to_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(640, 480)
    for _ in tabbed(window, qtbot):
        focused = QApplication.focusWidget()
        assert not focused.visibleRegion().isEmpty(), f"hidden: {focused.objectName()}"
        qtbot.keyClick(focused, Qt.Key.Key_Tab)


def test_arrow_keys_choose_the_url_mode(window: MainWindow, qtbot: QtBot) -> None:
    none = window.findChild(QRadioButton, "urlModeNone")
    none.setFocus()
    qtbot.keyClick(none, Qt.Key.Key_Right)
    assert window.findChild(QRadioButton, "urlModeRelative").isChecked()
    assert window.findChild(QRadioButton, "urlModeRelative").hasFocus()
