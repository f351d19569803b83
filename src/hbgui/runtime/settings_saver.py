"""Saves settings in the disk thread: the newest wins, nothing queues up."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hbgui.core.errors import StorageError
from hbgui.core.events import Event, SettingsNotSaved, SettingsSaved
from hbgui.core.ports import Cancel, Settings, SettingsFile
from hbgui.runtime.pool import Pool


class SettingsSaver:
    """`save` never blocks. `read_only` is set when the file is not ours to write."""

    def __init__(
        self, disk: Pool, file: SettingsFile, post: Callable[[Event], None], *, read_only: bool
    ) -> None:
        self._disk = disk
        self._file = file
        self._post = post
        self._read_only = read_only
        self._lock = threading.Lock()
        self._pending: Settings | None = None

    def save(self, settings: Settings) -> None:
        """Write these settings soon; the outcome is posted. Any thread."""
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
