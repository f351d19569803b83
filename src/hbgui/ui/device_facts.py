"""What a PBX told of itself, as a card of words and values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from hbgui.core.api.device import DeviceInfo
from hbgui.core.client.findings import clock
from hbgui.texts.access import device_facts
from hbgui.texts.diagnosis import step_finding
from hbgui.ui.panel import Panel, label, set_text

_LINES = 7


class DeviceFacts(Panel):
    """Only what was told has a line; without any the card is away."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("deviceFacts")
        self.setProperty("card", True)
        self._device: DeviceInfo | None = None
        self._at: datetime | None = None
        self._head = label("title", wrap=True)
        self._lines = [(label("muted"), _value(number)) for number in range(_LINES)]
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 14)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._head, 0, 0, 1, 2)
        for row, (caption, value) in enumerate(self._lines, 1):
            grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        self.retranslate()

    def show_device(self, device: DeviceInfo | None, at: datetime | None) -> None:
        """Show what it told, at that time of this computer."""
        self._device, self._at = device, at
        self.retranslate()

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Caption and value of each line."""
        device, at = self._device, self._at
        if device is None:
            return []
        told = device_facts(replace(device, system_time=None))
        if device.system_time is not None and at is not None:
            told.append((self.tr("Clock"), step_finding(clock(device, at)).observation))
        return told

    def retranslate(self) -> None:
        self._head.setText(self.tr("What the PBX told of itself"))
        facts = self.facts
        self.setVisible(bool(facts))
        for number, (caption, value) in enumerate(self._lines):
            name, text = facts[number] if number < len(facts) else ("", "")
            set_text(caption, name)
            set_text(value, text)
            caption.setVisible(bool(name))
            value.setVisible(bool(name))


def _value(number: int) -> QLabel:
    made = label(name=f"deviceFact{number}", wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
