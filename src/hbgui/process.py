"""What the process asks of its operating system: streams, signals, folders, locks."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FAULT = 70
"""The exit code of a fault in hbgui itself, as sysexits.h has it: 1 is the PBX's refusal."""

DEBUG_VARIABLE = "HBGUI_DEBUG"

QT_FACTS_ARGUMENT = "--qt-facts"
"""The whole command line of the process that `selftest` starts to look at Qt."""

OWN_FOLDER, OWN_FILE = 0o700, 0o600
"""Modes of what only this user may see."""

LOCK_HELD = (BlockingIOError, PermissionError)
"""What `lock_file` raises when another program has the lock. Windows says PermissionError; on
other systems that may also be a disk that never gives a lock."""

_LOCKED_BYTE = 1 << 30
"""Behind all content: nobody can read a byte that is locked on Windows."""


def open_standard_streams() -> None:
    """Open the null device on each standard stream that was closed by who started us.

    Else the next file or socket would get its number, and what is printed would land in it.
    """
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            # The lowest number that is free is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - until the end
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def fault_sentences(error: BaseException) -> tuple[str, str]:
    """What to say of a fault in hbgui itself, and what to do. Its own text may hold a secret."""
    import traceback  # seldom needed, and it takes its time
    from pathlib import Path

    if lacks := _lacking(error):
        return (
            f"This computer gives hbgui no more {lacks}. "
            "Whether the PBX took a request is not known.",
            "Close other programs, or raise the limit (ulimit).",
        )
    where = traceback.extract_tb(error.__traceback__)[-1:]
    place = "".join(f" in {Path(f.filename).name}, line {f.lineno}" for f in where)
    return (
        f"This is a fault in hbgui itself: {type(error).__name__}{place}. "
        "Whether the PBX took a request is not known.",
        f"Please report this; the variable {DEBUG_VARIABLE}=1 shows more.",
    )


def _lacking(error: BaseException) -> str:
    """What the system has refused, empty when it is a fault in hbgui itself."""
    if isinstance(error, MemoryError) or "can't start new thread" in str(error):
        return "memory or threads"
    number = error.errno if isinstance(error, OSError) else None
    return {errno.EMFILE: "open files", errno.ENFILE: "open files", errno.ENOMEM: "memory"}.get(
        number or 0, ""
    )


def show_fault(error: BaseException) -> None:
    """Show the traceback where `DEBUG_VARIABLE` is set, through the hook that hides secrets."""
    if os.environ.get(DEBUG_VARIABLE):
        with contextlib.suppress(OSError):
            sys.excepthook(type(error), error, error.__traceback__)


@contextmanager
def ended_at_once() -> Iterator[None]:
    """Ctrl-C in the block ends the process without a word, as SIGTERM does. Main thread only.

    Python's own way would print where it was; while Qt loads, it aborts or gets lost.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def bad_pair(pyside_version: str, python_version: Sequence[int | str]) -> bool:
    """Whether this PySide6 would abort the process on this Python.

    PySide6 6.12.0 loses a reference to None or True in almost every call. Since Python 3.12 these
    objects cannot die; before, the process aborts after some hundred signals. Later versions of
    PySide6 count as bad, too, until one is known to be good.

    `pyside_version` is like "6.11.3", `python_version` like `sys.version_info`. A version that
    cannot be read is not called bad.
    """
    match = re.match(r"(\d+)\.(\d+)", pyside_version)
    if match is None:
        return False
    return (int(match[1]), int(match[2])) >= (6, 12) and tuple(map(int, python_version[:2])) < (
        3,
        12,
    )


def ending_signals() -> tuple[signal.Signals, ...]:
    """Ctrl-C, SIGTERM, and a terminal that closes: but nohup has that one ignored, and so it
    stays."""
    ending = (signal.SIGINT, signal.SIGTERM)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        return (*ending, signal.SIGHUP)
    return ending


def make_folder(folder: Path) -> None:
    """Make the folder, and each above it that is missing, for this user only, whatever the umask.

    What is there already is left as it is. Raises OSError.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):  # by another program, or a file: told by its user
        folder.mkdir(OWN_FOLDER)
        folder.chmod(OWN_FOLDER)


def open_to_lock(path: Path) -> int | None:
    """A handle of a file, which is made for this user only when it is missing, or of a folder.

    None when it cannot be opened at all, as a folder on Windows. A lock needs no right to write.
    """
    for mode in (os.O_RDWR | os.O_CREAT, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)):
        with contextlib.suppress(OSError):
            handle = os.open(path, mode, OWN_FILE)
            with contextlib.suppress(OSError):
                if stat.S_ISREG(os.fstat(handle).st_mode):
                    path.chmod(OWN_FILE)  # whatever the umask leaves of it: others must open it
            return handle
    return None


def lock_file(handle: int, *, shared: bool = False) -> None:
    """Lock an open file against other programs, at once or not at all. Closing it unlocks it.

    `shared` lets others lock it so, too; not on Windows. Raises one of LOCK_HELD, or another
    OSError where the file system has no locks.
    """
    if sys.platform == "win32":
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


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
