"""How the program behaves on this desktop, whatever the PBX."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OnClose(StrEnum):
    """What closing the window does while heartbeats are sent again and again."""

    ASK = "ask"
    BACKGROUND = "background"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Preferences:
    """The program's own settings, apart from those of a PBX.

    BACKGROUND hides the window where there is a tray, and minimises it where there is none.
    `start_minimised` counts for every start, `notifications` for all words on the desktop.
    `technician` and `company` stand in sign-off reports until others are typed.
    """

    on_close: OnClose = OnClose.ASK
    start_minimised: bool = False
    notifications: bool = True
    technician: str = ""
    company: str = ""
