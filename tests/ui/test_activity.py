"""The history in the window: what is shown, filtered, told in full and exported."""

from __future__ import annotations

import codecs
import csv
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
)
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import TransportError
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.history import HistoryFilter, Row
from hbgui.core.ports import Settings
from hbgui.core.values import Moment, Secret
from hbgui.ui.main_window import MainWindow
from hbgui.ui.work_pages import Tabs
from history_files import fill
from runtime.world import World, running
from ui.conftest import CLINIC, POST, new_window
from ui.handling import choose, press, save_as

TOKEN = "0f" * 16
GONE = Outcome(OutcomeKind.REFUSED, "refused", "20006", 200)
OLD_ROWS = 450


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    """There is a history of an earlier run: an hour of heartbeats of the clinic, one refused."""
    now = datetime.now(UTC)
    rows = []
    for number in range(OLD_ROWS):
        sent = Moment(0.0, now - timedelta(hours=30, seconds=OLD_ROWS - number))
        outcome = GONE if number == 10 else ACCEPTED
        attempt = Attempt(sent, outcome, "http://192.168.5.151:80", "10.0.0.9:8260", 3.0)
        rows.append(Row("clinic", "Clinic North", attempt))
    fill(tmp_path / "history.db", rows)
    with running(tmp_path, Settings((POST, CLINIC))) as built:
        built.vault.keep("post", Secret(TOKEN))
        yield built


