"""What a person must not lose by accident: by scrolling, double clicks, deleting, undoing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import SecretError, TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.pbx.profile import ServerAddress
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from runtime.world import World
from ui.conftest import POST
from ui.handling import button, choose, keep_tokens, line, listed, stored, text_of

REFUSED = HttpAnswer(200, b'{"status":"Failed","errno":"20006"}')


@pytest.fixture(autouse=True)
def token(world: World) -> None:
    keep_tokens(world, "post", "clinic")


def turn_wheel(widget: QWidget) -> None:
    middle = widget.rect().center()
    wheel = QWheelEvent(
        QPointF(middle),
        QPointF(widget.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, wheel)


@pytest.mark.parametrize("focused", [False, True])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (QComboBox, "tlsMode"),
        (QComboBox, "apiVersion"),
        (QComboBox, "urlField"),
        (QComboBox, "serverIp"),
        (QSpinBox, "interval"),
    ],
)
def test_scrolling_over_a_control_changes_nothing(
    window: MainWindow, world: World, qtbot: QtBot, kind: type[QWidget], name: str, focused: bool
) -> None:
    (window.findChild(kind, name) if focused else line(window, "profileName")).setFocus()
    turn_wheel(window.findChild(kind, name))
    qtbot.wait(700)
    assert world.hub.state.profile("post") == POST


@pytest.mark.parametrize("code", ["keyring_none", "keyring_locked"])
def test_deleting_with_a_token_in_the_field(
    window: MainWindow, world: World, qtbot: QtBot, code: str
) -> None:
    world.keyring.error = SecretError(code)
    line(window, "token").setText("1f" * 16)
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].secret_code == code)
    window.commands.delete()
    assert line(window, "profileName").text() == "Clinic North"
    assert line(window, "token").text() == ""
    assert world.vault.get("clinic") == Secret("0f" * 16)


def test_the_second_of_two_deletions_can_be_undone(window: MainWindow, world: World) -> None:
    window.commands.delete()
    window.commands.delete()
    assert listed(window) == []
    button(window, "messageBarAction").click()
    assert listed(window) == ["Clinic North"]


def test_another_message_waits_until_undo_has_run_out(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    window.commands.delete()
    world.pbx.reply = REFUSED
    world.supervisor.send_now("clinic")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["clinic"].last is not None)
    assert "Hotel Post" in text_of(window, "messageBar")
    button(window, "messageBarClose").click()
    assert text_of(window, "messageBar").startswith("<b>Clinic North")
    assert window.findChild(QLabel, "messageBar").isVisible()


def test_a_message_that_recovery_made_void_does_not_wait(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    window.commands.delete()
    for reply in (TransportError("connection_refused"), HttpAnswer(200, b'{"status":"Success"}')):
        world.pbx.reply = reply
        before = world.hub.state.pbxs["clinic"].last
        world.supervisor.send_now("clinic")
        qtbot.waitUntil(lambda: world.hub.state.pbxs["clinic"].last is not before)  # noqa: B023
    button(window, "messageBarClose").click()
    assert not window.findChild(QLabel, "messageBar").isVisible()


def test_a_double_click_on_send_does_not_cancel(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.pbx.reply = "hang"
    send = button(window, "sendButton")
    QTest.mouseClick(send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].sending)
    QTest.mouseDClick(send, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(send, Qt.MouseButton.LeftButton)
    qtbot.wait(100)
    assert world.hub.state.pbxs["post"].sending
    qtbot.mouseClick(send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not world.hub.state.pbxs["post"].sending)


@pytest.mark.parametrize("host", ["https://127.0.0.1:8088", "http://127.0.0.1:80", "pbx.example"])
def test_an_unchecked_certificate_is_always_marked(window: MainWindow, host: str) -> None:
    line(window, "pbxHost").setText(host)
    note = window.findChild(QLabel, "tlsModeNote")
    assert not note.isVisible()
    window.findChild(QComboBox, "tlsMode").setCurrentIndex(2)
    assert note.isVisible()
    assert note.property("tone") == "warn"


def test_a_slip_in_the_address_box_can_be_taken_back(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    box = window.findChild(QComboBox, "serverIp")
    qtbot.waitUntil(lambda: box.count() > 1)
    box.setCurrentIndex(0)
    box.activated.emit(0)
    qtbot.keyClick(box.lineEdit(), Qt.Key.Key_X)
    assert not text_of(window, "reportTarget").endswith(":8260")
    qtbot.keyClick(box.lineEdit(), Qt.Key.Key_Backspace)
    assert text_of(window, "reportTarget") == "http://192.168.5.20:8260"
    qtbot.waitUntil(lambda: stored(world).server == ServerAddress())


def test_no_mnemonic_is_taken_twice(window: MainWindow) -> None:
    captions = [w.text() for w in window.findChildren(QLabel) if w.buddy() is not None]
    captions += [w.text() for w in window.findChildren(QAbstractButton)]
    captions += [action.text() for action in window.menuBar().actions()]
    keys = [QKeySequence.mnemonic(text).toString() for text in captions]
    keys = [key for key in keys if key]
    assert len(keys) > 10
    assert sorted(keys) == sorted(set(keys))


def test_the_clock_keeps_its_size_when_its_colour_changes(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    clock = window.findChild(QLabel, "tokenClock")
    big = window.findChild(QLabel, "lastSuccess").fontInfo().pointSizeF() * 1.5
    assert clock.fontInfo().pointSizeF() > big
    world.clock.added_s += 20.5 * 60
    qtbot.waitUntil(lambda: clock.property("tone") == "warn")
    assert clock.fontInfo().pointSizeF() > big
    choose(window, "clinic")
    assert clock.fontInfo().pointSizeF() < big
