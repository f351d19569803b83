"""Who is connected to the receiver, and who must go so that a PBX can come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hbgui.runtime.report_connection import ReportConnection

CONNECTIONS_MAX = 128
STRANGERS_MAX = 8
"""Connections of senders whose reports are not taken."""

PATIENCE_S = 1.0
"""Age from which a connection of a sender whom nobody named may have to go; one of the PBX when it
was silent for so long, or is so old and one of very many."""

SHORT_PATIENCE_S = 0.25
CROWD_S = 10.0
"""For so long after some had to go, patience is short: 400 silent connections are gone in two
seconds and not in four."""

OF_ONE_MAX = 16
"""Connections of one sender from which on its oldest ones may have to go, whoever it is: a PBX
delivers each report at once."""


class Guests:
    """GUI thread. `listed` says whether somebody named a sender as one that may report: while it
    delivers its connections stay until their time is over, whoever else waits."""

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
        return [guest for guest in self._all if now_s >= guest.deadline_s]

    def who_may_go(self, now_s: float) -> list[ReportConnection]:
        """When there is no room: those who have their answer, else those who came long ago."""
        if len(self._all) < CONNECTIONS_MAX:
            return []
        done = [guest for guest in self._all if guest.drains]
        if done:
            return done
        patience_s = SHORT_PATIENCE_S if now_s < self._crowded_until_s else PATIENCE_S
        slow = (
            [g for g in self._all if now_s - g.since_s >= patience_s and not self._listed(g.sender)]
            or [g for g in self._all if now_s - g.last_s >= patience_s]
            or self._too_many_of_one([g for g in self._all if now_s - g.since_s >= PATIENCE_S])
        )
        if slow:
            self._crowded_until_s = now_s + CROWD_S
        return slow

    def _too_many_of_one(self, old: list[ReportConnection]) -> list[ReportConnection]:
        """The oldest ones of who takes more places than a PBX needs."""
        of_each: dict[str, list[ReportConnection]] = {}
        for guest in old:
            of_each.setdefault(guest.sender, []).append(guest)
        return [g for guests in of_each.values() for g in guests[:-OF_ONE_MAX]]
