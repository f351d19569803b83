"""The one way in which a secret is typed, looked at and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QClipboard,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from hbgui.ui.panel import Panel, button, named
from hbgui.ui.secret_clipboard import SecretClipboard

_KEY = QKeySequence.StandardKey
_SENSITIVE = (
    Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
)


class SecretEdit(Panel):
    """A field of bullets, and a button that shows the text as long as it is pressed in.

    The field itself is `edit`. While it is shown, its text can be copied, through `clipboard`.
    """

    copied_changed = Signal()
    """`copied_note` is another than before."""

    def __init__(self, name: str, show_name: str, clipboard: SecretClipboard) -> None:
        super().__init__()
        self._copied = False
        self._spoken = ("", "")
        self._secrets = clipboard
        self.edit = named(_SecretLine(clipboard), name)
        self.edit.was_copied.connect(self._was_copied)
        clipboard.released.connect(self._was_released)
        self._show = button(show_name)
        self._show.setCheckable(True)
        self._show.toggled.connect(self._shown)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self._show)
        self.retranslate()

    def text(self) -> str:
        """What was typed."""
        return self.edit.text()

    def wipe(self) -> None:
        """Take the text away for good, and show the next one as bullets."""
        # Not clear(): that could be undone.
        self.edit.setText("")
        self._show.setChecked(False)

    def speak(self, show: str, hide: str) -> None:
        """Set what a screen reader says for the button, before and after it was pressed."""
        self._spoken = (show, hide)
        self.retranslate()

    def copied_note(self) -> str:
        """What to say while something of this field is to be cleared from the clipboard, or ""."""
        if not self._copied:
            return ""
        text = self.tr("Copied. The clipboard is cleared after {seconds} seconds.")
        return text.replace("{seconds}", str(self._secrets.clear_after_s))

    def retranslate(self) -> None:
        on = self._show.isChecked()
        self._show.setText(self.tr("Hide") if on else self.tr("Show"))
        self._show.setAccessibleName(self._spoken[on])

    @Slot(bool)
    def _shown(self, on: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)
        self.retranslate()

    @Slot()
    def _was_copied(self) -> None:
        self._copied = True
        self.copied_changed.emit()

    @Slot()
    def _was_released(self) -> None:
        if self._copied:
            self._copied = False
            self.copied_changed.emit()


class _SecretLine(QLineEdit):
    """A field whose text leaves it through a SecretClipboard only."""

    was_copied = Signal()

    def __init__(self, clipboard: SecretClipboard) -> None:
        super().__init__()
        self._secrets = clipboard
        self._clipboard = QGuiApplication.clipboard()
        self._has_primary = False
        self._clipboard.dataChanged.connect(self._data_changed)
        self._clipboard.selectionChanged.connect(self._selection_taken)
        self.setDragEnabled(False)
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def setEchoMode(self, mode: QLineEdit.EchoMode) -> None:  # noqa: N802
        if mode is not QLineEdit.EchoMode.Normal:
            self.drop_selection()
        super().setEchoMode(mode)
        # Qt drops them together with the bullets.
        self.setInputMethodHints(self.inputMethodHints() | _SENSITIVE)

    def copy(self) -> None:
        if self._open and self.hasSelectedText():
            self._secrets.put(self.selectedText())
            self.was_copied.emit()

    def cut(self) -> None:
        if self._open and self.hasSelectedText():
            self.copy()
            self.del_()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        # Qt's own handling would copy without the hints, and Windows look before they are there.
        if event.matches(_KEY.Copy):
            self.copy()
        elif event.matches(_KEY.Cut):
            self.cut()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, act in (("edit-copy", self.copy), ("edit-cut", self.cut)):
            action = menu.findChild(QAction, name)
            if isinstance(action, QAction):
                action.triggered.disconnect()
                action.triggered.connect(act)
        menu.popup(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        # Hiding the field or its window takes the focus, too.
        super().focusOutEvent(event)
        self.drop_selection()

    def drop_selection(self) -> None:
        """Clear the X11 selection if it was made here and nobody else has made one since."""
        if self._has_primary and self._clipboard.ownsSelection():
            self._clipboard.clear(QClipboard.Mode.Selection)
        self._has_primary = False

    @property
    def _open(self) -> bool:
        return self.echoMode() is QLineEdit.EchoMode.Normal

    @Slot()
    def _data_changed(self) -> None:
        """Mark what left by another way: keys that cut to the end, helpers of other programs."""
        if self._open and self._clipboard.ownsClipboard() and not self._secrets.is_marked():
            text = self._clipboard.text()
            if text and text in self.text():
                self._secrets.put(text)
                self.was_copied.emit()

    @Slot()
    def _selection_taken(self) -> None:
        self._has_primary = self._open and self._clipboard.ownsSelection() and self.hasFocus()
        if self._has_primary:
            self._secrets.mark_selection()
