"""A table of rows that people read and copy."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView

from hbgui.ui.row_model import RowModel


class RowTable(QTableView):
    """Whole rows are chosen; the standard key puts them into the clipboard."""

    def __init__(self, name: str, model: RowModel[Any]) -> None:
        super().__init__()
        self._model = model
        self.setObjectName(name)
        self.setModel(model)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        # It scrolls: what is above it must not be squeezed in a small window.
        self.setMinimumHeight(30)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        chosen = self.selectionModel().selection()
        spans = (chosen.at(number) for number in range(chosen.count()))
        rows = sorted(row for span in spans for row in range(span.top(), span.bottom() + 1))
        if rows:
            QGuiApplication.clipboard().setText("\n".join(map(self._model.line, rows)))
