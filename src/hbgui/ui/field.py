"""A control with its finding below: what is wrong is said where it is."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from hbgui.core.pbx.validation import Problem, Severity
from hbgui.texts.problems import problem_sentence
from hbgui.ui.panel import label
from hbgui.ui.theme import set_tone

_TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "muted"}
_SHAPES = {Severity.ERROR: "◆ ", Severity.WARNING: "▲ ", Severity.NOTE: ""}
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


class Field(QWidget):
    """A row of a form: caption, control, and a line below it that is hidden while empty."""

    def __init__(self, form: QFormLayout, control: QWidget, *extra: QWidget) -> None:
        super().__init__()
        self.control = control
        self.caption = QLabel()
        self.caption.setProperty("role", "muted")
        self.caption.setBuddy(control)
        self._below = label(name=f"{control.objectName()}Note", wrap=True)
        self._below.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._row = extra[0] if extra else control
        self._row.installEventFilter(self)
        control.installEventFilter(self)
        layout.addWidget(self._row)
        layout.addWidget(self._below)
        for widget in extra[1:]:
            layout.addWidget(widget)
        form.addRow(self.caption, self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        # The caption stays in line with the control, whatever stands below that.
        if watched is self._row and event.type() == QEvent.Type.Resize:
            self.caption.setFixedHeight(self._row.height())
        if watched is self.control and event.type() == QEvent.Type.Wheel:
            # It scrolls the form: a choice that is saved by itself must not follow the wheel.
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def name(self, caption: str, spoken: str) -> None:
        """Set the caption, and the name that a screen reader says."""
        self.caption.setText(caption)
        self.control.setAccessibleName(spoken)

    def show_problems(
        self, problems: Iterable[Problem], hint: str = "", *, warn: bool = False
    ) -> None:
        """Show the gravest problem, else the hint; `warn` if the hint is a warning."""
        found = sorted(problems, key=lambda p: _ORDER.index(p.severity))
        worst = found[0].severity if found else None
        shown = [problem_sentence(p) for p in found if p.severity is worst]
        if worst is None and warn and hint:
            worst, shown = Severity.WARNING, [hint]
        text = _SHAPES[worst] + " ".join(shown) if worst else hint
        if self._below.text() != text:
            self._below.setText(text)
        self._below.setVisible(bool(text))
        set_tone(self._below, "tone", _TONES[worst] if worst else "muted")
        set_tone(self.control, "tone", _TONES[worst] if worst else "")
        self.control.setAccessibleDescription(text)
