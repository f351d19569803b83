"""Pauses, snoozes and the program's own settings: what a person asks of all PBXs at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from hbgui.core import events
from hbgui.core.api.errors import StorageError
from hbgui.core.ports import Cancel, Clock, LoginStart
from hbgui.core.settings import Preferences
from hbgui.core.values import Moment
from hbgui.runtime.hub import Hub
from hbgui.runtime.pool import Pool


class Desktop(QObject):
    """GUI thread; nothing in it blocks. `login_start` is None where the system has no such thing
    that hbgui knows; it is asked in `disk`."""

    login_start_read = Signal(bool)
    """Whether the system starts hbgui at login; not emitted when that cannot be read."""

    def __init__(
        self, hub: Hub, clock: Clock, disk: Pool, login_start: LoginStart | None = None
    ) -> None:
        super().__init__()
        self._hub = hub
        self._clock = clock
        self._disk = disk
        self._login_start = login_start
        hub.happened.connect(self._happened)

    @property
    def starts_at_login(self) -> bool:
        """Whether `start_at_login` can do anything here."""
        return self._login_start is not None

    def look_up_login_start(self) -> None:
        """Find out what the system does at login: `login_start_read` follows."""
        start = self._login_start
        if start is not None:
            self._submit(lambda: self._hub.post(events.LoginStartRead(start.is_on())))

    def start_at_login(self, on: bool) -> None:
        """Let the system start hbgui at login, or no longer; a note says if that failed."""
        start = self._login_start
        if start is not None:
            self._submit(lambda: start.turn(on))

    def _submit(self, work: Callable[[], None]) -> None:
        def run(_cancel: Cancel) -> None:
            try:
                work()
            except StorageError as error:
                values = {"detail": error.detail}
                self._hub.post(events.Noted("login_start_failed", values=values))

        self._disk.submit(run)

    @Slot(object)
    def _happened(self, event: object) -> None:
        if isinstance(event, events.LoginStartRead):
            self.login_start_read.emit(event.on)

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
