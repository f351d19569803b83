"""Wrong logins per PBX, in a small file that outlives the program."""

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
"""PBXs that the file holds at most; those counted longest ago are dropped."""

LOCK_TIMEOUT_S = 2.0
"""Seconds to wait for another program that counts, which usually takes milliseconds."""

_DAMAGED = "it is damaged"
_REPLACED = ("", _DAMAGED, NotAFileError().strerror)
"""The reasons for which the file may be replaced. A file that cannot be read for another reason may
hold counts and is left as it is."""


class LoginCountFile:
    """Fulfils `core.ports.LoginCounts`. Any thread. The file holds no user names and no secrets.

    Programs that count at the same time wait for each other, through a lock file beside it. A
    count that cannot be written is kept in memory until the program ends. When the file cannot be
    read, each count that may be in it says so in `unknown`. A damaged file is moved aside when
    there is a count to write.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._unwritten: dict[str, LoginCount] = {}

    def get(self, authority: str) -> LoginCount:
        """The count for `authority`, which is `host:port`; zero for a PBX without wrong logins."""
        with self._lock:
            counts, reason = self._load()
            return counts.get(authority, self._unknown(reason))

    def put(self, authority: str, count: LoginCount) -> None:
        """Store the count. A count of zero is removed from the file."""
        self.update(authority, lambda _before: count)

    def update(self, authority: str, change: Callable[[LoginCount], LoginCount]) -> LoginCount:
        """Store and return `change(count)`. No other thread or program can count meanwhile."""
        with self._lock, contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                make_folder(self._path.parent)
            lock = self._path.with_name(f"{self._path.name}.lock")
            stack.enter_context(locked(lock, LOCK_TIMEOUT_S))
            counts, reason = self._load()
            before = counts.pop(authority, self._unknown(reason))
            after = change(before)
            if after != before:
                self._unwritten[authority] = after
                if reason in _REPLACED:
                    self._write(counts, aside=reason == _DAMAGED)
            return after

    def _write(self, counts: dict[str, LoginCount], *, aside: bool) -> None:
        counted = {k: count for k, count in (counts | self._unwritten).items() if count.wrong}
        newest = dict(list(counted.items())[-PBXS_MAX:])
        with contextlib.suppress(OSError):
            if aside:
                self._path.rename(name_aside(self._path))
            write_atomically(self._path, _encode(newest))
            self._unwritten = {}

    def _unknown(self, reason: str) -> LoginCount:
        """The count of a PBX that is not in the file, or in a file that cannot be read."""
        return LoginCount(unknown=f"{self._path}: {reason}" if reason else "")

    def _load(self) -> tuple[dict[str, LoginCount], str]:
        """The counts, and why the file cannot be read; the reason is empty if it can."""
        counts, reason = {}, ""
        try:
            counts = self._read()
        except FileNotFoundError:
            pass
        except OSError as error:
            reason = error.strerror or type(error).__name__
        except DamagedError:
            reason = _DAMAGED
        return {**counts, **self._unwritten}, reason

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
    """The count of a JSON member; None when it is not one."""
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
