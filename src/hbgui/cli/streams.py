"""Lines on the standard streams of a command."""

from __future__ import annotations

import contextlib
import errno
import io
import select
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import TextIO

USAGE = 2
"""The exit code after bad input."""

INTERRUPTED = 130
"""The exit code after a signal: 128 + SIGINT, as in shells."""

READER_GONE = 141
"""The exit code when the reader of standard output has gone: 128 + SIGPIPE, as in shells."""


class UsageError(Exception):
    """A command line that cannot be carried out.

    The text names the option and what it allows, never what was typed. `command` is the one whose
    `--help` tells more.
    """

    def __init__(self, text: str, command: str = "hbgui") -> None:
        super().__init__(text)
        self.command = command


_READER_GONE = (errno.EPIPE, errno.EINVAL)  # the second one on Windows

STDERR_TIMEOUT_S = 1.0
"""Seconds to wait until standard error accepts data; a working terminal accepts it at once."""

_ATOMIC = 512
"""Bytes that a pipe accepts at once when it accepts any: the lowest PIPE_BUF that POSIX allows."""

_unread: set[int] = set()
"""File descriptors that accepted nothing the last time."""


class NotWrittenError(Exception):
    """A line could not be written to standard output. `why` is the system's message; empty when
    the reader has gone."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        reader_gone = error.errno in _READER_GONE
        self.why = "" if reader_gone else error.strerror or type(error).__name__


def say(text: str) -> None:
    """Print the line or lines to standard output. Raises NotWrittenError."""
    say_data(encoded(text, sys.stdout))


def say_data(data: bytes) -> None:
    """Print these bytes to standard output. Raises NotWrittenError."""
    failure = None
    try:
        put(data, sys.stdout)
    except OSError as error:
        failure = NotWrittenError(error)
    if failure is not None:
        raise failure


def say_to_stderr(text: str) -> None:
    """Print the line or lines to standard error. What it does not accept within
    `STDERR_TIMEOUT_S` is dropped: a heartbeat may have to follow."""
    with contextlib.suppress(OSError):
        data = encoded(text, sys.stderr)
        for piece in (data[at : at + _ATOMIC] for at in range(0, len(data), _ATOMIC)):
            if not _takes_more(sys.stderr):
                return
            put(piece, sys.stderr)


def _takes_more(stream: TextIO) -> bool:
    """Whether a piece can be written without blocking. Waits for a stream that nobody reads the
    first time only."""
    if sys.platform != "win32" and isinstance(_raw(stream), io.RawIOBase):  # it has no poll
        fd = stream.fileno()
        poll = select.poll()
        poll.register(fd, select.POLLOUT)
        if not poll.poll(0 if fd in _unread else STDERR_TIMEOUT_S * 1000):
            _unread.add(fd)
            return False
        _unread.discard(fd)
    return True


def put(data: bytes, stream: TextIO) -> None:
    """Write all of it, for as long as it takes. Raises OSError.

    It goes around the stream's buffer, if it is a file: a thread that hangs in that would break
    the program's end, and what could not be written would be tried again there.
    """
    raw = _raw(stream)
    if not isinstance(raw, io.RawIOBase):
        stream.write(data.decode(stream.encoding or "utf-8"))
        stream.flush()
        return
    left = memoryview(data)
    while left:
        written = raw.write(left)
        if written is None:  # the parent process has made it non-blocking
            select.select((), (raw,), ())
        else:
            left = left[written:]


def _raw(stream: TextIO) -> object:
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)


def encoded(text: str, stream: TextIO) -> bytes:
    """The text and a line feed as bytes. Characters that the stream's encoding lacks become
    escapes."""
    return f"{text}\n".encode(stream.encoding or "utf-8", "backslashreplace")


BYTES_MAX = 32 * 1024 * 1024
"""The most bytes of lines that wait because nobody reads them."""


class LineWriter:
    """Writes lines to a stream in a thread of its own. Any thread may call `write`.

    `failed` is called in the writing thread when a line could not be written. After that the next
    line is tried, unless the reader has gone: then nothing is written any more.
    """

    def __init__(self, stream: TextIO, failed: Callable[[], None] = lambda: None) -> None:
        self.left_out = 0
        """Number of lines that were dropped because too many waited."""
        self.reader_gone = False
        self.why = ""
        """The system's message of the last failed write; empty when none failed or the reader has
        reader_gone."""
        self._stream = stream
        self._failed = failed
        self._lines: deque[bytes] = deque()
        self._waiting = 0
        self._open = True
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Write a line, given without its line feed. Never blocks."""
        if self.reader_gone:
            return
        data = encoded(line, self._stream)
        with self._changed:
            if self._waiting + len(data) > BYTES_MAX:
                self.left_out += 1
                return
            self._waiting += len(data)
            self._lines.append(data)
            self._changed.notify()

    def close(self, timeout_s: float) -> int:
        """Write the lines that wait, for `timeout_s` seconds at most.

        Returns how many lines nobody has read; 0 when the reader has gone.
        """
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join(timeout_s)
        with self._changed:
            if self.reader_gone:
                return 0
            # The one that is being written has left the queue.
            return self.left_out + len(self._lines) + self._thread.is_alive()

    def _run(self) -> None:
        while (data := self._next()) is not None:
            try:
                put(data, self._stream)
            except OSError as error:
                self.why = NotWrittenError(error).why
                self.reader_gone = not self.why
                self._failed()
                if self.reader_gone:
                    return

    def _next(self) -> bytes | None:
        with self._changed:
            while not self._lines and self._open:
                self._changed.wait()
            if not self._lines:
                return None
            data = self._lines.popleft()
            self._waiting -= len(data)
            return data


class UnblockedLines:
    """Standard output and standard error of a command that goes on whether anybody reads or not.

    As a context manager: on exit it waits `LAST_TIMEOUT_S` seconds for lines that were not read,
    and writes to standard error how many were lost. `failed` is called in another thread, see
    LineWriter.
    """

    LAST_TIMEOUT_S = 1.5

    def __init__(self, failed: Callable[[], None] = lambda: None) -> None:
        self.out = LineWriter(sys.stdout, failed)
        self.err = LineWriter(sys.stderr)

    @property
    def unwritable(self) -> bool:
        """Whether a line could not be written although its reader is there: a full disk, say."""
        return bool(self.out.why)

    def __enter__(self) -> UnblockedLines:
        return self

    def __exit__(self, *_error: object) -> None:
        lost = self.out.close(self.LAST_TIMEOUT_S)
        if self.unwritable:
            self.err.write(f"The lines cannot be written. The system says: {self.out.why}.")
        elif lost:
            self.err.write(f"Lines that were not printed, since nobody read them: {lost}.")
        self.err.close(self.LAST_TIMEOUT_S)
