"""PBXs as JSON objects of the settings file."""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from hbgui.adapters.files.json_fault import DamagedError, object_from, place_at
from hbgui.core.pbx.address import (
    AddressError,
    check_host,
    check_port,
    looks_like_token,
    storable,
    wire_host,
)
from hbgui.core.pbx.connection import Pin, TlsLevel, TlsMode, parse_fingerprint
from hbgui.core.pbx.destination import ANNOUNCED_MAX, Announced, ReportTarget, UrlMode
from hbgui.core.pbx.profile import AddressKind, ApiVersion, Profile, ServerAddress, UrlField
from hbgui.core.pbx.validation import absolute_url
from hbgui.core.ports import PROFILES_MAX, Settings
from hbgui.core.settings import FileFault, OnClose, Place, Preferences, Repeated
from hbgui.core.signoff.signoff import WHO_MAX


def target_members(target: ReportTarget | None) -> dict[str, Any] | None:
    """The target as JSON members."""
    if target is None:
        return None
    mode = target.url_mode.value
    return {"ip": target.ip, "port": target.port, "url_mode": mode, "url": target.url}


def target_from(value: object) -> ReportTarget | None:
    """The target of such members; None when they cannot be one."""
    members = value if isinstance(value, dict) else {}
    try:
        ip = wire_host(check_host(str(members.get("ip", ""))))
        port = check_port(str(members.get("port", "")))
        mode = UrlMode(str(members.get("url_mode", UrlMode.NONE)))
        url = str(members.get("url", ""))
        if mode is UrlMode.ABSOLUTE:
            url = absolute_url(url)[1]
        return ReportTarget(ip, port, mode, url)
    except (AddressError, ValueError):
        return None


def announced_members(announced: tuple[Announced, ...]) -> list[dict[str, Any]]:
    """What was announced as JSON members."""
    return [{"at": a.at, "here": a.here, "target": target_members(a.target)} for a in announced]


def announced_from(value: object) -> tuple[Announced, ...]:
    """What was announced; entries that cannot be read are left out."""
    found = []
    for entry in value if isinstance(value, list) else []:
        members = entry if isinstance(entry, dict) else {}
        target = target_from(members.get("target"))
        if target is not None:
            found.append(Announced(str(members.get("at", "")), target, members.get("here") is True))
    return tuple(found[:ANNOUNCED_MAX])


_NAMES = frozenset(field.name for field in fields(Preferences))


def preferences_from(members: dict[str, Any]) -> Preferences:
    """The settings; each member that is missing or of a wrong type gets its default."""
    default = Preferences()
    on_close = members.get("on_close")
    return Preferences(
        on_close=next((way for way in OnClose if way.value == on_close), default.on_close),
        start_minimised=_flag_or(members.get("start_minimised"), default.start_minimised),
        notifications=_flag_or(members.get("notifications"), default.notifications),
        technician=_who(members.get("technician")),
        company=_who(members.get("company")),
    )


def preference_members(preferences: Preferences) -> dict[str, Any]:
    """The settings as JSON members, each with the name of its field."""
    return {
        "on_close": preferences.on_close.value,
        "start_minimised": preferences.start_minimised,
        "notifications": preferences.notifications,
        "technician": preferences.technician,
        "company": preferences.company,
    }


def unknown_members(members: dict[str, Any]) -> dict[str, Any]:
    """What this version does not know, to be written back."""
    return {name: value for name, value in members.items() if name not in _NAMES}


def _who(value: object) -> str:
    return value[:WHO_MAX] if isinstance(value, str) else ""


def _flag_or(value: object, default: bool) -> bool:
    return value if isinstance(value, bool) else default


E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
D = TypeVar("D")

VERSION = 1
SIZE_MAX = 1024 * 1024
"""Bytes of a file; 500 profiles need a third of it."""

_KNOWN = frozenset({"version", "selected", "profiles", "preferences"})
ID = re.compile(r"[A-Za-z0-9._-]{1,100}")  # it becomes the name of a lock file


@dataclass(frozen=True, slots=True)
class Decoded:
    """Settings as read. `unknown` are members of profiles, by profile id, that this version does
    not know, `wrong` the names of those that it cannot use, `repeated` members that occur more
    than once. `newer` and `too_many` say why the
    file must not be written."""

    settings: Settings
    unknown: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: dict[str, tuple[str, ...]] = field(default_factory=dict)
    newer: bool = False
    too_many: bool = False
    repeated: tuple[Repeated, ...] = ()


def decode(data: bytes) -> Decoded:
    """Read a whole file. Members of a wrong type get their default. Raises DamagedError."""
    with contextlib.suppress(RecursionError):
        members, repeated = object_from(data)
        return replace(_decode(members, data), repeated=repeated)
    raise DamagedError(FileFault.TOO_DEEP)


