"""A field for a secret: hidden unless asked for, and gone without a trace when it is done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu

from hbgui.ui.panel import Panel, button, named
from hbgui.ui.secret_clipboard import SecretClipboard


class _Edit(QLineEdit):
    """Copies and cuts by way of the SecretClipboard, however that is asked for."""

    copy_wanted = Signal()
    cut_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.cut_wanted.emit()
        else:
            super().keyPressEvent(event)

    def createStandardContextMenu(self) -> QMenu:  # noqa: N802
        menu = super().createStandardContextMenu()
        for name, wanted in (("edit-copy", self.copy_wanted), ("edit-cut", self.cut_wanted)):
            for action in menu.actions():
                if action.objectName() == name:
                    action.triggered.disconnect()
                    action.triggered.connect(wanted)
        return menu

    def contextMenuEvent(self, event: object) -> None:  # noqa: N802
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())  # type: ignore[attr-defined]


class SecretEdit(Panel):
    """An edit line and the button that shows what is in it. `name` and `show_name` are their
    lasting names.

    The text is taken away with `wipe`, never `clear()`: that could be undone, and shown.
    """

    copied = Signal()
    """The secret went into the clipboard, or left it: see `in_clipboard`."""

    def __init__(self, name: str, show_name: str) -> None:
        super().__init__()
        self.edit = named(_Edit(), name)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setDragEnabled(False)
        self.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.edit.copy_wanted.connect(self._copy)
        self.edit.cut_wanted.connect(self._cut)
        self.edit.installEventFilter(self)
        self._clipboard = SecretClipboard(self)
        self._clipboard.cleared.connect(self.copied)
        self._show = button(show_name)
        self._show.setCheckable(True)
        self._show.toggled.connect(self._shown)
        self._spoken = ("", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self._show)
        self.retranslate()

    @property
    def in_clipboard(self) -> bool:
        """Whether what was copied here is still in the clipboard."""
        return self._clipboard.holds

    def speak(self, show: str, hide: str) -> None:
        """Set what a screen reader calls the button, by what a click would do."""
        self._spoken = (show, hide)
        self.retranslate()

    def wipe(self) -> None:
        """Take the text away for good, and hide what comes next."""
        self.edit.setText("")
        self._show.setChecked(False)
        self._clipboard.forget_selection()

    def retranslate(self) -> None:
        on = self._show.isChecked()
        self._show.setText(self.tr("Hide") if on else self.tr("Show"))
        self._show.setAccessibleName(self._spoken[on])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.edit and event.type() == QEvent.Type.FocusOut:
            self._clipboard.forget_selection()
        return super().eventFilter(watched, event)

    @Slot(bool)
    def _shown(self, on: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)
        if not on:
            self._clipboard.forget_selection()
        self.retranslate()

    @Slot()
    def _copy(self) -> None:
        # What is hidden can be marked, but must not get out that way.
        if self._show.isChecked() and self.edit.hasSelectedText():
            self._clipboard.put(self.edit.selectedText())
            self.copied.emit()

    @Slot()
    def _cut(self) -> None:
        if self._show.isChecked() and self.edit.hasSelectedText():
            self._copy()
            self.edit.insert("")
