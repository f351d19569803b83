"""The token field: into the keyring, and nowhere else."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import SecretError
from hbgui.core.events import SecretPlace
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from runtime.world import World
from ui.handling import choose

TOKEN = "0f" * 16


@pytest.fixture
def field(window: MainWindow) -> QLineEdit:
    return window.findChild(QLineEdit, "token")


def note(window: MainWindow) -> str:
    return window.findChild(QLabel, "tokenNote").text()


def test_a_typed_token_goes_into_the_keyring(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    field.setText(f" {TOKEN}\t")
    qtbot.waitUntil(lambda: world.keyring.entries == {"post": Secret(TOKEN)})
    qtbot.waitUntil(lambda: "keyring" in note(window))
    assert "move" in note(window)


def test_half_a_token_is_not_stored_until_the_field_is_left(
    world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    field.setText("0f0f")
    qtbot.wait(800)
    assert world.keyring.entries == {}
    field.editingFinished.emit()
    qtbot.waitUntil(lambda: world.keyring.entries == {"post": Secret("0f0f")})


def test_sending_takes_the_token_at_once(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    field.setText("odd token")
    window.findChild(QPushButton, "sendButton").click()
    qtbot.waitUntil(lambda: len(world.pbx.received) == 1)
    assert world.pbx.received[0][3] == "odd token"


@pytest.mark.parametrize(
    ("typed", "words"),
    [("a" * 1201, "1200"), ("0f\x0b0f", "U+000B"), ("short", "32")],
)
def test_what_is_no_token_is_said_at_the_field(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit, typed: str, words: str
) -> None:
    field.setText(typed)
    assert words in note(window)
    qtbot.wait(700)
    assert world.keyring.entries == {}


def test_only_for_the_session(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    window.findChild(QCheckBox, "sessionOnly").click()
    field.setText(TOKEN)
    qtbot.waitUntil(
        lambda: world.hub.state.pbxs["post"].secret is SecretPlace.SESSION, timeout=30_000
    )
    qtbot.wait(100)
    assert world.keyring.entries == {}
    assert "memory" in note(window)


@pytest.mark.parametrize("code", ["keyring_none", "keyring_locked", "keyring_hung"])
def test_a_keyring_that_fails_is_named_and_the_token_works_on(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit, code: str
) -> None:
    world.keyring.error = SecretError(code)
    field.setText(TOKEN)
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].secret_code == code)
    assert note(window)
    bar = window.findChild(QLabel, "messageBar")
    assert bar.isVisible()
    assert "Hotel Post" in bar.text()
    window.findChild(QPushButton, "sendButton").click()
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)


def test_a_keyring_that_is_not_used_is_named(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    world.keyring.error = SecretError("keyring_refused_backend", "PlaintextKeyring")
    field.setText(TOKEN)
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "PlaintextKeyring" in bar.text())


def test_a_hanging_keyring_does_not_freeze_the_window(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    world.keyring.gate = threading.Event()
    field.setText(TOKEN)
    qtbot.wait(700)
    window.findChild(QLineEdit, "profileName").setText("still alive")
    qtbot.waitUntil(lambda: bool(world.file.saved))
    world.keyring.gate.set()


def test_it_is_hidden_until_asked_for(window: MainWindow, field: QLineEdit) -> None:
    field.setText(TOKEN)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    show = window.findChild(QPushButton, "showTokenButton")
    show.click()
    assert field.echoMode() is QLineEdit.EchoMode.Normal
    assert show.accessibleName() == "Hide token"


def test_another_pbx_neither_shows_nor_undoes_it(
    window: MainWindow, qtbot: QtBot, field: QLineEdit
) -> None:
    field.setFocus()
    qtbot.keyClicks(field, TOKEN)
    choose(window, "clinic")
    field.setEchoMode(QLineEdit.EchoMode.Normal)
    assert field.text() == ""
    field.undo()
    assert field.text() == ""
    field.redo()
    assert field.text() == ""


def test_it_is_in_no_text_of_the_window(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    field.setText(TOKEN)
    qtbot.waitUntil(lambda: bool(world.keyring.entries))
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    texts = [label.text() for label in window.findChildren(QLabel)] + [window.windowTitle()]
    assert not [text for text in texts if TOKEN in text]
    assert TOKEN not in repr(world.hub.state)
    assert TOKEN not in repr(world.file.saved)


def test_deleting_a_pbx_with_a_token_in_its_field(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    world.keyring.error = SecretError("keyring_none")
    field.setText(TOKEN)
    window.commands.delete()
    assert [p.id for p in world.hub.state.profiles] == ["clinic"]
    qtbot.wait(700)
    assert field.text() == ""
    assert world.hub.state.pbxs["clinic"].secret is not SecretPlace.SESSION


def test_sending_twice_without_a_keyring_keeps_the_clock(
    window: MainWindow, world: World, qtbot: QtBot, field: QLineEdit
) -> None:
    world.keyring.error = SecretError("keyring_none")
    field.setText(TOKEN)
    send = window.findChild(QPushButton, "sendButton")
    send.click()
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    world.pbx.reply = "hang"
    send.click()
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].sending)
    assert world.hub.state.pbxs["post"].accepted is not None
