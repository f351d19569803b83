"""Sidebar, state strip, activity table and messages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QPlainTextEdit, QTableView
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.errors import SecretError, StorageError, TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.outcome import Attempt
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from runtime.world import World
from ui.conftest import CLINIC, POST
from ui.handling import button, choose, keep_tokens, listed, text_of

REFUSED = HttpAnswer(200, b'{"status":"Failed","errno":"20006"}')


@pytest.fixture(autouse=True)
def token(world: World) -> None:
    keep_tokens(world, "post", "clinic")


def table(window: MainWindow) -> list[list[str]]:
    model = window.findChild(QTableView, "activityTable").model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def send(window: MainWindow, world: World, qtbot: QtBot) -> None:
    before = len(table(window))
    button(window, "sendButton").click()
    qtbot.waitUntil(lambda: len(table(window)) == before + 1)


# --- sidebar


def test_adding_shows_an_empty_form(window: MainWindow) -> None:
    button(window, "addPbxButton").click()
    assert listed(window) == ["Hotel Post", "Clinic North", "New PBX"]
    assert window.findChild(QLineEdit, "profileName").text() == ""


def test_renaming_in_the_row(window: MainWindow, world: World) -> None:
    model = window.findChild(QListView, "pbxList").model()
    assert model.setData(model.index(0, 0), "Grand Hotel")
    assert listed(window)[0] == "Grand Hotel"
    assert window.findChild(QLineEdit, "profileName").text() == "Grand Hotel"


def test_a_duplicate_stands_below_without_a_token(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    window.commands.duplicate()
    assert listed(window) == ["Hotel Post", "Hotel Post 2", "Clinic North"]
    copy = world.hub.state.profiles[1]
    assert replace(copy, id="post", name="Hotel Post") == POST
    qtbot.wait(50)
    assert copy.id not in world.keyring.entries


def test_deleting_can_be_undone(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.keyring.entries["post"] = Secret("0f" * 16)
    window.commands.delete()
    assert listed(window) == ["Clinic North"]
    assert "Hotel Post" in text_of(window, "messageBar")
    button(window, "messageBarAction").click()
    assert listed(window) == ["Hotel Post", "Clinic North"]
    assert window.findChild(QLineEdit, "profileName").text() == "Hotel Post"
    qtbot.wait(100)
    assert "post" in world.keyring.entries


def test_the_secret_goes_with_the_message(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.keyring.entries["post"] = Secret("0f" * 16)
    window.commands.delete()
    button(window, "messageBarClose").click()
    qtbot.waitUntil(lambda: world.keyring.entries == {})


def test_deleting_the_last_one_invites_to_add(window: MainWindow) -> None:
    window.commands.delete()
    window.commands.delete()
    assert listed(window) == []
    assert button(window, "welcomeAddButton").isVisible()
    button(window, "welcomeAddButton").click()
    assert listed(window) == ["New PBX"]
    assert window.findChild(QLineEdit, "profileName").isVisible()


@pytest.mark.parametrize(
    ("errno", "accepted", "word"),
    [("20004", False, "not valid"), ("20004", True, "not valid"), ("20006", True, "expired")],
)
def test_a_row_says_what_is_wrong_with_the_token(
    window: MainWindow, world: World, qtbot: QtBot, errno: str, word: str, *, accepted: bool
) -> None:
    if accepted:
        send(window, world, qtbot)
    world.pbx.reply = HttpAnswer(200, f'{{"status":"Failed","errno":"{errno}"}}'.encode())
    send(window, world, qtbot)
    row = window.findChild(QListView, "pbxList").model().index(0, 0)
    spoken = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith(word)
    both = {"not valid", "run out"}
    (said,) = [one for one in both if one in text_of(window, "tokenClock")]
    assert (said == "not valid") == (word == "not valid")


@pytest.mark.parametrize("code", ["timed_out", "certificate_changed", "token_not_stored"])
def test_nothing_is_said_of_a_heartbeat_of_an_earlier_run(
    window: MainWindow, world: World, qtbot: QtBot, code: str
) -> None:
    """Its token was replaced: what becomes of the old one concerns nobody any more."""
    kinds = {"token_not_stored": SecretError}
    outcome = kinds.get(code, TransportError)(code).outcome
    now = world.clock.now()
    run = world.hub.state.pbxs["post"].run
    world.supervisor.set_token("post", Secret("1e" * 16))
    late = events.HeartbeatFinished("post", run, Attempt(now, outcome, POST.pbx), now, 0)
    world.hub.post(late)
    world.hub.post(events.SettingsSaved())
    with qtbot.waitSignal(
        world.hub.happened, check_params_cb=lambda event: event == events.SettingsSaved()
    ):
        pass
    assert not window.findChild(QLabel, "messageBar").isVisible()
    assert text_of(window, "lastAttempt") == "–"
    assert table(window) == []
    # One of this run is told: the test can fail.
    world.hub.apply(replace(late, run=run + 1))
    assert window.findChild(QLabel, "messageBar").isVisible()


def test_a_row_says_its_state_to_a_screen_reader(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    send(window, world, qtbot)
    model = window.findChild(QListView, "pbxList").model()
    spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Hotel Post, http://192.168.5.150, The PBX accepts")
    assert "29 min" in spoken or "30 min" in spoken


# --- state strip


def test_nothing_is_claimed_before_the_first_heartbeat(window: MainWindow) -> None:
    assert text_of(window, "stateLabel") == "No heartbeat sent yet"
    assert "unknown" in text_of(window, "tokenClock")
    assert text_of(window, "lastSuccess") == text_of(window, "lastAttempt") == "–"
    assert text_of(window, "nextHeartbeat") == "none planned"


def test_success_starts_the_clock(window: MainWindow, world: World, qtbot: QtBot) -> None:
    send(window, world, qtbot)
    assert text_of(window, "stateLabel") == "The PBX accepts the heartbeat"
    assert text_of(window, "tokenClock") in ("29:59", "30:00", "29:58")
    assert "Accepted" in text_of(window, "lastAttempt")
    assert "not checked" in text_of(window, "reportsLamp")


@pytest.mark.parametrize(
    ("minutes", "tone"), [(5, "ok"), (20.5, "warn"), (27.5, "bad"), (31, "bad")]
)
def test_the_clock_warns(
    window: MainWindow, world: World, qtbot: QtBot, minutes: float, tone: str
) -> None:
    send(window, world, qtbot)
    clock = window.findChild(QLabel, "tokenClock")
    before = clock.text()
    world.clock.added_s += minutes * 60
    qtbot.waitUntil(lambda: clock.text() != before)
    assert clock.property("tone") == tone
    if minutes > 30:
        assert "run out" in clock.text()
        assert "Unknown" in text_of(window, "stateLabel")


def test_last_success_and_last_attempt_are_two_things(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    send(window, world, qtbot)
    success = text_of(window, "lastSuccess")
    world.clock.added_s += 61
    world.pbx.reply = TransportError("connection_refused")
    send(window, world, qtbot)
    assert text_of(window, "lastSuccess") == success
    assert text_of(window, "lastAttempt") not in (success, "–")
    assert "not reached" in text_of(window, "stateLabel")


def test_yesterdays_success_does_not_look_like_todays(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    button(window, "sendButton").click()
    last = window.findChild(QLabel, "lastSuccess")
    qtbot.waitUntil(lambda: ":" in last.text())
    assert last.toolTip().endswith("Z)")
    world.clock.added_s += 13 * 3600
    qtbot.waitUntil(lambda: ":" not in last.text())
    assert ":" not in window.findChild(QLabel, "lastAttempt").text()
    assert last.text() in last.toolTip()


def test_keep_alive_shows_when_the_next_one_goes(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    button(window, "keepAliveButton").click()
    qtbot.waitUntil(lambda: ":" in text_of(window, "nextHeartbeat"))
    assert button(window, "keepAliveButton").isChecked()
    button(window, "keepAliveButton").click()
    assert text_of(window, "nextHeartbeat") == "none planned"
    assert not button(window, "keepAliveButton").isChecked()


def test_a_refusal_switches_keep_alive_off(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.pbx.reply = REFUSED
    button(window, "keepAliveButton").click()
    qtbot.waitUntil(lambda: "refuses" in text_of(window, "stateLabel"))
    assert not button(window, "keepAliveButton").isChecked()
    assert "run out" in text_of(window, "tokenClock")


@pytest.mark.parametrize("how", ["button", "key"])
def test_a_hanging_heartbeat_can_be_cancelled(
    window: MainWindow, world: World, qtbot: QtBot, how: str
) -> None:
    world.pbx.reply = "hang"
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    button(window, "sendButton").click()
    qtbot.waitUntil(lambda: "Cancel" in button(window, "sendButton").text())
    if how == "button":
        button(window, "sendButton").click()
    else:
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: button(window, "sendButton").text() == "Send heartbeat")
    assert table(window) == []


def test_sending_uses_what_is_typed_now(window: MainWindow, world: World, qtbot: QtBot) -> None:
    window.findChild(QLineEdit, "serverPort").setText("9999")
    send(window, world, qtbot)
    assert b'"port":"9999"' in world.pbx.received[0][2]


# --- activity


def test_each_heartbeat_is_a_row(window: MainWindow, world: World, qtbot: QtBot) -> None:
    send(window, world, qtbot)
    world.pbx.reply = REFUSED
    choose(window, "clinic")
    send(window, world, qtbot)
    newest, oldest = table(window)
    assert newest[1:4] == ["Clinic North", "192.168.5.20:9000", "Refused: The token has run out"]
    assert oldest[1:4] == ["Hotel Post", "192.168.5.20:8260", "Accepted"]
    assert newest[4].endswith("ms")


def test_rows_go_to_the_clipboard(window: MainWindow, world: World, qtbot: QtBot) -> None:
    send(window, world, qtbot)
    view = window.findChild(QTableView, "activityTable")
    view.selectRow(0)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "Hotel Post\t192.168.5.20:8260\tAccepted" in QGuiApplication.clipboard().text()


def test_words_from_the_wire_are_no_html(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.pbx.reply = HttpAnswer(200, b"<b>bold</b><img src=x>")
    send(window, world, qtbot)
    window.findChild(QTableView, "activityTable").selectRow(0)
    detail = window.findChild(QPlainTextEdit, "activityDetail")
    assert "<b>bold</b><img src=x>" in detail.toPlainText()


# --- messages


def test_a_refusal_says_what_why_and_what_to_do(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.pbx.reply = REFUSED
    send(window, world, qtbot)
    bar = window.findChild(QLabel, "messageBar")
    assert bar.isVisible()
    assert bar.text().startswith("<b>Hotel Post: The token has run out</b>")
    assert "20006" in bar.text()
    assert "Enter a new token" in bar.text()
    world.pbx.reply = HttpAnswer(200, b'{"status":"Success"}')
    send(window, world, qtbot)
    assert not bar.isVisible()


def test_a_name_is_no_html(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.supervisor.save_profile(replace(POST, name="<i>Post</i>"))
    world.pbx.reply = REFUSED
    send(window, world, qtbot)
    assert "&lt;i&gt;Post" in text_of(window, "messageBar")


def test_another_pbx_is_named(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.pbx.reply = REFUSED
    world.supervisor.send_now(CLINIC.id)
    qtbot.waitUntil(lambda: "Clinic North" in text_of(window, "messageBar"))


def test_what_cannot_be_saved_stays_said(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.file.error = StorageError("disk_full", path="/made/up/settings.json")
    world.supervisor.save_profile(replace(POST, name="x"))
    bar = window.findChild(QLabel, "settingsBar")
    qtbot.waitUntil(bar.isVisible)
    assert "disk is full" in bar.text()
    assert "/made/up/settings.json" in bar.text()
    world.file.error = None
    world.supervisor.save_profile(replace(POST, name="y"))
    qtbot.waitUntil(lambda: not bar.isVisible())
