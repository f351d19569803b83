"""Exports and imports profiles; files are read and written in the disk thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from hbgui.core import events
from hbgui.core.api.errors import StorageError
from hbgui.core.ports import PROFILES_MAX, Cancel, ProfileSharing
from hbgui.core.settings import Preview, goes_another_way, preview
from hbgui.runtime.hub import Hub
from hbgui.runtime.intents import Intents
from hbgui.runtime.pool import Pool


class Sharing(QObject):
    """GUI thread only; nothing in it blocks."""

    def __init__(self, hub: Hub, disk: Pool, files: ProfileSharing) -> None:
        super().__init__()
        self._hub = hub
        self._disk = disk
        self._files = files
        self._removed: set[str] = set()
        hub.happened.connect(self._happened)

    def write(self, path: Path) -> None:
        """Write all profiles into the file; a note says how it went."""
        profiles = self._hub.state.profiles

        def work() -> events.Event:
            hidden = self._files.write(path, profiles)
            code = "exported_hidden" if hidden else "exported"
            return events.Noted(code, values={"path": str(path), "count": str(len(profiles))})

        self._submit("export", path, work)

    def read(self, path: Path) -> None:
        """Find out what taking that file would do; posts ImportRead, or why it cannot be read."""
        current = self._hub.state.profiles
        # Late answers, and a secret that could not be deleted, may still bear such an id.
        used = frozenset(self._removed)

        def work() -> events.Event:
            shared = self._files.read(path)
            room = PROFILES_MAX - len(current)
            return events.ImportRead(preview(current, shared, room=room, used=used))

        self._submit("import", path, work)

    def take(self, wanted: Preview, intents: Intents) -> None:
        """Do it by the intents that typing uses, so that a changed host has the same effects."""
        stopped = []
        changed = 0
        for change in wanted.changed:
            now = self._hub.state.profile(change.old.id)
            if now is None:
                continue
            new = change.onto(now)
            if self._hub.state.pbxs[now.id].keeping and goes_another_way(now, new):
                # A file alone must not decide who gets the token: a person switches it on again.
                intents.keep_alive(now.id, False)
                stopped.append(new.label)
            intents.save_profile(new)
            changed += 1
        for profile in wanted.added:
            intents.add_pbx(profile)
        values = {
            "added": str(len(wanted.added)),
            "changed": str(changed),
            "left": str(len(wanted.errors)),
            "stopped": ", ".join(stopped),
        }
        code = "imported_partly" if wanted.errors else "imported"
        code = "imported_stopped" if stopped else code
        self._hub.apply(events.Noted(code, values=values))

    def _submit(self, what: str, path: Path, work: Callable[[], events.Event]) -> None:
        def run(_cancel: Cancel) -> None:
            try:
                event = work()
            except StorageError as error:
                values = {"path": str(path), "detail": error.detail}
                event = events.Noted(f"{what}_{error.code}", values=values)
            self._hub.post(event)

        self._disk.submit(run)

    @Slot(object)
    def _happened(self, event: object) -> None:
        if isinstance(event, events.ProfileRemoved):
            self._removed.add(event.pbx_id)
