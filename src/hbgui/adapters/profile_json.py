"""The profiles as JSON members, and back: whatever was edited by hand, no profile is lost."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from hbgui.adapters.preferences_json import (
    preference_members,
    preferences_from,
    unknown_members,
)
from hbgui.adapters.target_json import (
    announced_from,
    announced_members,
    target_from,
    target_members,
)
from hbgui.core.address import storable
from hbgui.core.link import Pin, TlsLevel, TlsMode, parse_fingerprint
from hbgui.core.ports import PROFILES_MAX, Settings
from hbgui.core.profile import (
    AddressKind,
    ApiVersion,
    Profile,
    ServerAddress,
    UrlField,
    UrlMode,
)

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D")

VERSION = 1
SIZE_MAX = 1024 * 1024
"""Bytes of a file; 500 profiles need a third of it."""

_KNOWN = frozenset({"version", "selected", "profiles", "preferences"})
ID = re.compile(r"[A-Za-z0-9._-]{1,100}")  # it becomes the name of a lock file


class DamagedError(Exception):
    """The bytes are no settings."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Settings as read. `unknown` are members of profiles, by profile id, that this version does
    not know. `newer` and `too_many` say why the file must not be written."""

    settings: Settings
    unknown: dict[str, dict[str, Any]] = field(default_factory=dict)
    newer: bool = False
    too_many: bool = False


def decode(data: bytes) -> Decoded:
    """Read a whole file. Members of a wrong type get their default. Raises DamagedError."""
    members = read_object(data)
    if members is None:
        raise DamagedError
    newer = is_newer(members.get("version"))
    entries = members.get("profiles", [])
    if not isinstance(entries, list):
        if not newer:
            raise DamagedError
        entries = []
    dicts = [entry for entry in entries if isinstance(entry, dict)]
    profiles: dict[str, Profile] = {}
    unknown = {}
    for number, entry in enumerate(dicts[:PROFILES_MAX]):
        profile = profile_from(entry, _free_id(entry.get("id"), number, profiles))
        profiles[profile.id] = profile
        unknown[profile.id] = {k: v for k, v in entry.items() if k not in members_of(profile)}
    selected = members.get("selected")
    selected = selected if isinstance(selected, str) and selected in profiles else ""
    extra = {k: v for k, v in members.items() if k not in _KNOWN}
    preferences = _object(members.get("preferences"))
    if unknown_preferences := unknown_members(preferences):
        extra["preferences"] = unknown_preferences
    settings = Settings(tuple(profiles.values()), selected, preferences_from(preferences), extra)
    return Decoded(settings, unknown, newer, len(dicts) > PROFILES_MAX)


def encode(settings: Settings, unknown: Mapping[str, dict[str, Any]]) -> bytes:
    """The whole file, for people to read. Half a surrogate pair stays as an escape.

    Empty when unknown members nest too deeply to be written back.
    """
    members = {
        **settings.extra,
        "version": VERSION,
        "selected": settings.selected,
        "preferences": {
            **_object(settings.extra.get("preferences")),
            **preference_members(settings.preferences),
        },
        "profiles": [{**unknown.get(p.id, {}), **members_of(p)} for p in settings.profiles],
    }
    data = to_bytes(members, indent=2)
    # Unknown members that are long or nest deeply take much less room without indents.
    return data if 0 < len(data) <= SIZE_MAX else to_bytes(members, indent=None)


def to_bytes(members: dict[str, Any], indent: int | None) -> bytes:
    """The members as a file; empty when they nest too deeply for the writer."""
    try:
        text = json.dumps(members, indent=indent, ensure_ascii=False) + "\n"
    except RecursionError:
        return b""
    return text.encode("utf-8", "backslashreplace")


def read_object(data: bytes) -> dict[str, Any] | None:
    """The members of a file; None when the bytes are no JSON object."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def is_newer(version: object) -> bool:
    """Whether a file of this version may mean things that this program does not know."""
    return isinstance(version, int | float) and version > VERSION


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def members_of(profile: Profile) -> dict[str, Any]:
    """The profile as JSON members, each with the name of its field."""
    return {
        "id": profile.id,
        "name": profile.name,
        # What was pasted may hold a token in its query: only what names the PBX is kept.
        "pbx": storable(profile.pbx),
        "api": profile.api.value,
        "url_field": profile.url_field.value if profile.url_field else None,
        "tls": profile.tls.value,
        "tls_level": profile.tls_level.value,
        "pin": _pin_members(profile.pin),
        "proxy": profile.proxy if _storable_proxy(profile.proxy) else "",
        "server": {"kind": profile.server.kind.value, "value": profile.server.value},
        "port": profile.port,
        "url_mode": profile.url_mode.value,
        "url": profile.url,
        "interval_min": profile.interval_min,
        "user": profile.user,
        "renew": profile.renew,
        "token_host": profile.token_host,
        "notes": profile.notes,
        "announced": announced_members(profile.announced),
        "earlier": target_members(profile.earlier),
        "ask_before_moving": profile.ask_before_moving,
    }


