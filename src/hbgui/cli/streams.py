"""What a command leaves behind: lines on its standard streams, an exit code."""

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
"""The exit code after a signal, as shells have it."""

READER_GONE = 141
"""The exit code when nobody was told the result, as shells have it for SIGPIPE."""


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
"""Seconds that standard error may take for a line: a terminal takes none, if nothing is wrong."""

_ATOMIC = 512
"""Bytes that a pipe takes at once, if it says that it takes any: PIPE_BUF is not below that."""

_unread: set[int] = set()
"""Streams that took nothing the last time."""


class NotWrittenError(Exception):
    """Standard output took no line. `why` is what the system says; empty when its reader has just
    gone."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        gone = error.errno in _READER_GONE
        self.why = "" if gone else error.strerror or type(error).__name__


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
    """Print the line or lines to standard error. What it does not take soon is lost: the work
    counts, and a heartbeat may come after this."""
    with contextlib.suppress(OSError):
        data = encoded(text, sys.stderr)
        for piece in (data[at : at + _ATOMIC] for at in range(0, len(data), _ATOMIC)):
            if not _takes_more(sys.stderr):
                return
            put(piece, sys.stderr)


def _takes_more(stream: TextIO) -> bool:
    """Whether a piece can be written without a wait; a stream that nobody reads is waited for
    once."""
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
        taken = raw.write(left)
        if taken is None:  # who started us has made it non-blocking
            select.select((), (raw,), ())
        else:
            left = left[taken:]


def _raw(stream: TextIO) -> object:
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)


def encoded(text: str, stream: TextIO) -> bytes:
    """A line or lines with their end. Not every terminal has the letters of a name or a path."""
    return f"{text}\n".encode(stream.encoding or "utf-8", "backslashreplace")


BYTES_MAX = 32 * 1024 * 1024
"""Of lines that wait because nobody reads them."""


class LineWriter:
    """A thread writes; any thread may `write`. Each line is on its way at once.

    `failed` is called, in the writing thread, when a line could not be written. When its reader
    has gone, nothing is written any more; else the next line is tried.
    """

    def __init__(self, stream: TextIO, failed: Callable[[], None] = lambda: None) -> None:
        self.left_out = 0
        """Lines that were not taken because too many waited."""
        self.reader_gone = False
        self.why = ""
        """What the system said against writing, unless the reader has just gone."""
        self._stream = stream
        self._failed = failed
        self._lines: deque[bytes] = deque()
        self._waiting = 0
        self._open = True
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """One line, without its end."""
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
        """Write what waits, for so long at most. How many lines nobody has read; none when their
        reader has gone or the system did not take them, which is another matter."""
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

    As a context: its end waits a moment for what was not read, and says on standard error what
    was lost. `failed` is called in another thread, see LineWriter.
    """

    LAST_TIMEOUT_S = 1.5

    def __init__(self, failed: Callable[[], None] = lambda: None) -> None:
        self.out = LineWriter(sys.stdout, failed)
        self.err = LineWriter(sys.stderr)

    @property
    def unwritable(self) -> bool:
        """Whether the lines could not go where they were told to, for instance to a full disk."""
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
