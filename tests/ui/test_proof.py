"""The test of reports, from the heartbeat to the telephone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import TransportError
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from runtime.reporting import free_port
from runtime.world import SUCCESS, World, running
from ui.handling import press, text_of
from ui.reporting import BOOT, CALL, deliver

HERE = ServerAddress(AddressKind.FIXED, "127.0.0.1")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path, port: int) -> Iterator[World]:
    hotel = Profile("post", "Hotel Post", "http://127.0.0.1", server=HERE, port=str(port))
    with running(tmp_path, Settings((hotel,), "post")) as built:
        built.vault.keep("post", Secret("0f" * 16))
        yield built


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> QDialog:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "proofDialog") is not None)
    found = window.findChild(QDialog, "proofDialog")
    qtbot.waitUntil(found.isVisible)
    return found


def announce(dialog: QDialog, qtbot: QtBot) -> None:
    press(dialog, qtbot, "proofHeartbeatButton")
    qtbot.waitUntil(lambda: text_of(dialog, "proofHeartbeat").endswith("announced this place"))


def causes(dialog: QDialog) -> list[str]:
    labels = dialog.findChildren(QLabel)
    return [lab.text() for lab in labels if lab.objectName().startswith("cause_")]


def test_it_leads_from_the_heartbeat_to_a_green_lamp(
    dialog: QDialog, window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    assert (
        text_of(dialog, "proofReceiver") == f"Listening on http://127.0.0.1:{port}/ for 127.0.0.1"
    )
    assert "has not announced this place yet" in text_of(dialog, "proofHeartbeat")
    assert not dialog.findChild(QProgressBar, "proofProgress").isVisible()
    announce(dialog, qtbot)
    qtbot.waitUntil(dialog.findChild(QProgressBar, "proofProgress").isVisible)
    assert "s left" in text_of(dialog, "proofPhone")
    assert deliver(world, qtbot, port, BOOT) == [200]
    result = text_of(dialog, "proofResult")
    said_so = f"The report “PBX started” arrived at http://127.0.0.1:{port}/ from 127.0.0.1."
    assert result.startswith(said_so)
    assert "s after the heartbeat" in result
    assert "369000000001" in result
    assert window.findChild(QLabel, "reportsLamp").text() == "Reports arrive: yes"
    assert causes(dialog) == []
    # No telephone needs to have been used: the PBX started.
    assert "telephone" not in text_of(dialog, "proofPhone")
    world.clock.added_s += 20
    deliver(world, qtbot, port, CALL[0])
    assert text_of(dialog, "proofResult") == result


def test_a_heartbeat_that_fails_says_why_where_it_was_sent(
    dialog: QDialog, world: World, qtbot: QtBot
) -> None:
    assert dialog.height() == 250
    world.pbx.reply = TransportError("timed_out")
    press(dialog, qtbot, "proofHeartbeatButton")
    qtbot.waitUntil(lambda: "in time" in text_of(dialog, "proofHeartbeat"))
    assert dialog.findChild(QPushButton, "proofHeartbeatButton").isVisible()
    world.pbx.reply = SUCCESS
    announce(dialog, qtbot)


def test_an_old_report_proves_nothing_new(
    window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    world.reception.receive("post", True)
    deliver(world, qtbot, port, BOOT)
    world.clock.added_s += 5
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QDialog, "proofDialog")
    announce(dialog, qtbot)
    assert not dialog.findChild(QLabel, "proofResult").isVisible()
    deliver(world, qtbot, port, BOOT)
    assert dialog.findChild(QLabel, "proofResult").isVisible()


def test_silence_ends_in_a_checklist_and_may_go_on(
    dialog: QDialog, world: World, qtbot: QtBot, port: int
) -> None:
    announce(dialog, qtbot)
    world.clock.added_s += 61
    qtbot.waitUntil(lambda: text_of(dialog, "proofResult").startswith("No report came"))
    listed = causes(dialog)
    assert len(listed) == 9
    assert any("Status Monitor" in text for text in listed)
    assert "is over" in text_of(dialog, "proofPhone")
    # What is ruled out stands last.
    assert "The token is alive." in listed[-5:]
    press(dialog, qtbot, "copyFirewallRuleButton")
    rule = dialog.findChild(QPushButton, "copyFirewallRuleButton")
    assert str(port) in QGuiApplication.clipboard().text()
    assert (rule.text(), rule.toolTip()) == (
        "&Firewall rule copied",
        QGuiApplication.clipboard().text(),
    )
    # What a mark says by its shape, a screen reader says in a word.
    assert dialog.findChild(QLabel, "cause_token").accessibleDescription() == "Ruled out"
    assert dialog.findChild(QLabel, "cause_monitors").accessibleDescription() == "To be looked up"
    press(dialog, qtbot, "proofMoreButton")
    qtbot.waitUntil(dialog.findChild(QProgressBar, "proofProgress").isVisible)
    assert deliver(world, qtbot, port, BOOT) == [200]
    assert "arrived at" in text_of(dialog, "proofResult")


def test_the_wrong_path_is_the_first_cause(
    dialog: QDialog, world: World, qtbot: QtBot, port: int
) -> None:
    profile = world.hub.state.profiles[0]
    changed = replace(profile, url_mode=UrlMode.RELATIVE, url="report")
    world.supervisor.save_profile(changed)
    announce(dialog, qtbot)
    assert deliver(world, qtbot, port, BOOT) == [404]
    world.clock.added_s += 61
    qtbot.waitUntil(lambda: bool(causes(dialog)))
    assert "Reports came to /" in causes(dialog)[0]
    assert "both" in causes(dialog)[0]


def test_after_the_question_the_keyboard_is_back_in_the_test(
    window: MainWindow, dialog: QDialog, world: World, qtbot: QtBot
) -> None:
    customers = ReportTarget("192.168.5.122", 8260)
    world.supervisor.save_profile(replace(world.hub.state.profiles[0], earlier=customers))
    press(dialog, qtbot, "proofHeartbeatButton")
    qtbot.waitUntil(lambda: window.findChild(QDialog, "moveDialog") is not None)
    question = window.findChild(QDialog, "moveDialog")
    qtbot.waitUntil(question.isActiveWindow)
    press(question, qtbot, "moveButton")
    qtbot.waitUntil(lambda: text_of(dialog, "proofHeartbeat").endswith("announced this place"))
    qtbot.waitUntil(dialog.isActiveWindow)


def test_a_receiver_that_cannot_listen_says_why(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    far = ServerAddress(AddressKind.FIXED, "203.0.113.7")
    world.supervisor.save_profile(replace(world.hub.state.profiles[0], server=far))
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QDialog, "proofDialog")
    assert "is not an address of this computer" in text_of(dialog, "proofReceiver")
    announce(dialog, qtbot)
    assert not dialog.findChild(QProgressBar, "proofProgress").isVisible()
