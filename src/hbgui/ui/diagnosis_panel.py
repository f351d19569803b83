"""Which link is broken: the chain from this computer to reports that arrive, link by link."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRect, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from hbgui.core.api.outcome import Attempt
from hbgui.core.state.diagnosis_state import DiagnosisState
from hbgui.core.state.pbx_state import PbxState
from hbgui.runtime.diagnostics import Diagnostics
from hbgui.runtime.hub import Hub
from hbgui.ui.device_facts import DeviceFacts
from hbgui.ui.diagnosis_banner import DiagnosisBanner
from hbgui.ui.diagnosis_list import DiagnosisList
from hbgui.ui.diagnosis_text import diagnosis_text, result_of, tone_of
from hbgui.ui.panel import Panel, button, day_and_time, label, named, set_text
from hbgui.ui.remedies import Remedies, Remedy
from hbgui.ui.theme import Theme
from hbgui.ui.vertical_scroll import VerticalScroll


class DiagnosisPanel(Panel):
    """Follows the state of one PBX. What is typed is handed over by whoever hears the signals."""

    diagnose_wanted = Signal()
    check_wanted = Signal()

    def __init__(
        self, hub: Hub, diagnostics: Diagnostics, remedies: Remedies, theme: Theme
    ) -> None:
        super().__init__()
        self._hub = hub
        self._diagnostics = diagnostics
        self._remedies = remedies
        self._pbx_id = ""
        self._shown = DiagnosisState()
        self._diagnose = button("diagnoseButton")
        self._diagnose.setProperty("primary", True)
        self._check = button("checkButton")
        self._cancel = button("cancelDiagnosisButton")
        self._copy = button("copyDiagnosisButton")
        self._summary = label("muted", "diagnosisSummary", wrap=True)
        self._empty = label("muted", "diagnosisEmpty", wrap=True)
        self._banner = DiagnosisBanner(theme)
        self._list = DiagnosisList(theme)
        self._facts = DeviceFacts()
        self._pages = QStackedLayout()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for each in (self._diagnose, self._check, self._cancel):
            buttons.addWidget(each)
        buttons.addStretch()
        buttons.addWidget(self._copy)
        page = named(QWidget(), "page")
        found = QVBoxLayout(page)
        found.setContentsMargins(0, 0, 0, 12)
        found.setSpacing(12)
        found.addWidget(self._banner)
        found.addWidget(self._list)
        found.addWidget(self._facts)
        found.addStretch()
        self._page = page
        self._scroll = VerticalScroll(page)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._scroll)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self._summary)
        column.addLayout(self._pages, 1)

    def _connect(self) -> None:
        self._diagnose.clicked.connect(self.diagnose_wanted)
        self._check.clicked.connect(self.check_wanted)
        self._cancel.clicked.connect(self._cancel_run)
        self._copy.clicked.connect(self._copy_text)
        self._list.row_wanted.connect(self._show_row)
        self._hub.pbx_changed.connect(self._changed)

    def retranslate(self) -> None:
        self._diagnose.setText(self.tr("Diagnose"))
        self._diagnose.setToolTip(
            self.tr("Looks at every link, up to the first broken one. Moves nobody's reports.")
        )
        self._check.setText(self.tr("Check only"))
        self._check.setToolTip(
            self.tr("Asks the PBX whether it takes the token, and what it is. Moves nothing.")
        )
        self._cancel.setText(self.tr("Cancel"))
        self._copy.setText(self.tr("Copy as text"))
        self._empty.setText(
            self.tr(
                "Nothing looked at yet.\n\n"
                "Diagnose walks the chain from this computer to reports that arrive, and says "
                "which link is broken. Check only asks whether the PBX takes the token. "
                "Neither moves anybody's reports."
            )
        )
        self._list.retranslate()
        self._refresh()

    def show_pbx(self, pbx_id: str) -> None:
        """Show what is known of this PBX."""
        self._pbx_id = pbx_id
        self._refresh()

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        pbx = self._hub.state.pbxs.get(pbx_id)
        if pbx_id != self._pbx_id or pbx is None or pbx.diagnosis is self._shown:
            return
        before = self._shown
        self._refresh()
        if before.running and not pbx.diagnosis.running and self.isVisible():
            self._banner.announce()

    @property
    def _pbx(self) -> PbxState | None:
        return self._hub.state.pbxs.get(self._pbx_id)

    def _refresh(self) -> None:
        pbx = self._pbx
        state = pbx.diagnosis if pbx else DiagnosisState()
        if state.number != self._shown.number:
            self._list.clearSelection()
        self._shown = state
        self._show_buttons(state)
        self._pages.setCurrentIndex(0 if state.began is None else 1)
        set_text(self._summary, self._summary_of(state))
        self._summary.setVisible(state.began is not None)
        self._list.setVisible(bool(state.steps))
        self._list.show_steps(state.steps)
        result = result_of(state)
        if result is None:
            self._banner.hide()
        else:
            self._banner.show_message(tone_of(state), result, self._remedy(state))
        told = state.checked or state.diagnosis
        at = state.ended.utc if state.ended else None
        self._facts.show_device(told.device if told else None, at)

    def _show_buttons(self, state: DiagnosisState) -> None:
        """The focus stays with what goes on: a button that goes away hands it over."""
        had = next((b for b in self._buttons() if b.hasFocus()), None)
        self._cancel.setVisible(state.running)
        for each in (self._diagnose, self._check):
            each.setEnabled(not state.running and self._pbx is not None)
        self._copy.setVisible(state.ended is not None)
        if had is not None and not (had.isEnabled() and had.isVisible()):
            (self._cancel if state.running else self._starter(state)).setFocus()

    def _starter(self, state: DiagnosisState) -> QPushButton:
        return self._check if state.check_only else self._diagnose

    def _buttons(self) -> tuple[QPushButton, ...]:
        return self._diagnose, self._check, self._cancel

    def _summary_of(self, state: DiagnosisState) -> str:
        if state.running and state.check_only:
            return self.tr("Asking the PBX…")
        if state.running:
            looked_at = sum(step.ms is not None for step in state.steps)
            text = self.tr("Looking at the links… {number} of {all}")
            text = text.replace("{number}", str(looked_at))
            return text.replace("{all}", str(len(state.steps)))
        if state.began is None:
            return ""
        if state.cancelled:
            return self.tr("Cancelled. What was found until then stands below.")
        took = self.tr("took {seconds} s")
        took = took.replace("{seconds}", QLocale().toString(state.took_s, "f", 1))
        return f"{day_and_time(state.began.utc)} · {took}"

    def _remedy(self, state: DiagnosisState) -> Remedy | None:
        """What one click can do about the result."""
        if state.checked is not None:
            return self._remedies.find(self._pbx_id, state.checked.attempt)
        broken = state.diagnosis.first_broken if state.diagnosis else None
        if state.diagnosis is None or broken is None or broken.outcome is None:
            return None
        attempt = Attempt(state.diagnosis.at, broken.outcome, state.diagnosis.address)
        return self._remedies.mend(self._pbx_id, attempt)

    @Slot(QRect)
    def _show_row(self, rect: QRect) -> None:
        rect = QRect(self._list.mapTo(self._page, rect.topLeft()), rect.size())
        for y in (rect.bottom(), rect.top()):
            self._scroll.ensureVisible(rect.left(), y, 0, 8)

    @Slot()
    def _cancel_run(self) -> None:
        self._diagnostics.cancel(self._pbx_id)

    @Slot()
    def _copy_text(self) -> None:
        profile = self._hub.state.profile(self._pbx_id)
        if profile is not None:
            text = diagnosis_text(profile, self._shown, self._facts.facts)
            QGuiApplication.clipboard().setText(text)
