"""A copied secret: kept out of clipboard managers, and gone after half a minute."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

from hbgui.core.values import Secret

CLEAR_AFTER_MS = 30_000
_ASKED_OUT = "x-kde-passwordManagerHint"
# All of them everywhere: a system passes over the names that it does not know.
_HINTS = {
    # Klipper, CopyQ and others on X11 and Wayland.
    _ASKED_OUT: b"secret",
    # Windows' own history and cloud, each a DWORD; the first counts by being there.
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': (
        b"\x01\0\0\0"
    ),
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\0\0\0\0",
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': b"\0\0\0\0",
    # macOS: by this name for org.nspasteboard.ConcealedType. Qt gives it its own prefix there,
    # so that only managers that know Qt's names see it.
    "application/x-nspasteboard-concealed-type": b"secret",
}


def marked(text: str) -> QMimeData:
    """The text with the hints by which clipboard managers leave it alone."""
    data = QMimeData()
    data.setText(text)
    for name, value in _HINTS.items():
        data.setData(name, value)
    return data


class SecretClipboard(QObject):
    """Puts secrets into the clipboard and takes them out again. One for each application.

    `clear_after_ms` is in milliseconds. GUI thread only.
    """

    released = Signal()
    """The secret that was copied last is not in the clipboard any more, as far as is known."""

    def __init__(
        self, parent: QObject | None = None, *, clear_after_ms: int = CLEAR_AFTER_MS
    ) -> None:
        super().__init__(parent)
        self._clipboard = QGuiApplication.clipboard()
        self._held = Secret("")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(clear_after_ms)
        self._timer.timeout.connect(self.close)
        self._clipboard.dataChanged.connect(self._changed)
        app = QCoreApplication.instance()
        assert app is not None, "a clipboard needs one"
        app.aboutToQuit.connect(self.close)

    @property
    def clear_after_s(self) -> int:
        """Whole seconds that a secret stays."""
        return self._timer.interval() // 1000

    def put(self, text: str) -> None:
        """Copy a secret; it is cleared in time unless something else was copied since."""
        if self._held:
            self._release()
        self._held = Secret(text)
        self._timer.start()
        self._clipboard.setMimeData(marked(text))

    def is_marked(self, mode: QClipboard.Mode = QClipboard.Mode.Clipboard) -> bool:
        """Whether what is copied, or selected (X11), has the hints already."""
        return self._clipboard.mimeData(mode).hasFormat(_ASKED_OUT)

    def mark_selection(self) -> None:
        """Keep the text that this program has just selected (X11) out of clipboard managers."""
        mode = QClipboard.Mode.Selection
        if not self.is_marked(mode):
            self._clipboard.setMimeData(marked(self._clipboard.text(mode)), mode)

    @Slot()
    def close(self) -> None:
        """Clear the clipboard now if it still holds the secret. Can be called twice.

        Another program that has the clipboard by then is not asked what is in it: Qt would wait
        up to 15 seconds for one that hangs (X11: three questions of five seconds).
        """
        self._timer.stop()
        if self._held:
            if self._clipboard.ownsClipboard() and self._holds():
                self._clipboard.clear()
            self._release()

    def _holds(self) -> bool:
        return Secret(self._clipboard.text()) == self._held

    def _release(self) -> None:
        self._held = Secret("")
        self.released.emit()

    @Slot()
    def _changed(self) -> None:
        # Only what is our own is looked at: a manager may have taken the same text over.
        if self._held and self._clipboard.ownsClipboard() and not self._holds():
            self._timer.stop()
            self._release()
