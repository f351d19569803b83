"""Keyboard shortcuts, and who made this."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialogButtonBox, QGridLayout, QMessageBox, QPushButton, QWidget

from hbgui import __version__
from hbgui.ui.dialog import Dialog
from hbgui.ui.panel import label, named
from hbgui.ui.vertical_scroll import VerticalScroll


class Shortcuts(Dialog):
    """A list of keys and what they do. It scrolls where the screen is low."""

    def __init__(self, parent: QWidget, shortcuts: Callable[[], list[tuple[str, str]]]) -> None:
        super().__init__(parent, "shortcutsDialog")
        self._shortcuts = shortcuts
        self._lines = [(label("title"), label()) for _ in shortcuts()]
        page = named(QWidget(), "page")
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for row, pair in enumerate(self._lines):
            for column, shown in enumerate(pair):
                grid.addWidget(shown, row, column)
        self._close = named(QPushButton(), "shortcutsCloseButton")
        self._close.setProperty("primary", True)
        buttons = QDialogButtonBox()
        buttons.addButton(self._close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        self.retranslate()
        scroll = VerticalScroll(page)
        # Keys scroll it.
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.add(scroll)
        self.add(buttons)
        self.choose_by_enter(self._close)
        room = parent.screen().availableSize().height() - 80
        self.resize(
            page.sizeHint().width() + 60,
            min(page.sizeHint().height() + self._close.sizeHint().height() + 60, room),
        )

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        for (key, does), told in zip(self._lines, self._shortcuts(), strict=True):
            key.setText(told[0])
            does.setText(told[1])
        self._close.setText(self.tr("&Close"))


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
