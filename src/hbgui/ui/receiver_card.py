"""The receiver of one PBX: where it listens, what came, and what is in the way."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from hbgui.core.reports.arrivals import ReportsLamp, still_wrong
from hbgui.core.reports.report import ReportProblem
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.runtime.hub import Hub
from hbgui.runtime.reports.reception import ReceiverManager
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.reports.receiving import receiver_counts_sentence, receiver_sentence
from hbgui.texts.translation import filled
from hbgui.ui.marks import Mark
from hbgui.ui.panel import Panel, button, label, set_text
from hbgui.ui.pressing import Pressed, ask_once_more
from hbgui.ui.theme import Theme, set_tone

_PHASES = {
    ReportsLamp.ARRIVE: Phase.ALIVE,
    ReportsLamp.WRONG: Phase.FAILING,
    ReportsLamp.NO_RECEIVER: Phase.STOPPED,
    ReportsLamp.TCP: Phase.FAILING,
    ReportsLamp.UNPROVEN: Phase.STARTING,
}
NARROW = 620
"""Pixels below which the buttons stand below the words."""


class ReceiverCard(Panel):
    """Switches the receiver on and off."""

    test_wanted = Signal()

    def __init__(
        self, hub: Hub, intents: Supervisor, reports: ReceiverManager, theme: Theme
    ) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._hub = hub
        self._intents = intents
        self._reports = reports
        self._pbx_id = ""
        self._mark = Mark(theme, 22)
        self._words = label(name="receiverState", wrap=True)
        self._counts = label("muted", "receiverCounts", wrap=True)
        self._allow = button("allowSenderButton")
        self._allow_pressed = Pressed(self._allow, lambda: (self._pbx_id, self._stranger()))
        self._allow.clicked.connect(self._allow_sender)
        self._receive = button("receiveButton")
        self._receive.setCheckable(True)
        self._receive_pressed = Pressed(
            self._receive, lambda: (self._pbx_id, not self._receive.isChecked())
        )
        self._receive.toggled.connect(self._toggled)
        self._test = button("testReportsButton")
        self._test.setProperty("primary", True)
        self._test.clicked.connect(self.test_wanted)
        self._assemble()
        hub.pbx_changed.connect(self._changed)
        hub.addresses_changed.connect(self._refresh)
        self.retranslate()

    def _assemble(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._words)
        words.addWidget(self._counts)
        said = QHBoxLayout()
        said.setSpacing(12)
        said.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for each in (self._allow, self._receive, self._test):
            buttons.addWidget(each)
        buttons.addStretch()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(16, 12, 12, 12)
        self._row.setSpacing(12)
        self._row.addLayout(said, 1)
        self._row.addLayout(buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        narrow = self.width() < NARROW
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._row.direction() != direction:
            self._row.setDirection(direction)
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as it gets when the buttons stand below the words."""
        shown = (each for each in (self._allow, self._receive, self._test) if not each.isHidden())
        width = sum(each.minimumSizeHint().width() + 8 for each in shown) + 28
        return QSize(width, super().minimumSizeHint().height())

    def retranslate(self) -> None:
        self._test.setText(self.tr("Test reports…"))
        self._test.setToolTip(self.tr("Proves, step by step, that reports arrive here"))
        self._refresh()

    def show_pbx(self, pbx_id: str) -> None:
        """Show this PBX's receiver."""
        self._pbx_id = pbx_id
        self._refresh()

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        if pbx_id == self._pbx_id:
            self._refresh()

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        pbx_id, wanted = self._receive_pressed.take_or((self._pbx_id, on))
        self._reports.receive(pbx_id, wanted)
        self._refresh()

    def _stranger(self) -> str:
        """The address that is refused, and may be allowed."""
        pbx = self._hub.state.pbxs.get(self._pbx_id)
        stranger = pbx.arrivals.wrongs.get(ReportProblem.WRONG_SENDER) if pbx else None
        return stranger.sender if stranger else ""

    @Slot()
    def _allow_sender(self) -> None:
        pbx_id, sender = self._allow_pressed.take()
        profile = self._hub.state.profile(pbx_id)
        if not sender or profile is None:
            return
        text = self.tr(
            "Take reports for {name} from {sender}, too?\n\nThat is not the address of the PBX. "
            "Whatever comes from {sender} counts as a report until hbgui is closed."
        )
        ask_once_more(
            self.window(),
            "allowSenderDialog",
            filled(text, {"name": profile.label, "sender": sender}),
            lambda: self._reports.allow_sender(pbx_id, sender),
        )

    @Slot()
    def _refresh(self) -> None:
        pbx = self._hub.state.pbxs.get(self._pbx_id)
        profile = self._hub.state.profile(self._pbx_id)
        if pbx is None or profile is None:
            return
        lamp = pbx.reports_lamp(self._intents.now())
        self._mark.set_phase(_PHASES.get(lamp, Phase.OFF))
        set_text(self._words, receiver_sentence(profile, pbx))
        counts = receiver_counts_sentence(pbx)
        set_text(self._counts, counts)
        self._counts.setVisible(bool(counts))
        on = pbx.receiving is not None
        # On is no success where nothing can come in.
        set_tone(
            self._receive, "deaf", "yes" if pbx.receiving and not pbx.receiving.listens else ""
        )
        self._receive.setText(self.tr("Receive: on") if on else self.tr("Receive: off"))
        if self._receive.isChecked() != on:
            with QSignalBlocker(self._receive):
                self._receive.setChecked(on)
        self._show_stranger(pbx)

    def _show_stranger(self, pbx: PbxState) -> None:
        stranger = pbx.arrivals.wrongs.get(ReportProblem.WRONG_SENDER)
        self._allow.setVisible(pbx.receiving is not None and still_wrong(stranger, pbx.receiving))
        if stranger is not None:
            sender = stranger.sender
            self._allow.setText(self.tr("Allow {sender}").replace("{sender}", sender))
            tip = self.tr(
                "Something came from {sender}, which is not the PBX's address, and was refused. "
                "This takes what comes from there, too, until hbgui is closed."
            )
            self._allow.setToolTip(tip.replace("{sender}", sender))
