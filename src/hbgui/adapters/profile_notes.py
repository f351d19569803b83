"""What the window says of a settings file that is not in order: codes of the texts."""

from __future__ import annotations

from hbgui.core.settings import FileFault, FileProblem, SettingsFrom

Notes = list[tuple[str, dict[str, str]]]

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
