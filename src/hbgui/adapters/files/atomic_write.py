"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from hbgui.core.api.errors import StorageError
from hbgui.process import OWN_FILE, lock_file, make_folder

_LOCKS = os.name != "nt"
"""Windows needs none: it removes no file that is open anywhere, and renames none."""

REPLACE_PATIENCE_S = 2.5
"""Seconds that a virus scanner or a backup may hold the old file on Windows."""

_PROPOSED = re.compile(r"\.hbgui-.*\.new-[a-z0-9_]{8}$")

_TO_LOCK = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)

_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "not_permitted",
    errno.EPERM: "not_permitted",
}


def storage_error(error: OSError) -> StorageError:
    """What the system's error means to a person. To be raised outside `except`."""
    code = _CODES.get(error.errno or 0, "storage_failed")
    return StorageError(code, error.strerror or type(error).__name__)


def make_own_file(path: Path) -> None:
    """Make the file, empty, if it is missing, and let nobody else read it. Raises OSError."""
    make_folder(path.parent)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWN_FILE))
    path.chmod(OWN_FILE)


def name_aside(path: Path) -> Path:
    """A free name beside a damaged file, with the time in it."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.damaged-{now}")
    number = 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}.damaged-{now}-{number}")
    return kept


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` into the file in place of what is there, readable by this user only.

    Whatever happens, power loss too, the file then holds the old content or the new. The folder
    is made when it is missing. Raises OSError; the old file is then untouched.
    """
    write_pieces_atomically(path, (data,))


def write_pieces_atomically(path: Path, pieces: Iterable[bytes]) -> None:
    """The same with what need not fit into memory. What `pieces` raises is passed on; the old file
    is then untouched, too."""
    make_folder(path.parent)
    _sweep(path)
    file, temporary = _open_beside(path)
    try:
        with file:
            temporary.chmod(OWN_FILE)  # whatever the umask leaves of it
            file.writelines(_with_pauses(pieces))
            file.flush()
            os.fsync(file.fileno())
            if _LOCKS:
                # While it is locked: nobody may sweep it away.
                replace_patiently(temporary, path)
        if not _LOCKS:
            replace_patiently(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _with_pauses(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, with a pause after each for other threads: else every step of the window's thread
    would wait for 5 ms while this one computes."""
    for piece in pieces:
        yield piece
        time.sleep(0)


def _open_beside(path: Path) -> tuple[BinaryIO, Path]:
    """A new file beside `path`, locked while it is open: what a killed program leaves is unlocked,
    and is swept away by the next one. Raises OSError."""
    while True:
        handle, name = tempfile.mkstemp(prefix=_prefix(path), dir=path.parent)
        file = os.fdopen(handle, "wb")
        if _locked(handle):
            return file, Path(name)
        # Another program that sweeps was faster.
        file.close()


def _sweep(path: Path) -> None:
    """Remove what killed writers of this file have left, or of one with a name that hbgui
    proposes: there is a date in it. What one is at work with stays."""
    with contextlib.suppress(OSError):
        for stray in path.parent.iterdir():
            if stray.name.startswith(_prefix(path)) or _PROPOSED.match(stray.name):
                _remove_if_left(stray)


def _remove_if_left(stray: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(stray, _TO_LOCK)
        try:
            left = _locked(handle)
            if left and _LOCKS:
                stray.unlink()
        finally:
            os.close(handle)
        if left and not _LOCKS:
            stray.unlink()


def _locked(handle: int) -> bool:
    """Lock the open file. False when another program has locked or removed it."""
    if not _LOCKS:
        return True
    try:
        lock_file(handle)
    except BlockingIOError:
        return False
    except OSError:
        # No locks here. PermissionError, too: `_open_beside` would try again without end.
        return True
    return os.fstat(handle).st_nlink > 0


def _prefix(path: Path) -> str:
    return f".{path.name}.new-"


def replace_patiently(source: Path, target: Path, *, windows: bool = os.name == "nt") -> None:
    """Rename onto `target`. Windows refuses that while somebody reads the old file: try again
    for `REPLACE_PATIENCE_S` seconds. Raises OSError."""
    deadline = time.monotonic() + (REPLACE_PATIENCE_S if windows else 0.0)
    while True:
        try:
            source.replace(target)
            return
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(0.05)


def _sync_folder(folder: Path) -> None:
    """Make the new name last. Not every system and disk can; the content is safe already."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
