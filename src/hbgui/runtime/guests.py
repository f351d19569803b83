"""Who is connected to the receiver, and who must go so that a PBX can come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hbgui.core.report_request import DELIVERY_TIMEOUT_S
from hbgui.runtime.report_connection import ReportConnection

CONNECTIONS_MAX = 64
STRANGERS_MAX = 8
"""Connections of senders whose reports are not taken."""

PATIENCE_S = 1.0
"""Age from which a connection of a sender whom nobody named may have to go."""

SHORT_PATIENCE_S = 0.25
CROWD_S = 10.0
"""For so long after some had to go, patience is short: 400 silent connections are gone in three
seconds and not in seven."""


class Guests:
    """GUI thread. `listed` says whether somebody named a sender as one that may report: those
    stay until their time is over, whoever else waits."""

    def __init__(self, listed: Callable[[str], bool]) -> None:
        self._listed = listed
        self._all: dict[ReportConnection, None] = {}
        self._crowded_until_s = 0.0

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[ReportConnection]:
        return iter(tuple(self._all))

    def add(self, guest: ReportConnection) -> None:
        """One more."""
        self._all[guest] = None

    def remove(self, guest: ReportConnection) -> None:
        """It is gone."""
        self._all.pop(guest, None)

    def strangers(self, allowed: Callable[[str], bool]) -> int:
        """How many places those take whose reports are not taken."""
        return sum(not allowed(guest.sender) for guest in self._all)

    def overdue(self, now_s: float) -> list[ReportConnection]:
        """Those whose time is over."""
        return [g for g in self._all if now_s - g.since_s >= DELIVERY_TIMEOUT_S]

    def who_may_go(self, now_s: float) -> list[ReportConnection]:
        """When there is no room: those who have their answer, else those who came long ago."""
        if len(self._all) < CONNECTIONS_MAX:
            return []
        done = [guest for guest in self._all if guest.drains]
        if done:
            return done
        patience_s = SHORT_PATIENCE_S if now_s < self._crowded_until_s else PATIENCE_S
        slow = [
            guest
            for guest in self._all
            if now_s - guest.since_s >= patience_s and not self._listed(guest.sender)
        ]
        if slow:
            self._crowded_until_s = now_s + CROWD_S
        return slow
