"""What a diagnosis comes to: the first broken link with cause and cure, above all others."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hbgui.core.state.pbx_state import Phase
from hbgui.texts.outcomes import Message
from hbgui.ui.marks import Mark
from hbgui.ui.panel import Panel, button, label, set_text
from hbgui.ui.pressing import Pressed
from hbgui.ui.remedies import Remedy
from hbgui.ui.theme import Theme, set_tone

_PHASES = {"ok": Phase.ALIVE, "warn": Phase.FAILING, "bad": Phase.REFUSED}


class DiagnosisBanner(Panel):
    """One message, with a button where one click mends it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._message = Message("", "", "")
        self._remedy: Remedy | None = None
        self._mark = Mark(theme, 20)
        # One label, so that a screen reader reads one message.
        self._text = label(name="diagnosisResult", wrap=True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = button("diagnosisAction")
        self._pressed = Pressed(self._action, lambda: self._remedy)
        self._action.clicked.connect(self._act)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(12)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(self._text)
        column.addWidget(self._action, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(column, 1)
        self.hide()

    def show_message(self, tone: str, message: Message, remedy: Remedy | None) -> None:
        """Show it; `tone` is "ok", "warn" or "bad"."""
        self._message, self._remedy = message, remedy
        self._mark.set_phase(_PHASES[tone])
        set_tone(self, "bar", tone)
        self.retranslate()
        self.show()

    def announce(self) -> None:
        """Have it read out: it is new."""
        QAccessible.updateAccessibility(QAccessibleEvent(self._text, QAccessible.Event.Alert))

    def retranslate(self) -> None:
        parts = (self._message.why, self._message.advice)
        title = html.escape(self._message.title)
        lines = [f"<p style='margin: 0'><b>{title}</b></p>"] if title else []
        lines += [f"<p style='margin: 4px 0 0 0'>{html.escape(part)}</p>" for part in parts if part]
        set_text(self._text, "".join(lines))
        self._action.setVisible(self._remedy is not None)
        if self._remedy is not None:
            name: Callable[[], str] = self._remedy[0]
            self._action.setText(name())

    @Slot()
    def _act(self) -> None:
        remedy = self._pressed.take()
        if remedy is not None:
            remedy[1]()
