"""A list, or in its place why it has no row."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from hbgui.ui.panel import button, label


class ListPages(QWidget):
    """Shows `filled` once it has rows; until then a sentence, and a button that ends the filter."""

    def __init__(self, filled: QWidget, empty_name: str, unfilter_name: str) -> None:
        super().__init__()
        self.unfilter = button(unfilter_name)
        self._empty = label("muted", empty_name, wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.addStretch()
        column.addWidget(self._empty)
        column.addWidget(self.unfilter, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(nothing)
        self._pages.addWidget(filled)

    def show_list(self, rows: int) -> None:
        """Show the list if it has any row, or else the sentence."""
        self._pages.setCurrentIndex(1 if rows else 0)

    def explain(self, text: str, *, filtered: bool) -> None:
        """Say why there is no row; `filtered` offers to end the filter."""
        self._empty.setText(text)
        self.unfilter.setVisible(filtered)
