"""Secrets in the clipboard: kept out of its managers, and not for long."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

CLEAR_MS = 30_000

_WINDOWS = 'application/x-qt-windows-mime;value="{}"'
_HINTS = {
    # KDE's Klipper and, following it, most managers on Linux.
    "x-kde-passwordManagerHint": b"secret",
    _WINDOWS.format("ExcludeClipboardContentFromMonitorProcessing"): b"\0\0\0\0",
    _WINDOWS.format("CanIncludeInClipboardHistory"): b"\0\0\0\0",
    _WINDOWS.format("CanUploadToCloudClipboard"): b"\0\0\0\0",
}
"""What asks clipboard managers not to keep the content."""


class SecretClipboard(QObject):
    """Watches one secret's way through the clipboard. GUI thread only.

    `clear_ms` is how long a copied secret stays, in milliseconds.
    """

    cleared = Signal()
    """The secret is not in the clipboard any more, or somebody else's text is."""

    def __init__(self, parent: QObject, clear_ms: int = CLEAR_MS) -> None:
        super().__init__(parent)
        self._clipboard = QGuiApplication.clipboard()
        self._held = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(clear_ms)
        self._timer.timeout.connect(self.clear)
        self._clipboard.dataChanged.connect(self._changed)
        app = QCoreApplication.instance()
        assert app is not None, "a clipboard belongs to an application"
        app.aboutToQuit.connect(self.clear)

    @property
    def holds(self) -> bool:
        """Whether a secret that was put here is still in the clipboard."""
        return bool(self._held)

    def put(self, text: str) -> None:
        """Put a secret into the clipboard, for a while."""
        data = QMimeData()
        data.setText(text)
        for kind, value in _HINTS.items():
            data.setData(kind, value)
        self._held = text
        self._clipboard.setMimeData(data)
        self._timer.start()

    @Slot()
    def clear(self) -> None:
        """Empty the clipboard if it still holds the secret. May be called at any time."""
        self._timer.stop()
        held, self._held = self._held, ""
        if held:
            if self._clipboard.text() == held:
                self._clipboard.clear()
            self.cleared.emit()

    def forget_selection(self) -> None:
        """Let go of X11's other clipboard, which holds what was marked last."""
        if self._clipboard.supportsSelection() and self._clipboard.ownsSelection():
            self._clipboard.clear(QClipboard.Mode.Selection)

    @Slot()
    def _changed(self) -> None:
        if self._held and not self._clipboard.ownsClipboard():
            self._timer.stop()
            self._held = ""
            self.cleared.emit()
