"""Lines to standard output and standard error, whatever these are connected to."""

from __future__ import annotations

import contextlib
import errno
import io
import select
import sys
from typing import TextIO

_READER_GONE = (errno.EPIPE, errno.EINVAL)  # the second one on Windows

ASIDE_TIMEOUT_S = 1.0
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


def say_aside(text: str) -> None:
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
    if not hasattr(select, "poll") or not isinstance(_raw(stream), io.RawIOBase):
        return True
    fd = stream.fileno()
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    if poll.poll(0 if fd in _unread else ASIDE_TIMEOUT_S * 1000):
        _unread.discard(fd)
        return True
    _unread.add(fd)
    return False


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
