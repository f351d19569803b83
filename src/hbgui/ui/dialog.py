"""What dialogs have in common: one margin, one spacing, gone when closed, in any language."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QLayout, QPushButton, QVBoxLayout, QWidget


class Dialog(QDialog):
    """A window-modal dialog. It is deleted when it closes; nothing waits for it."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 18, 20, 14)
        self._column.setSpacing(12)

    def add(self, part: QWidget | QLayout) -> None:
        """Put a part below those that are there."""
        if isinstance(part, QWidget):
            self._column.addWidget(part)
        else:
            self._column.addLayout(part)

    def choose_by_enter(self, chosen: QPushButton) -> None:
        """Let Enter press this button, wherever the focus is in a field, and no other."""
        for each in self.findChildren(QPushButton):
            each.setAutoDefault(False)
        chosen.setDefault(True)

    def fit(self) -> None:
        """Grow to what the texts need now. A dialog does not do that by itself."""
        needed = self._column.totalHeightForWidth(self.width())
        if needed > self.height():
            self.resize(self.width(), needed)

    def retranslate(self) -> None:
        """Set every text anew."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
