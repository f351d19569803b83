"""The file of the settings, with its last good copy beside it."""

from __future__ import annotations

import contextlib
import glob
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from hbgui.adapters.files.atomic_write import name_aside, storage_error, write_atomically
from hbgui.adapters.files.json_object import DamagedError, NotAFileError, file_bytes
from hbgui.adapters.files.profile_json import SIZE_MAX, Decoded, decode, encode
from hbgui.core.api.errors import StorageError
from hbgui.core.ports import PROFILES_MAX, Loaded, Settings
from hbgui.core.settings import FileFault, FileProblem, SettingsFrom

Notes = list[tuple[str, dict[str, str]]]

_READ_ONLY = {
    FileFault.NEWER: "it is of a newer hbgui",
    FileFault.TOO_MANY: f"it has more than {PROFILES_MAX} PBXs",
}
"""Why a file that can be read is not written."""

_IN_PLACE = (FileFault.UNREADABLE, FileFault.NOT_A_FILE, FileFault.TOO_MANY)
"""Faults of a file that is left as it is."""


def notes_of(problem: FileProblem) -> Notes:
    """The notes, with the values that fill them."""
    if problem.fault is FileFault.NEWER:
        return [("profiles_newer_version", {})]
    if problem.fault in _IN_PLACE:
        return [("profiles_unreadable", {"detail": problem.detail})]
    return [*_of_the_file(problem), *_of_the_copy(problem)]


def _of_the_file(problem: FileProblem) -> Notes:
    missing, from_backup = problem.fault is FileFault.MISSING, problem.used is SettingsFrom.BACKUP
    if problem.moved_to is not None and not (missing and from_backup):
        return [("profiles_damaged", {"kept": str(problem.moved_to)})]
    if missing:
        return []
    if problem.not_moved:
        return [("profiles_unreadable", {"detail": problem.not_moved})]
    return []


def _of_the_copy(problem: FileProblem) -> Notes:
    if problem.used is SettingsFrom.BACKUP:
        more: dict[FileFault | None, Notes] = {
            FileFault.NEWER: [("profiles_newer_version", {})],
            FileFault.TOO_MANY: [("profiles_unreadable", {"detail": "too many PBXs"})],
        }
        return [("profiles_from_backup", {}), *more.get(problem.backup_fault, [])]
    if problem.backup_fault in (FileFault.MISSING, None):
        return []
    return [("profiles_copy_unreadable", {"path": str(problem.backup)})]


