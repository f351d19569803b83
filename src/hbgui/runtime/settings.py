"""The settings of the window: its file, files for other people, the desktop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from hbgui.core import events
from hbgui.core.api.errors import StorageError
from hbgui.core.events import Event, SettingsNotSaved, SettingsSaved
from hbgui.core.ports import PROFILES_MAX, Cancel, Settings
from hbgui.core.settings import Preferences, preview
from hbgui.core.values import Moment
from hbgui.runtime.context import Context


def _submit(context: Context, work: Callable[[], Event | None], note: str, **values: str) -> None:
    """Run `work` in the disk thread and post the event that it returns.

    After a StorageError a note is posted instead: `note` is its code, with `{}` for the error's.
    """

    def run(_cancel: Cancel) -> None:
        try:
            event = work()
        except StorageError as error:
            code = note.format(error.code)
            event = events.MessageShown(code, values={**values, "detail": error.detail})
        if event is not None:
            context.post(event)

    context.disk.submit(run)


class SettingsSaver:
    """Saves settings in the disk thread. Only the newest ones are written, so no queue builds up.

    With `read_only` nothing is written: the file is of a newer hbgui, for instance.
    """

    def __init__(self, context: Context, *, read_only: bool) -> None:
        self._disk = context.disk
        self._file = context.adapters.settings_file
        self._post = context.post
        self._read_only = read_only
        self._lock = threading.Lock()
        self._pending: Settings | None = None

    def save(self, settings: Settings) -> None:
        """Write these settings soon; the outcome is posted. Never blocks. Any thread."""
        if self._read_only:
            return
        with self._lock:
            self._pending = settings
        self._disk.submit(self._write)

    def _write(self, _cancel: Cancel) -> None:
        with self._lock:
            settings, self._pending = self._pending, None
        if settings is None:
            return
        try:
            self._file.save(settings)
        except StorageError as error:
            self._post(SettingsNotSaved(error.code, error.detail, error.path))
        else:
            self._post(SettingsSaved())


class Sharing(QObject):
    """Export and import of profiles. GUI thread; no method blocks."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._hub = context.hub
        self._context = context
        self._removed: set[str] = set()
        self._hub.happened.connect(self._happened)

    def write(self, path: Path) -> None:
        """Write all profiles to the file. A note tells the result."""
        profiles = self._hub.state.profiles

        def work() -> Event:
            hidden = self._context.adapters.sharing.write(path, profiles)
            code = "exported_hidden" if hidden else "exported"
            return events.MessageShown(
                code, values={"path": str(path), "count": str(len(profiles))}
            )

        _submit(self._context, work, "export_{}", path=str(path))

    def read(self, path: Path) -> None:
        """Find out what importing the file would change. Posts ImportRead, or a note with the
        error."""
        current = self._hub.state.profiles
        # Late answers, and secrets that could not be deleted, may still have these ids.
        used = frozenset(self._removed)

        def work() -> Event:
            shared = self._context.adapters.sharing.read(path)
            room = PROFILES_MAX - len(current)
            return events.ImportRead(preview(current, shared, room=room, used=used))

        _submit(self._context, work, "import_{}", path=str(path))

    @Slot(object)
    def _happened(self, event: object) -> None:
        if isinstance(event, events.ProfileRemoved):
            self._removed.add(event.pbx_id)


class Desktop(QObject):
    """Preferences, pause and start at login. GUI thread; no method blocks."""

    login_start_read = Signal(bool)
    """Whether the system starts hbgui at login; not emitted when that cannot be read."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._hub = context.hub
        self._clock = context.clock
        self._context = context
        self._login_start = context.login_start
        self._hub.happened.connect(self._happened)

    @property
    def starts_at_login(self) -> bool:
        """Whether `start_at_login` can do anything here."""
        return self._login_start is not None

    def look_up_login_start(self) -> None:
        """Look up whether the system starts hbgui at login: `login_start_read` follows."""
        start = self._login_start
        if start is not None:
            _submit(
                self._context, lambda: events.LoginStartRead(start.is_on()), "login_start_failed"
            )

    def start_at_login(self, on: bool) -> None:
        """Switch the start at login on or off. A note follows if that failed."""
        start = self._login_start
        if start is not None:
            _submit(self._context, lambda: start.turn(on), "login_start_failed")

    @Slot(object)
    def _happened(self, event: object) -> None:
        if isinstance(event, events.LoginStartRead):
            self.login_start_read.emit(event.on)

    def now(self) -> Moment:
        """The time, for countdowns."""
        return self._clock.now()

    def pause(self, for_s: float) -> None:
        """Pause running schedules for `for_s` seconds; infinity: until `resume`."""
        self._hub.apply(events.Paused(self._clock.now().elapsed_s + for_s))

    def resume(self) -> None:
        """End the pause: each schedule sends at once."""
        self._hub.apply(events.Resumed(self._clock.now()))

    def snooze(self, for_s: float) -> None:
        """Show no desktop notifications for `for_s` seconds; 0 ends that."""
        self._hub.apply(events.NotificationsSnoozed(self._clock.now().elapsed_s + for_s))

    def change(self, preferences: Preferences) -> None:
        """Replace the preferences. They are saved soon after."""
        self._hub.apply(events.PreferencesChanged(preferences))
