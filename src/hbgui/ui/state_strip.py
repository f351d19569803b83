"""State first: one sentence, the token clock, what was and what comes, and the two buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout

from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.values import Moment
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.access import tls_level_warning
from hbgui.texts.outcomes import result_word
from hbgui.texts.states import state_sentence
from hbgui.ui.access import Access
from hbgui.ui.beat_bar import BeatBar
from hbgui.ui.lamps import Lamps
from hbgui.ui.marks import Mark
from hbgui.ui.panel import Panel, announce, button, clock_time, exactly, label, lately, set_text
from hbgui.ui.pressing import Pressed
from hbgui.ui.target_line import TargetLine
from hbgui.ui.theme import Theme, set_tone
from hbgui.ui.token_clock import TokenClock, bigger

FACTS_SPACING = 24

_PHASE_TONES = {
    Phase.ALIVE: "ok",
    Phase.FAILING: "warn",
    Phase.REFUSED: "bad",
    Phase.STOPPED: "bad",
}


class StateStrip(Panel):
    """Shows one PBX's state. Ticks once a second while it is visible."""

    before_send = Signal()
    """A button was pressed: what is typed has to be handed over first."""

    def __init__(self, hub: Hub, intents: Supervisor, access: Access, theme: Theme) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._hub = hub
        self._intents = intents
        self._access = access
        self._pbx_id = ""
        self._said = ("", Phase.OFF)
        self._build(theme)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        hub.pbx_changed.connect(self._changed)
        self.retranslate()

    def _build(self, theme: Theme) -> None:
        self._mark = Mark(theme, 34)
        self._state = label(name="stateLabel", wrap=True)
        self._state.setFont(bigger(self._state.font(), 1.3))
        self._lamps = Lamps(theme)
        self._weak = label(name="weakLink", wrap=True)
        set_tone(self._weak, "tone", "warn")
        self._clock = TokenClock()
        self._beats = BeatBar(theme)
        self._target = TargetLine()
        self._restore_pressed = Pressed(self._target.restore, self._earlier)
        self._target.restore.clicked.connect(self._restore)
        self._target.more_wanted.connect(self._more_targets)
        self._send = button("sendButton")
        self._send.setProperty("primary", True)
        self._send_pressed = Pressed(self._send, self._shown_sending)
        self._send.clicked.connect(self._send_or_cancel)
        self._send.installEventFilter(self)
        self._keep = button("keepAliveButton")
        self._keep.setCheckable(True)
        self._keep_pressed = Pressed(self._keep, lambda: (self._pbx_id, not self._keep.isChecked()))
        self._keep.toggled.connect(self._keep_toggled)
        self._captions = [label("muted") for _ in range(3)]
        self._facts = [label(name=n) for n in ("lastSuccess", "lastAttempt", "nextHeartbeat")]

        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(10)
        layout.addLayout(self._head())
        layout.addWidget(self._beats)
        layout.addWidget(self._target)
        layout.addLayout(self._actions())

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._state)
        words.addWidget(self._lamps)
        words.addWidget(self._weak)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self._clock)
        return head

    def _actions(self) -> QBoxLayout:
        facts = QGridLayout()
        facts.setHorizontalSpacing(FACTS_SPACING)
        facts.setVerticalSpacing(1)
        for column, (caption, fact) in enumerate(zip(self._captions, self._facts, strict=True)):
            facts.addWidget(caption, 0, column)
            facts.addWidget(fact, 1, column)
        facts.setColumnStretch(3, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._send)
        buttons.addWidget(self._keep)
        buttons.addStretch()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(18)
        self._row.addLayout(buttons)
        self._row.addLayout(facts, 1)
        return self._row

    def show_pbx(self, pbx_id: str) -> None:
        """Show this PBX."""
        self._pbx_id = pbx_id
        self._refresh()

    def set_compact(self, on: bool) -> None:
        """Leave out what other views tell, where the window is low."""
        self._beats.setVisible(not on)
        self._target.setVisible(not on)
        self._hold_height()

    def retranslate(self) -> None:
        captions = (self.tr("Last success"), self.tr("Last attempt"), self.tr("Next heartbeat"))
        for shown, text in zip(self._captions, captions, strict=True):
            shown.setText(text)
        self._keep.setToolTip(self.tr("Send heartbeats again and again, so that the token lives"))
        self._refresh()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._arrange()
        self._hold_height()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        """Put the facts below the buttons where there is no room beside them."""
        columns = zip(self._captions, self._facts, strict=True)
        facts = sum(max(c.sizeHint().width(), f.sizeHint().width()) for c, f in columns)
        buttons = self._send.sizeHint().width() + self._keep.sizeHint().width()
        spacing = 2 * FACTS_SPACING + 80
        narrow = self.width() < buttons + facts + spacing
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._row.direction() != direction:
            self._row.setDirection(direction)
            self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        # The second half of a double click would cancel what the first has sent.
        if watched is self._send and event.type() == QEvent.Type.MouseButtonDblClick:
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self._timer.stop()
        super().hideEvent(event)

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        if pbx_id == self._pbx_id:
            self._refresh()

    @Slot()
    def _tick(self) -> None:
        self._refresh()

    @Slot()
    def _send_or_cancel(self) -> None:
        pbx_id, cancels = self._send_pressed.take()
        self.before_send.emit()
        if pbx_id not in self._hub.state.pbxs:
            return
        if cancels:
            self._intents.cancel(pbx_id)
        else:
            self._access.send(pbx_id)

    def _shown_sending(self) -> tuple[str, bool]:
        """Which PBX the button is for, and whether it cancels."""
        pbx = self._hub.state.pbxs.get(self._pbx_id)
        return self._pbx_id, pbx is not None and pbx.sending

    @Slot(bool)
    def _keep_toggled(self, on: bool) -> None:
        pbx_id, wanted = self._keep_pressed.take_or((self._pbx_id, on))
        self.before_send.emit()
        if pbx_id in self._hub.state.pbxs:
            self._access.keep(pbx_id, wanted)
        self._refresh()

    def _earlier(self) -> tuple[str, ReportTarget | None]:
        """Which PBX the button restores, and what."""
        profile = self._hub.state.profile(self._pbx_id)
        return self._pbx_id, profile.earlier if profile else None

    @Slot()
    def _restore(self) -> None:
        wanted = self._restore_pressed.take()
        # If something else was announced meanwhile, that is a new question.
        if wanted == self._earlier():
            self._intents.restore_target(wanted[0])

    @Slot()
    def _more_targets(self) -> None:
        self.before_send.emit()
        self._access.targets(self._pbx_id)

    def _refresh(self) -> None:
        pbx = self._hub.state.pbxs.get(self._pbx_id)
        if pbx is None:
            return
        now = self._intents.now()
        phase = pbx.phase(now)
        self._mark.set_phase(phase)
        sentence = state_sentence(pbx, now)
        set_text(self._state, sentence)
        if self._said[0] == self._pbx_id and self._said[1] is not phase:
            # Screen readers pass over the text of a label that has not the focus.
            announce(self._state, sentence)
        self._said = (self._pbx_id, phase)
        set_tone(self._state, "tone", _PHASE_TONES.get(phase, ""))
        self._lamps.show_state(pbx, now)
        narrow = self._row.direction() == QBoxLayout.Direction.TopToBottom
        self._clock.show_state(pbx, now, narrow=narrow)
        self._beats.show_beats(pbx.marks)
        profile = self._hub.state.profile(self._pbx_id)
        if profile is not None:
            self._target.show_state(profile, pbx)
            set_text(self._weak, tls_level_warning(profile))
        self._weak.setVisible(bool(self._weak.text()))
        for shown, text in zip(self._facts, self._fact_texts(pbx, now), strict=True):
            set_text(shown, text)
        for shown, tried in zip(
            self._facts, (pbx.accepted, pbx.last_contact_attempt), strict=False
        ):
            shown.setToolTip(exactly(tried.sent.utc) if tried else "")
        self._show_buttons(pbx)
        self._hold_height()

    def _hold_height(self) -> None:
        """Never be squeezed: what is below scrolls."""
        layout = self.layout()
        assert layout is not None, "it was built with one"
        needed = max(0, layout.totalHeightForWidth(self.width()))
        if self.minimumHeight() != needed:
            self.setMinimumHeight(needed)

    def _fact_texts(self, pbx: PbxState, now: Moment) -> tuple[str, str, str]:
        none = "–"
        success = lately(pbx.accepted.sent.utc, now.utc) if pbx.accepted else none
        attempt = none
        if pbx.last_contact_attempt is not None:
            word = result_word(pbx.last_contact_attempt.outcome.kind)
            attempt = f"{lately(pbx.last_contact_attempt.sent.utc, now.utc)}  {word}"
        if pbx.sending:
            due = self.tr("now")
        elif pbx.due_s is None:
            due = self.tr("none planned")
        else:
            due = clock_time(now.utc_of(pbx.due_s))
        return success, attempt, due

    def _show_buttons(self, pbx: PbxState) -> None:
        sending = self.tr("Sending… Cancel") if pbx.sending else self.tr("Send heartbeat")
        keeping = self.tr("Keep alive: on") if pbx.keeping else self.tr("Keep alive: off")
        for shown, text in ((self._send, sending), (self._keep, keeping)):
            if shown.text() != text:
                shown.setText(text)
        if self._keep.isChecked() != pbx.keeping:
            with QSignalBlocker(self._keep):
                self._keep.setChecked(pbx.keeping)
