"""The request tab: what would go out now, what came back, and nothing of the token."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from hbgui.ui.work_pages import Tabs
from runtime.world import World

TOKEN = "0f" * 16


@pytest.fixture(autouse=True)
def tab(window: MainWindow, world: World) -> None:
    world.vault.keep("post", Secret(TOKEN))
    window.findChild(Tabs, "tabs").open(Tabs.REQUEST)


def shown(window: MainWindow, name: str) -> str:
    return window.findChild(QPlainTextEdit, name).toPlainText()


def test_it_follows_what_is_typed(window: MainWindow) -> None:
    assert "POST /api/v1.1.0/heartbeat?token=*** HTTP/1.1" in shown(window, "requestPreview")
    window.findChild(QLineEdit, "serverPort").setText("9123")
    body = shown(window, "requestPreview").splitlines()[-1]
    assert json.loads(body) == {"ipaddr": "192.168.5.20", "port": "9123"}
    window.findChild(QLineEdit, "serverPort").setText("0")
    assert "1 to 65535" in shown(window, "requestPreview")
    assert not window.findChild(QPushButton, "copyCurlButton").isEnabled()


def test_the_last_answer_stands_below(window: MainWindow, world: World, qtbot: QtBot) -> None:
    assert window.findChild(QLabel, "answerTitle").text() == "No answer yet"
    world.pbx.reply = HttpAnswer(200, b'{"status":"Failed","errno":"20004"}')
    qtbot.mouseClick(window.findChild(QPushButton, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "20004" in shown(window, "lastAnswer"))
    assert shown(window, "lastAnswer").startswith("HTTP 200")
    assert "Refused" in window.findChild(QLabel, "answerTitle").text()


def test_both_forms_are_copied_without_the_token(window: MainWindow, qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    for name, wanted in (("copyCurlButton", "$HBGUI_TOKEN"), ("copyTextButton", "token=***")):
        qtbot.mouseClick(window.findChild(QPushButton, name), Qt.MouseButton.LeftButton)
        assert wanted in clipboard.text()
        assert TOKEN not in clipboard.text()


def test_the_key_copies_the_command(window: MainWindow, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_C, keys)
    assert QGuiApplication.clipboard().text().startswith("curl ")
