"""The count of wrong logins that the PBX keeps, followed from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hbgui.core import errnos
from hbgui.core.outcome import Outcome

WRONG_MAX = 5
"""Wrong logins in a row after which the PBX blocks this computer (the maker's page "login")."""

LOCK_S = 600.0
"""Seconds that the block lasts."""

_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LoginCount:
    """Wrong logins in a row at one PBX, as far as this computer's hbgui knows.

    `last` is the UTC time of the last one; `locked_until` the latest time at which a block ends.
    `unknown` names the file in which there may be more, and why it cannot be read.
    """

    wrong: int = 0
    last: datetime | None = None
    locked_until: datetime | None = None
    unknown: str = ""

    def at(self, now: datetime) -> LoginCount:
        """The count as it stands now: a block that has ended, and what is a day old, is past."""
        if self.locked_until is not None:
            # A clock that was set back must not lock anybody out for longer.
            locked = now < self.locked_until <= now + timedelta(seconds=LOCK_S)
            return self if locked else LoginCount()
        past = self.last is not None and not timedelta() <= now - self.last < _REMEMBERED
        return LoginCount() if past else self

    @property
    def left(self) -> int:
        """Attempts left before the PBX blocks this computer; 0 while it does."""
        return 0 if self.locked_until else max(0, WRONG_MAX - self.wrong)

    def after(self, outcome: Outcome, now: datetime) -> LoginCount:
        """The count after a login that ended so."""
        count = self.at(now)
        if outcome.accepted:
            return LoginCount()
        if outcome.errno == errnos.LOCKED_OUT:
            return LoginCount(WRONG_MAX, now, now + timedelta(seconds=LOCK_S))
        if outcome.errno != errnos.WRONG_PASSWORD:
            return count
        wrong = min(count.wrong + 1, WRONG_MAX)
        until = now + timedelta(seconds=LOCK_S) if wrong == WRONG_MAX else None
        return LoginCount(wrong, now, until, count.unknown)
