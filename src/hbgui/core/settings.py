"""Contents of settings files: preferences, shared profiles, faults."""

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
    """What closing the window does while heartbeats are sent again and again."""

    ASK = "ask"
    BACKGROUND = "background"
    QUIT = "quit"


WHO_MAX = 200
"""Characters of the name of a person or a company."""


def _who(value: object) -> str | None:
    return value[:WHO_MAX] if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Preferences:
    """The program's own settings, apart from those of a PBX.

    BACKGROUND hides the window where there is a tray, and minimises it where there is none.
    `start_minimised` counts for every start, `notifications` for all words on the desktop.
    `technician` and `company` stand in sign-off reports until others are typed.
    """

    on_close: OnClose = member(OnClose.ASK, choice(OnClose))
    start_minimised: bool = member(False, flag)
    notifications: bool = member(True, flag)
    technician: str = member("", _who)
    company: str = member("", _who)


PREFERENCES = rows_of(Preferences)
"""How each of them stands in the settings file, by name."""


@dataclass(frozen=True, slots=True)
class EntryError:
    """Why an entry is not taken. `number` counts from 1; `code` is a key of the texts."""

    number: int
    name: str
    code: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile as it stands in the file. Its id is empty when there is none.

    `missing` are the members that the entry leaves out: a change leaves them as they are.
    """

    number: int
    profile: Profile
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shared:
    """A file as read: what can be taken and what is wrong, both in the order of the file."""

    entries: tuple[Entry, ...] = ()
    errors: tuple[EntryError, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A profile that would be another. `fields` are the names of the members that differ."""

    old: Profile
    new: Profile
    fields: tuple[str, ...]

    @property
    def another_way(self) -> bool:
        """Whether the token would go another way: to another box, through another proxy, or to
        whom another certificate makes trusted."""
        return goes_another_way(self.old, self.new)

    def onto(self, profile: Profile) -> Profile:
        """The profile with these members changed and no others."""
        return replace(profile, **{name: getattr(self.new, name) for name in self.fields})


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do; nothing is done yet."""

    added: tuple[Profile, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0
    errors: tuple[EntryError, ...] = ()


def goes_another_way(old: Profile, new: Profile) -> bool:
    """Whether the PBX is another, or is reached or trusted in another way."""
    return old.link != new.link or not same_pbx(old.pbx, new.pbx)


def preview(
    current: Sequence[Profile], shared: Shared, *, room: int, used: Collection[str] = ()
) -> Preview:
    """Compare what was read with the present profiles.

    An entry means the profile of the same id, else one of the same name and the same PBX, else it
    is new. `room` is how many can be added, `used` are ids that must not come back: old answers
    and secrets may still bear them.
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
    """The present profile that each entry means, by number. None is meant twice: ids go first."""
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
    # Compared as files hold them: of a password in an old proxy, for instance, no file tells.
    before, after = write_members(MEMBERS, old), write_members(MEMBERS, entry.profile)
    names = tuple(n for n in SHARED if n not in entry.missing and before[n] != after[n])
    return Change(old, Change(old, entry.profile, names).onto(old), names)


def _with_free_id(profile: Profile, taken: Collection[str]) -> Profile:
    free = profile.id and profile.id not in taken
    return profile if free else replace(profile, id=new_id())


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
