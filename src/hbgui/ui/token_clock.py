"""How long the token lives: a clock that only an accepted heartbeat winds up."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout

from hbgui.core.api.schedule import TokenHealth
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Moment
from hbgui.texts.states import clock_words
from hbgui.ui.panel import Panel, clock_time, fixed_font, label, set_text
from hbgui.ui.theme import set_tone

_TONES = {
    TokenHealth.GOOD: "ok",
    TokenHealth.AMBER: "warn",
    TokenHealth.RED: "bad",
    TokenHealth.EXPIRED: "bad",
    TokenHealth.UNKNOWN: "muted",
}


class TokenClock(Panel):
    """Minutes and seconds that are left, and until when."""

    def __init__(self) -> None:
        super().__init__()
        self._clock = label(name="tokenClock")
        self._big = bigger(fixed_font(), 1.9)
        self._small = bigger(self._clock.font(), 1.1)
        self._clock.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self._until = label("muted", "tokenGoodUntil")
        self._until.setAlignment(Qt.AlignmentFlag.AlignTrailing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._clock)
        column.addWidget(self._until)
        column.addStretch()

    def retranslate(self) -> None:
        """`show_state` does that, every second."""

    def show_state(self, pbx: PbxState, now: Moment, *, narrow: bool) -> None:
        """Show what is left now; `narrow` where there is little room."""
        words, health = clock_words(pbx, now)
        set_text(self._clock, words)
        # Where there is little room, nothing is said rather than that nothing is known.
        self._clock.setVisible(not narrow or health is not TokenHealth.UNKNOWN)
        # The clock says it, too; the sentence needs the room.
        self._until.setVisible(not narrow)
        counting = health in (TokenHealth.GOOD, TokenHealth.AMBER, TokenHealth.RED)
        set_tone(self._clock, "tone", _TONES[health])
        # After the colour: polishing a widget anew takes its font away.
        self._clock.setFont(self._big if counting else self._small)
        left_s = pbx.token_left_s(now)
        until = ""
        if counting and left_s is not None:
            good_until = clock_time(now.utc_of(now.elapsed_s + left_s), seconds=False)
            until = self.tr("token good until {time}").replace("{time}", good_until)
        set_text(self._until, until)


def bigger(font: QFont, factor: float) -> QFont:
    """The font, larger by that factor, and bold."""
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(True)
    return font
