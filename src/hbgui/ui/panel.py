"""What panels have in common: they change language while they are open."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QDateTime, QEvent, QLocale, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget


class Panel(QFrame):
    """A widget whose texts are set in `retranslate`, at first and in each new language."""

    def retranslate(self) -> None:
        """Set every text anew."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def card() -> QFrame:
    """A frame that groups what belongs together."""
    frame = QFrame()
    frame.setProperty("card", True)
    return frame


def label(role: str = "", name: str = "", *, wrap: bool = False) -> QLabel:
    """A label for plain text; `role` is "title", "muted" or nothing."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


_W = TypeVar("_W", bound=QWidget)


def named(widget: _W, name: str) -> _W:
    """The widget with its lasting name, by which tests and screen readers know it."""
    widget.setObjectName(name)
    return widget


def button(name: str) -> QPushButton:
    """A button that never gets too narrow for its text."""
    made = named(QPushButton(), name)
    made.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    return made


def clock_time(utc: datetime, *, seconds: bool = True) -> str:
    """A time of day in the person's zone and format."""
    local = _local(utc).time()
    pattern = QLocale().timeFormat(QLocale.FormatType.ShortFormat)
    if seconds and "s" not in pattern:
        pattern = pattern.replace("mm", "mm:ss")
    return QLocale().toString(local, pattern)


def day_and_time(utc: datetime) -> str:
    """Date and time in the person's zone and format."""
    day = QLocale().toString(_local(utc).date(), QLocale.FormatType.ShortFormat)
    return f"{day} {clock_time(utc)}"


def _local(utc: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(utc.timestamp()))
