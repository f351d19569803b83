"""The contents of settings files: preferences, shared profiles, faults."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from hbgui.core.pbx.address import same_pbx
from hbgui.core.pbx.members import choice, flag, member, rows_of, write_members
from hbgui.core.pbx.profile import MEMBERS, SHARED, Profile, new_id
from hbgui.core.pbx.typed import name_key


class OnClose(StrEnum):
    """What closing the window does while a schedule is running."""

    ASK = "ask"
    BACKGROUND = "background"
    QUIT = "quit"


WHO_MAX = 200
"""The most characters of the name of a person or company."""


def _who(value: object) -> str | None:
    return value[:WHO_MAX] if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Preferences:
    """The program's own settings, apart from those of a PBX.

    BACKGROUND hides the window if there is a tray, else it minimises the window.
    `start_minimised` applies to every start, `notifications` to all desktop notifications.
    `technician` and `company` are the initial values in a sign-off report.
    """

    on_close: OnClose = member(OnClose.ASK, choice(OnClose))
    start_minimised: bool = member(False, flag)
    notifications: bool = member(True, flag)
    technician: str = member("", _who)
    company: str = member("", _who)


PREFERENCES = rows_of(Preferences)
"""How each preference is stored in the settings file, by name."""


@dataclass(frozen=True, slots=True)
class EntryError:
    """Why an entry cannot be imported. `number` counts from 1; `code` is a key of the texts."""

    number: int
    name: str
    code: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile as read from the file. Its id is empty if the file has none.

    `missing` are the members that the entry does not have: an import does not change them.
    """

    number: int
    profile: Profile
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shared:
    """A shared file as read: valid entries and errors, both in the order of the file."""

    entries: tuple[Entry, ...] = ()
    errors: tuple[EntryError, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A change to a profile. `fields` are the names of the members that differ."""

    old: Profile
    new: Profile
    fields: tuple[str, ...]

    @property
    def another_way(self) -> bool:
        """Whether the token would be sent to another PBX, through another proxy, or to a host with
        another certificate."""
        return goes_another_way(self.old, self.new)

    def onto(self, profile: Profile) -> Profile:
        """The profile with only these members changed."""
        return replace(profile, **{name: getattr(self.new, name) for name in self.fields})


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do; nothing has been changed yet."""

    added: tuple[Profile, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0
    errors: tuple[EntryError, ...] = ()


def goes_another_way(old: Profile, new: Profile) -> bool:
    """Whether it is another PBX, or the connection or trust settings differ."""
    return old.link != new.link or not same_pbx(old.pbx, new.pbx)


def preview(
    current: Sequence[Profile], shared: Shared, *, room: int, used: Collection[str] = ()
) -> Preview:
    """Compare what was read with the present profiles.

    An entry matches the profile with the same id, else one with the same name and PBX; otherwise
    it is new. `room` is how many can be added. `used` are ids that must not be used again, because
    pending answers or stored secrets may still belong to them.
    """
    matches = _matches(current, shared.entries)
    taken = {profile.id for profile in current} | set(used)
    added: list[Profile] = []
    changed = []
    errors = list(shared.errors)
    for entry in shared.entries:
        old = matches.get(entry.number)
        if old is not None:
            changed.append(_change(old, entry))
        elif len(added) < room:
            added.append(_with_free_id(entry.profile, taken))
            taken.add(added[-1].id)
        else:
            errors.append(EntryError(entry.number, entry.profile.name, "entry_no_room"))
    real = tuple(change for change in changed if change.fields)
    errors.sort(key=lambda error: error.number)
    return Preview(tuple(added), real, len(changed) - len(real), tuple(errors))


def _matches(current: Sequence[Profile], entries: Sequence[Entry]) -> dict[int, Profile]:
    """The profile that each entry matches, by number. Ids are matched first, no profile twice."""
    by_id = {profile.id: profile for profile in current}
    found = {e.number: by_id[e.profile.id] for e in entries if e.profile.id in by_id}
    left = [p for p in current if p not in found.values()]
    for entry in entries:
        if entry.number in found:
            continue
        alike = next(_alike(left, entry.profile), None)
        if alike is not None:
            found[entry.number] = alike
            left.remove(alike)
    return found


def _alike(profiles: Sequence[Profile], wanted: Profile) -> Iterator[Profile]:
    name = name_key(wanted.name)
    return (p for p in profiles if name_key(p.name) == name and same_pbx(p.pbx, wanted.pbx))


def _change(old: Profile, entry: Entry) -> Change:
    # Compare as in files: for instance, a password in an old proxy is never written to one.
    before, after = write_members(MEMBERS, old), write_members(MEMBERS, entry.profile)
    names = tuple(n for n in SHARED if n not in entry.missing and before[n] != after[n])
    return Change(old, Change(old, entry.profile, names).onto(old), names)


def _with_free_id(profile: Profile, taken: Collection[str]) -> Profile:
    free = profile.id and profile.id not in taken
    return profile if free else replace(profile, id=new_id())


class FileFault(StrEnum):
    """What is wrong with a settings file."""

    MISSING = "missing"
    """It does not exist, but a copy of it or a damaged file does."""
    EMPTY = "empty"
    """It is empty or only white space."""
    ZERO_BYTES = "zero_bytes"
    """It contains zero bytes, as after a power failure; `place` is the first one."""
    UTF16 = "utf16"
    """It was saved as UTF-16 or UTF-32 and not as UTF-8."""
    NOT_UTF8 = "not_utf8"
    """The byte at `place` is not UTF-8."""
    SYNTAX = "syntax"
    """It is not JSON from `place` on; `detail` is the parser's message."""
    CUT_OFF = "cut_off"
    """It ends in the middle."""
    TOO_DEEP = "too_deep"
    """It nests too deeply to be read."""
    NOT_SETTINGS = "not_settings"
    """It is JSON, but not an object, or its `profiles` is not a list."""
    TOO_LARGE = "too_large"
    """It is larger than a settings file can be."""
    UNREADABLE = "unreadable"
    """The system cannot read it; `detail` is the system's message."""
    NOT_A_FILE = "not_a_file"
    """A folder, a pipe or a device is in its place."""
    NEWER = "newer"
    """A newer version of hbgui wrote it."""
    TOO_MANY = "too_many"
    """It has more PBXs than allowed; the first ones are used."""
    WRONG_VALUES = "wrong_values"
    """It was read, but `wrong_values` of some PBXs are invalid and replaced by defaults."""
    REPEATED = "repeated"
    """It was read, but some members occur twice (`repeated`): the last one is used."""


class SettingsFrom(StrEnum):
    """Where the settings in use come from."""

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
    """A member that occurs twice in its object. `path` are the names and list indexes that lead to
    it, `place` is where it occurs for the second time."""

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

    - `place`: where the fault is; None if the file is empty or unreadable.
    - `moved_to`: the new path of the damaged file, moved by this load or, if the fault is MISSING,
      by an earlier one. None if the file was not moved.
    - `not_moved`: the system's message if moving failed.
    - `backup`: the last good copy. `backup_fault`: why the copy is not used, or that a newer
      version wrote it; None if it is used or not needed.
    - `wrong_values`: names of JSON members by the id of their PBX.
    - `repeated`: the members that occur more than once in the file that was used.
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
        """Whether the settings in use may differ from what the user saved: they come from the copy,
        from no file, or from a newer version. Such settings must not move reports."""
        return self.used is not SettingsFrom.FILE or self.fault is FileFault.NEWER

    def guessed_for(self, pbx_id: str) -> bool:
        """The same for one PBX: True also if some of its values were replaced by defaults."""
        return self.guessed or pbx_id in self.wrong_values
