"""The reports in the window: received over the wire, shown, filtered, told in full, exported."""

from __future__ import annotations

import codecs
import csv
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTableView,
)
from pytestqt.qtbot import QtBot

from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from hbgui.ui.theme import LIGHT
from hbgui.ui.work_pages import Tabs
from leaks import leaks
from runtime.reporting import free_port, post, send, status
from runtime.world import World, running
from ui.handling import press, save_as, text_of, under_the_finger
from ui.reporting import BOOT, CALL, deliver

HERE = ServerAddress(AddressKind.FIXED, "127.0.0.1")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path, port: int) -> Iterator[World]:
    hotel = Profile("post", "Hotel Post", "http://127.0.0.1", server=HERE, port=str(port))
    clinic = Profile("clinic", "Clinic North", "http://127.0.0.2", server=HERE, port="9")
    with running(tmp_path, Settings((hotel, clinic), "post")) as built:
        built.vault.keep("post", Secret("0f" * 16))
        yield built


@pytest.fixture(autouse=True)
def opened(window: MainWindow) -> None:
    window.findChild(Tabs, "tabs").open(Tabs.REPORTS)


def press_in(box: QMessageBox, answer: QMessageBox.StandardButton) -> None:
    box.button(answer).click()


def table(window: MainWindow) -> QTableView:
    return window.findChild(QTableView, "reportsTable")


def cells(window: MainWindow, column: int) -> list[str]:
    model = table(window).model()
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def detail(window: MainWindow) -> str:
    return window.findChild(QPlainTextEdit, "reportDetail").toPlainText()


