"""What happened, why, what to do next: above the form that it concerns, pushing it down."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout

from hbgui.core.state.pbx_state import Phase
from hbgui.texts.outcomes import Message
from hbgui.ui.marks import Mark
from hbgui.ui.panel import Panel, button, label, named
from hbgui.ui.pressing import Pressed
from hbgui.ui.theme import Theme, set_tone

NARROW = 560
"""Pixels below which the button stands under the text."""

_PHASES = {"ok": Phase.ALIVE, "warn": Phase.FAILING, "bad": Phase.STOPPED}


class MessageBar(Panel):
    """One message at a time. It is given as a function, so that it can change language."""

    closed = Signal()
    """The message went away, by hand or in its own time."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._message: Callable[[], Message] | None = None
        self._do: Callable[[], None] | None = None
        self._action_text: Callable[[], str] = str
        self._mark = Mark(theme, 20)
        # One label, so that a screen reader reads one message.
        self._text = label(name=name, wrap=True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._action = button(f"{name}Action")
        self._action_pressed = Pressed(self._action, lambda: (self._message, self._do))
        self._action.clicked.connect(self._act)
        self._close = named(QPushButton("✕"), f"{name}Close")
        self._close.setProperty("flat", True)
        self._close_pressed = Pressed(self._close, lambda: self._message)
        self._close.clicked.connect(lambda: self._dismiss(self._close_pressed.take()))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(10)
        mark = QVBoxLayout()
        mark.setContentsMargins(0, 3, 0, 0)
        mark.addWidget(self._mark)
        mark.addStretch()
        row.addLayout(mark)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(8)
        self._middle.addWidget(self._text, 1)
        self._middle.addWidget(self._action)
        row.addLayout(self._middle, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.retranslate()
        self.hide()

    def show_message(
        self,
        tone: str,
        message: Callable[[], Message],
        *,
        action: tuple[Callable[[], str], Callable[[], None]] | None = None,
        life_ms: int = 0,
    ) -> None:
        """Show a message in place of the present one.

        `tone` is "ok", "warn" or "bad". `action` is the text of a button and what it does;
        `life_ms` above 0 lets the message go by itself.
        """
        # Without hiding: a button that is being pressed would be let go.
        self._forget()
        self._message = message
        self._action_text, self._do = action or (str, None)
        self._action.setVisible(action is not None)
        self._mark.set_phase(_PHASES[tone])
        set_tone(self, "bar", tone)
        self.retranslate()
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self._text, QAccessible.Event.Alert))
        if life_ms:
            self._timer.start(life_ms)

    @Slot()
    def dismiss(self) -> None:
        """Take the message away, if there is one."""
        if self._message is not None:
            self.hide()
            self._forget()

    def _forget(self) -> None:
        if self._message is not None:
            self._message = None
            self._timer.stop()
            self.closed.emit()

    def retranslate(self) -> None:
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.setToolTip(self.tr("Close this message"))
        if self._message is not None:
            message = self._message()
            rest = " ".join(part for part in (message.why, message.advice) if part)
            lines = f"<b>{html.escape(message.title)}</b>"
            self._text.setText(f"{lines}<br>{html.escape(rest)}" if rest else lines)
            self._action.setText(self._action_text())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        # In a narrow window the text needs the whole width.
        narrow = self.width() < NARROW
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._middle.direction() != direction:
            self._middle.setDirection(direction)
            left = Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag(0)
            self._middle.setAlignment(self._action, left)
        super().resizeEvent(event)

    @Slot()
    def _act(self) -> None:
        message, do = self._action_pressed.take()
        if do is not None:
            do()
        self._dismiss(message)

    def _dismiss(self, message: Callable[[], Message] | None) -> None:
        """Take this message away, and none that came after it."""
        if message is self._message:
            self.dismiss()
