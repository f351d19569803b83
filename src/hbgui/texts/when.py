"""Times for people, in one zone, as everybody reads them: 2026-01-02 03:04:05."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo


@dataclass(frozen=True, slots=True)
class When:
    """`zone` None is that of this computer."""

    zone: tzinfo | None = None

    def time(self, utc: datetime) -> str:
        """Date and time."""
        return utc.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def minute(self, utc: datetime) -> str:
        """The time of day."""
        return utc.astimezone(self.zone).strftime("%H:%M")

    def day(self, utc: datetime) -> str:
        """The date."""
        return utc.astimezone(self.zone).strftime("%Y-%m-%d")

    def offset(self, utc: datetime) -> str:
        """`UTC+01:00`: what the times of that moment are counted in."""
        text = utc.astimezone(self.zone).strftime("%z")
        return f"UTC{text[:3]}:{text[3:5]}"

    def iso(self, text: str) -> str:
        """An ISO 8601 text as date and time; the text itself when it is none."""
        try:
            return self.time(datetime.fromisoformat(text))
        except (ValueError, OverflowError, OSError):
            return text
