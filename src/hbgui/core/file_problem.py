"""What is wrong with the file of the settings, and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class FileFault(StrEnum):
    """Why a file cannot be taken as it is."""

    MISSING = "missing"
    """It is gone, but a copy or a damaged one lies beside it."""
    EMPTY = "empty"
    """It holds nothing, or white space only."""
    ZERO_BYTES = "zero_bytes"
    """It is filled up with zero bytes, as after a power failure; the first one is the place."""
    UTF16 = "utf16"
    """It was saved as UTF-16 (or UTF-32) where UTF-8 is read."""
    NOT_UTF8 = "not_utf8"
    """A byte, at the place, is no UTF-8."""
    SYNTAX = "syntax"
    """It is no JSON, from the place on; `detail` has the reader's words."""
    CUT_OFF = "cut_off"
    """It ends in the middle."""
    TOO_DEEP = "too_deep"
    """It nests too deeply to be read."""
    NOT_SETTINGS = "not_settings"
    """It is JSON, but no object, or its `profiles` is no list."""
    TOO_LARGE = "too_large"
    """It is larger than settings can be."""
    UNREADABLE = "unreadable"
    """The system does not let it be read; `detail` has its words."""
    NOT_A_FILE = "not_a_file"
    """A folder, a pipe or a device is in its place."""
    NEWER = "newer"
    """It is of a newer hbgui, and may mean what this one does not know."""
    TOO_MANY = "too_many"
    """It has more PBXs than this program takes; the first ones are used."""
    WRONG_VALUES = "wrong_values"
    """It is read, but for the `wrong_values` of some PBXs, which have their defaults instead."""
    REPEATED = "repeated"
    """It is read, but members are `repeated`: the last of each is used."""


class SettingsFrom(StrEnum):
    """Where the settings come from that are used."""

    FILE = "file"
    BACKUP = "backup"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, counted from 1; the column counts characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """A member that its object has before, too: the names, and the numbers in lists from 0, that
    lead to it, and where it comes for the second time."""

    path: tuple[str | int, ...]
    place: Place

    @property
    def name(self) -> str:
        """As `profiles[0].port`."""
        parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return "".join(parts).removeprefix(".")


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong with the settings file.

    `place` is None where there is none to name (an empty or unreadable file). `moved_to` is where
    the damaged file lies now: this load moved it there, or, with the fault MISSING, an earlier
    one did. None means that it is untouched in its place; `not_moved` then has the system's words
    if moving it was tried. `backup` is the last good copy beside it; `backup_fault` says why it
    is not used, or that it is newer. None means that it is used, or was not needed.
    `wrong_values` are names of JSON members by the id of their PBX, `repeated` the members
    that occur more than once, whichever file was used.
    """

    path: Path
    fault: FileFault
    place: Place | None = None
    detail: str = ""
    moved_to: Path | None = None
    not_moved: str = ""
    used: SettingsFrom = SettingsFrom.NOWHERE
    backup: Path = Path()
    backup_fault: FileFault | None = None
    wrong_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repeated: tuple[Repeated, ...] = ()

    @property
    def guessed(self) -> bool:
        """Whether the settings in use may not be what the person saved: those of the copy, none
        at all, or of a newer version. By such settings no reports may be moved."""
        return self.used is not SettingsFrom.FILE or self.fault is FileFault.NEWER

    def guessed_for(self, pbx_id: str) -> bool:
        """The same of one PBX: values that could not be used have been replaced."""
        return self.guessed or pbx_id in self.wrong_values
