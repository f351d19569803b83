"""Settings as JSON text and back. Nothing secret is in them."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from hbgui.core.address import storable
from hbgui.core.ports import Settings
from hbgui.core.profile import (
    AddressKind,
    ApiVersion,
    Profile,
    ServerAddress,
    TlsMode,
    UrlField,
    UrlMode,
    new_id,
)

VERSION = 1
PROFILES_MAX = 500
_T = TypeVar("_T", bound=StrEnum)
_D = TypeVar("_D")
_UNKNOWN = "unknown_members"
"""Where `Settings.extra` keeps, by profile id, what other versions wrote into a profile."""


class NewerVersionError(ValueError):
    """The file is of a newer program; `settings` is what this one understands of it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("newer version")
        self.settings = settings


def decode(data: bytes) -> Settings:
    """Read settings. A member of a wrong type counts as missing; one that this version does not
    know is kept. Raises ValueError when it is no settings file, NewerVersionError."""
    try:
        top = json.loads(data.decode("utf-8-sig"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(top, dict) or not isinstance(top.get("profiles"), list):
        raise ValueError("no settings")
    version = top.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerVersionError(_settings(top))
    return _settings(top)


def _settings(top: dict[str, Any]) -> Settings:
    profiles: dict[str, Profile] = {}
    unknown: dict[str, Any] = {}
    for raw in top["profiles"][:PROFILES_MAX]:
        if not isinstance(raw, dict):
            continue
        profile = _profile(raw)
        if profile.id in profiles:
            profile = replace(profile, id=new_id())
        profiles[profile.id] = profile
        known = _encode_profile(profile)
        rest = {k: v for k, v in raw.items() if k not in known}
        if rest:
            unknown[profile.id] = rest
    extra = {k: v for k, v in top.items() if k not in ("version", "profiles", "selected")}
    if unknown:
        extra[_UNKNOWN] = unknown
    selected = top.get("selected")
    return Settings(tuple(profiles.values()), selected if isinstance(selected, str) else "", extra)


def encode(settings: Settings) -> bytes:
    """Write settings, readable and with a line end."""
    extra = dict(settings.extra)
    unknown = extra.pop(_UNKNOWN, {})
    profiles = [unknown.get(p.id, {}) | _encode_profile(p) for p in settings.profiles]
    top = {"version": VERSION, "selected": settings.selected, "profiles": profiles} | extra
    # Lone surrogates, which a line edit can hold, survive as escapes.
    return (json.dumps(top, indent=2) + "\n").encode("ascii")


def _encode_profile(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "name": profile.name,
        "pbx": storable(profile.pbx),
        "api": profile.api.value,
        "url_field": profile.url_field.value if profile.url_field else None,
        "tls": profile.tls.value,
        "server": {"kind": profile.server.kind.value, "value": profile.server.value},
        "port": profile.port,
        "url_mode": profile.url_mode.value,
        "url": profile.url,
        "interval_min": profile.interval_min,
    }


def _profile(raw: dict[str, Any]) -> Profile:
    blank = Profile("")
    server = raw.get("server")
    server = server if isinstance(server, dict) else {}
    minutes = raw.get("interval_min")
    plain = isinstance(minutes, int) and not isinstance(minutes, bool)
    return Profile(
        id=_text(raw, "id", "") or new_id(),
        name=_text(raw, "name", blank.name),
        pbx=_text(raw, "pbx", blank.pbx),
        api=_choice(raw, "api", ApiVersion, blank.api),
        url_field=_choice(raw, "url_field", UrlField, None),
        tls=_choice(raw, "tls", TlsMode, blank.tls),
        server=ServerAddress(
            _choice(server, "kind", AddressKind, AddressKind.AUTO), _text(server, "value", "")
        ),
        port=_text(raw, "port", blank.port),
        url_mode=_choice(raw, "url_mode", UrlMode, blank.url_mode),
        url=_text(raw, "url", blank.url),
        interval_min=minutes if plain and minutes is not None else blank.interval_min,
    )


def _text(raw: dict[str, Any], name: str, default: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else default


def _choice(raw: dict[str, Any], name: str, kind: type[_T], default: _D) -> _T | _D:
    try:
        return kind(_text(raw, name, ""))
    except ValueError:
        return default
