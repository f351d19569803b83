"""The settings file and its backup, the last good copy beside it."""

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
"""Why a file that can be read must not be written."""

_IN_PLACE = (FileFault.UNREADABLE, FileFault.NOT_A_FILE, FileFault.TOO_MANY)
"""Faults of a file that is neither moved nor replaced by its backup."""


def notes_of(problem: FileProblem) -> Notes:
    """The notes for the user about a problem: codes of texts, and the values in them."""
    if problem.fault is FileFault.NEWER:
        return [("profiles_newer_version", {})]
    if problem.fault in _IN_PLACE:
        return [("profiles_unreadable", {"detail": problem.detail})]
    return [*_file_notes(problem), *_backup_notes(problem)]


def _file_notes(problem: FileProblem) -> Notes:
    missing, from_backup = problem.fault is FileFault.MISSING, problem.used is SettingsFrom.BACKUP
    if problem.moved_to is not None and not (missing and from_backup):
        return [("profiles_damaged", {"kept": str(problem.moved_to)})]
    if missing:
        return []
    if problem.not_moved:
        return [("profiles_unreadable", {"detail": problem.not_moved})]
    return []


def _backup_notes(problem: FileProblem) -> Notes:
    if problem.used is SettingsFrom.BACKUP:
        extra: dict[FileFault | None, Notes] = {
            FileFault.NEWER: [("profiles_newer_version", {})],
            FileFault.TOO_MANY: [("profiles_unreadable", {"detail": "too many PBXs"})],
        }
        return [("profiles_from_backup", {}), *extra.get(problem.backup_fault, [])]
    if problem.backup_fault in (FileFault.MISSING, None):
        return []
    return [("profiles_copy_unreadable", {"path": str(problem.backup)})]


class ProfileFile:
    """Fulfils `core.ports.SettingsFile`. Any thread; one save at a time.

    Beside the file are its backup, `.bak`, and damaged files, `.damaged-` with the time. A
    symbolic link stays one. Members of the file that this version does not know are written back.

    `moves_damaged` is true for the program that owns the settings: it moves a damaged file aside.
    Commands that only read the settings leave it.
    """

    def __init__(self, path: Path, *, moves_damaged: bool = True) -> None:
        self._path = path
        self._moves_damaged = moves_damaged
        self._lock = threading.Lock()
        self._unknown: dict[str, dict[str, Any]] = {}
        self._extra: dict[str, Any] = {}

    def load(self) -> Loaded:
        """Read the file, or its backup when it is damaged or missing. Never raises."""
        path = self._target()
        problem = FileProblem(path, FileFault.MISSING, backup=_backup(path))
        try:
            return self._loaded(problem, _read(path))
        except FileNotFoundError:
            problem = replace(problem, moved_to=_last_damaged(path))
        except DamagedError as error:
            problem = self._move_if_allowed(
                replace(problem, fault=error.fault, place=error.place, detail=error.detail)
            )
        except OSError as error:
            not_file = isinstance(error, (NotAFileError, IsADirectoryError))
            fault = FileFault.NOT_A_FILE if not_file else FileFault.UNREADABLE
            return _with_problem(
                Settings(), replace(problem, fault=fault, detail=_error_text(error)), True
            )
        return self._load_backup(problem)

    def save(self, settings: Settings) -> None:
        """Replace the file, all or nothing; its old content becomes the backup.

        Raises StorageError; the file is then unchanged. A file that a newer version has written, or
        that cannot be read, is never replaced.
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
            previous = path.read_bytes()
            if previous == data:
                return
            _preserve_damaged(_backup(path))
            write_atomically(_backup(path), previous)
        write_atomically(path, data)

    def _learn_from(self, path: Path) -> None:
        """Read the file that is to be replaced, to keep its unknown members.

        Moves it aside when it is damaged. Raises OSError, and StorageError when it must not be
        replaced.
        """
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
        """The settings that were read from the file itself, not from the backup."""
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
        return _with_problem(decoded.settings, problem, read_only=fault is not None)

    def _remember(self, decoded: Decoded) -> None:
        """Keep the unknown members. Earlier ones stay: a deleted profile may be restored."""
        self._unknown = {**self._unknown, **decoded.unknown}
        self._extra = {**self._extra, **decoded.settings.extra}

    def _move_if_allowed(self, problem: FileProblem) -> FileProblem:
        """Move the damaged file aside, if this program may do so."""
        if not self._moves_damaged:
            return problem
        try:
            return replace(problem, moved_to=_move_aside(problem.path))
        except FileNotFoundError:  # another program has moved it
            return replace(problem, moved_to=_last_damaged(problem.path))
        except OSError as error:
            return replace(problem, not_moved=_error_text(error))

    def _load_backup(self, problem: FileProblem) -> Loaded:
        read_only = bool(problem.not_moved)
        try:
            decoded = _read(problem.backup)
        except FileNotFoundError:
            never_saved = problem.fault is FileFault.MISSING and problem.moved_to is None
            never_saved = never_saved and not self._path.is_symlink()
            missing = replace(problem, backup_fault=FileFault.MISSING)
            if never_saved:
                return Loaded(Settings())
            return _with_problem(Settings(), missing, read_only)
        except DamagedError as error:
            return _with_problem(Settings(), replace(problem, backup_fault=error.fault), read_only)
        except OSError:
            unreadable = replace(problem, backup_fault=FileFault.UNREADABLE)
            return _with_problem(Settings(), unreadable, read_only)
        self._remember(decoded)
        problem = replace(
            problem,
            used=SettingsFrom.BACKUP,
            backup_fault=decoded.fault,
            wrong_values=decoded.wrong,
            repeated=decoded.repeated,
        )
        return _with_problem(decoded.settings, problem, read_only or decoded.fault is not None)

    def _target(self) -> Path:
        """The path of the file, behind any symbolic link."""
        return Path(os.path.realpath(self._path))


def _with_problem(settings: Settings, problem: FileProblem, read_only: bool) -> Loaded:
    return Loaded(settings, notes_of(problem), read_only, problem)


def _read(path: Path) -> Decoded:
    """Raises OSError, DamagedError."""
    return decode(file_bytes(path, SIZE_MAX))


def _backup(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


def _move_aside(path: Path) -> Path:
    """Rename a damaged file; returns the new path. Raises OSError."""
    moved_to = name_aside(path)
    path.rename(moved_to)
    return moved_to


def _last_damaged(path: Path) -> Path | None:
    """The damaged file that was moved aside last; None without one."""
    with contextlib.suppress(OSError):
        return max(path.parent.glob(f"{glob.escape(path.name)}.damaged-*"), default=None)
    return None


def _preserve_damaged(backup: Path) -> None:
    """Move a damaged backup aside instead of replacing it: a person may still repair it."""
    with contextlib.suppress(OSError):
        try:
            _read(backup)
        except DamagedError:
            _move_aside(backup)


def _error_text(error: OSError) -> str:
    return error.strerror or type(error).__name__