def _decode(members: dict[str, Any], data: bytes) -> Decoded:
    newer = is_newer(members.get("version"))
    entries = members.get("profiles", [])
    if not isinstance(entries, list):
        if not newer:
            raise DamagedError(FileFault.NOT_SETTINGS, _only_place_of('"profiles"', data))
        entries = []
    dicts = [entry for entry in entries if isinstance(entry, dict)]
    profiles: dict[str, Profile] = {}
    unknown = {}
    odd = (n for n, entry in enumerate(entries, 1) if not isinstance(entry, dict))
    wrong: dict[str, tuple[str, ...]] = {f"entry {n}": ("entry",) for n in odd}
    for number, entry in enumerate(dicts[:PROFILES_MAX]):
        profile, unusable = read_profile(entry, _free_id(entry.get("id"), number, profiles))
        profiles[profile.id] = profile
        if unusable:
            wrong[profile.id] = unusable
        unknown[profile.id] = {k: v for k, v in entry.items() if k not in members_of(profile)}
    selected = members.get("selected")
    selected = selected if isinstance(selected, str) and selected in profiles else ""
    extra = {k: v for k, v in members.items() if k not in _KNOWN}
    preferences = _object(members.get("preferences"))
    if unknown_preferences := unknown_members(preferences):
        extra["preferences"] = unknown_preferences
    settings = Settings(tuple(profiles.values()), selected, preferences_from(preferences), extra)
    return Decoded(settings, unknown, wrong, newer, len(dicts) > PROFILES_MAX)


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


def is_newer(version: object) -> bool:
    """Whether a file of this version may mean things that this program does not know."""
    if isinstance(version, str):
        with contextlib.suppress(ValueError):
            return float(version) > VERSION
    return isinstance(version, int | float) and version > VERSION


def _only_place_of(name: str, data: bytes) -> Place | None:
    """Where the member is, if only one place can be meant."""
    text = data.decode("utf-8-sig")
    return place_at(text, text.index(name)) if text.count(name) == 1 else None


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
        "server": {"kind": profile.server.kind.value, "value": _storable_server(profile.server)},
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
    return "@" not in text and not looks_like_token(text.rpartition("://")[2])


def _storable_server(server: ServerAddress) -> str:
    fixed = server.kind is AddressKind.FIXED
    return "" if fixed and looks_like_token(server.value) else server.value


def profile_from(entry: dict[str, Any], id_: str) -> Profile:
    """The profile of an entry; members that are missing or wrong get their default."""
    return read_profile(entry, id_)[0]


def read_profile(entry: dict[str, Any], id_: str) -> tuple[Profile, tuple[str, ...]]:
    """The profile, and the names of the members that are there and cannot be used."""
    default, read = Profile(id_), _Reader(entry)
    profile = Profile(
        id=id_,
        name=read.text("name", default.name),
        pbx=read.text("pbx", default.pbx),
        api=read.choice("api", ApiVersion, default.api),
        url_field=read.choice("url_field", UrlField, None),
        tls=read.choice("tls", TlsMode, default.tls),
        tls_level=read.choice("tls_level", TlsLevel, default.tls_level),
        pin=read.part("pin", _pin, None),
        proxy=read.text("proxy", default.proxy),
        server=read.part("server", _server, default.server),
        port=read.text("port", default.port),
        url_mode=read.choice("url_mode", UrlMode, default.url_mode),
        url=read.text("url", default.url),
        interval_min=read.part("interval_min", _whole, default.interval_min),
        user=read.text("user", default.user),
        renew=read.part("renew", _flag, default=False),
        token_host=read.text("token_host", default.token_host),
        notes=read.text("notes", default.notes),
        announced=announced_from(entry.get("announced")),
        earlier=read.part("earlier", target_from, None),
        ask_before_moving=read.part("ask_before_moving", _flag, default=True),
    )
    if not _all_announced(entry.get("announced"), profile):
        read.wrong.append("announced")
    return profile, tuple(read.wrong)


class _Reader:
    """Takes the members of an entry one by one, and notes in `wrong` which are no good."""

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members
        self.wrong: list[str] = []

    def part(self, name: str, read: Callable[[Any], T | None], default: D) -> T | D:
        """What `read` makes of the member, the default when that is None."""
        given = self._members.get(name)
        found = None if given is None else read(given)
        if given is not None and found is None:
            self.wrong.append(name)
        return default if found is None else found

    def text(self, name: str, default: str) -> str:
        """A text, or a port without quotation marks."""
        return self.part(name, _text, default)

    def choice(self, name: str, kind: type[E], default: D) -> E | D:
        """A member of the enumeration."""
        return self.part(name, lambda value: _choice(kind, value), default)


def _pin(value: object) -> Pin | None:
    """None when it cannot be used: the PBX then has no pinned certificate, and gets nothing."""
    members = _object(value)
    try:
        sha256 = parse_fingerprint(_text(members.get("sha256")) or "")
    except ValueError:
        return None
    texts = (_text(members.get(name)) or "" for name in ("authority", "since"))
    return Pin(sha256, *texts)


def _server(value: object) -> ServerAddress | None:
    """A kind alone is right for the automatic choice only, but its value may be typed later."""
    members = _object(value)
    kind = _choice(AddressKind, members.get("kind"))
    return None if kind is None else ServerAddress(kind, _text(members.get("value")) or "")


def _text(value: object) -> str | None:
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    return value if type(value) is int else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _choice(kind: type[E], value: object) -> E | None:
    return next((member for member in kind if member.value == value), None)


def _all_announced(given: object, profile: Profile) -> bool:
    if isinstance(given, list):
        return len(profile.announced) == min(len(given), ANNOUNCED_MAX)
    return given is None


def _free_id(id_: object, number: int, taken: Mapping[str, Profile]) -> str:
    """The id, or another one when it is missing, unusable or taken.

    The same file gives the same ids again: they name keyring entries before they are saved.
    """
    free = id_ if isinstance(id_, str) and ID.fullmatch(id_) else ""
    while not free or free in taken:
        free = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{id_!r} {number}"))
        number += PROFILES_MAX
    return free