def test_a_call_is_shown_and_told(
    window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    assert "Switch Receive on" in text_of(window, "reportsEmpty")
    press(window, qtbot, "receiveButton")
    assert (
        text_of(window, "receiverState") == f"Listening on http://127.0.0.1:{port}/ for 127.0.0.1"
    )
    assert f"Waiting at http://127.0.0.1:{port}/" in text_of(window, "reportsEmpty")
    assert deliver(world, qtbot, port, *CALL) == [200, 200, 200]
    assert cells(window, 1) == ["Call record", "Call state", "Call state"]
    assert cells(window, 2) == ["2001", "2001", "2001"]
    assert cells(window, 3) == ["030123", "", "030123"]
    assert text_of(window, "reportsLamp") == "Reports arrive: yes"
    table(window).selectRow(0)
    assert "Call record (NewCdr)" in detail(window)
    assert "29 s" in detail(window)
    window.findChild(QRadioButton, "reportCall").click()
    story = detail(window)
    assert story.index("2001 rings") < story.index("2001 answers") < story.index("Call record")
    assert story.splitlines()[0] == "030123 → 2001: answered, 29 s in all, 25 s of talk"
    window.findChild(QRadioButton, "reportRaw").click()
    assert detail(window) == CALL[2]
    window.findChild(QRadioButton, "reportHeaders").click()
    assert "User-Agent: WebAPI" in detail(window)


def test_what_is_wrong_is_shown_as_what_it_is(
    window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    press(window, qtbot, "receiveButton")
    assert deliver(world, qtbot, port, BOOT, path="/other") == [404]
    assert cells(window, 1) == ["▲ PBX started"]
    assert text_of(window, "reportsLamp") == "Reports come to the wrong path: /other"
    table(window).selectRow(0)
    assert "/other" in detail(window).splitlines()[0]
    window.findChild(QRadioButton, "reportDecoded").click()
    assert deliver(world, qtbot, port, "{broken") == [200]
    table(window).selectRow(0)
    window.findChild(QRadioButton, "reportRaw").click()
    assert detail(window) == "{broken"


def test_a_stranger_is_allowed_by_a_click(
    window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    allow = window.findChild(QPushButton, "allowSenderButton")
    press(window, qtbot, "receiveButton")
    assert not allow.isVisible()
    assert deliver(world, qtbot, port, BOOT, source="127.0.0.3") == [403]
    qtbot.waitUntil(allow.isVisible)
    assert allow.text() == "Allow 127.0.0.3"
    assert "until hbgui is closed" in allow.toolTip()
    press(window, qtbot, "allowSenderButton")
    assert text_of(window, "receiverState").endswith("for 127.0.0.1"), "nothing before the answer"
    (box,) = window.findChildren(QMessageBox, "allowSenderDialog")
    assert "Hotel Post from 127.0.0.3" in box.text()
    press_in(box, QMessageBox.StandardButton.Yes)
    assert not allow.isVisible()
    assert text_of(window, "receiverState").endswith("for 127.0.0.1, 127.0.0.3")
    assert deliver(world, qtbot, port, BOOT, source="127.0.0.3") == [200]
    assert text_of(window, "reportsLamp") == "Reports arrive: yes"


def test_who_comes_while_the_button_is_down_is_not_allowed(
    window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    allow = window.findChild(QPushButton, "allowSenderButton")
    press(window, qtbot, "receiveButton")
    deliver(world, qtbot, port, BOOT, source="127.0.0.3")
    qtbot.waitUntil(allow.isVisible)

    def another() -> None:
        deliver(world, qtbot, port, BOOT, source="127.0.0.7")
        qtbot.waitUntil(lambda: allow.text() == "Allow 127.0.0.7")

    under_the_finger(window, qtbot, "allowSenderButton", another)
    (box,) = window.findChildren(QMessageBox, "allowSenderDialog")
    assert "127.0.0.3" in box.text()
    assert "127.0.0.7" not in box.text()
    press_in(box, QMessageBox.StandardButton.Yes)
    assert text_of(window, "receiverState").endswith("for 127.0.0.1, 127.0.0.3")


def test_whoever_says_no_allows_nobody(
    window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    press(window, qtbot, "receiveButton")
    deliver(world, qtbot, port, BOOT, source="127.0.0.3")
    qtbot.waitUntil(window.findChild(QPushButton, "allowSenderButton").isVisible)
    press(window, qtbot, "allowSenderButton")
    (box,) = window.findChildren(QMessageBox, "allowSenderDialog")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert text_of(window, "receiverState").endswith("for 127.0.0.1"), "Enter means no"


def test_a_receiver_that_goes_off_under_the_finger_is_not_switched_on(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    press(window, qtbot, "receiveButton")
    off = lambda: world.reception.receive("post", False)  # noqa: E731
    under_the_finger(window, qtbot, "receiveButton", off)
    assert world.hub.state.pbxs["post"].receiving is None
    assert window.findChild(QPushButton, "receiveButton").text() == "Receive: off"
    assert not window.findChild(QPushButton, "receiveButton").isChecked()


def test_repeats_are_counted(window: MainWindow, world: World, qtbot: QtBot, port: int) -> None:
    press(window, qtbot, "receiveButton")
    deliver(world, qtbot, port, BOOT, BOOT, BOOT)
    assert cells(window, 1) == ["PBX started ↻2", "PBX started ↻1", "PBX started"]
    assert "2" in text_of(window, "receiverCounts").split("·")[1]


def test_a_screen_reader_is_not_told_resume_and_on(window: MainWindow, qtbot: QtBot) -> None:
    press(window, qtbot, "pauseReportsButton")
    pause = window.findChild(QPushButton, "pauseReportsButton")
    assert (pause.text(), pause.isChecked()) == ("Resume", True)
    assert pause.accessibleName() == "Pause the list of reports"


def test_the_head_says_what_the_seconds_are(window: MainWindow) -> None:
    model = table(window).model()
    across, tip = Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    assert "since the last heartbeat" in model.headerData(5, across, tip)
    assert model.headerData(0, across, tip) is None


def test_filter_pause_and_clear(window: MainWindow, world: World, qtbot: QtBot, port: int) -> None:
    press(window, qtbot, "receiveButton")
    deliver(world, qtbot, port, *CALL, BOOT)
    line = window.findChild(QLineEdit, "reportsFilter")
    qtbot.keyClicks(line, "started")
    qtbot.waitUntil(lambda: cells(window, 1) == ["PBX started"])
    line.setText("no such thing")
    qtbot.waitUntil(lambda: text_of(window, "reportsEmpty") == "No report passes the filter.")
    line.clear()
    qtbot.waitUntil(lambda: len(cells(window, 1)) == 4)
    window.findChild(QComboBox, "reportsKind").setCurrentIndex(1)
    qtbot.waitUntil(lambda: cells(window, 1) == [])
    press(window, qtbot, "clearReportsFilterButton")
    qtbot.waitUntil(lambda: len(cells(window, 1)) == 4)
    assert not window.findChild(QPushButton, "clearReportsFilterButton").isVisible()
    press(window, qtbot, "pauseReportsButton")
    deliver(world, qtbot, port, '{"event":"BootUp","n":2}')
    assert len(cells(window, 1)) == 4
    assert text_of(window, "reportsNote") == "Paused. New reports: 1"
    line.setText("started")
    qtbot.waitUntil(lambda: cells(window, 1) == ["PBX started"])
    assert text_of(window, "reportsNote") == "Paused. New reports: 1"
    line.clear()
    qtbot.waitUntil(lambda: len(cells(window, 1)) == 4)
    press(window, qtbot, "pauseReportsButton")
    assert len(cells(window, 1)) == 5
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert cells(window, 1) == []
    assert len(world.reception.book) == 0


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_export(
    window: MainWindow, world: World, qtbot: QtBot, port: int, tmp_path: Path, ending: str
) -> None:
    press(window, qtbot, "receiveButton")
    deliver(world, qtbot, port, *CALL)
    path = tmp_path / f"reports.{ending}"
    press(window, qtbot, "exportReportsButton")
    save_as(window.findChild(QFileDialog, "exportReportsDialog"), path)
    qtbot.waitUntil(path.exists)
    assert path.read_bytes().startswith(codecs.BOM_UTF8) == (ending == "csv")
    text = path.read_text("utf-8-sig")
    rows = (
        [json.loads(line) for line in text.splitlines()]
        if ending == "jsonl"
        else list(csv.DictReader(text.splitlines()))
    )
    assert [row["event"] for row in rows] == ["CallStatus", "CallStatus", "NewCdr"]
    assert [row["call_id"] for row in rows] == ["17.1"] * 3


def test_the_kind_that_is_chosen_is_written(
    window: MainWindow, world: World, qtbot: QtBot, port: int, tmp_path: Path
) -> None:
    press(window, qtbot, "receiveButton")
    deliver(world, qtbot, port, BOOT)
    press(window, qtbot, "exportReportsButton")
    dialog = window.findChild(QFileDialog, "exportReportsDialog")
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("mine.jsonl")
    # Some systems' own dialogs tell this, and leave the name as it was.
    dialog.filterSelected.emit("CSV table (*.csv)")
    assert [Path(path).name for path in dialog.selectedFiles()] == ["mine.csv"]
    dialog.accept()
    qtbot.waitUntil((tmp_path / "mine.csv").exists)
    assert (tmp_path / "mine.csv").read_text("utf-8-sig").startswith("event,")


def test_whom_the_receiver_turned_away_is_told_with_the_reason(
    window: MainWindow, qtbot: QtBot, port: int
) -> None:
    press(window, qtbot, "receiveButton")
    qtbot.waitUntil(lambda: "Listening" in text_of(window, "receiverState"))
    for request, reason in (
        (b"POST / HTTP/1.1\r\n\r\n{}", "no Host line"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n{}", "more than one Host line"),
    ):
        with socket.create_connection(("127.0.0.1", port), 10) as sock:
            sock.sendall(request)
            qtbot.waitUntil(lambda why=reason: why in text_of(window, "receiverCounts"))  # type: ignore[misc]
        assert "127.0.0.1" in text_of(window, "receiverCounts")


def test_a_taken_port_is_told_with_who_has_it(window: MainWindow, qtbot: QtBot, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        press(window, qtbot, "receiveButton")
        qtbot.waitUntil(lambda: "node (process 4120)" in text_of(window, "receiverState"))
    assert text_of(window, "reportsLamp") == "Reports cannot be received here"
    # On is no success there: it is not green.
    receive = window.findChild(QPushButton, "receiveButton")
    assert receive.isChecked()
    ground = receive.grab().toImage().pixelColor(6, receive.height() // 2).name()
    assert ground == LIGHT.card


def test_without_a_place_it_says_what_is_missing(
    window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    profile = world.hub.state.profiles[0]
    world.supervisor.save_profile(replace(profile, port="99999"))
    press(window, qtbot, "receiveButton")
    receive = window.findChild(QPushButton, "receiveButton")
    assert receive.isChecked()
    assert "port and URL in Setup" in text_of(window, "receiverState")
    press(window, qtbot, "receiveButton")
    assert not receive.isChecked()
    assert text_of(window, "receiverState") == "hbgui does not receive reports now."
    press(window, qtbot, "receiveButton")
    world.supervisor.save_profile(profile)
    assert text_of(window, "receiverState").startswith("Listening on")


def test_a_thousand_reports_leave_the_window_responsive(
    window: MainWindow, world: World, qtbot: QtBot, port: int
) -> None:
    press(window, qtbot, "receiveButton")
    data = [post(f'{{"event":"BootUp","n":{n}}}'.encode()) for n in range(1000)]
    answers: list[int] = []

    def run(part: list[bytes]) -> None:
        for each in part:
            answers.append(status(send(port, each)))

    threads = [Thread(target=run, args=(data[n::20],), daemon=True) for n in range(20)]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: not any(t.is_alive() for t in threads), timeout=30000)
    assert answers == [200] * 1000
    qtbot.waitUntil(lambda: len(cells(window, 0)) == 1000)
    qtbot.waitUntil(lambda: "1000" in text_of(window, "receiverCounts"))


def test_a_token_that_the_pbx_sends_back_is_nowhere_to_be_seen(
    window: MainWindow, world: World, qtbot: QtBot, port: int, tmp_path: Path
) -> None:
    token = "0f" * 16
    press(window, qtbot, "receiveButton")
    call = CALL[0].replace("17.1", token).replace("030123", token).replace("369000000001", token)
    assert deliver(world, qtbot, port, call, path=f"/?token={token}") == [404]
    assert deliver(world, qtbot, port, call) == [200]
    table(window).selectAll()
    qtbot.keyClick(table(window), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    shown = [QGuiApplication.clipboard().text(), text_of(window, "receiverState")]
    for row in range(2):
        table(window).selectRow(row)
        for view in ("reportDecoded", "reportCall", "reportRaw", "reportHeaders"):
            window.findChild(QRadioButton, view).click()
            shown.append(detail(window))
    for ending in ("csv", "jsonl"):
        path = tmp_path / f"all.{ending}"
        world.reception.export(path, list(world.reception.book.reports))
        qtbot.waitUntil(path.exists)
        shown.append(path.read_text("utf-8"))
    assert all("***" in text for text in (shown[0], *shown[-2:]))
    assert not leaks("\n".join(shown), token)