def _pin_members(pin: Pin | None) -> dict[str, str] | None:
    if pin is None:
        return None
    return {"sha256": pin.sha256, "authority": pin.authority, "since": pin.since}


def _storable_proxy(text: str) -> bool:
    """What stands before an @ may be a password."""
    return "@" not in text


def profile_from(entry: dict[str, Any], id_: str) -> Profile:
    """The profile of an entry; members that are missing or wrong get their default."""
    default = Profile(id_)
    server = entry.get("server")
    server = server if isinstance(server, dict) else {}
    interval = entry.get("interval_min")
    return Profile(
        id=id_,
        name=_text(entry.get("name"), default.name),
        pbx=_text(entry.get("pbx"), default.pbx),
        api=_choice(ApiVersion, entry.get("api"), default.api),
        url_field=_choice(UrlField, entry.get("url_field"), None),
        tls=_choice(TlsMode, entry.get("tls"), default.tls),
        tls_level=_choice(TlsLevel, entry.get("tls_level"), default.tls_level),
        pin=_pin(entry.get("pin")),
        proxy=_text(entry.get("proxy"), default.proxy),
        server=ServerAddress(
            _choice(AddressKind, server.get("kind"), AddressKind.AUTO),
            _text(server.get("value"), ""),
        ),
        port=_text(entry.get("port"), default.port),
        url_mode=_choice(UrlMode, entry.get("url_mode"), default.url_mode),
        url=_text(entry.get("url"), default.url),
        interval_min=interval if type(interval) is int else default.interval_min,
        user=_text(entry.get("user"), default.user),
        renew=entry.get("renew") is True,
        token_host=_text(entry.get("token_host"), default.token_host),
        notes=_text(entry.get("notes"), default.notes),
        announced=announced_from(entry.get("announced")),
        earlier=target_from(entry.get("earlier")),
        ask_before_moving=entry.get("ask_before_moving") is not False,
    )


def _pin(value: object) -> Pin | None:
    """None when it cannot be used: the PBX then has no pinned certificate, and gets nothing."""
    members = value if isinstance(value, dict) else {}
    try:
        sha256 = parse_fingerprint(_text(members.get("sha256"), ""))
    except ValueError:
        return None
    return Pin(sha256, _text(members.get("authority"), ""), _text(members.get("since"), ""))


def _text(value: object, default: str) -> str:
    if type(value) is int:  # a port without quotation marks
        return str(value)
    return value if isinstance(value, str) else default


def _choice(kind: type[E], value: object, default: D) -> E | D:
    return next((member for member in kind if member.value == value), default)


def _free_id(id_: object, number: int, taken: Mapping[str, Profile]) -> str:
    """The id, or another one when it is missing, unusable or taken.

    The same file gives the same ids again: they name keyring entries before they are saved.
    """
    free = id_ if isinstance(id_, str) and ID.fullmatch(id_) else ""
    while not free or free in taken:
        free = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{id_!r} {number}"))
        number += PROFILES_MAX
    return free
