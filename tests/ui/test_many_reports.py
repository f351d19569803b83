"""Ten thousand reports in the window: none is lost from sight, and nothing waits for them."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QPlainTextEdit, QRadioButton
from pytestqt.qtbot import QtBot

from hbgui.core.ports import Settings
from hbgui.core.reports.report import Report, ReportProblem, decode
from hbgui.core.reports.view import ReportFilter
from hbgui.core.values import Moment
from hbgui.runtime.reports.book import REPORTS_MAX, STRANGERS_MAX, ReceivedReports
from hbgui.ui.main_window import MainWindow
from hbgui.ui.report_model import EVENT, SLACK, ReportModel
from hbgui.ui.row_table import RowTable
from hbgui.ui.work_pages import Tabs
from patience import little_work
from runtime.world import World, running
from ui.conftest import POST

AT = Moment(0, datetime(2026, 1, 2, tzinfo=UTC))
STATES = ("RING", "ANSWER", "HOLD", "BYE")


def report(number: int, problem: ReportProblem | None = None, pad: str = "") -> Report:
    party = {"number": "2001", "memberstatus": STATES[number % 4]}
    told = {"event": "CallStatus", "callid": "1.1", "members": [{"ext": party}], "pad": pad}
    raw = json.dumps(told)
    return Report(number, AT, "127.0.0.1", "/", raw, decode(raw.encode()), problem=problem)


@pytest.fixture
def world(
    qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """With few reports, where the test says how many."""
    book = partial(ReceivedReports, reports_max=getattr(request, "param", REPORTS_MAX))
    monkeypatch.setattr("hbgui.runtime.reports.reception.ReceivedReports", book)
    with running(tmp_path, Settings((POST,))) as built:
        yield built


def fill(book: ReceivedReports, reports: Iterable[Report]) -> None:
    for each in reports:
        book.add(each)
    book.flush()


def in_memory() -> int:
    """How many reports there are, whoever keeps them."""
    gc.collect()
    return sum(isinstance(each, Report) for each in gc.get_objects())


def model(window: MainWindow) -> ReportModel:
    found = window.findChild(ReportModel)
    assert found is not None
    return found


@pytest.mark.parametrize("world", [10], indirect=True)
@pytest.mark.parametrize("how", ["paused", "filtered"])
def test_what_nobody_sees_is_not_kept_for_ever(window: MainWindow, world: World, how: str) -> None:
    book, shown = world.reception.book, model(window)
    before = in_memory()
    if how == "paused":
        shown.pause(True)
    else:
        shown.show_only(ReportFilter(text="nowhere"))
    for begin in range(0, 5000, 100):
        fill(book, map(report, range(begin, begin + 100)))
    assert in_memory() - before <= 10 + SLACK + 100


@pytest.mark.parametrize("world", [100], indirect=True)
def test_strangers_push_no_report_out_of_sight(window: MainWindow, world: World) -> None:
    book, shown = world.reception.book, model(window)
    fill(book, map(report, range(50)))
    wrong = ReportProblem.WRONG_SENDER
    fill(book, (report(n, wrong) for n in range(50, 2000)))
    fill(book, map(report, range(2000, 2010)))
    assert {*range(50), *range(2000, 2010)} <= {r.number for r in shown.shown}
    assert shown.rowCount() <= 60 + STRANGERS_MAX + SLACK


def test_a_call_of_ten_thousand_reports_is_told_at_once(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    window.findChild(Tabs, "tabs").open(Tabs.REPORTS)
    fill(world.reception.book, map(report, range(10_000)))
    window.findChild(RowTable, "reportsTable").selectRow(0)
    with little_work(2):
        window.findChild(QRadioButton, "reportCall").click()
    assert "2001" in window.findChild(QPlainTextEdit, "reportDetail").toPlainText()


def test_absurdly_long_reports_cost_list_and_call_nothing(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    window.findChild(Tabs, "tabs").open(Tabs.REPORTS)
    slow = report(0, pad="PAD").raw.replace('"PAD"', f"[{'{},' * 85_000}1]")
    one = replace(report(0), raw=slow)
    with little_work():
        fill(world.reception.book, (replace(one, number=n) for n in range(100)))
        window.findChild(RowTable, "reportsTable").selectRow(0)
        window.findChild(QRadioButton, "reportCall").click()
        qtbot.wait(20)


def test_no_word_of_a_stranger_is_read_as_html(window: MainWindow, world: World) -> None:
    """A tool tip with a picture would fetch it, from another computer's share, too."""
    evil = "<img src='//203.0.113.9/share/a.png'>"
    raw = json.dumps({"event": evil, "members": [{"inbound": {"from": evil, "to": "2001"}}]})
    fill(world.reception.book, [replace(report(1), raw=raw, decoded=decode(raw.encode()))])
    shown = model(window)
    for column in range(shown.columnCount()):
        tip = shown.index(0, column).data(Qt.ItemDataRole.ToolTipRole)
        assert not Qt.mightBeRichText(tip or "") or "&lt;img" in tip
        assert "<img" not in (tip or "")
    assert shown.index(0, EVENT).data() == evil


@pytest.mark.parametrize("view", ["reportDecoded", "reportRaw", "reportHeaders"])
def test_an_absurdly_long_report_is_shown_in_time(
    window: MainWindow, world: World, view: str
) -> None:
    window.findChild(Tabs, "tabs").open(Tabs.REPORTS)
    long = replace(report(1, pad="x" * 250_000), headers=(("X", "y" * 15_000),))
    fill(world.reception.book, [long])
    window.findChild(RowTable, "reportsTable").selectRow(0)
    with little_work(2):
        window.findChild(QRadioButton, view).click()
        text = window.findChild(QPlainTextEdit, "reportDetail").toPlainText()
    assert ("too long" if view == "reportDecoded" else "Cut here") in text


def test_marks_that_turn_text_around_are_shown_as_such(window: MainWindow, world: World) -> None:
    window.findChild(Tabs, "tabs").open(Tabs.REPORTS)
    raw = '{"event":"Boot‮pU",\r\n\t"sn":"\x1b[2J"}'
    fill(world.reception.book, [replace(report(1), raw=raw, decoded=decode(raw.encode()))])
    window.findChild(RowTable, "reportsTable").selectRow(0)
    window.findChild(QRadioButton, "reportRaw").click()
    text = window.findChild(QPlainTextEdit, "reportDetail").toPlainText()
    assert text == '{"event":"Boot\\u202epU",\n\t"sn":"\\x1b[2J"}'
