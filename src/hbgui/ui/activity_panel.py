"""What was sent and what came back, newest first."""

from __future__ import annotations

import html
from collections import deque
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHeaderView, QStackedLayout, QTableView, QVBoxLayout, QWidget

from hbgui import texts
from hbgui.core import events
from hbgui.core.events import Attempt
from hbgui.core.moment import iso
from hbgui.core.state import Phase
from hbgui.runtime.hub import Hub
from hbgui.ui.marks import phase_color
from hbgui.ui.panel import Panel, clock_time, day_and_time, label, named
from hbgui.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
ROWS_MAX = 1000
TIME, PBX, SENT, RESULT, LATENCY = range(5)


@dataclass(frozen=True, slots=True)
class Row:
    """One request and the name that its PBX had."""

    pbx: str
    attempt: Attempt


class ActivityModel(QAbstractTableModel):
    """Heartbeats, logins and logouts of this run of the program; the oldest are dropped."""

    def __init__(self, hub: Hub, theme: Theme) -> None:
        super().__init__()
        self._hub = hub
        self._theme = theme
        self._rows: deque[Row] = deque()
        hub.happened.connect(self._happened)

    def row(self, index: _Index) -> Row:
        """The heartbeat of a row."""
        return self._rows[index.row()]

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.HeartbeatFinished(pbx_id, attempt=attempt):
                pbx = self._hub.state.pbxs.get(pbx_id)
                if pbx is None or pbx.last is not attempt:
                    return  # of an old run: it counts for nothing
            case events.LoginFinished(pbx_id, attempt) | events.LoggedOut(pbx_id, attempt):
                pass
            case _:
                return
        self._add(pbx_id, attempt)

    def _add(self, pbx_id: str, attempt: Attempt) -> None:
        profile = self._hub.state.profile(pbx_id)
        if profile is None:
            return
        self.beginInsertRows(_ROOT, 0, 0)
        self._rows.appendleft(Row(profile.label, attempt))
        self.endInsertRows()
        if len(self._rows) > ROWS_MAX:
            self.beginRemoveRows(_ROOT, ROWS_MAX, ROWS_MAX)
            self._rows.pop()
            self.endRemoveRows()

    def rowCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else 5

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("Time"),
            self.tr("PBX"),
            self.tr("Reports to"),
            self.tr("Result"),
            self.tr("Latency"),
        )[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.row(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._cell(row, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                # Tool tips guess whether a text is HTML: words from the wire must not be.
                lines = html.escape(self.details(row))
                return f"<p style='white-space: pre-wrap'>{lines}</p>"
            case Qt.ItemDataRole.ForegroundRole if index.column() == RESULT:
                outcome = row.attempt.outcome
                phase = Phase.FAILING if outcome.may_pass else Phase.STOPPED
                phase = Phase.ALIVE if outcome.accepted else phase
                return QColor(phase_color(phase, self._theme.colors))
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == LATENCY:
                return Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        return None

    def _cell(self, row: Row, column: int) -> str:
        attempt = row.attempt
        match column:
            case 0:
                return clock_time(attempt.sent.utc)
            case 1:
                return row.pbx
            case 2:
                return attempt.target or "–"
            case 3:
                word = texts.result_word(attempt.outcome.kind)
                if attempt.outcome.code == "accepted":
                    return word
                if attempt.outcome.accepted:
                    return texts.message(attempt).title
                return f"{word}: {texts.message(attempt).title}"
        if attempt.latency_ms is None:
            return "–"
        return self.tr("{number} ms").replace("{number}", f"{attempt.latency_ms:.0f}")

    def details(self, row: Row) -> str:
        """All that is known of a heartbeat, as lines of text."""
        attempt = row.attempt
        message = texts.message(attempt)
        times = f"{day_and_time(attempt.sent.utc)} ({iso(attempt.sent.utc)})"
        detail = attempt.outcome.detail
        answer = self.tr("Answer:") + " " + detail[:600] if detail else ""
        head = f"{row.pbx} – {attempt.address}"
        lines = (times, head, message.title, message.why, message.advice, answer)
        return "\n".join(line for line in lines if line)


class _Table(QTableView):
    """A table whose rows go to the clipboard with the standard key."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        model = self.model()
        rows = sorted({index.row() for index in self.selectedIndexes()})
        lines = [
            "\t".join(str(model.index(row, c).data()) for c in range(model.columnCount()))
            for row in rows
        ]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))


class ActivityPanel(Panel):
    """The table, or a sentence while it is empty."""

    def __init__(self, hub: Hub, theme: Theme) -> None:
        super().__init__()
        self._model = ActivityModel(hub, theme)
        self._model.setParent(self)
        self.table = named(_Table(), "activityTable")
        self.table.setModel(self._model)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        # It scrolls: what is above it must not be squeezed in a small window.
        self.table.setMinimumHeight(30)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(32)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(RESULT, QHeaderView.ResizeMode.Stretch)
        for column, width in ((TIME, 96), (PBX, 150), (SENT, 190), (LATENCY, 84)):
            self.table.setColumnWidth(column, width)
        self._empty = label("muted", "activityEmpty", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.addWidget(pages)
        self._model.rowsInserted.connect(self._filled)
        self.retranslate()

    def retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Heartbeats sent"))
        self._empty.setText(
            self.tr("No heartbeat sent yet. Send one now, or switch Keep alive on.")
        )
        self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 4)
        self._model.layoutChanged.emit()

    @Slot()
    def _filled(self) -> None:
        self._pages.setCurrentWidget(self.table)
