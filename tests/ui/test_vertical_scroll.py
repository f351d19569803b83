"""A page that scrolls: its bar takes room only when it is needed, and never leaves the tree."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from hbgui.ui.main_window import MainWindow
from hbgui.ui.vertical_scroll import VerticalScroll
from hbgui.ui.work_pages import Tabs


@pytest.fixture
def area(qtbot: QtBot) -> VerticalScroll:
    page = QWidget()
    QVBoxLayout(page).addWidget(QLabel("One line"))
    made = VerticalScroll(page)
    qtbot.addWidget(made)
    made.resize(300, 200)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_bar_takes_room_only_when_there_is_something_to_scroll(area, qtbot: QtBot) -> None:
    whole = area.contentsRect().width()
    assert not area.bar.isVisible()
    assert area.viewport().width() == whole
    area.widget().setMinimumHeight(500)
    qtbot.waitUntil(area.bar.isVisible)
    assert area.viewport().width() == whole - area.bar.width()
    area.bar.setValue(area.bar.maximum())
    assert area.widget().y() == area.viewport().height() - 500
    area.widget().setMinimumHeight(0)
    qtbot.waitUntil(lambda: area.viewport().width() == whole)
    assert not area.bar.isVisible()


def test_the_bar_stands_where_reading_ends(area, qtbot: QtBot) -> None:
    area.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    area.widget().setMinimumHeight(500)
    qtbot.waitUntil(area.bar.isVisible)
    area.resize(310, 200)
    assert area.bar.x() < area.viewport().x()


def test_what_a_screen_reader_has_counted_stays_there(area, qtbot: QtBot) -> None:
    tree = QAccessible.queryAccessibleInterface(area)
    counted = tree.childCount()
    area.widget().setMinimumHeight(500)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    qtbot.wait(50)
    assert tree.childCount() == counted
    area.hide()
    assert tree.childCount() == counted


def test_tabs_stand_closer_together_in_a_small_window(window: MainWindow, qtbot: QtBot) -> None:
    bar = window.findChild(Tabs, "tabs").tabBar()
    window.resize(1180, 760)
    wide = bar.tabRect(1).width()
    window.resize(600, 480)
    qtbot.waitUntil(lambda: bar.tabRect(1).width() == wide - 14)
    assert bar.tabRect(0).left() >= 0
    assert bar.tabRect(bar.count() - 1).right() <= bar.width()
