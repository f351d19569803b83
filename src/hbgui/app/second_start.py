"""A second start: the window that is open already comes to the front."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMessageBox

from hbgui.app.qt_setup import new_application, print_note
from hbgui.runtime.named_lock import NamedLock
from hbgui.runtime.process import UnixSignals
from hbgui.runtime.single_instance import PATIENCE_S, shown_by_first
from hbgui.texts.notes import note_message

NO_ANSWER = 3
"""The exit code where the first window does not answer, as for a PBX that does not."""

DIALOG_MS = 8_000
"""Milliseconds after which the dialog closes itself: nobody may be there to close it."""


class SecondStart:
    """The program when an earlier one has the lock of the window. It only shows that window."""

    def __init__(self, lock: NamedLock, lock_file: Path) -> None:
        self._lock = lock
        self._file = lock_file
        self._shown = shown_by_first(lock, lock_file.parent)

    @property
    def has_become_first(self) -> bool:
        """Whether the lock became free meanwhile, and this program has taken it."""
        return not self._shown and self._lock.acquire()

    def shown_by_another(self) -> bool:
        """Whether the window that is open has come to the front."""
        return self._shown

    def run(self) -> int:
        """Report that the open window does not answer; the exit code."""
        code, values = self._why()
        print_note(code, values)
        app = new_application()
        signals = UnixSignals(app.quit)
        message = note_message(code, values)
        box = QMessageBox(QMessageBox.Icon.Warning, "hbgui", f"{message.title}.")
        box.setObjectName("runsAlreadyDialog")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(f"{message.why} {message.advice}")
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
