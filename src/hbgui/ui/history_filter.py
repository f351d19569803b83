"""The row above the history that says what of it is shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QSizePolicy

from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.history import HistoryFilter
from hbgui.texts.outcomes import codes_matching, result_word
from hbgui.ui.panel import Panel, button, combo
from hbgui.ui.search_line import SearchLine

_REFUSING = frozenset(OutcomeKind) - {OutcomeKind.ACCEPTED}
_RESULTS = (
    frozenset[OutcomeKind](),
    frozenset({OutcomeKind.ACCEPTED}),
    _REFUSING,
    frozenset({OutcomeKind.REFUSED}),
    frozenset({OutcomeKind.UNREACHABLE}),
    frozenset({OutcomeKind.UNCLEAR}),
)
_DAYS = (0, 1, 7, 30)
_FROM_NOW = len(_DAYS)
"""The last choice of time: what comes after it was chosen."""

CHOICE_WIDTH = 96
LINE_WIDTH = 160


class HistoryFilterBar(Panel):
    """Text, PBX, result and time. What is chosen survives a restart."""

    changed = Signal()

    export_wanted = Signal()
    """The person wants what is shown as a file."""

    def __init__(self) -> None:
        super().__init__()
        self.line = SearchLine("activityFilter")
        self._pbx = combo("activityPbx")
        self._result = combo("activityResult")
        self._days = combo("activityDays")
        self._export = button("exportHistoryButton")
        self._export.clicked.connect(self.export_wanted)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.setSpacing(8)
        self._first, self._row = QHBoxLayout(), QHBoxLayout()
        self._first.addWidget(self.line, 1)
        self._both.addLayout(self._first, 1)
        self._both.addLayout(self._row)
        self.line.setMinimumWidth(LINE_WIDTH)
        for box, count in (
            (self._pbx, 2),
            (self._result, len(_RESULTS)),
            (self._days, _FROM_NOW + 1),
        ):
            for _ in range(count):
                box.addItem("")
            box.currentIndexChanged.connect(self.changed)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setMinimumWidth(CHOICE_WIDTH)
            self._row.addWidget(box)
        self._row.addWidget(self._export)
        self.line.textChanged.connect(self.changed)
        self._since: datetime | None = None
        self._days.currentIndexChanged.connect(self._forget_since)
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        """Put the choices below the line where they cannot be read beside it."""
        hints = (w.sizeHint().width() for w in (self._pbx, self._result, self._days, self._export))
        narrow = self.width() < LINE_WIDTH + sum(8 + hint for hint in hints)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._both.direction() != direction:
            self._both.setDirection(direction)
            (self._first if narrow else self._row).addWidget(self._export)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as it gets when the choices stand below the line."""
        line = LINE_WIDTH + 8 + self._export.minimumSizeHint().width()
        width = max(3 * (CHOICE_WIDTH + 8), line)
        return QSize(width, super().minimumSizeHint().height())

    def retranslate(self) -> None:
        self.line.setAccessibleName(self.tr("Filter the history"))
        self.line.setPlaceholderText(self.tr("Filter"))
        self._name(self._pbx, self.tr("PBXs"), (self.tr("All PBXs"), self.tr("This PBX")))
        results = (
            self.tr("All results"),
            result_word(OutcomeKind.ACCEPTED),
            self.tr("Not accepted"),
            *(result_word(next(iter(kinds))) for kinds in _RESULTS[3:]),
        )
        self._name(self._result, self.tr("Results"), results)
        times = (
            self.tr("Any time"),
            self.tr("Last 24 hours"),
            self.tr("Last 7 days"),
            self.tr("Last 30 days"),
            self.tr("From now on"),
        )
        self._name(self._days, self.tr("Time"), times)
        self._export.setText(self.tr("Export…"))
        self._export.setAccessibleName(self.tr("Export the history"))
        self._arrange()

    @staticmethod
    def _name(box: QComboBox, name: str, entries: tuple[str, ...]) -> None:
        box.setAccessibleName(name)
        for index, text in enumerate(entries):
            box.setItemText(index, text)

    def wanted(self, pbx_id: str, now: datetime) -> HistoryFilter:
        """The filter as chosen; `pbx_id` is the PBX that is shown."""
        text = self.line.text().strip()
        return HistoryFilter(
            pbx_id=pbx_id if self._pbx.currentIndex() else "",
            kinds=_RESULTS[self._result.currentIndex()],
            since=self._oldest(now),
            text=text,
            codes=codes_matching(text) if text else frozenset(),
        )

    def _oldest(self, now: datetime) -> datetime | None:
        chosen = self._days.currentIndex()
        if chosen == _FROM_NOW:
            self._since = self._since or now
            return self._since
        return now - timedelta(days=_DAYS[chosen]) if chosen else None

    @Slot()
    def _forget_since(self) -> None:
        self._since = None

    @Slot()
    def begin_now(self) -> None:
        """Show only what comes from now on."""
        self._forget_since()
        self._days.setCurrentIndex(_FROM_NOW)
        self.changed.emit()

    @property
    def of_one_pbx(self) -> bool:
        """Whether only the shown PBX's rows are wanted."""
        return self._pbx.currentIndex() == 1

    @property
    def choices(self) -> str:
        """What is chosen, to be remembered. Text and "now" are not: the next start would hide
        rows unnoticed."""
        days = self._days.currentIndex() % _FROM_NOW
        return f"{self._pbx.currentIndex()} {self._result.currentIndex()} {days}"

    def choose(self, remembered: str) -> None:
        """Choose again what was remembered; what cannot be is left out."""
        boxes = (self._pbx, self._result, self._days)
        for box, text in zip(boxes, remembered.split(), strict=False):
            if text.isdecimal() and int(text) < box.count():
                box.setCurrentIndex(int(text))

    @Slot()
    def clear(self) -> None:
        """Show all."""
        self.line.clear()
        for box in (self._pbx, self._result, self._days):
            box.setCurrentIndex(0)
