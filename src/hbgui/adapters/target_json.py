"""Report targets as JSON members of a profile, and back."""

from __future__ import annotations

from typing import Any

from hbgui.core.pbx.address import AddressError, check_host, check_port, wire_host
from hbgui.core.pbx.destination import ANNOUNCED_MAX, Announced, ReportTarget, UrlMode
from hbgui.core.pbx.validation import absolute_url


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
