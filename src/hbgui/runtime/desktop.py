"""Pauses, snoozes and the program's own settings: what a person asks of all PBXs at once."""

from __future__ import annotations

from hbgui.core import events
from hbgui.core.moment import Moment
from hbgui.core.ports import Clock
from hbgui.core.preferences import Preferences
from hbgui.runtime.hub import Hub


class Desktop:
    """GUI thread; nothing in it blocks."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock

    def now(self) -> Moment:
        """The time, for countdowns."""
        return self._clock.now()

    def pause(self, for_s: float) -> None:
        """Let running schedules wait for so many seconds; infinity: until resumed."""
        self._hub.apply(events.Paused(self._clock.now().elapsed_s + for_s))

    def resume(self) -> None:
        """End the pause: each schedule sends at once."""
        self._hub.apply(events.Resumed(self._clock.now()))

    def snooze(self, for_s: float) -> None:
        """Tell nothing on the desktop for so many seconds; 0 ends that."""
        self._hub.apply(events.NotificationsSnoozed(self._clock.now().elapsed_s + for_s))

    def change(self, preferences: Preferences) -> None:
        """Take other settings; they are on disk soon after."""
        self._hub.apply(events.PreferencesChanged(preferences))
