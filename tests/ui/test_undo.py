"""Undo in the form, and what a pasted text fills in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from hbgui.core.pbx.connection import TlsMode
from hbgui.core.pbx.profile import ApiVersion, Profile
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from runtime.world import World
from ui.handling import choose, chosen, key, line

TOKEN = "0123456789abcdef0123456789abcdef"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
CURL = (
    f"curl -k 'https://10.0.0.1:8088/api/v2.0.0/heartbeat?token={TOKEN}' "
    """-d '{"ipaddr":"192.168.5.20","port":"9000"}'"""
)


def profile(world: World, pbx_id: str = "post") -> Profile:
    found = world.hub.state.profile(pbx_id)
    assert found is not None
    return found


def undo(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(QLineEdit, "profileName").clearFocus()
    key(window, qtbot, Qt.Key.Key_Z, CTRL)


def redo(window: MainWindow, qtbot: QtBot) -> None:
    key(window, qtbot, Qt.Key.Key_Z, CTRL | SHIFT)


def test_choices_are_taken_back_and_done_again(window, world: World, qtbot: QtBot) -> None:
    window.findChild(QComboBox, "apiVersion").setCurrentIndex(1)
    window.commands.flush()
    window.findChild(QRadioButton, "urlModeRelative").click()
    window.commands.flush()
    window.setFocus()
    undo(window, qtbot)
    assert (profile(world).api, profile(world).url_mode) == (ApiVersion.V2, "none")
    assert window.findChild(QRadioButton, "urlModeNone").isChecked()
    undo(window, qtbot)
    assert profile(world).api is ApiVersion.V1
    undo(window, qtbot)
    redo(window, qtbot)
    assert profile(world).api is ApiVersion.V2
    redo(window, qtbot)
    assert profile(world).url_mode == "relative"


def test_typing_in_one_field_is_one_step(window, world: World, qtbot: QtBot) -> None:
    for text in ("9", "90", "900"):
        line(window, "serverPort").setText(text)
        window.commands.flush()
    window.setFocus()
    undo(window, qtbot)
    assert (profile(world).port, line(window, "serverPort").text()) == ("8260", "8260")


def test_a_field_undoes_its_own_text_first(window, world: World, qtbot: QtBot) -> None:
    name = line(window, "profileName")
    window.activateWindow()
    name.setFocus()
    qtbot.keyClicks(name, "X")
    key(window, qtbot, Qt.Key.Key_Z, CTRL)
    assert name.text() == "Hotel Post"


def test_each_pbx_has_its_own_past(window, world: World, qtbot: QtBot) -> None:
    line(window, "serverPort").setText("9")
    window.commands.flush()
    choose(window, "clinic")
    window.setFocus()
    undo(window, qtbot)
    assert (profile(world).port, profile(world, "clinic").port) == ("9", "9000")


@pytest.fixture
def empty(window: MainWindow, world: World) -> str:
    window.commands.add()
    return chosen(window)


def test_a_command_in_the_host_field_fills_the_form(window, world, qtbot, empty: str) -> None:
    line(window, "pbxHost").setText(CURL)
    qtbot.waitUntil(lambda: profile(world, empty).pbx == "https://10.0.0.1:8088")
    found = profile(world, empty)
    assert (found.api, found.tls, found.port) == (ApiVersion.V2, TlsMode.INSECURE, "9000")
    assert line(window, "pbxHost").text() == "https://10.0.0.1:8088"
    assert world.vault.get(empty) == Secret(TOKEN)
    said = window.findChild(QLabel, "messageBar").text()
    assert "Token" in said
    assert TOKEN not in said
    window.setFocus()
    undo(window, qtbot)
    assert profile(world, empty).pbx == ""
    assert hidden(window)
    redo(window, qtbot)
    assert profile(world, empty).pbx == "https://10.0.0.1:8088"
    assert hidden(window)
    assert TOKEN not in repr(world.hub.state)


def test_the_paste_key_fills_an_empty_form(window, world, qtbot, empty: str) -> None:
    QGuiApplication.clipboard().setText("http://10.0.0.1:80/")
    line(window, "profileName").clearFocus()
    window.setFocus()
    key(window, qtbot, Qt.Key.Key_V, CTRL)
    assert line(window, "pbxHost").text() == "http://10.0.0.1:80/"


def test_the_paste_key_adds_a_pbx_where_there_is_none(window, world, qtbot: QtBot) -> None:
    for _ in world.hub.state.profiles:
        window.commands.delete()
    assert window.findChild(QLabel, "welcomeText").isVisible()
    QGuiApplication.clipboard().setText("https://192.168.5.150:8088/")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: len(world.hub.state.profiles) == 1)
    assert world.hub.state.profiles[0].pbx.startswith("https://192.168.5.150")


def test_a_form_with_an_address_is_not_written_over(window, world, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("http://10.0.0.1:80/")
    key(window, qtbot, Qt.Key.Key_V, CTRL)
    assert profile(world).pbx == "http://192.168.5.150"
    assert len(world.hub.state.profiles) == 3
    assert profile(world, chosen(window)).pbx == "http://10.0.0.1:80/"


def test_nothing_of_use_is_said(window, world, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("call me at noon")
    key(window, qtbot, Qt.Key.Key_V, CTRL)
    assert "nothing to paste" in window.findChild(QLabel, "messageBar").text()
    assert len(world.hub.state.profiles) == 2


def test_an_address_that_is_typed_stays_what_it_is(window, world, qtbot, empty: str) -> None:
    line(window, "pbxHost").setText("10.0.0.1")
    qtbot.waitUntil(lambda: profile(world, empty).pbx == "10.0.0.1")
    assert not window.findChild(QLabel, "messageBar").isVisible()


URL = f"https://10.0.0.1:8088/api/v1.1.0/heartbeat?token={TOKEN}"


def hidden(window: MainWindow) -> bool:
    """Whether no field and no message shows the token."""
    shown = [edit.text() for edit in window.findChildren(QLineEdit) if edit.objectName() != "token"]
    shown += [label.text() for label in window.findChildren(QLabel)]
    return not any(TOKEN in text for text in shown)


@pytest.mark.parametrize("before", ["\u00a0", "\ufeff", "\u200b\u00a0 ", "$ ", "C:\\> "])
def test_a_command_with_marks_before_it_is_a_command(
    window, world, qtbot, empty: str, before: str
) -> None:
    line(window, "pbxHost").setText(f"{before}{CURL}")
    qtbot.waitUntil(lambda: profile(world, empty).pbx == "https://10.0.0.1:8088")
    assert world.vault.get(empty) == Secret(TOKEN)
    assert hidden(window)


@pytest.mark.parametrize(
    "text", [f"curl '{URL}", f"curl -k {TOKEN}", f"curl ftp://x?token={TOKEN}"]
)
def test_a_command_that_cannot_be_read_is_not_left_in_sight(
    window, world, qtbot, empty: str, text: str
) -> None:
    line(window, "pbxHost").setText(text)
    qtbot.waitUntil(lambda: line(window, "pbxHost").text() == "")
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "could not be read" in bar.text())
    assert hidden(window)
    window.commands.flush()
    assert profile(world, empty).pbx == ""


@pytest.mark.parametrize("text", [URL, CURL, f"{URL}."])
def test_a_token_pasted_over_an_address_is_not_left_in_sight(window, world, qtbot, text) -> None:
    world.vault.keep("post", Secret("1e" * 16))
    line(window, "pbxHost").setText(text)
    qtbot.waitUntil(lambda: line(window, "pbxHost").text() == "https://10.0.0.1:8088")
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "Only the address" in bar.text())
    qtbot.waitUntil(lambda: profile(world).pbx == "https://10.0.0.1:8088")
    assert hidden(window)
    assert world.vault.get("post") == Secret("1e" * 16)
    assert (profile(world).port, profile(world).api) == ("8260", ApiVersion.V1)


def test_a_token_in_a_pasted_address_goes_to_the_keyring_only(
    window, world, qtbot, empty: str
) -> None:
    line(window, "pbxHost").setText(URL)
    qtbot.waitUntil(lambda: line(window, "pbxHost").text() == "https://10.0.0.1:8088")
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "Token" in bar.text())
    assert world.vault.get(empty) == Secret(TOKEN)
    assert hidden(window)


@pytest.mark.parametrize("rest", ["#token=", "?access_token=", "?TOKEN=", "", "?key=", "a?b=c&d="])
def test_an_address_with_a_token_somewhere_keeps_nothing_but_the_address(
    window, world, qtbot, empty: str, rest: str
) -> None:
    line(window, "pbxHost").setText(f"https://10.0.0.1:8088/{rest}{TOKEN}")
    qtbot.waitUntil(lambda: line(window, "pbxHost").text() == "https://10.0.0.1:8088")
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "Taken over" in bar.text())
    assert hidden(window)
    # It was a new one.
    assert "set up already" not in bar.text()


def test_a_body_that_cannot_be_read_does_not_become_this_computer(
    window, world, qtbot, empty: str
) -> None:
    line(window, "pbxHost").setText(f"curl -k '{URL}' -d @body.json")
    qtbot.waitUntil(lambda: profile(world, empty).pbx == "https://10.0.0.1:8088")
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "The body could not be read" in bar.text())
    assert "Enter the application server" in window.findChild(QLabel, "serverIpNote").text()
    window.findChild(QPushButton, "sendButton").click()
    qtbot.waitUntil(lambda: not world.hub.state.pbxs[empty].sending)
    qtbot.waitUntil(lambda: "Nothing was sent" in bar.text())
    assert world.pbx.received == []
