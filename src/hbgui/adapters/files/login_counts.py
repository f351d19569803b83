"""Wrong logins per PBX in a small file: a new start of the program must not forget them."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hbgui.adapters.files.atomic_write import name_aside, write_atomically
from hbgui.adapters.files.json_object import DamagedError, NotAFileError, file_bytes, object_from
from hbgui.core.api.login import WRONG_MAX, LoginCount
from hbgui.core.values import YEARS, iso
from hbgui.process import locked, make_folder

SIZE_MAX = 64 * 1024
PBXS_MAX = 200
"""PBXs that are remembered; the oldest go first."""

LOCK_TIMEOUT_S = 2.0
"""Seconds that another program may take for its own count: milliseconds, if nothing is wrong."""

_DAMAGED = "it is damaged"
_REPLACED = ("", _DAMAGED, NotAFileError().strerror)
"""What may be wrong with what is written over: another file may hold counts."""


class LoginCountFile:
    """Fulfils `core.ports.LoginCounts`. Any thread. No names and no secrets are in the file.

    Programs that count at the same time wait for each other, by a lock file beside it. What
    cannot be written is still counted until the program ends. A file that cannot be read is told
    by each count that may be in it; a damaged one is kept aside once there is something to write.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._unwritten: dict[str, LoginCount] = {}

    def get(self, authority: str) -> LoginCount:
        """The count for that `host:port`; none is known at first."""
        with self._lock:
            counts, why = self._load()
            return counts.get(authority, self._unknown(why))

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
            counts, why = self._load()
            before = counts.pop(authority, self._unknown(why))
            after = change(before)
            if after != before:
                self._unwritten[authority] = after
                if why in _REPLACED:
                    self._write(counts, aside=why == _DAMAGED)
            return after

    def _write(self, counts: dict[str, LoginCount], *, aside: bool) -> None:
        known = {k: count for k, count in (counts | self._unwritten).items() if count.wrong}
        newest = dict(list(known.items())[-PBXS_MAX:])
        with contextlib.suppress(OSError):
            if aside:
                self._path.rename(name_aside(self._path))
            write_atomically(self._path, _encode(newest))
            self._unwritten = {}

    def _unknown(self, why: str) -> LoginCount:
        """The count of a PBX that is not in what was read."""
        return LoginCount(unknown=f"{self._path}: {why}" if why else "")

    def _load(self) -> tuple[dict[str, LoginCount], str]:
        """What is known, and why the file cannot be read, if it cannot."""
        counts, why = {}, ""
        try:
            counts = self._read()
        except FileNotFoundError:
            pass
        except OSError as error:
            why = error.strerror or type(error).__name__
        except DamagedError:
            why = _DAMAGED
        return {**counts, **self._unwritten}, why

    def _read(self) -> dict[str, LoginCount]:
        """Raises OSError, DamagedError."""
        members, _repeated = object_from(file_bytes(self._path, SIZE_MAX))
        return {name: _count(value) or self._unknown(_DAMAGED) for name, value in members.items()}


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


def _count(members: Any) -> LoginCount | None:
    """None where it is none."""
    wrong = members.get("wrong") if isinstance(members, dict) else None
    if type(wrong) is not int:
        return None
    wrong = min(max(wrong, 0), WRONG_MAX)
    return LoginCount(wrong, _time(members.get("last")), _time(members.get("locked_until")))


def _time(value: object) -> datetime | None:
    if isinstance(value, str):
        with contextlib.suppress(ValueError, OverflowError):  # at the ends of the calendar
            found = datetime.fromisoformat(value).astimezone(UTC)
            return found if found.year in YEARS else None
    return None
