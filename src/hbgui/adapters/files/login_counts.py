"""Wrong logins per PBX in a small file: a new start of the program must not forget them."""

from __future__ import annotations

import contextlib
import json
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hbgui.adapters.files.atomic_write import make_folder, write_atomically
from hbgui.adapters.files.file_lock import locked
from hbgui.core.api.login import WRONG_MAX, LoginCount
from hbgui.core.values import YEARS, iso

SIZE_MAX = 64 * 1024
PBXS_MAX = 200
"""PBXs that are remembered; the oldest go first."""


LOCK_TIMEOUT_S = 2.0
"""Seconds that another program may take for its own count: milliseconds, if nothing is wrong."""


class LoginCountFile:
    """Fulfils `core.ports.LoginCounts`. Any thread. No names and no secrets are in the file.

    Programs that count at the same time wait for each other, by a lock file beside it. What
    cannot be written is still counted until the program ends.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._unwritten: dict[str, LoginCount] = {}

    def get(self, authority: str) -> LoginCount:
        """The count for that `host:port`; none is known at first."""
        with self._lock:
            return self._load().get(authority, LoginCount())

    def put(self, authority: str, count: LoginCount) -> None:
        """Keep it; a count of nothing leaves the file."""
        self.update(authority, lambda _before: count)

    def update(self, authority: str, change: Callable[[LoginCount], LoginCount]) -> LoginCount:
        """Keep what `change` makes of the count, and return it; nobody counts in between."""
        with self._lock, contextlib.ExitStack() as held:
            with contextlib.suppress(OSError):
                make_folder(self._path.parent)
            lock = self._path.with_name(f"{self._path.name}.lock")
            held.enter_context(locked(lock, LOCK_TIMEOUT_S))
            counts = self._load()
            before = counts.pop(authority, LoginCount())
            after = change(before)
            if after != before:
                self._write(counts, authority, after)
            return after

    def _write(self, counts: dict[str, LoginCount], authority: str, count: LoginCount) -> None:
        self._unwritten[authority] = count
        if count.wrong:
            counts[authority] = count
        newest = dict(list(counts.items())[-PBXS_MAX:])
        with contextlib.suppress(OSError):
            write_atomically(self._path, _encode(newest))
            self._unwritten = {}

    def _load(self) -> dict[str, LoginCount]:
        return {**self._read(), **self._unwritten}

    def _read(self) -> dict[str, LoginCount]:
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if not stat.S_ISREG(self._path.stat().st_mode):
                return {}  # a pipe would be waited for
            with self._path.open("rb") as file:
                members = json.loads(file.read(SIZE_MAX).decode())
            if isinstance(members, dict):
                return {k: _count(v) for k, v in members.items() if isinstance(v, dict)}
        return {}


def _encode(counts: dict[str, LoginCount]) -> bytes:
    members = {
        authority: {
            "wrong": count.wrong,
            "last": iso(count.last) if count.last else None,
            "locked_until": iso(count.locked_until) if count.locked_until else None,
        }
        for authority, count in counts.items()
    }
    return (json.dumps(members, indent=1) + "\n").encode()


def _count(members: dict[str, Any]) -> LoginCount:
    wrong = members.get("wrong")
    wrong = min(max(wrong, 0), WRONG_MAX) if type(wrong) is int else 0
    return LoginCount(wrong, _time(members.get("last")), _time(members.get("locked_until")))


def _time(value: object) -> datetime | None:
    if isinstance(value, str):
        with contextlib.suppress(ValueError, OverflowError):  # at the ends of the calendar
            found = datetime.fromisoformat(value).astimezone(UTC)
            return found if found.year in YEARS else None
    return None
