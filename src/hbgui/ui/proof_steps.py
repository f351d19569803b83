"""The steps of a test of reports: a mark, a sentence, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hbgui.core.state.pbx_state import Phase
from hbgui.core.state.report_checklist import Check, Finding
from hbgui.texts.reports.checklist import cause_and_cure, cause_finding
from hbgui.ui.marks import Mark
from hbgui.ui.panel import Panel, button, label, set_text
from hbgui.ui.theme import Theme

_FINDINGS = {
    Finding.FOUND: Phase.STOPPED,
    Finding.LIKELY: Phase.FAILING,
    Finding.ASK: Phase.UNKNOWN,
    Finding.RULED_OUT: Phase.ALIVE,
}


class StepLine(Panel):
    """One step. Its button is hidden while it has no text."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._mark = Mark(theme, 20)
        self.words = label(name=name, wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        # The first line stands level with the mark.
        self.words.setContentsMargins(0, 2, 0, 0)
        self.button = button(f"{name}Button")
        self.button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        # What is left of the height goes elsewhere.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def retranslate(self) -> None:
        """The dialog does that."""

    def show_step(self, phase: Phase, words: str, action: str = "", mark: str = "") -> None:
        """Show how the step stands, and offer an action. `mark` is what the mark means."""
        self._mark.set_phase(phase)
        self._mark.setToolTip(mark)
        self.words.setAccessibleDescription(mark)
        set_text(self.words, words)
        if self.button.text() != action:
            self.button.setText(action)
        self.button.setVisible(bool(action))


class Causes(QWidget):
    """The checklist of a silent receiver."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("causes")
        self._theme = theme
        self._shown: tuple[Check, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Show each cause with its cure."""
        if checks == self._shown:
            return
        self._shown = checks
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for check in checks:
            self._column.addWidget(self._line(check))
        self._column.addStretch()

    def _line(self, check: Check) -> StepLine:
        line = StepLine(self._theme, f"cause_{check.cause}")
        title, cure = cause_and_cure(check)
        words = f"{title}.\n{cure}" if cure else f"{title}."
        line.show_step(_FINDINGS[check.finding], words, mark=cause_finding(check))
        return line
