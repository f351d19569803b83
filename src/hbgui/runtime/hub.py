"""The state of the window, changed in the GUI thread by events of any thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from hbgui.core.events import Event
from hbgui.core.state.app_state import AppState, counted


class Mailbox:
    """A queue that wakes its reader. It holds no Qt object after `close`: a worker that outlives
    the window must not delete that in the wrong thread, as its last owner."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake: Callable[[], None] | None = wake
        self._lock = threading.Lock()
        self._queue: deque[Event] = deque()
        self._woken = False

    def post(self, event: Event) -> None:
        """Queue an event. Any thread; after `close` it is dropped.

        Posting and closing take the same lock: between the check of a plain flag and waking, the
        reader could be deleted.
        """
        with self._lock:
            if self._wake is None:
                return
            self._queue.append(event)
            if not self._woken:
                self._woken = True
                self._wake()

    def take(self, most: int) -> list[Event]:
        """Up to `most` events, the oldest first; the reader is woken again if there are more."""
        with self._lock:
            batch = [self._queue.popleft() for _ in range(min(most, len(self._queue)))]
            self._woken = bool(self._queue) and self._wake is not None
            if self._woken and self._wake is not None:
                self._wake()
            return batch

    def close(self) -> None:
        """Accept no more events, drop the queued ones. May be called twice."""
        with self._lock:
            self._wake = None
            self._queue.clear()


_EVENTS_A_PASS = 200


class Hub(QObject):
    """Owns the state, changes it by events and signals the changes.

    Lives in the GUI thread; only `post` may be called from any thread.
    """

    pbx_changed = Signal(str)
    """The id of a PBX whose state or profile has changed."""

    profiles_changed = Signal()
    """PBXs were added, removed, renamed or edited."""

    addresses_changed = Signal()
    """This computer's addresses were listed."""

    saving_changed = Signal()
    """`state.not_saved` has changed."""

    preferences_changed = Signal()
    """`state.desktop.preferences` have changed."""

    happened = Signal(object)
    """Each event that the state accepted, after the change; for the activity list and messages."""

    _wake = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.state = AppState()
        self._waiting: deque[Event] = deque()
        self._emitting = False
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._mailbox = Mailbox(self._wake.emit)
        self.post = self._mailbox.post

    def apply(self, event: Event) -> None:
        """Change the state and emit the signals before returning. GUI thread only.

        When a slot of this hub calls it, the event waits until all signals of the present event
        were emitted: so every slot sees the events in the same order, each with its own state. An
        event that the state rejects changes nothing and emits nothing.
        """
        self._waiting.append(event)
        if self._emitting:
            return
        self._emitting = True
        try:
            while self._waiting:
                self._apply(self._waiting.popleft())
        finally:
            self._emitting = False

    def _apply(self, event: Event) -> None:
        before = self.state
        after = counted(before, event)
        if after is not None:
            self.state = after
            self._emit(before, event)

    def close(self) -> None:
        """Accept no more events. May be called twice."""
        self._mailbox.close()

    @Slot()
    def _drain(self) -> None:
        for event in self._mailbox.take(_EVENTS_A_PASS):
            self.apply(event)

    def _emit(self, before: AppState, event: Event) -> None:
        now = self.state
        if now.profiles != before.profiles:
            self.profiles_changed.emit()
        if now.addresses != before.addresses:
            self.addresses_changed.emit()
        if now.not_saved != before.not_saved:
            self.saving_changed.emit()
        if now.desktop.preferences != before.desktop.preferences:
            self.preferences_changed.emit()
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
