"""What the box says about itself under `deviceinfo/query`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

SERIAL = "369000000001"
FIRMWARE = "30.15.0.72"


@dataclass(frozen=True, slots=True)
class Device:
    """A small S-Series box.

    `clock_offset_s` is how far its clock is ahead of this computer's, negative when behind.
    `utc_offset_s` is its time zone in seconds east of UTC, None for this computer's.
    """

    serial: str = SERIAL
    firmware: str = FIRMWARE
    clock_offset_s: float = 0.0
    utc_offset_s: int | None = None
    name: str = "Yeastar S50"
    hardware: str = "V1.30 0000-0000"
    extensions: str = "8/9"

    def now(self) -> datetime:
        """The time that its own clock shows, with its zone."""
        zone = None if self.utc_offset_s is None else timezone(timedelta(seconds=self.utc_offset_s))
        return (datetime.now(UTC) + timedelta(seconds=self.clock_offset_s)).astimezone(zone)

    def info(self, uptime_s: float) -> dict[str, str]:
        """The documented members. All are strings."""
        return {
            "devicename": self.name,
            "sn": self.serial,
            "hardwarever": self.hardware,
            "firmwarever": self.firmware,
            "systemtime": system_time(self.now()),
            "uptime": uptime(uptime_s),
            "extensionstatus": self.extensions,
        }


def system_time(now: datetime) -> str:
    """`2024-01-15 09:30:00 UTC-8`; without a number at UTC itself."""
    minutes = int((now.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    zone = f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    return f"{now:%Y-%m-%d %H:%M:%S} UTC{zone if minutes else ''}"


def uptime(seconds: float) -> str:
    """`03:07:02`, or `3days 03:57:42` from a day on."""
    days, rest = divmod(int(seconds), 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}days {clock}" if days else clock
