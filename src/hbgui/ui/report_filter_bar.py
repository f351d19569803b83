"""The row above the reports that says which of them are shown."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from hbgui.core.reports.view import ReportFilter
from hbgui.texts.reports.reports import events_matching
from hbgui.texts.translation import filled
from hbgui.ui.panel import Panel, button, combo, label, set_text
from hbgui.ui.search_line import SearchLine

NARROW = 640
"""Pixels below which the choices stand below the line."""


class ReportFilterBar(Panel):
    """Text, PBX and kind; pause, clear and export."""

    changed = Signal()
    paused = Signal(bool)
    clear_wanted = Signal()
    export_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = SearchLine("reportsFilter")
        self._pbx = combo("reportsPbx")
        self._kind = combo("reportsKind")
        for box in (self._pbx, self._kind):
            for _ in range(2):
                box.addItem("")
            box.currentIndexChanged.connect(self.changed)
        self._pause = button("pauseReportsButton")
        self._pause.setCheckable(True)
        self._pause.toggled.connect(self._toggled)
        self._clear = button("clearReportsButton")
        self._clear.clicked.connect(self.clear_wanted)
        self._export = button("exportReportsButton")
        self._export.clicked.connect(self.export_wanted)
        self._note = label("muted", "reportsNote", wrap=True)
        self._note.hide()
        self._assemble()
        self.line.textChanged.connect(self.changed)
        self.retranslate()

    def _assemble(self) -> None:
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._both.setSpacing(8)
        choices, buttons = QHBoxLayout(), QHBoxLayout()
        self._both.addWidget(self.line, 2)
        self._both.addLayout(choices, 2)
        self._both.addLayout(buttons)
        for box in (self._pbx, self._kind):
            choices.addWidget(box, 1)
        for each in (self._pause, self._clear, self._export):
            buttons.addWidget(each)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._both)
        column.addWidget(self._note)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        narrow = self.width() < NARROW
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._both.direction() != direction:
            self._both.setDirection(direction)
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as it gets when all stands one below the other."""
        buttons = (self._pause, self._clear, self._export)
        width = sum(each.minimumSizeHint().width() + 8 for each in buttons)
        return QSize(width, super().minimumSizeHint().height())

    def retranslate(self) -> None:
        self.line.setAccessibleName(self.tr("Filter the reports"))
        self.line.setPlaceholderText(self.tr("Filter"))
        self._pbx.setAccessibleName(self.tr("PBXs"))
        self._kind.setAccessibleName(self.tr("Kind of report"))
        for box, entries in (
            (self._pbx, (self.tr("All PBXs"), self.tr("This PBX"))),
            (self._kind, (self.tr("All reports"), self.tr("With a problem"))),
        ):
            for index, text in enumerate(entries):
                box.setItemText(index, text)
        self._clear.setText(self.tr("Clear"))
        self._clear.setAccessibleName(self.tr("Clear the reports"))
        self._export.setText(self.tr("Export…"))
        self._export.setAccessibleName(self.tr("Export the reports"))
        # A screen reader says whether it is on.
        self._pause.setAccessibleName(self.tr("Pause the list of reports"))
        self._name_pause()

    def _name_pause(self) -> None:
        on = self._pause.isChecked()
        self._pause.setText(self.tr("Resume") if on else self.tr("Pause"))

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        self._name_pause()
        self.paused.emit(on)

    def show_waiting(self, waiting: int, dropped: int) -> None:
        """Say how many reports wait behind the pause, and how many old ones are gone."""
        said = []
        if self._pause.isChecked():
            text = self.tr("Paused. New reports: {count}")
            said.append(filled(text, {"count": str(waiting)}))
        if dropped:
            text = self.tr("Oldest reports dropped: {count}")
            said.append(filled(text, {"count": str(dropped)}))
        set_text(self._note, " · ".join(said))
        self._note.setVisible(bool(said))

    def wanted(self, pbx_id: str) -> ReportFilter:
        """The filter as chosen; `pbx_id` is the PBX that is shown."""
        text = self.line.text().strip()
        return ReportFilter(
            pbx_id=pbx_id if self._pbx.currentIndex() else "",
            text=text,
            matching_events=events_matching(text) if text else frozenset(),
            problems_only=bool(self._kind.currentIndex()),
        )

    @property
    def choices(self) -> str:
        """What is chosen, to be remembered; the text is not: it would hide rows unnoticed."""
        return f"{self._pbx.currentIndex()} {self._kind.currentIndex()}"

    def choose(self, remembered: str) -> None:
        """Choose again what was remembered; what cannot be is left out."""
        for box, text in zip((self._pbx, self._kind), remembered.split(), strict=False):
            if text.isdecimal() and int(text) < box.count():
                box.setCurrentIndex(int(text))

    @Slot()
    def clear(self) -> None:
        """Show all."""
        self.line.clear()
        for box in (self._pbx, self._kind):
            box.setCurrentIndex(0)
