"""Wrong logins per PBX in a small file: a new start of the program must not forget them."""

from __future__ import annotations

import contextlib
import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hbgui.adapters.atomic_write import write_atomically
from hbgui.core.login_count import WRONG_MAX, LoginCount
from hbgui.core.moment import iso

SIZE_MAX = 64 * 1024
PBXS_MAX = 200
"""PBXs that are remembered; the oldest go first."""


class LoginCountFile:
    """Fulfils `core.ports.LoginCounts`. Any thread. No names and no secrets are in the file.

    What cannot be written is still counted until the program ends.
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
        with self._lock:
            counts = self._load()
            counts.pop(authority, None)
            if count.wrong:
                counts[authority] = count
            newest = dict(list(counts.items())[-PBXS_MAX:])
            self._unwritten = newest
            with contextlib.suppress(OSError):
                write_atomically(self._path, _encode(newest))
                self._unwritten = {}

    def _load(self) -> dict[str, LoginCount]:
        if self._unwritten:
            return dict(self._unwritten)
        with contextlib.suppress(OSError, ValueError, RecursionError):
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
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(value).astimezone(UTC)
    return None