class ProfileFile:
    """Fulfils `core.ports.SettingsFile`. Any thread; one save at a time.

    Beside the file are its last good copy, `.bak`, and damaged ones, `.damaged-` with the time.
    A symbolic link stays one. What this version does not know in the file is written back.

    Only the program that owns the settings `moves_damaged` ones aside: two would disagree, and a
    command that reads them has no reason to.
    """

    def __init__(self, path: Path, *, moves_damaged: bool = True) -> None:
        self._path = path
        self._moves_damaged = moves_damaged
        self._lock = threading.Lock()
        self._unknown: dict[str, dict[str, Any]] = {}
        self._extra: dict[str, Any] = {}

    def load(self) -> Loaded:
        """Read the file, or its last good copy when it is damaged or gone. Never raises."""
        path = self._target()
        problem = FileProblem(path, FileFault.MISSING, backup=_backup(path))
        try:
            return self._loaded(problem, _read(path))
        except FileNotFoundError:
            problem = replace(problem, moved_to=_last_damaged(path))
        except DamagedError as error:
            problem = self._put_aside(
                replace(problem, fault=error.fault, place=error.place, detail=error.detail)
            )
        except OSError as error:
            not_file = isinstance(error, (NotAFileError, IsADirectoryError))
            fault = FileFault.NOT_A_FILE if not_file else FileFault.UNREADABLE
            return _told(Settings(), replace(problem, fault=fault, detail=_words(error)), True)
        return self._from_backup(problem)

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
            except StorageError as error:
                failure = error
        raise StorageError(failure.code, failure.detail, str(self._target()))

    def _save(self, settings: Settings) -> None:
        path = self._target()
        self._learn_from(path)
        merged = replace(settings, extra={**self._extra, **settings.extra})
        data = encode(merged, self._unknown)
        if not 0 < len(data) <= SIZE_MAX or len(settings.profiles) > PROFILES_MAX:
            raise StorageError("storage_failed", f"more than {PROFILES_MAX} PBXs or 1 MiB")
        with contextlib.suppress(FileNotFoundError):
            good = path.read_bytes()
            if good == data:
                return
            _spare_damaged(_backup(path))
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
            if not self._moves_damaged:
                raise StorageError("storage_failed", "the file is damaged")
            _move_aside(path)
        elif decoded.fault is not None:
            raise StorageError("storage_failed", _READ_ONLY[decoded.fault])
        else:
            self._remember(decoded)

    def _loaded(self, problem: FileProblem, decoded: Decoded) -> Loaded:
        """What was read from the file itself."""
        self._remember(decoded)
        fault = decoded.fault
        if fault is None and not decoded.wrong and not decoded.repeated:
            return Loaded(decoded.settings)
        problem = replace(
            problem,
            fault=fault or (FileFault.WRONG_VALUES if decoded.wrong else FileFault.REPEATED),
            used=SettingsFrom.FILE,
            detail=_READ_ONLY[fault] if fault is FileFault.TOO_MANY else "",
            wrong_values=decoded.wrong,
            repeated=decoded.repeated,
        )
        return _told(decoded.settings, problem, read_only=fault is not None)

    def _remember(self, decoded: Decoded) -> None:
        """What is known already stays: a profile may be deleted, saved, and brought back."""
        self._unknown = {**self._unknown, **decoded.unknown}
        self._extra = {**self._extra, **decoded.settings.extra}

    def _put_aside(self, problem: FileProblem) -> FileProblem:
        """Move the damaged file aside, if that is ours to do."""
        if not self._moves_damaged:
            return problem
        try:
            return replace(problem, moved_to=_move_aside(problem.path))
        except FileNotFoundError:  # somebody else was faster
            return replace(problem, moved_to=_last_damaged(problem.path))
        except OSError as error:
            return replace(problem, not_moved=_words(error))

    def _from_backup(self, problem: FileProblem) -> Loaded:
        read_only = bool(problem.not_moved)
        try:
            decoded = _read(problem.backup)
        except FileNotFoundError:
            never = problem.fault is FileFault.MISSING and problem.moved_to is None
            never = never and not self._path.is_symlink()
            missing = replace(problem, backup_fault=FileFault.MISSING)
            return Loaded(Settings()) if never else _told(Settings(), missing, read_only)
        except DamagedError as error:
            return _told(Settings(), replace(problem, backup_fault=error.fault), read_only)
        except OSError:
            unreadable = replace(problem, backup_fault=FileFault.UNREADABLE)
            return _told(Settings(), unreadable, read_only)
        self._remember(decoded)
        problem = replace(
            problem,
            used=SettingsFrom.BACKUP,
            backup_fault=decoded.fault,
            wrong_values=decoded.wrong,
            repeated=decoded.repeated,
        )
        return _told(decoded.settings, problem, read_only or decoded.fault is not None)

    def _target(self) -> Path:
        """The file itself when the path is a symbolic link to it."""
        return Path(os.path.realpath(self._path))


def _told(settings: Settings, problem: FileProblem, read_only: bool) -> Loaded:
    return Loaded(settings, notes_of(problem), read_only, problem)


def _read(path: Path) -> Decoded:
    """Raises OSError, DamagedError."""
    return decode(file_bytes(path, SIZE_MAX))


def _backup(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


def _move_aside(path: Path) -> Path:
    """The new name of a damaged file. Raises OSError."""
    kept = name_aside(path)
    path.rename(kept)
    return kept


def _last_damaged(path: Path) -> Path | None:
    """The damaged file that was moved aside last."""
    with contextlib.suppress(OSError):
        return max(path.parent.glob(f"{glob.escape(path.name)}.damaged-*"), default=None)
    return None


def _spare_damaged(backup: Path) -> None:
    """A copy that cannot be read is not written over: a person may still mend it."""
    with contextlib.suppress(OSError):
        try:
            _read(backup)
        except DamagedError:
            _move_aside(backup)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__
