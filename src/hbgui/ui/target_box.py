"""Where reports will go, spelled out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hbgui.core.pbx.destination import ReportTarget
from hbgui.ui.panel import Panel, button, fixed_font, label
from hbgui.ui.wrap_label import is_long

_FLAG = Qt.TextInteractionFlag
_NONE = _FLAG.NoTextInteraction
_SELECTABLE = _FLAG.TextSelectableByMouse | _FLAG.TextSelectableByKeyboard


class TargetBox(Panel):
    """The report target as the PBX will use it, with a button to copy it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", "target")
        self._known: ReportTarget | None = None
        self._now: ReportTarget | None = None
        self._caption = label("muted")
        self._target = label(name="reportTarget", wrap=True)
        self._target.setFont(fixed_font())
        self._before = label("muted", "presentTarget", wrap=True)
        self._copy = button("copyTargetButton")
        self._copy.setProperty("flat", True)
        self._copy.clicked.connect(self._copy_target)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._caption)
        words.addWidget(self._target)
        words.addWidget(self._before)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addLayout(words, 1)
        row.addWidget(self._copy)
        self.retranslate()

    def retranslate(self) -> None:
        self._caption.setText(self.tr("Reports will go to"))
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the report target"))
        self.show_target(self._known, self._now)

    def show_target(self, target: ReportTarget | None, now: ReportTarget | None) -> None:
        """Show this target, None while it is not known, and where reports go `now`."""
        self._known, self._now = target, now
        moves = now is not None and target is not None and not target.same_place(now)
        self._before.setVisible(moves)
        self._before.setText(self.tr("now: {target}").replace("{target}", f"http://{now}"))
        text = f"http://{target}" if target else self.tr("not known yet")
        if self._target.text() != text:
            self._target.setTextInteractionFlags(_NONE if is_long(text) else _SELECTABLE)
            self._target.setText(text)
        self._copy.setEnabled(target is not None)

    @Slot()
    def _copy_target(self) -> None:
        QGuiApplication.clipboard().setText(self._target.text())