@pytest.fixture(autouse=True)
def opened(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(Tabs, "tabs").open(Tabs.ACTIVITY)
    qtbot.waitUntil(lambda: count(window) > 0)


def view(window: MainWindow) -> QTableView:
    return window.findChild(QTableView, "activityTable")


def count(window: MainWindow) -> int:
    return view(window).model().rowCount()


def cells(window: MainWindow, row: int = 0) -> list[str]:
    model = view(window).model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def pick(window: MainWindow, name: str, text: str) -> None:
    box = window.findChild(QComboBox, name)
    box.setCurrentIndex(box.findText(text))


def send(world: World, window: MainWindow, qtbot: QtBot) -> None:
    before = len(world.hub.state.pbxs["post"].marks)
    qtbot.mouseClick(window.findChild(QPushButton, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(world.hub.state.pbxs["post"].marks) > before)


def test_the_last_run_is_there_and_more_comes_when_it_is_looked_at(window, qtbot: QtBot) -> None:
    assert count(window) == 200
    assert cells(window)[1:4] == ["Clinic North", "10.0.0.9:8260", "Accepted"]
    # The day stands there, since it was not today.
    assert len(cells(window)[0]) > 12
    view(window).scrollToBottom()
    qtbot.waitUntil(lambda: count(window) == 400)
    view(window).scrollToBottom()
    qtbot.waitUntil(lambda: count(window) == OLD_ROWS)


def test_what_happens_now_stands_on_top_at_once(world, window, qtbot: QtBot) -> None:
    send(world, window, qtbot)
    assert cells(window)[1:4] == ["Hotel Post", "192.168.5.20:8260", "Accepted"]
    assert count(window) == 201


def test_the_beats_of_the_last_run_are_recalled(world: World, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(world.hub.state.pbxs["clinic"].marks) == 100)


@pytest.mark.parametrize("text", ["run out", "20006", "REFUSED"])
def test_words_of_the_result_are_found(window: MainWindow, qtbot: QtBot, text: str) -> None:
    window.findChild(QLineEdit, "activityFilter").setText(text)
    qtbot.waitUntil(lambda: count(window) == 1)
    assert cells(window)[3] == "Refused: The token has run out"


def test_a_filter_that_nothing_passes_can_be_taken_back(window, qtbot: QtBot) -> None:
    window.findChild(QLineEdit, "activityFilter").setText("no such thing")
    empty = window.findChild(QLabel, "activityEmpty")
    qtbot.waitUntil(empty.isVisible)
    qtbot.waitUntil(lambda: "filter" in empty.text())
    qtbot.mouseClick(window.findChild(QPushButton, "clearFilterButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: count(window) == 200)


def test_nothing_is_denied_while_the_file_is_still_read(world, window, qtbot: QtBot) -> None:
    held = threading.Event()
    world.records.submit(lambda _cancel: held.wait(10))
    try:
        window.findChild(QLineEdit, "activityFilter").setText("no such thing")
        empty = window.findChild(QLabel, "activityEmpty")
        qtbot.waitUntil(empty.isVisible)
        assert empty.text().startswith("Looking")
    finally:
        held.set()
    qtbot.waitUntil(lambda: empty.text().startswith("No row"))


def test_by_pbx_result_and_time(world, window, qtbot: QtBot) -> None:
    world.pbx.reply = TransportError("timed_out")
    send(world, window, qtbot)
    pick(window, "activityPbx", "This PBX")
    qtbot.waitUntil(lambda: count(window) == 1)
    pick(window, "activityPbx", "All PBXs")
    pick(window, "activityResult", "Not accepted")
    qtbot.waitUntil(lambda: count(window) == 2)
    pick(window, "activityDays", "Last 24 hours")
    qtbot.waitUntil(lambda: count(window) == 1)
    assert "Not reached" in cells(window)[3]


def test_another_pbx_is_another_history(world, window, qtbot: QtBot) -> None:
    pick(window, "activityPbx", "This PBX")
    qtbot.waitUntil(lambda: count(window) == 0)
    choose(window, "clinic")
    qtbot.waitUntil(lambda: count(window) == 200)


def test_details_of_a_row_are_text(world, window, qtbot: QtBot) -> None:
    send(world, window, qtbot)
    view(window).selectRow(0)
    text = window.findChild(QPlainTextEdit, "activityDetail").toPlainText()
    assert "Hotel Post" in text
    assert "http://192.168.5.150:80" in text
    assert "Reports to 192.168.5.20:8260" in text
    assert "Z)" in text  # the time in UTC, too


def test_the_find_key_goes_to_the_filter(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.findChild(QLineEdit, "activityFilter").hasFocus()


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_what_is_shown_is_exported(window, qtbot: QtBot, tmp_path: Path, suffix: str) -> None:
    pick(window, "activityResult", "Refused")
    qtbot.waitUntil(lambda: count(window) == 1)
    press(window, qtbot, "exportHistoryButton")
    dialog = window.findChild(QFileDialog, "exportHistoryDialog")
    assert "hbgui-history-" in dialog.selectedFiles()[0]
    file = tmp_path / f"out.{suffix}"
    save_as(dialog, file)
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: bar.isVisible() and str(file) in bar.text())
    assert file.read_bytes().startswith(codecs.BOM_UTF8) == (suffix == "csv")
    text = file.read_text("utf-8-sig")
    rows = json.loads(text) if suffix == "json" else list(csv.DictReader(text.splitlines()))
    assert [row["errno"] for row in rows] == ["20006"]
    assert TOKEN not in text


def test_the_file_of_one_pbx_has_its_name(world, window, qtbot: QtBot) -> None:
    profile = world.hub.state.profiles[0]
    world.supervisor.save_profile(replace(profile, name="Hotel / Café Post"))
    pick(window, "activityPbx", "This PBX")
    send(world, window, qtbot)
    qtbot.waitUntil(lambda: count(window) == 1)
    press(window, qtbot, "exportHistoryButton")
    dialog = window.findChild(QFileDialog, "exportHistoryDialog")
    name = Path(dialog.selectedFiles()[0]).name
    assert re.fullmatch(r"hbgui-history-Hotel-Café-Post-\d{4}-\d\d-\d\d\.csv", name)
    dialog.reject()


def test_an_export_that_fails_is_said(world, window, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    world.history.export(tmp_path / "file" / "out.csv", HistoryFilter())
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "not exported" in bar.text())


def test_a_cleared_view_shows_what_comes_and_deletes_nothing(
    world, window, qtbot: QtBot, tmp_path: Path
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: count(window) == 0)
        assert window.findChild(QComboBox, "activityDays").currentText() == "From now on"
        send(world, window, qtbot)
        qtbot.waitUntil(lambda: count(window) == 1)
    window.findChild(QLineEdit, "activityFilter").setText("Accepted")
    qtbot.wait(300)
    assert count(window) == 1
    pick(window, "activityDays", "Any time")
    window.findChild(QLineEdit, "activityFilter").clear()
    qtbot.waitUntil(lambda: count(window) == 200)
    window.close()
    again = new_window(world, tmp_path / "window.ini")
    qtbot.addWidget(again)
    assert again.findChild(QComboBox, "activityDays").currentText() == "Any time"


def test_choices_survive_a_restart(world, window, qtbot: QtBot, tmp_path: Path) -> None:
    pick(window, "activityResult", "Refused")
    window.close()
    again = new_window(
        world,
        tmp_path / "window.ini",
    )
    qtbot.addWidget(again)
    assert again.findChild(QComboBox, "activityResult").currentText() == "Refused"
