"""Where reports will go, spelled out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hbgui.core.profile import ReportTarget
from hbgui.ui.panel import Panel, button, label


class TargetBox(Panel):
    """The report target as the PBX will use it, with a button to copy it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", "target")
        self._known: ReportTarget | None = None
        self._caption = label("muted")
        self._target = label(name="reportTarget", wrap=True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setBold(True)
        self._target.setFont(font)
        self._target.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._copy = button("copyTargetButton")
        self._copy.setProperty("flat", True)
        self._copy.clicked.connect(self._copy_target)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._caption)
        words.addWidget(self._target)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addLayout(words, 1)
        row.addWidget(self._copy)
        self.retranslate()

    def retranslate(self) -> None:
        self._caption.setText(self.tr("Reports will go to"))
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the report target"))
        self.show_target(self._known)

    def show_target(self, target: ReportTarget | None) -> None:
        """Show this target; None while it is not known."""
        self._known = target
        text = f"http://{target}" if target else self.tr("not known yet")
        if self._target.text() != text:
            self._target.setText(text)
        self._copy.setEnabled(target is not None)

    @Slot()
    def _copy_target(self) -> None:
        QGuiApplication.clipboard().setText(self._target.text())
