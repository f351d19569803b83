"""State at a glance: the beat bar, the lamps, what the interval means, the sidebar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QToolTip,
)
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import SecretError, TransportError
from hbgui.core.api.outcome import MARKS_MAX, HeartbeatMark, OutcomeKind, joined
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.values import Secret
from hbgui.ui.beat_bar import BeatBar
from hbgui.ui.main_window import MainWindow
from hbgui.ui.theme import LIGHT
from runtime.world import World
from ui.conftest import new_window
from ui.handling import keep_tokens, listed, press, text_of

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def send(world: World, window: MainWindow, qtbot: QtBot) -> None:
    before = len(world.hub.state.pbxs["post"].marks)
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: len(world.hub.state.pbxs["post"].marks) == before + 1)


@pytest.fixture(autouse=True)
def token(world: World) -> None:
    keep_tokens(world, "post")


@pytest.mark.qt_log_ignore("does not support raise")  # a second tool tip, offscreen
def test_each_heartbeat_gets_a_mark_that_says_what_it_was(world, window, qtbot: QtBot) -> None:
    bar = window.findChild(BeatBar, "beatBar")
    assert bar.accessibleDescription() == "No heartbeat yet"
    send(world, window, qtbot)
    world.pbx.reply = TransportError("timed_out")
    send(world, window, qtbot)
    assert bar.accessibleDescription().startswith("Accepted: 1 of the last 2. The newest: ")
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert "Not reached" in bar.accessibleDescription()
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert "Accepted" in bar.accessibleDescription()


def test_marks_differ_in_height_as_well_as_in_colour(window: MainWindow) -> None:
    bar = window.findChild(BeatBar, "beatBar")
    kinds = (OutcomeKind.ACCEPTED, OutcomeKind.UNREACHABLE, OutcomeKind.REFUSED)
    bar.show_beats(tuple(HeartbeatMark(NOON + timedelta(n), kind) for n, kind in enumerate(kinds)))
    picture = bar.grab().toImage()
    ratio = picture.devicePixelRatio()
    heights = []
    for place, name in enumerate(("ok", "warn", "bad")):
        x = round((2 + place * 10 + 3) * ratio)
        column = [picture.pixelColor(x, y) for y in range(picture.height())]
        heights.append(column.count(QColor(getattr(LIGHT, name))))
    assert heights[0] > heights[1] > heights[2] > 0


def told_at(bar: BeatBar, x: int) -> str:
    """The tool tip at that place."""
    where = QPoint(x, 10)
    QApplication.sendEvent(bar, QHelpEvent(QEvent.Type.ToolTip, where, bar.mapToGlobal(where)))
    return QToolTip.text()


def test_only_as_many_as_fit_and_the_newest_of_them(window: MainWindow) -> None:
    bar = window.findChild(BeatBar, "beatBar")
    beats = tuple(
        HeartbeatMark(NOON + timedelta(minutes=n), OutcomeKind.ACCEPTED, float(n))
        for n in range(MARKS_MAX)
    )
    bar.show_beats(beats)
    bar.resize(120, bar.height())
    assert told_at(bar, bar.width() - 14) == bar.words(beats[-1])
    assert told_at(bar, 4) in [bar.words(beat) for beat in beats[-15:]]


def test_beats_of_earlier_runs_come_first_and_once() -> None:
    old = tuple(HeartbeatMark(NOON + timedelta(minutes=n), OutcomeKind.ACCEPTED) for n in range(3))
    new = (old[2], HeartbeatMark(NOON + timedelta(hours=1), OutcomeKind.REFUSED))
    assert joined(new, old) == (*old, new[1])


def test_two_lamps_and_the_first_is_not_the_second(world, window, qtbot: QtBot) -> None:
    assert text_of(window, "acceptsLamp") == "PBX accepts: unknown"
    send(world, window, qtbot)
    assert text_of(window, "acceptsLamp") == "PBX accepts: yes"
    assert text_of(window, "reportsLamp") == "Reports arrive: not checked here"
    world.clock.added_s += 1801
    qtbot.waitUntil(lambda: text_of(window, "acceptsLamp") == "PBX accepts: unknown")


def state_of(window: MainWindow) -> list[str]:
    """All that the window says of the PBX that is shown."""
    labels = ("stateLabel", "acceptsLamp", "reportsLamp", "lastSuccess", "lastAttempt")
    row = window.findChild(QListView, "pbxList").model().index(0, 0)
    spoken = row.data(Qt.ItemDataRole.AccessibleTextRole)
    history = window.findChild(QTableView, "activityTable").model().rowCount()
    beats = window.findChild(BeatBar, "beatBar").accessibleDescription()
    return [*(text_of(window, name) for name in labels), spoken, str(history), beats]


@pytest.mark.parametrize("accepted_before", [False, True])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("port", "Nothing was sent"),
        ("token", "token"),
        ("keyring", "keyring"),
        ("certificate", "certificate"),
        ("adapter", "adapter"),
    ],
)
def test_a_fault_on_this_side_is_told_and_is_no_answer_of_the_pbx(
    world: World,
    window: MainWindow,
    qtbot: QtBot,
    fault: str,
    said: str,
    accepted_before: bool,
) -> None:
    if accepted_before:
        send(world, window, qtbot)
        qtbot.waitUntil(lambda: state_of(window)[-2] == "1")
    profile = world.hub.state.profiles[0]
    world.vault.keep("post", Secret("0f" * 16))
    match fault:
        case "port":
            world.supervisor.save_profile(replace(profile, port="82600"))
        case "token":
            world.vault.drop("post")
        case "keyring":
            world.vault.drop("post")
            world.keyring.error = SecretError("keyring_locked")
        case "certificate":
            world.pbx.reply = TransportError("certificate_self_signed")
        case "adapter":
            server = ServerAddress(AddressKind.ADAPTER, "gone0")
            world.supervisor.save_profile(replace(profile, server=server, announced=()))
    before = state_of(window)
    press(window, qtbot, "sendButton")
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: bar.isVisible() and said in bar.text())
    assert state_of(window) == before
    if fault == "token":
        assert "enter" in text_of(window, "tokenNote").casefold()


def test_the_interval_says_when_it_sends_and_how_long_that_lasts(world, window, qtbot) -> None:
    assert "Sends at" not in text_of(window, "intervalNote")
    press(window, qtbot, "keepAliveButton")
    qtbot.waitUntil(lambda: "Sends at" in text_of(window, "intervalNote"))
    assert "token then good until" in text_of(window, "intervalNote")


@pytest.fixture
def many(world: World, window: MainWindow) -> None:
    for number in range(8):
        notes = "Ask Mr Kim" if number == 5 else ""
        world.supervisor.add_pbx(Profile(f"p{number}", f"Site {number}", "10.0.0.1", notes=notes))


def test_a_few_pbxs_need_no_search(window: MainWindow) -> None:
    assert not window.findChild(QLineEdit, "pbxSearch").isVisible()


@pytest.mark.usefixtures("many")
def test_search_by_name_host_and_notes(window: MainWindow, qtbot: QtBot) -> None:
    search = window.findChild(QLineEdit, "pbxSearch")
    assert search.isVisible()
    search.setText("kim")
    assert listed(window) == ["Site 5"]
    # What is worked on stays: a search only hides rows.
    assert window.findChild(QLineEdit, "profileName").text() == "Hotel Post"
    search.setText("nobody")
    assert listed(window) == []
    assert window.findChild(QLabel, "pbxSearchNone").isVisible()
    assert window.findChild(QLineEdit, "profileName").text() == "Hotel Post"
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert len(listed(window)) == 10
    assert search.text() == ""


@pytest.mark.usefixtures("many")
def test_a_new_pbx_is_never_hidden_by_a_search(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(QLineEdit, "pbxSearch").setText("kim")
    press(window, qtbot, "addPbxButton")
    assert len(listed(window)) == 11
    assert window.findChild(QLineEdit, "profileName").text() == ""


def test_the_find_key_opens_the_search(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    search = window.findChild(QLineEdit, "pbxSearch")
    assert search.isVisible()
    assert search.hasFocus()
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert not search.isVisible()


def test_notes_are_kept_and_shown_on_the_row(world, window: MainWindow, qtbot: QtBot) -> None:
    notes = window.findChild(QPlainTextEdit, "notes")
    notes.setPlainText("Rack 3 <b>left</b>")
    assert "Notes" in window.findChild(QPushButton, "advancedButton").text()

    def stored() -> bool:
        found = world.hub.state.profile("post")
        return found is not None and found.notes == "Rack 3 <b>left</b>"

    qtbot.waitUntil(stored)
    row = window.findChild(QListView, "pbxList").model().index(0, 0)
    assert "&lt;b&gt;" in row.data(Qt.ItemDataRole.ToolTipRole)


def test_the_order_is_chosen_and_remembered(world, window, qtbot: QtBot, tmp_path) -> None:
    action = next(a for a in window.actions() if a.text().replace("&", "") == "By name")
    action.trigger()
    assert listed(window) == ["Clinic North", "Hotel Post"]
    window.close()
    again = new_window(
        world,
        tmp_path / "window.ini",
    )
    qtbot.addWidget(again)
    assert listed(again) == ["Clinic North", "Hotel Post"]


def test_every_toolbar_action_has_an_icon_that_follows_the_scheme(window: MainWindow) -> None:
    window.set_icons()
    shown = [a for a in window.commands.menus.bar.actions() if not a.isSeparator()]
    assert len(shown) >= 3
    for action in shown:
        image = action.icon().pixmap(18, 18).toImage()
        colors = {image.pixelColor(x, y).name() for x in range(18) for y in range(18)}
        assert LIGHT.text in colors or len(colors) > 3
        assert action.toolTip()
