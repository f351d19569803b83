"""Where everything that happens comes together: one queue, one reducer, one thread."""

from __future__ import annotations

import threading
from collections import deque

from PySide6.QtCore import QObject, Qt, Signal, Slot

from hbgui.core.events import Event
from hbgui.core.state import AppState, reduce

_EVENTS_A_PASS = 200


class Hub(QObject):
    """Owns the state. Lives in the GUI thread; only `post` is for every thread.

    A plain closed flag is not enough: between looking at it and emitting, the object may be gone.
    So posting and closing take the same lock.
    """

    pbx_changed = Signal(str)
    """The id of a PBX whose state or profile is another now."""

    profiles_changed = Signal()
    """PBXs were added, removed, renamed or edited."""

    addresses_changed = Signal()
    """This computer's addresses were listed."""

    saving_changed = Signal()
    """`state.not_saved` is another now."""

    happened = Signal(object)
    """Each event, after the state has changed; for the activity list and messages."""

    _wake = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.state = AppState()
        self._queue: deque[Event] = deque()
        self._lock = threading.Lock()
        self._open = True
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event) -> None:
        """Hand in what happened. Any thread; after `close` it falls to the floor."""
        with self._lock:
            if not self._open:
                return
            self._queue.append(event)
            if len(self._queue) == 1:
                self._wake.emit()

    def apply(self, event: Event) -> None:
        """Change the state at once. GUI thread only."""
        before = self.state
        self.state = reduce(before, event)
        self._tell(before, event)

    def close(self) -> None:
        """Take no more events. May be called twice."""
        with self._lock:
            self._open = False
            self._queue.clear()

    @Slot()
    def _drain(self) -> None:
        with self._lock:
            count = min(len(self._queue), _EVENTS_A_PASS)
            batch = [self._queue[i] for i in range(count)]
        for event in batch:
            self.apply(event)
        with self._lock:
            for _ in range(min(count, len(self._queue))):
                self._queue.popleft()
            if self._queue and self._open:
                self._wake.emit()

    def _tell(self, before: AppState, event: Event) -> None:
        now = self.state
        if now.profiles != before.profiles:
            self.profiles_changed.emit()
        if now.addresses != before.addresses:
            self.addresses_changed.emit()
        if now.not_saved != before.not_saved:
            self.saving_changed.emit()
        for pbx_id in _changed(before, now):
            self.pbx_changed.emit(pbx_id)
        self.happened.emit(event)


def _changed(before: AppState, now: AppState) -> list[str]:
    if now.profiles is before.profiles and now.pbxs is before.pbxs:
        return []
    profiles = {p.id: p for p in before.profiles}
    return [
        p.id
        for p in now.profiles
        if profiles.get(p.id) is not p or before.pbxs.get(p.id) is not now.pbxs[p.id]
    ]
