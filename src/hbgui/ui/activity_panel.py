"""What was sent and what came back: filter, table, details."""

from __future__ import annotations

import re
from datetime import UTC

from PySide6.QtCore import QModelIndex, QSettings, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHeaderView, QPlainTextEdit, QSplitter, QVBoxLayout

from hbgui.core.history import HistoryFilter
from hbgui.runtime.history import HistoryKeeper
from hbgui.ui.export_dialog import ask_for_file
from hbgui.ui.history_filter import HistoryFilterBar
from hbgui.ui.history_model import LATENCY, PBX, RESULT, SENT, TIME, HistoryModel
from hbgui.ui.list_pages import ListPages
from hbgui.ui.panel import Panel, named
from hbgui.ui.row_table import RowTable
from hbgui.ui.theme import Theme

_WIDTHS = ((TIME, 130), (PBX, 150), (SENT, 190), (LATENCY, 84))
FILTER_MS = 150
"""A pause in typing after which the filter counts."""


class ActivityPanel(Panel):
    """The history of all PBXs, or of the one that is shown."""

    def __init__(self, history: HistoryKeeper, theme: Theme) -> None:
        super().__init__()
        self._history = history
        self._pbx_id = ""
        self._model = HistoryModel(history, theme)
        self._model.setParent(self)
        self.filter = HistoryFilterBar()
        self.table = self._new_table()
        self._detail = named(QPlainTextEdit(), "activityDetail")
        self._detail.setReadOnly(True)
        self._detail.setTabChangesFocus(True)
        self._detail.setMinimumHeight(40)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.table)
        halves.addWidget(self._detail)
        halves.setSizes([300, 110])
        self._pages = ListPages(halves, "activityEmpty", "clearFilterButton")
        self._pages.unfilter.clicked.connect(self.filter.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.filter)
        layout.addWidget(self._pages, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FILTER_MS)
        self._timer.timeout.connect(self._apply)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.filter.changed.connect(self._timer.start)
        self.filter.export_wanted.connect(self.export)
        self.filter.line.left.connect(self.table.setFocus)
        self._model.filled.connect(self._show_page)
        self._model.modelReset.connect(self._show_page)
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)

    def _new_table(self) -> RowTable:
        table = RowTable("activityTable", self._model)
        table.horizontalHeader().setSectionResizeMode(RESULT, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS:
            table.setColumnWidth(column, width)
        return table

    def retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Heartbeats sent"))
        self._detail.setAccessibleName(self.tr("Details of the chosen row"))
        self._detail.setPlaceholderText(self.tr("Choose a row to see all that is known of it."))
        self._pages.unfilter.setText(self.tr("Show all"))
        self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 4)
        self._model.layoutChanged.emit()
        self._show_page()
        self._show_detail(self.table.currentIndex())

    def show_pbx(self, pbx_id: str) -> None:
        """The PBX that *This PBX* means."""
        self._pbx_id = pbx_id
        if self.filter.of_one_pbx:
            self._apply()

    def find_rows(self) -> None:
        """Put the cursor into the filter."""
        self.filter.line.enter()

    def clear_view(self) -> None:
        """Show only what comes from now on; nothing is deleted."""
        self.filter.begin_now()

    def remember(self, memory: QSettings) -> None:
        """Keep columns and filter for the next start."""
        memory.setValue("activity_columns", self.table.horizontalHeader().saveState())
        memory.setValue("activity_filter", self.filter.choices)

    def recall(self, memory: QSettings) -> None:
        """Take up what was kept."""
        columns = memory.value("activity_columns")
        if columns is not None:
            self.table.horizontalHeader().restoreState(columns)
            self.table.horizontalHeader().setSectionResizeMode(
                RESULT, QHeaderView.ResizeMode.Stretch
            )
        self.filter.choose(str(memory.value("activity_filter", "")))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        if not self._model.rowCount():
            self._apply()
        super().showEvent(event)

    @Slot()
    def _apply(self) -> None:
        self._timer.stop()
        self._model.show_only(self._wanted())
        self.table.scrollToTop()

    def _wanted(self) -> HistoryFilter:
        return self.filter.wanted(self._pbx_id, self._history.now())

    @Slot()
    def _show_page(self) -> None:
        filtered = self._model.wanted != HistoryFilter()
        if self._model.waiting:
            text = self.tr("Looking through the history…")
        elif filtered:
            text = self.tr("No row passes the filter.")
        else:
            text = self.tr("No heartbeat sent yet. Send one now, or switch Keep alive on.")
        self._pages.explain(text, filtered=filtered)
        self._pages.show_list(self._model.rowCount())

    @Slot(QModelIndex, QModelIndex)
    def _show_detail(self, current: QModelIndex, _before: QModelIndex | None = None) -> None:
        text = self._model.details(self._model.row(current)) if current.isValid() else ""
        if self._detail.toPlainText() != text:
            self._detail.setPlainText(text)

    def _file_stem(self) -> str:
        """With the PBX, if it is of one only, and the date: a name that says what is in it."""
        of_one = self.filter.of_one_pbx and self._model.rowCount()
        name = self._model.row(self._model.index(0, 0)).pbx if of_one else ""
        today = self._history.now().astimezone(UTC).strftime("%Y-%m-%d")
        words = ("hbgui-history", re.sub(r"\W+", "-", name).strip("-"), today)
        return "-".join(word for word in words if word)

    @Slot()
    def export(self) -> None:
        """Ask for a file, and write what passes the filter into it."""
        wanted = self._wanted()
        ask_for_file(
            self.window(),
            "exportHistoryDialog",
            self._file_stem(),
            {"csv": self.tr("CSV table (*.csv)"), "json": self.tr("JSON (*.json)")},
            lambda path: self._history.export(path, wanted),
        )
