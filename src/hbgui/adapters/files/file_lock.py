"""Locks between programs that the system frees when their owner dies, kill -9 included."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOOK_S = 0.01


@contextlib.contextmanager
def locked(path: Path, timeout_s: float, *, shared: bool = False) -> Iterator[bool]:
    """Hold the lock of a file, which is made, or of a folder, which has none on Windows.

    Waits for up to `timeout_s` seconds; False when somebody else has it then. Where no lock can
    be had at all, on a disk without locks or a folder that is read-only, nobody is kept out.
    Raises nothing of its own.
    """
    handle = _opened(path)
    if handle is None:
        yield True
        return
    try:
        deadline = time.monotonic() + timeout_s
        while not (got := try_lock(handle, shared=shared)) and time.monotonic() < deadline:
            time.sleep(_LOOK_S)
        yield got
    finally:
        os.close(handle)


def try_lock(handle: int, *, shared: bool = False) -> bool:
    """Take the lock of an open file, at once or not at all; closing the file gives it back."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _opened(path: Path) -> int | None:
    with contextlib.suppress(OSError):
        if path.is_dir():
            return os.open(path, os.O_RDONLY)
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        with contextlib.suppress(OSError):
            if stat.S_ISREG(os.fstat(handle).st_mode):
                path.chmod(0o600)  # whatever the umask leaves of it: the next one must open it
        return handle
    return None
