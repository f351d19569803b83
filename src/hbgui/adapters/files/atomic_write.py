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

_USES_LOCKS = os.name != "nt"
"""Whether temporary files are locked. Windows needs no locks: it refuses to remove or rename an
open file."""

REPLACE_PATIENCE_S = 2.5
"""Seconds that a virus scanner or a backup may hold the old file on Windows."""

_TEMPORARY_EXPORT = re.compile(r"\.hbgui-.*\.new-[a-z0-9_]{8}$")

_LOCK_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)

_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "not_permitted",
    errno.EPERM: "not_permitted",
}


def storage_error(error: OSError) -> StorageError:
    """The StorageError with the code for the system's error.

    Raise it outside `except`, so that the system's error is not attached to it.
    """
    code = _CODES.get(error.errno or 0, "storage_failed")
    return StorageError(code, error.strerror or type(error).__name__)


def make_own_file(path: Path) -> None:
    """Make the file, empty, if it is missing, and let only this user read it. Raises OSError."""
    make_folder(path.parent)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWN_FILE))
    path.chmod(OWN_FILE)


def name_aside(path: Path) -> Path:
    """A free path in the same folder for a damaged file: its name, the time in UTC, a number."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.damaged-{now}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{now}-{number}")
    return aside


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of the file by `data`, readable by this user only.

    Whatever happens, a power cut included, the file holds the whole old content or the whole new
    one. A missing folder is made. Raises OSError; the old file is then unchanged.
    """
    write_pieces_atomically(path, (data,))


def write_pieces_atomically(path: Path, pieces: Iterable[bytes]) -> None:
    """Replace the content of the file by these pieces, as `write_atomically` does.

    The pieces need not fit into memory together. Raises OSError and whatever the iteration
    raises; the old file is then unchanged.
    """
    make_folder(path.parent)
    _remove_abandoned(path)
    file, temporary = _open_temporary(path)
    try:
        with file:
            temporary.chmod(OWN_FILE)  # whatever the umask is
            file.writelines(_with_pauses(pieces))
            file.flush()
            os.fsync(file.fileno())
            if _USES_LOCKS:
                # Before the lock ends: another program removes unlocked temporary files.
                replace_patiently(temporary, path)
        if not _USES_LOCKS:
            replace_patiently(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _with_pauses(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, with a pause after each one in which other threads can run.

    Without it the window's thread would wait 5 ms, Python's switch interval, at every step.
    """
    for piece in pieces:
        yield piece
        time.sleep(0)


def _open_temporary(path: Path) -> tuple[BinaryIO, Path]:
    """A new temporary file in the folder of `path`, locked while it is open. Raises OSError.

    The file of a killed program is no longer locked: `_remove_abandoned` finds it by that.
    """
    while True:
        handle, name = tempfile.mkstemp(prefix=_prefix(path), dir=path.parent)
        file = os.fdopen(handle, "wb")
        if _try_lock(handle):
            return file, Path(name)
        # Another program has removed it, before it was locked.
        file.close()


def _remove_abandoned(path: Path) -> None:
    """Remove the temporary files that killed programs have left in the folder.

    These are those for this file, and those for exported files whose name hbgui proposes: it
    contains the date, so nobody may write that file again. A locked one is in use and stays.
    """
    with contextlib.suppress(OSError):
        for temporary in path.parent.iterdir():
            if temporary.name.startswith(_prefix(path)) or _TEMPORARY_EXPORT.match(temporary.name):
                _remove_if_unlocked(temporary)


def _remove_if_unlocked(temporary: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(temporary, _LOCK_FLAGS)
        try:
            unlocked = _try_lock(handle)
            if unlocked and _USES_LOCKS:
                temporary.unlink()
        finally:
            os.close(handle)
        if unlocked and not _USES_LOCKS:
            temporary.unlink()


def _try_lock(handle: int) -> bool:
    """Try to lock the open file. False when another program has locked or removed it."""
    if not _USES_LOCKS:
        return True
    try:
        lock_file(handle)
    except BlockingIOError:
        return False
    except OSError:
        # The disk has no locks. PermissionError means that, too: False for it would make
        # `_open_temporary` try again without end.
        return True
    return os.fstat(handle).st_nlink > 0


def _prefix(path: Path) -> str:
    return f".{path.name}.new-"


def replace_patiently(source: Path, target: Path, *, windows: bool = os.name == "nt") -> None:
    """Rename `source` to `target`, which it replaces. Raises OSError.

    Windows refuses that while another program reads the old file: there it is tried again for
    `REPLACE_PATIENCE_S` seconds.
    """
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
    """Write the folder to disk, so that the rename survives a power cut.

    Not every system and disk can do that. The content of the file is on disk already.
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
