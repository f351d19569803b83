"""Keyboard shortcuts, and who made this."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from hbgui import __version__
from hbgui.ui.panel import label, named


def show_shortcuts(parent: QWidget, shortcuts: list[tuple[str, str]]) -> None:
    """A list of keys and what they do."""
    dialog = named(QDialog(parent), "shortcutsDialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(QCoreApplication.translate("Help", "Keyboard shortcuts"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(8)
    for row, (key, text) in enumerate(shortcuts):
        shown = label("title")
        shown.setText(key)
        grid.addWidget(shown, row, 0)
        does = label()
        does.setText(text)
        grid.addWidget(does, row, 1)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 18, 20, 14)
    layout.setSpacing(16)
    layout.addLayout(grid)
    layout.addWidget(buttons)
    dialog.open()


def show_about(parent: QWidget) -> None:
    """Version, licence, and whose program this is not."""
    text = QCoreApplication.translate(
        "Help",
        "hbgui {version}\n\nHeartbeats for Yeastar S-Series PBXs: keeps API tokens alive and tells "
        "the PBX where to send its event reports.\n\nFree software under the MIT licence. "
        "Not made by Yeastar, and not connected with Yeastar.",
    )
    box = named(QMessageBox(parent), "aboutDialog")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(QCoreApplication.translate("Help", "About hbgui"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text.replace("{version}", __version__))
    box.open()
