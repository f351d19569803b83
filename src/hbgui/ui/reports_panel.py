"""The event reports: receiver, filter, list and one report in full."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QSplitter, QVBoxLayout

from hbgui.core.reports.view import ReportFilter
from hbgui.runtime.hub import Hub
from hbgui.runtime.reports.reception import ReceiverManager
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.translation import filled
from hbgui.ui.export_dialog import ask_for_file
from hbgui.ui.list_pages import ListPages
from hbgui.ui.panel import Panel
from hbgui.ui.receiver_card import ReceiverCard
from hbgui.ui.report_detail import ReportDetail
from hbgui.ui.report_filter_bar import ReportFilterBar
from hbgui.ui.report_model import EVENT, WIDTHS, ReportModel
from hbgui.ui.row_table import RowTable
from hbgui.ui.theme import Theme

FILTER_MS = 150
NARROW = 660
"""Pixels below which a report stands below the list."""


class ReportsPanel(Panel):
    """What the PBXs have sent in this run. It is as high as it needs: a low window scrolls it."""

    test_wanted = Signal()

    export_asked = Signal(Path, list)
    """Write these reports into that file."""

    def __init__(
        self, hub: Hub, intents: Supervisor, reports: ReceiverManager, theme: Theme
    ) -> None:
        super().__init__()
        self._hub = hub
        self._book = book = reports.book
        self._pbx_id = ""
        self._card = ReceiverCard(hub, intents, reports, theme)
        self._card.test_wanted.connect(self.test_wanted)
        self._model = ReportModel(hub, book, theme)
        self._model.setParent(self)
        self.filter = ReportFilterBar()
        self.table = self._new_table()
        self._detail = ReportDetail(book)
        self._halves = QSplitter(Qt.Orientation.Horizontal)
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(self.table)
        self._halves.addWidget(self._detail)
        self._halves.setSizes([650, 250])
        self._halves.setMinimumHeight(200)
        self._pages = ListPages(self._halves, "reportsEmpty", "clearReportsFilterButton")
        self._pages.unfilter.clicked.connect(self.filter.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._card)
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
        self.filter.paused.connect(self._model.pause)
        self.filter.clear_wanted.connect(self._book.clear)
        self.filter.export_wanted.connect(self.export)
        self.filter.line.left.connect(self.table.setFocus)
        self._model.filled.connect(self._show_page)
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)
        self._model.modelReset.connect(self._nothing_chosen)
        self._hub.pbx_changed.connect(self._state_changed)

    def _new_table(self) -> RowTable:
        table = RowTable("reportsTable", self._model)
        table.horizontalHeader().setSectionResizeMode(EVENT, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS:
            table.setColumnWidth(column, width)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        narrow = self.width() < NARROW
        turned = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self._halves.orientation() is not turned:
            self._halves.setOrientation(turned)
        super().resizeEvent(event)

    def retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Event reports"))
        self._pages.unfilter.setText(self.tr("Show all reports"))
        self._show_page()

    def show_pbx(self, pbx_id: str) -> None:
        """Show this PBX's receiver, and its reports if only those are wanted."""
        self._pbx_id = pbx_id
        self._card.show_pbx(pbx_id)
        self._apply()

    def find_rows(self) -> None:
        """Put the cursor into the filter."""
        self.filter.line.enter()

    def clear(self) -> None:
        """Forget all reports."""
        self._book.clear()

    @Slot(str)
    def _state_changed(self, pbx_id: str) -> None:
        if pbx_id == self._pbx_id and not self._model.rowCount():
            self._show_page()

    @Slot()
    def _apply(self) -> None:
        self._timer.stop()
        self._model.show_only(self.filter.wanted(self._pbx_id))
        self.table.scrollToTop()

    @Slot()
    def _show_page(self) -> None:
        self.filter.show_waiting(self._model.waiting, self._book.dropped)
        rows = self._model.rowCount()
        self._pages.show_list(rows)
        if rows:
            return
        filtered = bool(len(self._book)) and self._model.wanted != ReportFilter()
        text = self.tr("No report passes the filter.") if filtered else self._waiting_text()
        self._pages.explain(text, filtered=filtered)

    def _waiting_text(self) -> str:
        pbx = self._hub.state.pbxs.get(self._pbx_id)
        if pbx is not None and pbx.receiving is not None and pbx.receiving.listens:
            text = self.tr(
                "Waiting at {place}\n\nLift the handset of a monitored extension, or call one: "
                "the PBX then sends a report."
            )
            return filled(text, {"place": pbx.receiving.place.url})
        return self.tr(
            "No report yet. Switch Receive on, and send a heartbeat that announces this computer."
        )

    @Slot(QModelIndex, QModelIndex)
    def _show_detail(self, current: QModelIndex, _before: QModelIndex | None = None) -> None:
        self._detail.show_report(self._model.row(current).report if current.isValid() else None)

    @Slot()
    def _nothing_chosen(self) -> None:
        self._detail.show_report(None)

    def remember(self, memory: QSettings) -> None:
        """Keep what was chosen for the next run."""
        memory.setValue("reports_columns", self.table.horizontalHeader().saveState())
        memory.setValue("reports_filter", self.filter.choices)
        memory.setValue("reports_split", self._halves.saveState())

    def recall(self, memory: QSettings) -> None:
        """Take up what was kept."""
        columns, split = memory.value("reports_columns"), memory.value("reports_split")
        header = self.table.horizontalHeader()
        if columns is not None:
            header.restoreState(columns)
            header.setSectionResizeMode(EVENT, QHeaderView.ResizeMode.Stretch)
        if split is not None:
            self._halves.restoreState(split)
        self.filter.choose(str(memory.value("reports_filter", "")))

    @Slot()
    def export(self) -> None:
        """Ask for a file, and write what is shown into it."""
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        shown = self._model.shown
        ask_for_file(
            self.window(),
            "exportReportsDialog",
            f"hbgui-reports-{today}",
            {"jsonl": self.tr("JSON lines (*.jsonl)"), "csv": self.tr("CSV table (*.csv)")},
            lambda path: self.export_asked.emit(path, shown),
        )
