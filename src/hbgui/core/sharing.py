"""Profiles from a file of somebody else: what taking them would add and change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

from hbgui.core.address import same_pbx, storable
from hbgui.core.profile import Profile, new_id
from hbgui.core.typed import name_key

LOCAL_ONLY = ("renew", "token_host", "announced", "earlier", "ask_before_moving")
"""Members of a profile that concern what this computer did: never shared, kept on an import."""

_SHARED = tuple(f.name for f in fields(Profile) if f.name not in ("id", *LOCAL_ONLY))


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
    names = tuple(
        name
        for name in _SHARED
        if name not in entry.missing
        and _differ(name, getattr(old, name), getattr(entry.profile, name))
    )
    return Change(old, Change(old, entry.profile, names).onto(old), names)


def _differ(name: str, old: object, new: object) -> bool:
    if name == "pbx":
        # A file never holds more of a typed address than this.
        return storable(str(old)) != storable(str(new))
    if name == "proxy" and "@" in str(old):
        # What may hold a password is in no file, so that the file says nothing of it.
        return bool(new)
    return old != new


def _with_free_id(profile: Profile, taken: Collection[str]) -> Profile:
    free = profile.id and profile.id not in taken
    return profile if free else replace(profile, id=new_id())
