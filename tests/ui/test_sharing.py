"""Sharing: from one window's file into another window, looked at first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from hbgui.core.ports import Settings
from hbgui.core.profile import ApiVersion, Profile, TlsMode, UrlMode
from hbgui.core.secret import Secret
from hbgui.ui.main_window import MainWindow
from runtime.world import World, running
from ui.conftest import CLINIC, FIXED, POST
from ui.test_form import edit, shown
from ui.test_panels import button, names

TOKEN = "1f2e3d4c5b6a79880123456789abcdef"
SCHOOL = Profile(
    "school",
    "Schule Zürich 日本",
    "10.0.0.9",
    api=ApiVersion.V2,
    tls=TlsMode.INSECURE,
    server=FIXED,
    url_mode=UrlMode.RELATIVE,
    url="report",
    interval_min=5,
)


@contextmanager
def another(qtbot: QtBot, folder: Path, *profiles: Profile) -> Iterator[tuple[World, MainWindow]]:
    """A second program with these PBXs."""
    folder.mkdir()
    with running(folder, Settings(profiles)) as world:
        window = MainWindow(world.hub, world.supervisor, None)
        window.show()
        qtbot.waitExposed(window)
        yield world, window
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def menu(window: MainWindow, text: str) -> None:
    """Choose an entry of the File menu."""
    entries = window._menus.file.actions()
    next(a for a in entries if a.text().replace("&", "") == text).trigger()


def pick(window: MainWindow, qtbot: QtBot, name: str, path: Path) -> None:
    """Type a path into a file dialog and confirm it."""
    dialog = window.findChild(QFileDialog, name)
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
    dialog.accept()


def export(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    menu(window, "Export PBXs…")
    pick(window, qtbot, "exportDialog", path)
    qtbot.waitUntil(lambda: message(window) != "")


def open_import(window: MainWindow, qtbot: QtBot, path: Path) -> QDialog:
    menu(window, "Import PBXs…")
    pick(window, qtbot, "importDialog", path)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "importPreview") is not None)
    return window.findChild(QDialog, "importPreview")


def message(window: MainWindow) -> str:
    label = window.findChild(QLabel, "messageBar")
    return label.text() if label.isVisible() else ""


def rows(dialog: QDialog) -> list[tuple[str, ...]]:
    table = dialog.findChild(QTableWidget, "importTable")
    return [tuple(table.item(r, c).text() for c in range(3)) for r in range(table.rowCount())]


def press(dialog: QDialog, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def stored(world: World) -> tuple[Profile, ...]:
    return world.file.saved[-1].profiles if world.file.saved else ()


def write(path: Path, *profiles: Any) -> Path:
    content = {"format": "hbgui profiles", "version": 1, "profiles": profiles}
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_into_an_empty_window(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    world.supervisor.set_token("post", Secret(TOKEN))
    file = tmp_path / "Vermittlung Zürich.json"
    export(window, qtbot, file)
    assert "exported: 2" in message(window)
    assert str(file) in message(window)
    assert TOKEN not in file.read_text("utf-8")
    with another(qtbot, tmp_path / "b") as (there, other):
        dialog = open_import(other, qtbot, file)
        assert dialog.isModal()
        assert rows(dialog) == [
            ("Added", "Hotel Post", "Host: http://192.168.5.150\nIP address: 192.168.5.20"),
            (
                "Added",
                "Clinic North",
                "Host: http://192.168.5.151\nIP address: 192.168.5.20\nPort: 9000",
            ),
        ]
        assert names(other) == []
        press(dialog, qtbot, "importButton")
        assert names(other) == ["Hotel Post", "Clinic North"]
        assert edit(other, "pbxHost").text() == "http://192.168.5.150"
        assert "2 added, 0 changed" in message(other)
        qtbot.waitUntil(lambda: stored(there) == (POST, CLINIC), timeout=3000)
