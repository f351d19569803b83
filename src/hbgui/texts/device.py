"""What a PBX told of itself, for people."""

from __future__ import annotations

from hbgui.core.api.device import DeviceInfo
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate


def device_facts(device: DeviceInfo) -> list[tuple[str, str]]:
    """Label and value of each fact that was told."""
    clock = device.system_time
    extensions = device.extensions
    if device.in_use is not None:
        text = QT_TRANSLATE_NOOP("texts", "{used} in use, capacity {capacity}")
        counts = {"used": str(device.in_use), "capacity": str(device.capacity)}
        extensions = translate("texts", text, counts)
    facts = (
        (QT_TRANSLATE_NOOP("texts", "Model"), device.name),
        (QT_TRANSLATE_NOOP("texts", "Serial number"), device.serial),
        (QT_TRANSLATE_NOOP("texts", "Hardware"), device.hardware),
        (QT_TRANSLATE_NOOP("texts", "Firmware"), device.firmware),
        (QT_TRANSLATE_NOOP("texts", "Its clock"), f"{clock:%Y-%m-%d %H:%M:%S %Z}" if clock else ""),
        (QT_TRANSLATE_NOOP("texts", "Running for"), device.uptime),
        (QT_TRANSLATE_NOOP("texts", "Extensions"), extensions),
    )
    return [(translate("texts", label), value) for label, value in facts if value]
