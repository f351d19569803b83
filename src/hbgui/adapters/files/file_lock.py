"""Locks on files that programs wait for. The system frees them when their owner dies."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from hbgui.process import LOCK_HELD, lock_file, open_to_lock

_LOOK_S = 0.01


@contextlib.contextmanager
def locked(path: Path, timeout_s: float, *, shared: bool = False) -> Iterator[bool]:
    """Hold the lock of a file, which is made, or of a folder, which has none on Windows.

    Waits for up to `timeout_s` seconds; False when somebody else has it then. Where no lock can
    be had at all, on a disk without locks or a folder that is read-only, nobody is kept out.
    Raises nothing of its own.
    """
    handle = open_to_lock(path)
    if handle is None:
        yield True
        return
    try:
        deadline = time.monotonic() + timeout_s
        while not (got := _taken(handle, shared)) and time.monotonic() < deadline:
            time.sleep(_LOOK_S)
        yield got
    finally:
        os.close(handle)


def _taken(handle: int, shared: bool) -> bool:
    """False when another program has the lock. True, too, where there are no locks."""
    try:
        lock_file(handle, shared=shared)
    except OSError as error:
        return not isinstance(error, LOCK_HELD)
    return True
