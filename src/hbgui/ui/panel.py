"""What panels have in common: they change language while they are open."""

from __future__ import annotations

import html
from datetime import date, datetime, timedelta
from typing import TypeVar

from PySide6.QtCore import QDate, QDateTime, QEvent, QLocale, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QFontDatabase
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from hbgui.core.values import iso
from hbgui.ui.wrap_label import WrapLabel


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
    made = WrapLabel() if wrap else QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    made.setProperty("role", role)
    return made


def set_text(shown: QLabel, text: str) -> None:
    """Set a text only when it is another: each setting is read out by screen readers."""
    if shown.text() != text:
        shown.setText(text)


def plain_tip(text: str) -> str:
    """A tool tip that says just that. They guess whether a text is HTML, and would load pictures
    from wherever a stranger's text says."""
    return f"<p style='white-space: pre-wrap'>{html.escape(text)}</p>" if "<" in text else text


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say it now."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


TODAY = timedelta(hours=12)
_W = TypeVar("_W", bound=QWidget)


def named(widget: _W, name: str) -> _W:
    """The widget with its lasting name, by which tests and screen readers know it."""
    widget.setObjectName(name)
    return widget


def combo(name: str) -> QComboBox:
    """A choice that gets narrow where there is little room: its list is as wide as it needs."""
    made = named(QComboBox(), name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(8)
    return made


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


def lately(utc: datetime, now: datetime) -> str:
    """The time of day of what was in the last twelve hours, the date of what is older: a time
    alone would look like today's."""
    return clock_time(utc) if now - utc < TODAY else day(utc)


def exactly(utc: datetime) -> str:
    """Date and time here, and the same in UTC: for those who look closer."""
    return f"{day_and_time(utc)} ({iso(utc)})"


def day_and_time(utc: datetime) -> str:
    """Date and time in the person's zone and format."""
    return f"{day(utc)} {clock_time(utc)}"


def day(utc: datetime) -> str:
    """A date in the person's zone and format."""
    return QLocale().toString(_local(utc).date(), QLocale.FormatType.ShortFormat)


def iso_day(text: str) -> str:
    """A date as 2026-05-03 in the person's format; the text itself when it is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    shown = QDate(found.year, found.month, found.day)
    return QLocale().toString(shown, QLocale.FormatType.ShortFormat)


def announced_time(iso: str) -> str:
    """Date and time of an ISO 8601 text; the text itself when it is none."""
    try:
        return day_and_time(datetime.fromisoformat(iso))
    except ValueError:
        return iso


def fixed_font() -> QFont:
    """The system's font for addresses and raw words, bold."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setBold(True)
    return font


def _local(utc: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(utc.timestamp()))
