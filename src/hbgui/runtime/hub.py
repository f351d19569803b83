"""The state of the window, changed in the GUI thread by events of any thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from hbgui.core.events import Event
from hbgui.core.state.app_state import AppState, counted


class Mailbox:
    """A queue that wakes its reader. Holds no Qt object after `close`: a worker that outlives
    the window must not be the last one to let go of it, in the wrong thread."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake: Callable[[], None] | None = wake
        self._lock = threading.Lock()
        self._queue: deque[Event] = deque()
        self._woken = False

    def post(self, event: Event) -> None:
        """Hand in what happened. Any thread; after `close` it is dropped.

        Posting and closing take the same lock: between looking at a plain flag and waking, the
        reader could be gone.
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
        """Take no more, drop what waits. May be called twice."""
        with self._lock:
            self._wake = None
            self._queue.clear()


_EVENTS_A_PASS = 200


class Hub(QObject):
    """Owns the state, changes it by events and tells of changes.

    Lives in the GUI thread; only `post` is for every thread.
    """

    pbx_changed = Signal(str)
    """The id of a PBX whose state or profile is another now."""

    profiles_changed = Signal()
    """PBXs were added, removed, renamed or edited."""

    addresses_changed = Signal()
    """This computer's addresses were listed."""

    saving_changed = Signal()
    """`state.not_saved` is another now."""

    preferences_changed = Signal()
    """`state.desktop.preferences` are others now."""

    happened = Signal(object)
    """Each event that counted, after the state has changed; for the activity list and messages."""

    _wake = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.state = AppState()
        self._waiting: deque[Event] = deque()
        self._telling = False
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._mailbox = Mailbox(self._wake.emit)
        self.post = self._mailbox.post

    def apply(self, event: Event) -> None:
        """Change the state and tell everybody, at once. GUI thread only.

        From a slot of this hub: as soon as everybody has heard of the event that is being told,
        so that all hear the same in the same order, each with the state that belongs to it. What
        does not count changes nothing and is told to nobody.
        """
        self._waiting.append(event)
        if self._telling:
            return
        self._telling = True
        try:
            while self._waiting:
                self._apply(self._waiting.popleft())
        finally:
            self._telling = False

    def _apply(self, event: Event) -> None:
        before = self.state
        after = counted(before, event)
        if after is not None:
            self.state = after
            self._tell(before, event)

    def close(self) -> None:
        """Take no more events. May be called twice."""
        self._mailbox.close()

    @Slot()
    def _drain(self) -> None:
        for event in self._mailbox.take(_EVENTS_A_PASS):
            self.apply(event)

    def _tell(self, before: AppState, event: Event) -> None:
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
