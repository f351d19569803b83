"""The newest reports of this run of the program, in memory."""

from __future__ import annotations

from collections import deque
from itertools import chain

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hbgui.core.reports.report import Report, ReportProblem

REPORTS_MAX = 10_000
BYTES_MAX = 32 * 1024 * 1024
"""The most bytes of raw text and headers that are kept."""

STRANGERS_MAX = 200
"""The most reports of senders that are not allowed: they must not displace those of the PBX."""

_BATCH_MS = 100
_BATCH_MAX = 500
"""The most reports of a batch: reports that wait for it take memory, too."""


class ReceivedReports(QObject):
    """GUI thread. Connect `add` to the `received` of any number of receivers."""

    added = Signal(list)
    """New reports, oldest first; at most every 100 ms."""

    cleared = Signal()
    """All reports were deleted."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        reports_max: int = REPORTS_MAX,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        super().__init__(parent)
        self.dropped = 0
        """Number of reports of allowed senders that were deleted to keep the limits."""
        self._reports_max = reports_max
        self._bytes_max = bytes_max
        self._kept: deque[Report] = deque()
        self._strangers: deque[Report] = deque(maxlen=STRANGERS_MAX)
        self._bytes = 0
        self._new: deque[Report] = deque()
        self._timer = QTimer(self, interval=_BATCH_MS, singleShot=True)
        self._timer.timeout.connect(self.flush)

    @property
    def reports(self) -> tuple[Report, ...]:
        """All that are kept, oldest first."""
        return tuple(sorted(chain(self._kept, self._strangers), key=lambda r: r.number))

    def __len__(self) -> int:
        return len(self._kept) + len(self._strangers)

    @Slot(object)
    def add(self, report: Report) -> None:
        """Keep a report; `added` follows."""
        if report.problem is ReportProblem.WRONG_SENDER:
            self._strangers.append(report)
        else:
            self._keep(report)
        self._new.append(report)
        if len(self._new) > _BATCH_MAX:
            self.flush()
        if not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        """Delete all reports, and reset `dropped`."""
        self._kept.clear()
        self._strangers.clear()
        self._new.clear()
        self._bytes = self.dropped = 0
        self.cleared.emit()

    @Slot()
    def flush(self) -> None:
        """Emit `added` now for the reports that wait for it."""
        new = list(self._new)
        self._new.clear()
        if new:
            self.added.emit(new)

    def _keep(self, report: Report) -> None:
        self._kept.append(report)
        self._bytes += report.size
        while len(self._kept) > self._reports_max or self._bytes > self._bytes_max:
            self._bytes -= self._kept.popleft().size
            self.dropped += 1
