"""The profiles in a file that survives power loss, mistakes of other programs and a downgrade."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hbgui.adapters.atomic_write import storage_error, sweep, write_atomically
from hbgui.adapters.profile_json import (
    SIZE_MAX,
    DamagedError,
    Decoded,
    decode,
    encode,
)
from hbgui.core.errors import StorageError
from hbgui.core.ports import PROFILES_MAX, Loaded, Settings


class ProfileFile:
    """Fulfils `core.ports.SettingsFile`. Any thread; one save at a time.

    Beside the file are its last good copy, `.bak`, and damaged ones, `.damaged-` with the time.
    A symbolic link stays one. What this version does not know in the file is written back.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._unknown: dict[str, dict[str, Any]] = {}
        self._extra: dict[str, Any] = {}

    def load(self) -> Loaded:
        """Read the file, or its last good copy when it is damaged or gone. Never raises."""
        path = self._target()
        try:
            decoded = _read(path)
        except FileNotFoundError:
            return self._from_backup(path, [])
        except DamagedError:
            return self._from_damaged(path)
        except OSError as error:
            detail = error.strerror or type(error).__name__
            return Loaded(Settings(), [("profiles_unreadable", {"detail": detail})], True)
        return self._loaded(decoded)

    def save(self, settings: Settings) -> None:
        """Write the file, all or nothing, and keep what was in it as the last good copy.

        Raises StorageError; the file is then as it was. A file that is of a newer version, or
        cannot be read, is never written over.
        """
        with self._lock:
            try:
                self._save(settings)
                return
            except OSError as error:
                failure = storage_error(error)
        raise failure

    def _save(self, settings: Settings) -> None:
        path = self._target()
        self._learn_from(path)
        sweep(path)
        sweep(_backup(path))
        merged = replace(settings, extra={**self._extra, **settings.extra})
        data = encode(merged, self._unknown)
        if not 0 < len(data) <= SIZE_MAX or len(settings.profiles) > PROFILES_MAX:
            raise StorageError("storage_failed", f"more than {PROFILES_MAX} PBXs or 1 MiB")
        with contextlib.suppress(FileNotFoundError):
            good = path.read_bytes()
            if good == data:
                return
            write_atomically(_backup(path), good)
        write_atomically(path, data)

    def _learn_from(self, path: Path) -> None:
        """Look at what is to be replaced: move it aside when damaged, refuse when it is newer."""
        try:
            decoded = _read(path)
        except FileNotFoundError:
            return
        except DamagedError:
            decoded = None
        if decoded is None:
            _move_aside(path)
        elif decoded.newer or decoded.too_many:
            raise StorageError("storage_failed", _why_read_only(decoded))
        else:
            self._remember(decoded)

    def _loaded(self, decoded: Decoded) -> Loaded:
        self._remember(decoded)
        if decoded.newer:
            return Loaded(decoded.settings, [("profiles_newer_version", {})], True)
        if decoded.too_many:
            detail = _why_read_only(decoded)
            return Loaded(decoded.settings, [("profiles_unreadable", {"detail": detail})], True)
        return Loaded(decoded.settings)

    def _remember(self, decoded: Decoded) -> None:
        """What is known already stays: a profile may be deleted, saved, and brought back."""
        self._unknown = {**self._unknown, **decoded.unknown}
        self._extra = {**self._extra, **decoded.settings.extra}

    def _from_damaged(self, path: Path) -> Loaded:
        try:
            kept = _move_aside(path)
        except OSError as error:
            detail = error.strerror or type(error).__name__
            return Loaded(Settings(), [("profiles_unreadable", {"detail": detail})], True)
        return self._from_backup(path, [("profiles_damaged", {"kept": str(kept)})])

    def _from_backup(self, path: Path, notes: list[tuple[str, dict[str, str]]]) -> Loaded:
        try:
            decoded = _read(_backup(path))
        except (OSError, DamagedError):
            return Loaded(Settings(), notes)
        loaded = self._loaded(decoded)
        return replace(loaded, notes=[*notes, ("profiles_from_backup", {}), *loaded.notes])

    def _target(self) -> Path:
        """The file itself when the path is a symbolic link to it."""
        return Path(os.path.realpath(self._path))


def _read(path: Path) -> Decoded:
    """Raises OSError, DamagedError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not a file")
    with path.open("rb") as file:
        data = file.read(SIZE_MAX + 1)
    if len(data) > SIZE_MAX:
        raise DamagedError
    return decode(data)


def _backup(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


def _move_aside(path: Path) -> Path:
    """The new name of a damaged file. Raises OSError."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.damaged-{now}")
    number = 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}.damaged-{now}-{number}")
    path.rename(kept)
    return kept


def _why_read_only(decoded: Decoded) -> str:
    return "it is of a newer hbgui" if decoded.newer else f"it has more than {PROFILES_MAX} PBXs"
