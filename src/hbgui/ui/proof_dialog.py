"""Do the reports arrive? One test from the heartbeat to the telephone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QProgressBar, QPushButton, QWidget

from hbgui.core.pbx.address import host_of
from hbgui.core.reports.arrivals import announces, proof_of
from hbgui.core.reports.receiving import Place, rule
from hbgui.core.reports.report import Report
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.state.report_checklist import Situation, checklist
from hbgui.runtime.hub import Hub
from hbgui.runtime.reports.reception import ReceiverManager
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.outcomes import Message, outcome_message
from hbgui.texts.reports.receiving import arrival_sentence, not_listening_message, receiver_sentence
from hbgui.ui.dialog import Dialog
from hbgui.ui.panel import announce, clock_time, label, named
from hbgui.ui.proof_steps import Causes, StepLine
from hbgui.ui.theme import Theme
from hbgui.ui.vertical_scroll import VerticalScroll

WAIT_S = 60.0
"""Seconds that a person gets to reach a telephone; the wait can be prolonged."""

_TICK_MS = 250


class ProofDialog(Dialog):
    """Switches the receiver on, and waits for a report that is in order.

    It is not modal: what it asks for is done in the window. `send` sends a heartbeat.
    """

    def __init__(
        self,
        parent: QWidget,
        hub: Hub,
        intents: Supervisor,
        reports: ReceiverManager,
        theme: Theme,
        pbx_id: str,
        send: Callable[[str], None],
    ) -> None:
        super().__init__(parent, "proofDialog")
        self._hub = hub
        self._intents = intents
        self._pbx_id = pbx_id
        self._send = send
        self._began = intents.now()
        self._came: Report | None = None
        self._asked = False
        self._ends_s: float | None = None
        self._title = label("title", "proofTitle", wrap=True)
        steps = ("proofReceiver", "proofHeartbeat", "proofPhone", "proofResult")
        self._lines = [StepLine(theme, name) for name in steps]
        self._bar = named(QProgressBar(), "proofProgress")
        self._bar.setTextVisible(False)
        self._bar.setRange(0, int(WAIT_S * 10))
        self._causes = Causes(theme)
        self._scroll = VerticalScroll(self._causes)
        self._more = named(QPushButton(), "proofMoreButton")
        self._rule = named(QPushButton(), "copyFirewallRuleButton")
        self._close = named(QPushButton(), "proofCloseButton")
        self._assemble()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._refresh)
        hub.pbx_changed.connect(self._changed)
        reports.receive(pbx_id, True)
        self.retranslate()
        self._timer.start()

    def _assemble(self) -> None:
        buttons = QDialogButtonBox()
        for each, role in (
            (self._close, QDialogButtonBox.ButtonRole.RejectRole),
            (self._more, QDialogButtonBox.ButtonRole.ActionRole),
            (self._rule, QDialogButtonBox.ButtonRole.ActionRole),
        ):
            buttons.addButton(each, role)
        buttons.rejected.connect(self.reject)
        self._more.clicked.connect(self._wait_on)
        self._rule.clicked.connect(self._copy_rule)
        self._lines[1].button.clicked.connect(self._send_heartbeat)
        self.add(self._title)
        for line in self._lines[:3]:
            self.add(line)
        self.add(self._bar)
        self.add(self._lines[3])
        self._column.addWidget(self._scroll, 1)
        self._column.addStretch()
        self.add(buttons)
        self.resize(620, 250)

    def retranslate(self) -> None:
        profile = self._hub.state.profile(self._pbx_id)
        name = profile.label if profile else ""
        self.setWindowTitle(self.tr("Test reports: {name}").replace("{name}", name))
        self._title.setText(self.tr("Do the reports of {name} arrive?").replace("{name}", name))
        self._bar.setAccessibleName(self.tr("Time left"))
        self._causes.setAccessibleName(self.tr("Why no report may have come"))
        self._more.setText(self.tr("&Wait another minute"))
        self._rule.setText(self.tr("Copy &firewall rule"))
        self._close.setText(self.tr("Close"))
        self._refresh()

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        if pbx_id == self._pbx_id:
            self._refresh()

    @Slot()
    def _send_heartbeat(self) -> None:
        self._asked = True
        self._send(self._pbx_id)

    @Slot()
    def _wait_on(self) -> None:
        self._ends_s = None
        self._refresh()

    @Slot()
    def _copy_rule(self) -> None:
        pbx = self._hub.state.pbxs.get(self._pbx_id)
        profile = self._hub.state.profile(self._pbx_id)
        if pbx is not None and pbx.receiving is not None and profile is not None:
            command = rule(pbx.receiving.place.port, host_of(profile.pbx))
            QGuiApplication.clipboard().setText(command)
            self._rule.setToolTip(command)
            self._rule.setText(self.tr("&Firewall rule copied"))

    @Slot()
    def _refresh(self) -> None:
        pbx = self._hub.state.pbxs.get(self._pbx_id)
        if pbx is None:
            self.reject()
            return
        report = self._arrived(pbx)
        listens = self._show_receiver(pbx)
        announced = self._show_heartbeat(pbx)
        left_s = self._left_s(ready=listens and announced)
        self._show_phone(report, left_s)
        over = report is None and left_s == 0
        self._show_result(pbx, report, over=over)
        self._show_causes(pbx, shown=over)

    def _show_result(self, pbx: PbxState, report: Report | None, *, over: bool) -> None:
        line, known = self._lines[3], report is not None or over
        news = known and line.isHidden()
        line.setVisible(known)
        if report is not None:
            line.show_step(Phase.ALIVE, self._story(pbx, report))
            self._timer.stop()
        elif over:
            line.show_step(Phase.FAILING, self.tr("No report came. Usual causes:"))
        if news:
            # Nobody's focus is here: they were at the telephone.
            announce(self, line.words.text())

    def _arrived(self, pbx: PbxState) -> Report | None:
        """The first report in order since the test began; those after it change nothing."""
        last = pbx.arrivals.last
        if self._came is None and last is not None and last.received.since(self._began) >= 0:
            self._came = last
        return self._came

    def _show_receiver(self, pbx: PbxState) -> bool:
        receiving = pbx.receiving
        if receiving is None:
            self._lines[0].show_step(Phase.STARTING, self.tr("hbgui begins to listen…"))
            return False
        if not receiving.listens:
            message = not_listening_message(receiving)
            words = f"{message.cause}\n{message.advice}"
            self._lines[0].show_step(Phase.STOPPED, words)
            return False
        profile = self._hub.state.profile(self._pbx_id)
        assert profile is not None, "it is shown"
        self._lines[0].show_step(Phase.ALIVE, receiver_sentence(profile, pbx))
        return True

    def _show_heartbeat(self, pbx: PbxState) -> bool:
        place = pbx.receiving.place if pbx.receiving else None
        if pbx.accepted is not None and place and announces(pbx.accepted, place):
            text = self.tr("The heartbeat of {time} announced this place")
            at = clock_time(pbx.accepted.sent.utc)
            self._lines[1].show_step(Phase.ALIVE, text.replace("{time}", at))
            if self._asked:
                # A question in between has given the keyboard to the window.
                self._asked = False
                self.activateWindow()
            return True
        text = self.tr("hbgui has not announced this place yet: a heartbeat does")
        if pbx.accepted is not None and place:
            text = self.tr("The PBX was last told to send to {target}; a heartbeat changes that")
            text = text.replace("{target}", pbx.accepted.target)
        phase = Phase.UNKNOWN
        failure = self._failure(pbx)
        if failure is not None:
            text, phase = f"{failure.cause}\n{failure.advice}", Phase.STOPPED
        phase = Phase.STARTING if pbx.sending else phase
        action = "" if pbx.sending else self.tr("Send heartbeat")
        self._lines[1].show_step(phase, text, action)
        if failure is not None:
            self.fit()
        return False

    def _failure(self, pbx: PbxState) -> Message | None:
        """Why the last heartbeat of this test was not accepted."""
        last = pbx.last
        if last is None or last.outcome.accepted or last.sent.since(self._began) < 0:
            return None
        return outcome_message(last.outcome, last.address, last.target)

    def _left_s(self, *, ready: bool) -> float | None:
        """Seconds to wait; None: the wait has not begun."""
        now_s = self._intents.now().elapsed_s
        if self._ends_s is None and ready:
            self._ends_s = now_s + WAIT_S
        return None if self._ends_s is None else max(0.0, self._ends_s - now_s)

    def _show_phone(self, report: Report | None, left_s: float | None) -> None:
        text = self.tr("Then lift the handset of a monitored extension, or call one")
        phase = Phase.UNKNOWN
        if report is not None:
            phase = Phase.ALIVE
            text = self.tr("Something happened at the PBX, and it reported that")
        elif left_s:
            phase = Phase.STARTING
            text = self.tr(
                "Now lift the handset of a monitored extension, or call one. {seconds} s left"
            ).replace("{seconds}", f"{left_s:.0f}")
        elif left_s == 0:
            text = self.tr("The minute for lifting a handset is over")
        self._lines[2].show_step(phase, text)
        waiting = report is None and bool(left_s)
        self._bar.setVisible(waiting)
        if waiting and left_s:
            self._bar.setValue(int(left_s * 10))
        self._more.setVisible(report is None and left_s == 0)

    def _story(self, pbx: PbxState, report: Report) -> str:
        receiving = pbx.receiving
        place = receiving.place if receiving else Place("", 0, report.path)
        return arrival_sentence(proof_of(report, place, pbx.accepted))

    def _show_causes(self, pbx: PbxState, *, shown: bool) -> None:
        self._scroll.setVisible(shown)
        self._rule.setVisible(shown and pbx.receiving is not None)
        profile = self._hub.state.profile(self._pbx_id)
        if not shown or profile is None:
            return
        seen = Situation(profile, pbx, self._intents.now(), self._hub.state.addresses)
        self._causes.show_checks(checklist(seen))
        if self.height() < 560:
            self.resize(max(self.width(), 660), 620)
