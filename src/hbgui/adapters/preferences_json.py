"""The program's own settings as JSON members, and back: what is wrong gets its default."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hbgui.core.settings import OnClose, Preferences
from hbgui.core.signoff.signoff import WHO_MAX

_NAMES = frozenset(field.name for field in fields(Preferences))


def preferences_from(members: dict[str, Any]) -> Preferences:
    """The settings; each member that is missing or of a wrong type gets its default."""
    default = Preferences()
    on_close = members.get("on_close")
    return Preferences(
        on_close=next((way for way in OnClose if way.value == on_close), default.on_close),
        start_minimised=_flag(members.get("start_minimised"), default.start_minimised),
        notifications=_flag(members.get("notifications"), default.notifications),
        technician=_text(members.get("technician")),
        company=_text(members.get("company")),
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


def _text(value: object) -> str:
    return value[:WHO_MAX] if isinstance(value, str) else ""


def _flag(value: object, default: bool) -> bool:
    return value if isinstance(value, bool) else default
