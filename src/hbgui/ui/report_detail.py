"""One report in full: decoded, the story of its call, as it came, and its headers."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPlainTextEdit, QRadioButton, QVBoxLayout

from hbgui.core.pbx.typed import printable
from hbgui.core.reports.calls import Call, calls
from hbgui.core.reports.report import LONG, Report
from hbgui.core.reports.view import ReportFilter
from hbgui.core.values import iso_ms
from hbgui.runtime.reports.book import ReceivedReports
from hbgui.texts.reports.fields import call_step_sentence, call_title, report_lines
from hbgui.texts.reports.reports import repeat_sentence, report_problem_message
from hbgui.texts.translation import filled
from hbgui.ui.panel import Panel, clock_time, day_and_time, named

SHOWN_MAX = 8 * 1024
"""Characters that are shown of a report: laying out one line of 256 KiB takes a quarter of a
minute. The longest documented report has less than 2 KiB, and the export has all of it."""

TOLD_MAX = 300
"""Reports of a call that are made into its story; a busy conference has fewer."""

DECODED, CALL, RAW, HEADERS = range(4)


class ReportDetail(Panel):
    """Shows one report in the view that is chosen."""

    def __init__(self, book: ReceivedReports) -> None:
        super().__init__()
        self._book = book
        self._report: Report | None = None
        self._views = QButtonGroup(self)
        names = ("reportDecoded", "reportCall", "reportRaw", "reportHeaders")
        self._choices = [named(QRadioButton(), name) for name in names]
        self._text = named(QPlainTextEdit(), "reportDetail")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setMinimumHeight(60)
        row = QHBoxLayout()
        row.setSpacing(0)
        for number, choice in enumerate(self._choices):
            choice.setProperty("segment", True)
            self._views.addButton(choice, number)
            row.addWidget(choice)
        row.addStretch()
        self._choices[DECODED].setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._text, 1)
        self._views.idToggled.connect(self._refresh)
        book.added.connect(self._more)
        self.retranslate()

    def retranslate(self) -> None:
        texts_ = (self.tr("Decoded"), self.tr("Call"), self.tr("Raw"), self.tr("Headers"))
        for choice, text in zip(self._choices, texts_, strict=True):
            choice.setText(text)
        self._text.setAccessibleName(self.tr("The report in full"))
        self._refresh()

    def show_report(self, report: Report | None) -> None:
        """Show this report, None: nothing."""
        self._report = report
        has_call = report is not None and bool(report.decoded.call_id)
        self._choices[CALL].setEnabled(has_call)
        self._refresh()

    @Slot(list)
    def _more(self, reports: list[Report]) -> None:
        shown = self._report
        if shown is None or self._views.checkedId() != CALL or not self.isVisible():
            return
        if any(map(_of_call(shown).takes, reports)):
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        shows: tuple[Callable[[Report], str], ...] = (
            self._decoded,
            self._call,
            self._raw,
            lambda report: "\n".join(printable(f"{n}: {v}") for n, v in report.headers),
        )
        report = self._report
        text = shows[self._views.checkedId()](report) if report is not None else ""
        if len(text) > SHOWN_MAX:
            cut = self.tr("Cut here; the export has all of it.")
            text = f"{text[:SHOWN_MAX]}…\n\n{cut}"
        if self._text.toPlainText() != text:
            self._text.setPlainText(text)

    def _decoded(self, report: Report) -> str:
        lines: list[str] = []
        problem = report_problem_message(report)
        if problem is not None:
            lines += [problem.text, ""]
        if len(report.raw) > LONG:
            lines += [self.tr("It is too long to be told in words.")]
        else:
            lines += [f"{label}: {value}" for label, value in report_lines(report)]
        came = self.tr("Came at {time} ({utc}) from {sender} to {path}")
        values = {
            "time": day_and_time(report.received.utc),
            "utc": iso_ms(report.received.utc),
            "sender": report.sender,
            "path": report.path,
        }
        lines += ["", filled(came, values), repeat_sentence(report)]
        return "\n".join(lines).rstrip()

    def _raw(self, report: Report) -> str:
        """As it came; marks that would turn or hide text are shown as such."""
        raw = report.raw[: SHOWN_MAX + 1].replace("\r\n", "\n")
        return re.sub(r"[^\n\t]+", lambda piece: printable(piece[0]), raw)

    def _call(self, report: Report) -> str:
        takes = _of_call(report).takes
        told = [r for r in self._book.reports if takes(r)]
        found = calls(told[-TOLD_MAX:])
        return "\n\n".join(self._story(call) for call in found) or self.tr(
            "This report belongs to no call."
        )

    def _story(self, call: Call) -> str:
        lines = [call_title(call), ""]
        for step in call.steps:
            lines.append(f"{clock_time(step.at.utc)}  {call_step_sentence(step)}")
        return "\n".join(lines)


def _of_call(report: Report) -> ReportFilter:
    return ReportFilter(pbx_id=report.pbx_id, call_id=report.decoded.call_id)
