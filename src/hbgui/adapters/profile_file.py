"""The file with the profiles: versioned, written as a whole, with its last good copy."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

from hbgui.adapters.atomic_file import sweep, write_atomically
from hbgui.adapters.profile_json import NewerVersionError, decode, encode
from hbgui.core.errors import StorageError
from hbgui.core.ports import Loaded, Settings

SIZE_MAX = 1024 * 1024
"""Bytes. A larger file is not one that this program wrote."""

_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "not_permitted",
    errno.EPERM: "not_permitted",
}

_Note = tuple[str, dict[str, str]]


class ProfileFile:
    """Fulfils `core.ports.SettingsFile`. Any thread, one at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._backup = path.with_name(path.name + ".bak")

    def load(self) -> Loaded:
        """Read the settings; see `core.ports.SettingsFile`. Never raises."""
        sweep(self._path.parent)
        try:
            return Loaded(decode(_read(self._path)))
        except FileNotFoundError:
            return self._from_backup([])
        except NewerVersionError as newer:
            return Loaded(newer.settings, [("profiles_newer_version", {})], read_only=True)
        except OSError as error:
            note = ("profiles_unreadable", {"detail": error.strerror or ""})
            return Loaded(Settings(), [note], read_only=True)
        except ValueError:
            pass
        try:
            kept = self._set_aside()
        except OSError as error:
            note = ("profiles_unreadable", {"detail": error.strerror or ""})
            return Loaded(Settings(), [note], read_only=True)
        return self._from_backup([("profiles_damaged", {"kept": str(kept)})])

    def save(self, settings: Settings) -> None:
        """Write the settings, all or nothing. Raises StorageError."""
        try:
            self._keep_good_copy()
            write_atomically(self._path, encode(settings))
        except OSError as error:
            problem = StorageError(
                _CODES.get(error.errno or 0, "storage_failed"), error.strerror or ""
            )
        else:
            return
        raise problem

    def _keep_good_copy(self) -> None:
        try:
            data = _read(self._path)
            decode(data)
        except (FileNotFoundError, ValueError):
            return
        write_atomically(self._backup, data)

    def _from_backup(self, notes: list[_Note]) -> Loaded:
        try:
            settings = decode(_read(self._backup))
        except (OSError, ValueError):
            return Loaded(Settings(), notes)
        return Loaded(settings, [*notes, ("profiles_from_backup", {})])

    def _set_aside(self) -> Path:
        """Keep what cannot be read under another name: it may be all that somebody has."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        kept = self._path.with_name(f"{self._path.name}.damaged-{stamp}")
        Path(os.path.realpath(self._path)).rename(kept)
        return kept


def _read(path: Path) -> bytes:
    """The whole file. Raises OSError, ValueError when it is too large."""
    with path.open("rb") as file:
        data = file.read(SIZE_MAX + 1)
    if len(data) > SIZE_MAX:
        raise ValueError("too large")
    return data
