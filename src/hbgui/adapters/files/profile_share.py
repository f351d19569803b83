"""Files with profiles for other people, without secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hbgui.adapters.files.atomic_write import storage_error, write_atomically
from hbgui.adapters.files.json_object import DamagedError, NotAFileError, file_bytes, object_from
from hbgui.adapters.files.profile_json import (
    ID,
    SIZE_MAX,
    VERSION,
    is_newer,
    members_of,
    read_profile,
    to_bytes,
)
from hbgui.core.api.errors import StorageError
from hbgui.core.pbx.address import CAUSES, storable
from hbgui.core.pbx.profile import MEMBERS, SHARED, Profile
from hbgui.core.pbx.validation import Field, check
from hbgui.core.ports import PROFILES_MAX
from hbgui.core.settings import Entry, EntryError, FileFault, Repeated, Shared

FORMAT = "hbgui profiles"

TEXT_MAX = 2000
"""Characters that one text of an entry may have."""

NAME_MAX = 100
"""Characters of a profile's name that an error repeats."""

_SHARED_MEMBERS = ("id", *SHARED)


class ProfileShare:
    """Fulfils `core.ports.ProfileSharing`. Any thread.

    `clean` hides secrets in a text: a user may have pasted one where a name or a URL belongs.
    """

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean

    def write(self, path: Path, profiles: Sequence[Profile]) -> bool:
        """Write the profiles to the file, readable by this user only, all or nothing.

        Returns whether secrets were hidden. Raises StorageError; the file is then unchanged.
        """
        originals = [_shared_members(profile) for profile in profiles]
        cleaned = [
            {name: self._hide(value) for name, value in members.items()} for members in originals
        ]
        data = to_bytes({"format": FORMAT, "version": VERSION, "profiles": cleaned}, indent=2)
        if len(data) > SIZE_MAX:
            raise StorageError("too_large")
        try:
            target = Path(os.path.realpath(path))
            if target.exists() and not target.is_file():
                raise NotAFileError  # a device must not be replaced
            write_atomically(target, data)
            return cleaned != originals
        except OSError as error:
            failure = storage_error(error)
        raise failure

    def read(self, path: Path) -> Shared:
        """Read a file of `write`. Raises StorageError when it cannot be read, or is not one."""
        members, repeated = _members(path)
        if members.get("format") != FORMAT:
            raise StorageError("not_profiles")
        if is_newer(members.get("version")):
            raise StorageError("newer_version")
        entries = members.get("profiles")
        if members.get("version") != VERSION or not isinstance(entries, list):
            raise StorageError("not_profiles")
        if len(entries) > PROFILES_MAX:
            raise StorageError("too_many")
        if outside := [r for r in repeated if r.path[0] != "profiles" or len(r.path) == 1]:
            raise StorageError("repeats", outside[0].name)
        return _shared(entries, {r.path[1]: r for r in reversed(repeated)})

    def _hide(self, value: Any) -> Any:
        match value:
            case str():
                return self._clean(value)
            case dict():
                return {name: self._hide(part) for name, part in value.items()}
        return value


def _shared_members(profile: Profile) -> dict[str, Any]:
    return {k: v for k, v in members_of(profile).items() if k in _SHARED_MEMBERS}


def _members(path: Path) -> tuple[dict[str, Any], tuple[Repeated, ...]]:
    """The members and the repeated ones; empty for a file without a JSON object. Raises
    StorageError."""
    try:
        return object_from(file_bytes(path, SIZE_MAX))
    except OSError as error:
        failure = storage_error(error)
    except DamagedError as error:
        if error.fault is not FileFault.TOO_LARGE:
            return {}, ()
        failure = StorageError("too_large")
    raise failure


def _shared(raw: list[Any], repeated: Mapping[str | int, Repeated]) -> Shared:
    """The entries of the file. `repeated` has one repeated member by entry number, from 0."""
    entries: list[Entry] = []
    errors: list[EntryError] = []
    numbers: dict[str, int] = {}
    for number, members in enumerate(raw, 1):
        result = _entry(number, members, numbers)
        if (repeat := repeated.get(number - 1)) is not None:
            # Only the author of the file knows which of the two values is meant.
            name = result.name if isinstance(result, EntryError) else result.profile.name[:NAME_MAX]
            values = {"member": repeat.name, "line": str(repeat.place.line)}
            result = EntryError(number, name, "entry_repeats", values)
        if isinstance(result, EntryError):
            errors.append(result)
            continue
        entries.append(result)
        if result.profile.id:
            numbers[result.profile.id] = number
    return Shared(tuple(entries), tuple(errors))


def _entry(number: int, members: Any, numbers: dict[str, int]) -> Entry | EntryError:
    """An entry, or what is wrong with it. `numbers` are the earlier entries' numbers by id."""
    if not isinstance(members, dict):
        return EntryError(number, "", "entry_not_object")
    members = {name: value for name, value in members.items() if name in _SHARED_MEMBERS}
    name, id_ = (v if isinstance(v := members.get(n), str) else "" for n in ("name", "id"))
    profile = read_profile(members, id_)[0]
    values_read = _shared_members(profile)
    present = [k for k in values_read if k in members]
    wrong = [k for k in present if not _is_valid(k, members[k], values_read[k])]
    if wrong:
        return EntryError(number, name[:NAME_MAX], "entry_wrong", {"members": ", ".join(wrong)})
    if id_ in numbers:
        values = {"other": str(numbers[id_])}
        return EntryError(number, name[:NAME_MAX], "entry_id_twice", values)
    problem = next((p for p in check(profile, None).errors if p.code in CAUSES), None)
    if problem is not None:
        values = problem.values | {"member": _MEMBER_OF.get(problem.field, problem.field)}
        return EntryError(number, name[:NAME_MAX], problem.code, values)
    # Parts that `storable` removes from the address may be a secret.
    profile = replace(profile, pbx=storable(profile.pbx))
    return Entry(number, profile, frozenset(values_read.keys() - members.keys()))


_MEMBER_OF = {Field.IP: "server"}
"""Members of the file whose field has another name in the form."""


def _is_valid(name: str, stored: Any, read: Any) -> bool:
    """Whether a member has the right type and a value that exists."""
    match name:
        case "id":
            return isinstance(stored, str) and (not stored or ID.fullmatch(stored) is not None)
        case "pbx":
            return isinstance(stored, str) and len(stored) <= TEXT_MAX
    if bounds := MEMBERS[name].bounds:
        return type(stored) is int and bounds[0] <= stored <= bounds[1]
    return _was_accepted(stored, read)


def _was_accepted(stored: Any, read: Any) -> bool:
    """Whether the profile has the value of the file, rather than a default."""
    if isinstance(read, dict):
        if not isinstance(stored, dict):
            return False
        return all(_was_accepted(stored[k], read[k]) for k in read.keys() & stored.keys())
    if isinstance(stored, str) and len(stored) > TEXT_MAX:
        return False
    return stored == read or (type(stored) is int and str(stored) == read)
