"""Room for what is shown: long addresses, small windows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QListView,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QTabWidget,
)
from pytestqt.qtbot import QtBot

from hbgui.core.pbx.destination import UrlMode
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from hbgui.ui.panel import label
from hbgui.ui.vertical_scroll import VerticalScroll
from runtime.world import World


def too_wide(window: MainWindow) -> list[str]:
    """Views that are wider than what is seen of them, and choices whose words are cut."""
    found = []
    for page in window.findChildren(VerticalScroll):
        if page.isVisible() and page.widget().width() > page.viewport().width():
            found.append(f"{page.widget().width()} > {page.viewport().width()}")
    for box in window.findChildren(QComboBox):
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box)
        words = box.fontMetrics().horizontalAdvance(box.currentText())
        if box.isVisible() and not box.isEditable() and words > room.width():
            found.append(f"{box.objectName()} {box.currentText()} {words} > {room.width()}")
    return found


ADAPTER = "192.168.5.20 – enx0123456789ab of a docking station with a long name"
LONG = "a" * 120 + "/" + "b" * 80


@pytest.mark.parametrize("tab", [0, 1, 2])
@pytest.mark.parametrize("size", [(1180, 760), (960, 640), (640, 480)])
def test_nothing_is_wider_than_the_window(
    window: MainWindow, world: World, qtbot: QtBot, size: tuple[int, int], tab: int
) -> None:
    profile = world.hub.state.profiles[0]
    world.supervisor.save_profile(replace(profile, url_mode=UrlMode.RELATIVE, url=LONG))
    world.vault.keep("post", Secret("0f" * 16))
    world.supervisor.send_now("post")
    window.findChild(QComboBox, "serverIp").addItem(ADAPTER)
    window.findChild(QTabWidget, "tabs").setCurrentIndex(tab)
    window.resize(*size)
    words = window.findChild(QLabel, "presentReports")
    qtbot.waitUntil(lambda: LONG in words.text())

    def fits() -> None:
        assert too_wide(window) == []

    qtbot.waitUntil(fits)
    assert window.width() == size[0]


def test_a_long_word_is_broken_but_stays_what_it_is(qtbot: QtBot) -> None:
    made = label(wrap=True)
    qtbot.addWidget(made)
    made.setText(f"http://10.0.0.1:8260/{LONG}")
    assert made.minimumSizeHint().width() < 200
    assert made.heightForWidth(300) > 3 * made.fontMetrics().height()
    assert made.text() == f"http://10.0.0.1:8260/{LONG}"
    made.setText("http://10.0.0.1:8260/report")
    assert QLabel.text(made) == made.text()


def test_a_long_target_cannot_be_copied_with_what_breaks_it(window: MainWindow, world) -> None:
    target = window.findChild(QLabel, "reportTarget")
    assert target.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    profile = world.hub.state.profiles[0]
    world.supervisor.save_profile(replace(profile, url_mode=UrlMode.RELATIVE, url=LONG))
    assert target.text().endswith(LONG)
    assert target.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction
    window.findChild(QPushButton, "copyTargetButton").click()
    assert QGuiApplication.clipboard().text() == target.text()


def test_a_name_has_the_whole_width_of_its_row(window: MainWindow, world: World, qtbot) -> None:
    """The time left stands beside the host, which may be cut."""
    world.vault.keep("post", Secret("0f" * 16))
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: bool(world.hub.state.pbxs["post"].marks))
    view = window.findChild(QListView, "pbxList")
    rect = view.visualRect(view.model().index(0, 0))
    picture = view.viewport().grab(rect).toImage()
    ground = picture.pixelColor(rect.width() - 40, rect.height() // 2)
    top = {
        picture.pixelColor(x, y).rgb()
        for x in range(rect.width() - 60, rect.width() - 24)
        for y in range(8, rect.height() // 2 - 4)
    }
    assert top == {ground.rgb()}
