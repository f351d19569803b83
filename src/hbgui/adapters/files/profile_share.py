"""Profiles in a file for other people: readable, and without secrets."""

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
"""Characters of one text of an entry."""

NAME_MAX = 100
"""Characters of a name in an error."""

_KEPT = ("id", *SHARED)


class ProfileShare:
    """Fulfils `core.ports.ProfileSharing`. Any thread.

    `clean` hides secrets in a text: one may have been pasted where a name or a URL belongs.
    """

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean

    def write(self, path: Path, profiles: Sequence[Profile]) -> bool:
        """Put the profiles into the file, readable by this user only, all or nothing.

        True when something was hidden. Raises StorageError; the file is then as it was.
        """
        whole = [_shared_members(profile) for profile in profiles]
        clean = [{name: self._hide(value) for name, value in one.items()} for one in whole]
        data = to_bytes({"format": FORMAT, "version": VERSION, "profiles": clean}, indent=2)
        if len(data) > SIZE_MAX:
            raise StorageError("too_large")
        try:
            target = Path(os.path.realpath(path))
            if target.exists() and not target.is_file():
                raise NotAFileError  # a device must not be replaced
            write_atomically(target, data)
            return clean != whole
        except OSError as error:
            failure = storage_error(error)
        raise failure

    def read(self, path: Path) -> Shared:
        """Read such a file. Raises StorageError when it cannot be read, or is none of ours."""
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
        if whole := [one for one in repeated if one.path[0] != "profiles" or len(one.path) == 1]:
            raise StorageError("repeats", whole[0].name)
        return _shared(entries, {one.path[1]: one for one in reversed(repeated)})

    def _hide(self, value: Any) -> Any:
        match value:
            case str():
                return self._clean(value)
            case dict():
                return {name: self._hide(part) for name, part in value.items()}
        return value


def _shared_members(profile: Profile) -> dict[str, Any]:
    return {k: v for k, v in members_of(profile).items() if k in _KEPT}


def _members(path: Path) -> tuple[dict[str, Any], tuple[Repeated, ...]]:
    """Empty when the file is no JSON object. Raises StorageError."""
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
    """`repeated` are members that occur more than once, by the entry's number from 0."""
    entries: list[Entry] = []
    errors: list[EntryError] = []
    numbers: dict[str, int] = {}
    for number, members in enumerate(raw, 1):
        read = _entry(number, members, numbers)
        if (twice := repeated.get(number - 1)) is not None:
            # Which of the two is meant, only its author knows.
            name = read.name if isinstance(read, EntryError) else read.profile.name[:NAME_MAX]
            values = {"member": twice.name, "line": str(twice.place.line)}
            read = EntryError(number, name, "entry_repeats", values)
        if isinstance(read, EntryError):
            errors.append(read)
            continue
        entries.append(read)
        if read.profile.id:
            numbers[read.profile.id] = number
    return Shared(tuple(entries), tuple(errors))


def _entry(number: int, members: Any, numbers: dict[str, int]) -> Entry | EntryError:
    """An entry, or why it is none. `numbers` are those of the entries before, by id."""
    if not isinstance(members, dict):
        return EntryError(number, "", "entry_not_object")
    members = {name: value for name, value in members.items() if name in _KEPT}
    name, id_ = (v if isinstance(v := members.get(n), str) else "" for n in ("name", "id"))
    profile = read_profile(members, id_)[0]
    known = _shared_members(profile)
    wrong = [k for k, read in known.items() if k in members and not _is_right(k, members[k], read)]
    if wrong:
        return EntryError(number, name[:NAME_MAX], "entry_wrong", {"members": ", ".join(wrong)})
    if id_ in numbers:
        values = {"other": str(numbers[id_])}
        return EntryError(number, name[:NAME_MAX], "entry_id_twice", values)
    slip = next((p for p in check(profile, None).errors if p.code in CAUSES), None)
    if slip is not None:
        values = slip.values | {"member": _MEMBER_OF.get(slip.field, slip.field)}
        return EntryError(number, name[:NAME_MAX], slip.code, values)
    # What was left out of the address may have been a secret.
    profile = replace(profile, pbx=storable(profile.pbx))
    return Entry(number, profile, frozenset(known.keys() - members.keys()))


_MEMBER_OF = {Field.IP: "server"}
"""Members that the form calls otherwise."""


def _is_right(name: str, given: Any, read: Any) -> bool:
    """Whether a member has the right type and a value that exists."""
    match name:
        case "id":
            return isinstance(given, str) and (not given or ID.fullmatch(given) is not None)
        case "pbx":
            return isinstance(given, str) and len(given) <= TEXT_MAX
    if bounds := MEMBERS[name].bounds:
        return type(given) is int and bounds[0] <= given <= bounds[1]
    return _as_read(given, read)


def _as_read(given: Any, read: Any) -> bool:
    """Whether the given value was taken, and no default in its place."""
    if isinstance(read, dict):
        if not isinstance(given, dict):
            return False
        return all(_as_read(given[k], read[k]) for k in read.keys() & given.keys())
    if isinstance(given, str) and len(given) > TEXT_MAX:
        return False
    return given == read or (type(given) is int and str(given) == read)
