"""What the process needs from its operating system: streams, signals, folders, locks."""

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

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FAULT = 70
"""The exit code for a fault in hbgui itself: EX_SOFTWARE of sysexits.h. 1 means that the PBX
refused the request."""

DEBUG_VARIABLE = "HBGUI_DEBUG"

QT_FACTS_ARGUMENT = "--qt-facts"
"""The only argument of the process that `selftest` starts to inspect Qt."""

OWN_FOLDER, OWN_FILE = 0o700, 0o600
"""Permission bits of a folder and of a file that only this user may open."""

LOCK_HELD = (BlockingIOError, PermissionError)
"""What `lock_file` raises when another program has the lock. Windows raises PermissionError; on
other systems that error may also come from a disk without locks."""

_LOCKED_BYTE = 1 << 30
"""The offset of the byte that is locked on Windows, where nobody can read a locked byte. No file
of hbgui is that long."""


def open_standard_streams() -> None:
    """Open the null device for each standard stream that the parent process has closed.

    Otherwise the next file or socket would get the number of that stream, and printed text would
    go into it. Main thread, at the start of the process.
    """
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            # The system gives the lowest free number, which is `fd`.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - until the end
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def fault_sentences(error: BaseException) -> tuple[str, str]:
    """Two sentences for the user: what went wrong inside hbgui, and what to do.

    They leave out the text of the error, which may hold a secret.
    """
    import traceback  # seldom needed, and it takes its time

    if resource := _exhausted_resource(error):
        return (
            f"This computer gives hbgui no more {resource}. "
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


def _exhausted_resource(error: BaseException) -> str:
    """The resource that the system has run out of; empty for a fault in hbgui itself."""
    if isinstance(error, MemoryError) or "can't start new thread" in str(error):
        return "memory or threads"
    number = error.errno if isinstance(error, OSError) else None
    return {errno.EMFILE: "open files", errno.ENFILE: "open files", errno.ENOMEM: "memory"}.get(
        number or 0, ""
    )


def show_fault(error: BaseException) -> None:
    """Print the traceback if `DEBUG_VARIABLE` is set, through the hook that hides secrets."""
    if os.environ.get(DEBUG_VARIABLE):
        with contextlib.suppress(OSError):
            sys.excepthook(type(error), error, error.__traceback__)


@contextmanager
def ctrl_c_ends_process() -> Iterator[None]:
    """Let Ctrl-C in the block end the process without output, as SIGTERM does. Main thread only.

    Python's own handler would print a traceback; while Qt is loading, it makes the process abort
    or does nothing.
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


def pyside_is_unsafe(pyside_version: str, python_version: Sequence[int | str]) -> bool:
    """Whether this version of PySide6 would abort the process on this version of Python.

    PySide6 6.12.0 loses a reference to None or True in almost every call. From Python 3.12 on these
    objects are never freed; before, the process aborts after some hundred Qt signals. Later
    versions of PySide6 count as unsafe, too, until one is known to be safe.

    `pyside_version` is like "6.11.3", `python_version` like `sys.version_info`. Returns False for
    a version that cannot be parsed.
    """
    match = re.match(r"(\d+)\.(\d+)", pyside_version)
    if match is None:
        return False
    return (int(match[1]), int(match[2])) >= (6, 12) and tuple(map(int, python_version[:2])) < (
        3,
        12,
    )


def ending_signals() -> tuple[signal.Signals, ...]:
    """The signals that end hbgui: SIGINT (Ctrl-C), SIGTERM and, when the terminal closes, SIGHUP.

    SIGHUP is left out on Windows, and where it is ignored: nohup does that.
    """
    ending = (signal.SIGINT, signal.SIGTERM)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        return (*ending, signal.SIGHUP)
    return ending


def make_folder(folder: Path) -> None:
    """Make the folder, and each missing one above it, for this user only, whatever the umask.

    A folder that exists keeps its permissions. Raises OSError.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):  # another program made it, or it is a file
        folder.mkdir(OWN_FOLDER)
        folder.chmod(OWN_FOLDER)


def open_to_lock(path: Path) -> int | None:
    """Open a file or a folder, to lock it. Returns the file descriptor; the caller closes it.

    A missing file is made, for this user only. Without the right to write it is opened for
    reading, which is enough for a lock. Returns None when it cannot be opened at all, such as a
    folder on Windows.
    """
    for mode in (os.O_RDWR | os.O_CREAT, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)):
        with contextlib.suppress(OSError):
            handle = os.open(path, mode, OWN_FILE)
            with contextlib.suppress(OSError):
                if stat.S_ISREG(os.fstat(handle).st_mode):
                    path.chmod(OWN_FILE)  # the umask may have taken away the right to write
            return handle
    return None


def lock_file(handle: int, *, shared: bool = False) -> None:
    """Lock an open file against other programs, without waiting. Closing the file unlocks it.

    `handle` is the file descriptor. `shared` takes a shared lock; Windows has exclusive ones
    only. Raises one of LOCK_HELD when another program has the lock, another OSError where the
    file system has no locks.
    """
    if sys.platform == "win32":
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


_RETRY_S = 0.01
"""Seconds between two tries to lock a file."""


@contextlib.contextmanager
def locked(path: Path, timeout_s: float, *, shared: bool = False) -> Iterator[bool]:
    """Hold the lock of a file, or of a folder, for the `with` block.

    A missing file is made. Waits for up to `timeout_s` seconds. Yields False when another program
    still has the lock then. Yields True when the lock is held, and also where none is possible:
    for a folder on Windows, on a disk without locks, in a read-only folder. Raises nothing of its
    own.
    """
    handle = open_to_lock(path)
    if handle is None:
        yield True
        return
    try:
        deadline = time.monotonic() + timeout_s
        while not (acquired := _try_lock(handle, shared)) and time.monotonic() < deadline:
            time.sleep(_RETRY_S)
        yield acquired
    finally:
        os.close(handle)


def _try_lock(handle: int, shared: bool) -> bool:
    """Try to lock once. False when another program has the lock; True also without locks."""
    try:
        lock_file(handle, shared=shared)
    except OSError as error:
        return not isinstance(error, LOCK_HELD)
    return True
