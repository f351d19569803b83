"""What a person does with the window, and what the window shows."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from hbgui.core.pbx.profile import Profile
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from hbgui.ui.pbx_list import PbxList
from runtime.world import World
from ui.conftest import POST


def button(parent: QWidget, name: str) -> QPushButton:
    return parent.findChild(QPushButton, name)


def press(parent: QWidget, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(button(parent, name), Qt.MouseButton.LeftButton)


def under_the_finger(
    window: MainWindow, qtbot: QtBot, name: str, what: Callable[[], object]
) -> None:
    """Press a button, and release it after something has happened."""
    found = button(window, name)
    qtbot.mousePress(found, Qt.MouseButton.LeftButton)
    what()
    qtbot.mouseRelease(found, Qt.MouseButton.LeftButton)


def key(window: MainWindow, qtbot: QtBot, *keys: Qt.Key | Qt.KeyboardModifier) -> None:
    """Press a key, wherever the cursor is."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, *keys)


def line(parent: QWidget, name: str) -> QLineEdit:
    return parent.findChild(QLineEdit, name)


def text_of(parent: QWidget, name: str) -> str:
    """The text of a label."""
    return parent.findChild(QLabel, name).text()


def message(window: MainWindow) -> str:
    """What the message bar says, empty while there is none."""
    label = window.findChild(QLabel, "messageBar")
    return label.text() if label.isVisible() else ""


def save_as(files: QFileDialog, path: Path) -> None:
    """Type a name into a file dialog, and take it."""
    line(files, "fileNameEdit").setText(str(path))
    files.accept()


def choose(window: MainWindow, pbx_id: str) -> None:
    """Show that PBX."""
    window.findChild(PbxList).choose(pbx_id)


def chosen(window: MainWindow) -> str:
    """The id of the PBX that is shown."""
    return window.findChild(PbxList).chosen


def listed(window: MainWindow) -> list[str]:
    """The names in the list of PBXs."""
    model = window.findChild(QListView, "pbxList").model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def keep_tokens(world: World, *pbx_ids: str) -> None:
    """Let there be a token for each of them."""
    for pbx_id in pbx_ids:
        world.vault.keep(pbx_id, Secret("0f" * 16))


@contextmanager
def system_colors(scheme: Qt.ColorScheme) -> Iterator[None]:
    """The desktop's colours are changed, and changed back at the end."""
    hints = QGuiApplication.styleHints()
    gc.collect()  # what is left of other tests' windows would hear of it, too
    hints.colorSchemeChanged.emit(scheme)
    try:
        yield
    finally:
        hints.colorSchemeChanged.emit(hints.colorScheme())


def tabbed(window: MainWindow, qtbot: QtBot) -> list[QWidget]:
    """The controls in the order in which Tab reaches them, once around."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    first = QApplication.focusWidget() or window.focusWidget()
    found = [first]
    for _ in range(80):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is first:
            return found
        found.append(now)
    raise AssertionError(f"Tab does not come around: {[w.objectName() for w in found]}")


def stored(world: World, pbx_id: str = "post") -> Profile:
    found = [p for p in world.file.saved[-1].profiles if p.id == pbx_id] if world.file.saved else []
    return found[0] if found else POST
