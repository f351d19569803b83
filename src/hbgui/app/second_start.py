"""A second start: the window that is open already comes to the front."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMessageBox

from hbgui.app.qt_setup import new_application, tell
from hbgui.runtime.named_lock import NamedLock
from hbgui.runtime.process import UnixSignals
from hbgui.runtime.single_instance import PATIENCE_S, shown_by_first
from hbgui.texts.notes import note_message

NO_ANSWER = 3
"""The exit code where the first window does not answer, as for a PBX that does not."""

DIALOG_MS = 8_000
"""Nobody may be there to close it, and the start must end."""


class SecondStart:
    """The program while another one has the lock of the window: nothing else of it is built."""

    def __init__(self, lock: NamedLock, lock_file: Path) -> None:
        self._lock = lock
        self._file = lock_file
        self._shown = shown_by_first(lock, lock_file.parent)

    @property
    def has_become_first(self) -> bool:
        """Whether the lock was given back meanwhile, and is ours now."""
        return not self._shown and self._lock.acquire()

    def shown_by_another(self) -> bool:
        """Whether the window that is open has come to the front."""
        return self._shown

    def run(self) -> int:
        """Say that it does not answer; the exit code."""
        code, values = self._why()
        tell(code, values)
        app = new_application()
        signals = UnixSignals(app.quit)
        told = note_message(code, values)
        box = QMessageBox(QMessageBox.Icon.Warning, "hbgui", f"{told.title}.")
        box.setObjectName("runsAlreadyDialog")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(f"{told.why} {told.advice}")
        box.finished.connect(app.quit)
        QTimer.singleShot(DIALOG_MS, box.reject)
        box.open()
        app.exec()
        signals.close()
        return NO_ANSWER

    def _why(self) -> tuple[str, dict[str, str]]:
        holder = self._lock.holder()
        if holder is None:
            return "runs_already_unnamed", {"path": str(self._file)}
        values = {"pid": str(holder.pid), "host": holder.host, "seconds": f"{PATIENCE_S:.0f}"}
        return "runs_already" if holder.here else "runs_already_elsewhere", values
