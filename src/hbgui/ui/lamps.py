"""Two lamps: the PBX accepts the heartbeat, and reports arrive. The first never stands for the
second."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel

from hbgui.core.reports.arrivals import ReportsLamp
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.values import Moment
from hbgui.texts.reports.receiving import reports_lamp_sentence
from hbgui.ui.marks import Mark
from hbgui.ui.panel import Panel, label, set_text
from hbgui.ui.theme import Theme, set_tone

_WARNINGS = frozenset({ReportsLamp.TCP, ReportsLamp.NO_RECEIVER, ReportsLamp.WRONG})
_PHASES = dict.fromkeys(_WARNINGS, Phase.FAILING) | {ReportsLamp.ARRIVE: Phase.ALIVE}
"""All else is grey: not known here is no trouble."""


class Lamps(Panel):
    """Each lamp is a mark with its words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._accepts = Mark(theme, 14)
        self._accepts_words = label("muted", "acceptsLamp")
        self._reports = Mark(theme, 14)
        self._reports_words = label("muted", "reportsLamp", wrap=True)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.setSpacing(4)
        self._both.addLayout(_row(self._accepts, self._accepts_words))
        self._both.addLayout(_row(self._reports, self._reports_words), 1)
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        # One above the other where there is no room: a squeezed sentence is a tower of words.
        words = (self._accepts_words, self._reports_words)
        needed = sum(w.fontMetrics().horizontalAdvance(w.text()) + 34 for w in words)
        narrow = self.width() < min(needed, 460)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._both.direction() != direction:
            self._both.setDirection(direction)
        super().resizeEvent(event)

    def retranslate(self) -> None:
        self._reports_words.setToolTip(
            self.tr("“Accepted” does not prove that reports arrive at the application server.")
        )

    def show_state(self, pbx: PbxState, now: Moment) -> None:
        """Show both lamps for the state now."""
        phase = pbx.phase(now)
        self._accepts.set_phase(phase)
        set_text(self._accepts_words, self._accepts_text(pbx, phase))
        lamp = pbx.reports_lamp(now)
        self._reports.set_phase(_PHASES.get(lamp, Phase.UNKNOWN))
        set_text(self._reports_words, reports_lamp_sentence(pbx, now))
        set_tone(self._reports_words, "tone", "warn" if lamp in _WARNINGS else "")

    def _accepts_text(self, pbx: PbxState, phase: Phase) -> str:
        """Only what the PBX said is a yes or a no: without an answer of it nobody knows."""
        if phase is Phase.ALIVE:
            return self.tr("PBX accepts: yes")
        refused = (
            pbx.last_contact_attempt is not None
            and pbx.last_contact_attempt.outcome.errno is not None
        )
        if refused and phase in (Phase.REFUSED, Phase.FAILING):
            return self.tr("PBX accepts: no")
        return self.tr("PBX accepts: unknown")


def _row(mark: Mark, words: QLabel) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words, 1)
    row.addSpacing(12)
    return row
