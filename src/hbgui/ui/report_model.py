"""Event reports as a table, the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from PySide6.QtCore import Signal, Slot

from hbgui.core.reports.report import Report
from hbgui.core.reports.view import Columns, ReportFilter, columns
from hbgui.runtime.hub import Hub
from hbgui.runtime.reports.book import ReceivedReports
from hbgui.texts.reports.reports import event_word, report_problem_message
from hbgui.ui.panel import clock_time, exactly
from hbgui.ui.row_model import ROOT, RowModel
from hbgui.ui.theme import Theme

SLACK = 1000
"""Reports that the book has dropped stay in sight for so long: dropping costs a look at all."""

TIME, EVENT, WHO, CALLER, CALLEE, LATENCY = range(6)
WIDTHS = ((TIME, 84), (WHO, 140), (CALLER, 100), (CALLEE, 72), (LATENCY, 82))


@dataclass(frozen=True)
class ReportRow:
    """A report with what its table cells say. `latency_s` is counted from the last heartbeat that
    the PBX had accepted when the report came."""

    report: Report
    latency_s: float | None

    @cached_property
    def columns(self) -> Columns:
        """Read when the row comes into sight."""
        return columns(self.report)


class ReportModel(RowModel[ReportRow]):
    """The reports that pass a filter. While it is paused, new ones wait and are counted."""

    filled = Signal()
    """Rows came or went."""

    COLUMNS = 6

    def __init__(self, hub: Hub, book: ReceivedReports, theme: Theme) -> None:
        super().__init__()
        self._hub = hub
        self._book = book
        self._theme = theme
        self.wanted = ReportFilter()
        self.paused = False
        self._last = 0
        self.waiting = 0
        self._all: dict[int, ReportRow] = {}
        book.added.connect(self._add)
        book.cleared.connect(self._clear)

    @property
    def shown(self) -> list[Report]:
        """The reports that are in sight, oldest first."""
        return [row.report for row in reversed(self._rows)]

    def show_only(self, wanted: ReportFilter) -> None:
        """Begin anew with this filter."""
        self.wanted = wanted
        self._begin_anew()

    def pause(self, on: bool) -> None:
        """Let the list stand still, or catch up."""
        self.paused = on
        self._last = max(self._all, default=0)
        if not on:
            self._begin_anew()

    def _begin_anew(self) -> None:
        self.beginResetModel()
        kept = self._book.reports
        self._all = {report.number: self._row(report) for report in kept}
        taken = [report.number for report in reversed(kept) if self.wanted.takes(report)]
        shown = [number for number in taken if not self.paused or number <= self._last]
        self._rows = [self._all[number] for number in shown]
        self.waiting = len(taken) - len(shown)
        self.endResetModel()
        self.filled.emit()

    def _row(self, report: Report) -> ReportRow:
        known = self._all.get(report.number)
        return known or ReportRow(report, self._latency_s(report))

    @Slot(list)
    def _add(self, reports: list[Report]) -> None:
        for report in reports:
            self._all[report.number] = self._row(report)
        new = [report for report in reports if self.wanted.takes(report)]
        if self.paused:
            self.waiting += len(new)
        elif new:
            self.beginInsertRows(ROOT, 0, len(new) - 1)
            self._rows[:0] = [self._all[report.number] for report in reversed(new)]
            self.endInsertRows()
        self._drop_old()
        self.filled.emit()

    def _drop_old(self) -> None:
        """What the book has dropped goes here, too."""
        if len(self._all) < len(self._book) + SLACK:
            return
        kept = {report.number for report in self._book.reports}
        self._all = {number: row for number, row in self._all.items() if number in kept}
        if self.paused:
            return  # what is in sight stays
        gone = [i for i, row in enumerate(self._rows) if row.report.number not in kept]
        # Strangers and others are dropped apart: what goes may stand in several places.
        for _, run in groupby(enumerate(reversed(gone)), lambda pair: pair[0] + pair[1]):
            places = [place for _, place in run]
            self.beginRemoveRows(ROOT, places[-1], places[0])
            del self._rows[places[-1] : places[0] + 1]
            self.endRemoveRows()

    def _latency_s(self, report: Report) -> float | None:
        pbx = self._hub.state.pbxs.get(report.pbx_id)
        if pbx is None or pbx.accepted is None:
            return None
        return report.received.since(pbx.accepted.sent)

    @Slot()
    def _clear(self) -> None:
        self._all.clear()
        self._begin_anew()

    def headers(self) -> tuple[str, ...]:
        return (
            self.tr("Time"),
            self.tr("Event"),
            self.tr("Extension, trunk"),
            self.tr("Caller"),
            self.tr("Callee"),
            self.tr("Latency"),
        )

    def header_tips(self) -> Mapping[int, str]:
        return {LATENCY: self.tr("Seconds since the last heartbeat that the PBX had accepted")}

    def tip(self, row: ReportRow, column: int) -> str:
        problem = report_problem_message(row.report)
        if problem is not None:
            return f"{problem.title}\n{problem.why}"
        return exactly(row.report.received.utc) if column == TIME else self.cell(row, column)

    def color(self, row: ReportRow, _column: int) -> str:
        return self._theme.colors.warn if row.report.problem is not None else ""

    def cell(self, row: ReportRow, column: int) -> str:
        match column:
            case 0:
                return clock_time(row.report.received.utc)
            case 1:
                return self._event(row.report)
            case 2:
                return row.columns.subject
            case 3:
                return row.columns.caller
            case 4:
                return row.columns.callee
        if row.latency_s is None:
            return "–"
        return self.tr("{number} s").replace("{number}", f"{row.latency_s:.1f}")

    def _event(self, report: Report) -> str:
        word = event_word(report.decoded.event)
        if report.problem is not None:
            # Not by colour alone.
            word = f"▲ {word}"
        return f"{word} ↻{report.repeat}" if report.repeat else word
