"""What a PBX told of itself, as members of an object and as lines of text."""

from __future__ import annotations

from hbgui import texts
from hbgui.core.api.device import DeviceInfo
from hbgui.core.values import iso


def device_members(device: DeviceInfo) -> dict[str, object]:
    """Each fact, null when it was not told."""
    return {
        "name": device.name or None,
        "serial": device.serial or None,
        "hardware": device.hardware or None,
        "firmware": device.firmware or None,
        "system_time": iso(device.system_time) if device.system_time else None,
        "uptime": device.uptime or None,
        "extensions_in_use": device.in_use,
        "extensions_capacity": device.capacity,
    }


def device_lines(device: DeviceInfo) -> list[str]:
    """A line for each fact that was told."""
    return [f"{label:<15}{value}" for label, value in texts.device_facts(device)]
