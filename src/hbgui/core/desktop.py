"""What the program knows of its place on the desktop, apart from any PBX."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hbgui.core import events
from hbgui.core.moment import Moment
from hbgui.core.preferences import Preferences


@dataclass(frozen=True, slots=True)
class DesktopState:
    """`snoozed_until_s` is on the elapsed clock."""

    preferences: Preferences = field(default_factory=Preferences)
    snoozed_until_s: float = 0.0

    def may_notify(self, now: Moment) -> bool:
        """Whether a word on the desktop is welcome now."""
        return self.preferences.notifications and not self.snoozed(now)

    def snoozed(self, now: Moment) -> bool:
        """Whether a person wants it quiet for a while."""
        return now.elapsed_s < self.snoozed_until_s


def reduce_desktop(desktop: DesktopState, event: events.DesktopEvent) -> DesktopState:
    """The state after the event."""
    match event:
        case events.PreferencesChanged(preferences):
            return replace(desktop, preferences=preferences)
        case events.NotificationsSnoozed(until_s):
            return replace(desktop, snoozed_until_s=until_s)
