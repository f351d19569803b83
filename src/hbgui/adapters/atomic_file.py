"""A file that is written as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

_PREFIX = ".hbgui-"
_REPLACE_S = 2.5
"""Seconds for which Windows may hold the old file open, as virus scanners do."""


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` in place of the file, through a link to the file it means.

    The folder is made if need be, for the user alone (0700), the file is 0600. Survives kill -9
    and a full disk: the old file is intact until the new one is on the disk. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_PREFIX, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _replace(Path(name), target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove what killed writers left behind. Only while nobody else writes there."""
    with contextlib.suppress(OSError):
        for stray in folder.glob(f"{_PREFIX}*"):
            stray.unlink(missing_ok=True)


def _replace(source: Path, target: Path) -> None:
    deadline = time.monotonic() + _REPLACE_S
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
