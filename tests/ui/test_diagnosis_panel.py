"""The diagnosis tab: what a person sees of each link, and what the PBX was asked for it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QPushButton
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.diagnosis import StepId
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.core.values import Secret
from hbgui.ui.diagnosis_panel import DiagnosisPanel
from hbgui.ui.diagnosis_row import WIDE
from hbgui.ui.main_window import MainWindow
from hbgui.ui.theme import LIGHT
from hbgui.ui.work_pages import Tabs
from runtime.world import World
from ui.conftest import POST
from ui.contrast import ENOUGH, measured, texts
from ui.handling import button, choose, system_colors, tabbed, text_of

TOKEN = "0f" * 16
BOX = {
    "devicename": "S50 <b>",
    "sn": "369152000001",
    "firmwarever": "30.15.0.10",
    "systemtime": "2020-01-02 12:00:00 UTC+0",
}
TOLD = HttpAnswer(200, json.dumps({"status": "Success", "deviceinfo": BOX}).encode())
NO_TOKEN = HttpAnswer(200, b'{"status":"Failed","errno":"10001"}')
LOST = HttpAnswer(200, b'{"status":"Failed","errno":"20004"}')


@pytest.fixture(autouse=True)
def tab(window: MainWindow, world: World) -> None:
    world.vault.keep("post", Secret(TOKEN))
    window.findChild(Tabs, "tabs").open(Tabs.DIAGNOSIS)


def links(window: MainWindow) -> QListView:
    return window.findChild(QListView, "diagnosisList")


def spoken(window: MainWindow) -> list[str]:
    model = links(window).model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row, 0).data(role) for row in range(model.rowCount())]


def key(window: MainWindow, qtbot: QtBot, *keys: Qt.Key) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for each in keys:
        qtbot.keyClick(window, each)


def ended(world: World, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].diagnosis.ended is not None)


def diagnose(window: MainWindow, world: World, qtbot: QtBot, *answers: HttpAnswer) -> None:
    world.pbx.replies["query"] = list(answers)
    qtbot.mouseClick(button(window, "diagnoseButton"), Qt.MouseButton.LeftButton)
    ended(world, qtbot)


def hang(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.probes.hang = True
    qtbot.mouseClick(button(window, "diagnoseButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "running" in spoken(window)[0])


def test_an_empty_tab_says_what_it_is_for(window: MainWindow) -> None:
    assert "which link is broken" in text_of(window, "diagnosisEmpty")
    assert window.findChild(QLabel, "diagnosisEmpty").isVisible()
    assert not links(window).isVisible()
    assert not button(window, "cancelDiagnosisButton").isVisible()
    assert not button(window, "copyDiagnosisButton").isVisible()


def test_the_first_broken_link_stands_on_top(window: MainWindow, world: World, qtbot) -> None:
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    result = text_of(window, "diagnosisResult")
    assert "Token – The PBX does not know this token" in result
    assert "20004" in result
    assert "Enter a new token" in result
    rows = spoken(window)
    assert len(rows) == len(StepId)
    assert rows[0].startswith("Name: ok.")
    assert "0 ms" in rows[2] or " ms" in rows[2]
    assert rows[7].startswith("Token: broken.")
    assert all("not tried" in row for row in rows[8:])
    # Nothing after the broken link has gone out.
    assert [path for _url, path, _body, _token in world.pbx.received] == [
        "/api/v1.1.0/deviceinfo/query"
    ] * 2


def test_one_click_mends_what_one_click_can(window: MainWindow, world: World, qtbot) -> None:
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    action = button(window, "diagnosisAction")
    assert action.text() == "Get token…"
    qtbot.mouseClick(action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(QObject, "loginDialog") is not None)
    window.findChild(QObject, "loginDialog").reject()


def test_an_unreached_pbx_is_not_diagnosed_in_a_circle(window, world: World, qtbot) -> None:
    world.probes.errors["connect"] = TransportError("connection_refused")
    diagnose(window, world, qtbot)
    assert "Connection" in text_of(window, "diagnosisResult")
    assert not button(window, "diagnosisAction").isVisible()
    assert world.pbx.received == []


def test_a_message_about_an_unreached_pbx_offers_it(window, world: World, qtbot: QtBot) -> None:
    window.findChild(Tabs, "tabs").open(Tabs.SETUP)
    world.pbx.reply = TransportError("connect_timed_out")
    qtbot.mouseClick(button(window, "sendButton"), Qt.MouseButton.LeftButton)
    action = button(window, "messageBarAction")
    qtbot.waitUntil(action.isVisible)
    assert action.text() == "Diagnose"
    world.probes.errors["connect"] = TransportError("connect_timed_out")
    qtbot.mouseClick(action, Qt.MouseButton.LeftButton)
    ended(world, qtbot)
    assert links(window).isVisible()
    assert "Connection" in text_of(window, "diagnosisResult")


def test_when_every_link_holds_it_says_so(window: MainWindow, world: World, qtbot: QtBot) -> None:
    here = ReportTarget("192.168.5.20", 8260)
    known = Announced("2026-01-02T12:00:00Z", here, to_this_computer=True)
    world.supervisor.save_profile(replace(POST, announced=(known,)))
    world.probes.heard.add(8260)
    box = json.dumps({"status": "Success", "deviceinfo": {"sn": "1"}}).encode()
    diagnose(window, world, qtbot, NO_TOKEN, HttpAnswer(200, box))
    rows = spoken(window)
    assert rows[9].startswith("Heartbeat: ok.")
    assert "192.168.5.20:8260" in rows[9]
    # An unencrypted way is a warning, and only that.
    assert "No link is broken; worth a look: Encryption" in text_of(window, "diagnosisResult")
    # The heartbeat is one like any other: the strip above knows of it.
    assert text_of(window, "stateLabel") == "The PBX accepts the heartbeat"
    assert "29:" in text_of(window, "tokenClock") or text_of(window, "tokenClock") == "30:00"


def test_the_chosen_row_says_all(window: MainWindow, world: World, qtbot: QtBot) -> None:
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    shown = links(window)
    before = shown.height(), shown.visualRect(shown.model().index(3, 0)).height()
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_Home)
    for _ in range(3):
        qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert shown.currentIndex().row() == 3
    assert shown.selectedIndexes()[0].row() == 3
    qtbot.waitUntil(lambda: shown.visualRect(shown.model().index(3, 0)).height() > before[1])
    assert shown.height() > before[0]
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Encryption: warning. Nothing is encrypted")
    assert "can read the token" in copied
    assert "8088" in copied


def test_it_fits_a_narrow_window_and_a_wide_one(window: MainWindow, world: World, qtbot) -> None:
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    shown, heights = links(window), []
    for width in (1180, 640):
        window.resize(width, 480 if width == 640 else 900)
        qtbot.wait(50)
        rows = [shown.visualRect(shown.model().index(n, 0)) for n in range(len(StepId))]
        # As high as its rows, without a bar of its own, and no row over another.
        assert rows[-1].bottom() < shown.viewport().height() <= rows[-1].bottom() + 6
        assert all(a.bottom() < b.top() for a, b in pairwise(rows))
        assert shown.width() <= shown.parentWidget().width()
        heights.append(rows[0].height())
    assert shown.viewport().width() < WIDE
    assert heights[1] > heights[0]


def test_the_chosen_row_is_scrolled_into_sight(window: MainWindow, world: World, qtbot) -> None:
    window.resize(640, 480)
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    shown = links(window)
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_End)

    def seen() -> bool:
        rect = shown.visualRect(shown.currentIndex())
        return shown.viewport().visibleRegion().intersects(rect)

    qtbot.waitUntil(seen)


def test_marks_differ_in_colour_and_words(window: MainWindow, world: World, qtbot: QtBot) -> None:
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    shown = links(window)
    for row, color in ((0, LIGHT.ok), (3, LIGHT.warn), (7, LIGHT.bad), (9, LIGHT.muted)):
        picture = shown.viewport().grab(shown.visualRect(shown.model().index(row, 0))).toImage()
        pixels = {
            picture.pixelColor(x, y).name() for x in range(40) for y in range(picture.height())
        }
        assert QColor(color).name() in pixels, f"row {row}"


def test_the_text_to_copy_has_all_but_the_token(window: MainWindow, world: World, qtbot) -> None:
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    qtbot.mouseClick(button(window, "copyDiagnosisButton"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Hotel Post, http://192.168.5.150\n")
    assert "[broken] Token: The PBX does not know this token." in copied
    assert "    Cure: " in copied
    assert "[not tried] Reports" in copied
    assert TOKEN not in copied


def test_check_only_asks_once_and_says_what_the_pbx_is(window, world: World, qtbot) -> None:
    world.pbx.replies["query"] = [TOLD]
    qtbot.mouseClick(button(window, "checkButton"), Qt.MouseButton.LeftButton)
    ended(world, qtbot)
    result = text_of(window, "diagnosisResult")
    assert "The token is alive" in result
    assert "only the heartbeat is documented" in result.replace("\n", " ")
    assert not links(window).isVisible()
    facts = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert {"S50 <b>", "369152000001", "30.15.0.10"} <= set(facts)
    assert any("behind this one" in fact for fact in facts)
    assert [(path, body) for _url, path, body, _token in world.pbx.received] == [
        ("/api/v1.1.0/deviceinfo/query", b"")
    ]
    qtbot.mouseClick(button(window, "copyDiagnosisButton"), Qt.MouseButton.LeftButton)
    assert "Serial number: 369152000001" in QGuiApplication.clipboard().text()


def test_check_only_says_why_the_token_is_not_alive(window, world: World, qtbot) -> None:
    world.pbx.replies["query"] = [LOST]
    qtbot.mouseClick(button(window, "checkButton"), Qt.MouseButton.LeftButton)
    ended(world, qtbot)
    assert "does not know this token" in text_of(window, "diagnosisResult")
    assert button(window, "diagnosisAction").text() == "Get token…"


def test_a_check_that_reaches_nobody_leads_to_the_diagnosis(window, world, qtbot) -> None:
    world.pbx.replies["query"] = [TransportError("connect_timed_out")]
    qtbot.mouseClick(button(window, "checkButton"), Qt.MouseButton.LeftButton)
    ended(world, qtbot)
    assert button(window, "diagnosisAction").text() == "Diagnose"
    world.pbx.replies["query"] = [NO_TOKEN, LOST]
    qtbot.mouseClick(button(window, "diagnosisAction"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Token" in text_of(window, "diagnosisResult"))


def test_a_hung_pbx_leaves_the_window_alive_and_escape_ends_it(window, world, qtbot) -> None:
    hang(window, world, qtbot)
    assert "0 of 12" in text_of(window, "diagnosisSummary")
    # Each of these is drawn and answered while the diagnosis hangs.
    for name in (Tabs.SETUP, Tabs.REQUEST, Tabs.DIAGNOSIS):
        window.findChild(Tabs, "tabs").open(name)
        QApplication.processEvents()
        assert world.hub.state.pbxs["post"].diagnosis.running
    key(window, qtbot, Qt.Key.Key_Escape)
    assert world.hub.state.pbxs["post"].diagnosis.cancelled
    assert "Cancelled" in text_of(window, "diagnosisSummary")
    assert not button(window, "cancelDiagnosisButton").isVisible()
    assert world.pbx.received == []


def test_the_focus_goes_to_cancel_and_back(window: MainWindow, world: World, qtbot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    button(window, "diagnoseButton").setFocus()
    world.probes.hang = True
    qtbot.keyClick(button(window, "diagnoseButton"), Qt.Key.Key_Space)
    qtbot.waitUntil(button(window, "cancelDiagnosisButton").hasFocus)
    qtbot.keyClick(button(window, "cancelDiagnosisButton"), Qt.Key.Key_Space)
    assert button(window, "diagnoseButton").hasFocus()
    assert button(window, "diagnoseButton").isEnabled()


def test_the_key_opens_the_tab_and_hands_over_what_is_typed(window, world, qtbot: QtBot) -> None:
    window.findChild(Tabs, "tabs").open(Tabs.SETUP)
    window.findChild(QLineEdit, "pbxHost").setText("http://192.168.5.99")
    world.pbx.replies["query"] = [NO_TOKEN, TOLD]
    key(window, qtbot, Qt.Key.Key_F5)
    ended(world, qtbot)
    assert links(window).isVisible()
    assert {url for url, *_ in world.pbx.received} == {"http://192.168.5.99:80"}


def test_each_pbx_has_its_own_diagnosis(window: MainWindow, world: World, qtbot: QtBot) -> None:
    hang(window, world, qtbot)
    window.findChild(QListView, "pbxList").setCurrentIndex(
        window.findChild(QListView, "pbxList").model().index(1, 0)
    )
    assert text_of(window, "diagnosisEmpty")
    assert not links(window).isVisible()
    assert button(window, "diagnoseButton").isEnabled()
    choose(window, "post")
    assert button(window, "cancelDiagnosisButton").isVisible()


def test_screen_readers_find_names_and_hear_the_result(window, world: World, qtbot) -> None:
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    for name in ("diagnoseButton", "checkButton", "copyDiagnosisButton"):
        found = QAccessible.queryAccessibleInterface(button(window, name))
        assert found.text(QAccessible.Text.Name)
    reader = QAccessible.queryAccessibleInterface(links(window))
    assert reader.text(QAccessible.Text.Name)
    assert "broken" in reader.child(7).text(QAccessible.Text.Name)


def test_the_keyboard_reaches_all_of_it_and_one_sees_where(window, world, qtbot: QtBot) -> None:
    window.resize(1180, 900)
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    reached = {widget.objectName(): widget for widget in tabbed(window, qtbot)}
    names = (
        "diagnoseButton",
        "checkButton",
        "copyDiagnosisButton",
        "diagnosisAction",
        "diagnosisList",
    )
    assert set(names) <= set(reached)
    order = [name for name in reached if name in names]
    start = order.index("diagnoseButton")
    assert order[start:] + order[:start] == list(names)
    for name in names:
        widget = reached[name]
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        with_focus = widget.grab().toImage()
        widget.clearFocus()
        assert widget.grab().toImage() != with_focus, name


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_all_of_it_can_be_read(window, world, qtbot: QtBot, scheme: Qt.ColorScheme) -> None:
    window.resize(1180, 1000)
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    links(window).setCurrentIndex(links(window).model().index(3, 0))
    with system_colors(scheme):
        qtbot.wait(50)
        for row in range(len(StepId)):
            rect = links(window).visualRect(links(window).model().index(row, 0))
            found = measured(links(window).viewport().grab(rect).toImage())
            assert found >= ENOUGH, f"row {row}: {found:.2f}"
        for widget in texts(window.findChild(DiagnosisPanel)):
            found = measured(widget.grab().toImage())
            assert found >= ENOUGH, f"{widget.objectName()} {widget.text()!r}: {found:.2f}"


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_row_is_mirrored_with_the_language(window, world, qtbot: QtBot, mirrored: bool) -> None:
    if mirrored:
        window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    window.resize(640, 480)
    diagnose(window, world, qtbot, NO_TOKEN, LOST)
    for each in window.findChildren(QPushButton):
        if each.isVisible():
            assert each.width() >= each.sizeHint().width(), each.text()
    # The mark stands where reading begins.
    rect = links(window).visualRect(links(window).model().index(0, 0))
    picture = links(window).viewport().grab(rect).toImage()
    green = [
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y) == QColor(LIGHT.ok)
    ]
    assert (min(green) > picture.width() // 2) is mirrored
