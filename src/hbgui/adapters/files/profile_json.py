"""The settings file as JSON."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hbgui.adapters.files.json_object import DamagedError, object_from, place_at
from hbgui.core.pbx.members import object_of, read_members, write_members
from hbgui.core.pbx.profile import MEMBERS, Profile
from hbgui.core.ports import PROFILES_MAX, Settings
from hbgui.core.settings import PREFERENCES, FileFault, Place, Preferences, Repeated

VERSION = 1
SIZE_MAX = 1024 * 1024
"""Bytes of a file; 500 profiles need a third of it."""

_KNOWN = frozenset({"version", "selected", "profiles", "preferences"})
ID = re.compile(r"[A-Za-z0-9._-]{1,100}")  # it becomes the name of a lock file


@dataclass(frozen=True, slots=True)
class Decoded:
    """Settings as they were read from a file.

    `unknown` are the members of each profile, by profile id, that this version does not know.
    `wrong` are the names of the members whose values it cannot use, also by profile id. `repeated`
    are members that occur more than once. `fault` is the reason why the file must not be written:
    NEWER or TOO_MANY; None without one.
    """

    settings: Settings
    unknown: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fault: FileFault | None = None
    repeated: tuple[Repeated, ...] = ()


def decode(data: bytes) -> Decoded:
    """Parse a whole file. Members with unusable values get their defaults. Raises DamagedError."""
    with contextlib.suppress(RecursionError):
        members, repeated = object_from(data)
        return replace(_decode(members, data), repeated=repeated)
    raise DamagedError(FileFault.TOO_DEEP)


def _decode(members: dict[str, Any], data: bytes) -> Decoded:
    fault = FileFault.NEWER if is_newer(members.get("version")) else None
    entries = members.get("profiles", [])
    if not isinstance(entries, list):
        if fault is None:
            raise DamagedError(FileFault.NOT_SETTINGS, _only_place_of('"profiles"', data))
        entries = []
    dicts = [entry for entry in entries if isinstance(entry, dict)]
    profiles: dict[str, Profile] = {}
    unknown = {}
    invalid = (n for n, entry in enumerate(entries, 1) if not isinstance(entry, dict))
    wrong: dict[str, tuple[str, ...]] = {f"entry {n}": ("entry",) for n in invalid}
    for number, entry in enumerate(dicts[:PROFILES_MAX]):
        profile, unusable = read_profile(entry, _free_id(entry.get("id"), number, profiles))
        profiles[profile.id] = profile
        if unusable:
            wrong[profile.id] = unusable
        unknown[profile.id] = {k: v for k, v in entry.items() if k not in MEMBERS and k != "id"}
    selected = members.get("selected")
    selected = selected if isinstance(selected, str) and selected in profiles else ""
    extra = {k: v for k, v in members.items() if k not in _KNOWN}
    stored = object_of(members.get("preferences"))
    if unknown_preferences := {k: v for k, v in stored.items() if k not in PREFERENCES}:
        extra["preferences"] = unknown_preferences
    preferences = Preferences(**read_members(PREFERENCES, stored)[0])
    settings = Settings(tuple(profiles.values()), selected, preferences, extra)
    if len(dicts) > PROFILES_MAX:
        fault = fault or FileFault.TOO_MANY
    return Decoded(settings, unknown, wrong, fault)


def encode(settings: Settings, unknown: Mapping[str, dict[str, Any]]) -> bytes:
    """The content of the settings file, indented for people to read.

    Half a surrogate pair is written as an escape. Empty when unknown members are nested too deeply
    to be written back.
    """
    members = {
        **settings.extra,
        "version": VERSION,
        "selected": settings.selected,
        "preferences": {
            **object_of(settings.extra.get("preferences")),
            **write_members(PREFERENCES, settings.preferences),
        },
        "profiles": [{**unknown.get(p.id, {}), **members_of(p)} for p in settings.profiles],
    }
    data = to_bytes(members, indent=2)
    # Without indents, unknown members that are long or deeply nested take much less space.
    return data if 0 < len(data) <= SIZE_MAX else to_bytes(members, indent=None)


def to_bytes(members: dict[str, Any], indent: int | None) -> bytes:
    """The members as JSON in UTF-8; empty when they are nested too deeply for `json`."""
    try:
        text = json.dumps(members, indent=indent, ensure_ascii=False) + "\n"
    except RecursionError:
        return b""
    return text.encode("utf-8", "backslashreplace")


def is_newer(version: object) -> bool:
    """Whether a newer hbgui has written a file with this version."""
    if isinstance(version, str):
        with contextlib.suppress(ValueError):
            return float(version) > VERSION
    return isinstance(version, int | float) and version > VERSION


def _only_place_of(name: str, data: bytes) -> Place | None:
    """Where the name is in the file; None when it occurs several times."""
    text = data.decode("utf-8-sig")
    return place_at(text, text.index(name)) if text.count(name) == 1 else None


def members_of(profile: Profile) -> dict[str, Any]:
    """The profile as JSON members, each with the name of its field."""
    return {"id": profile.id, **write_members(MEMBERS, profile)}


def read_profile(entry: dict[str, Any], id_: str) -> tuple[Profile, tuple[str, ...]]:
    """The profile, and the names of the members of `entry` that cannot be used."""
    values, wrong = read_members(MEMBERS, entry)
    return Profile(id_, **values), wrong


def _free_id(id_: object, number: int, taken: Mapping[str, Profile]) -> str:
    """The id, or a new one when it is missing, unusable or taken.

    The same file always gives the same new ids: they name keyring entries even before the file
    with them is saved.
    """
    import uuid  # costs time at start, and is seldom needed

    candidate = id_ if isinstance(id_, str) and ID.fullmatch(id_) else ""
    while not candidate or candidate in taken:
        candidate = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{id_!r} {number}"))
        number += PROFILES_MAX
    return candidate
