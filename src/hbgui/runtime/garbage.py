"""Looks for garbage in the GUI thread, and nowhere else.

Python looks for it in whatever thread happens to run. A widget that is found in another one is
ended by PySide (6.11) at some later moment of the GUI thread, in the middle of anything: the
program then hangs or crashes.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

LOOK_MS = 1000


class Garbage(QObject):
    """GUI thread. Takes over from Python with `start`, by Python's own rules for when to look."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look from now on, once a second at most."""
        gc.disable()
        # What the program is built of is no garbage, and need not be looked at again.
        gc.freeze()
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Look now, if there is enough to look at."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
