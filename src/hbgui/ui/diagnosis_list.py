"""The links of a diagnosis as a list that is as high as its rows: the page around it scrolls."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from hbgui.core.diagnosis import DiagnosisStep, StepVerdict
from hbgui.ui.diagnosis_model import DiagnosisModel, Index
from hbgui.ui.diagnosis_row import DiagnosisRow
from hbgui.ui.panel import named
from hbgui.ui.theme import Theme

TURN_MS = 80
TURN_DEGREES = 30
INSET = 4
"""Pixels between the frame and the first row."""


class DiagnosisList(QListView):
    """Arrow keys choose a row, which then shows all that is said of it; Copy copies it."""

    row_wanted = Signal(QRect)
    """This part of the list should be in sight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        named(self, "diagnosisList")
        self._model = DiagnosisModel()
        self._row = DiagnosisRow(self._model, theme)
        self._model.setParent(self)
        self._row.setParent(self)
        self.setModel(self._model)
        self.setItemDelegate(self._row)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setViewportMargins(0, INSET, 0, INSET)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoScroll(False)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._turn)
        theme.changed.connect(self.viewport().update)
        self.selectionModel().selectionChanged.connect(self._chosen)

    def show_steps(self, steps: tuple[DiagnosisStep, ...]) -> None:
        """Show these links."""
        self._model.show_steps(steps)
        self._fit()
        if self._running() >= 0 and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def retranslate(self) -> None:
        """Say it in the language of now."""
        self.setAccessibleName(self.tr("Links from this computer to reports that arrive"))
        self._fit()
        self.viewport().update()

    def spoken(self, row: int) -> str:
        """All that is said of a row."""
        role = Qt.ItemDataRole.AccessibleTextRole
        return str(self._model.index(row).data(role))

    def _running(self) -> int:
        rows = range(self._model.rowCount())
        running = (
            n for n in rows if self._model.step(self._model.index(n)).verdict is StepVerdict.RUNNING
        )
        return next(running, -1)

    @Slot()
    def _turn(self) -> None:
        self._row.turn = (self._row.turn + TURN_DEGREES) % 360
        row = self._running()
        if row >= 0:
            self.update(self._model.index(row))

    def _fit(self) -> None:
        """Be as high as the rows are."""
        width, font = self.viewport().width(), QFont(self.font())
        rows = (self._model.index(row) for row in range(self._model.rowCount()))
        needed = sum(self._row.height(index, width, font) for index in rows)
        self.setFixedHeight(needed + 2 * INSET + 2 * self.frameWidth())
        self.scheduleDelayedItemsLayout()

    @Slot(QItemSelection, QItemSelection)
    def _chosen(self, _now: QItemSelection, _before: QItemSelection) -> None:
        chosen = self.selectedIndexes()
        self._row.chosen = chosen[0].row() if chosen else -1
        self._fit()
        self._want_row()

    def _want_row(self) -> None:
        # The rows find their new places first.
        QTimer.singleShot(0, self, self._tell_row)

    @Slot()
    def _tell_row(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            rect = self.visualRect(index)
            self.row_wanted.emit(rect.translated(self.viewport().pos()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._want_row()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self._timer.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        chosen = self.selectedIndexes()
        if event.matches(QKeySequence.StandardKey.Copy) and chosen:
            QGuiApplication.clipboard().setText(self.spoken(chosen[0].row()))
            return
        super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        self._want_row()
