"""Lines to standard output and standard error, whatever these are connected to."""

from __future__ import annotations

import contextlib
import errno
import io
import select
import sys
from typing import TextIO

_READER_GONE = (errno.EPIPE, errno.EINVAL)  # the second one on Windows


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
    """Print the line or lines to standard error. What it does not take is lost: the work counts."""
    with contextlib.suppress(OSError):
        put(encoded(text, sys.stderr), sys.stderr)


def put(data: bytes, stream: TextIO) -> None:
    """Write all of it, for as long as it takes. Raises OSError.

    It goes around the stream's buffer, if it is a file: a thread that hangs in that would break
    the program's end, and what could not be written would be tried again there.
    """
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
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


def encoded(text: str, stream: TextIO) -> bytes:
    """A line or lines with their end. Not every terminal has the letters of a name or a path."""
    return f"{text}\n".encode(stream.encoding or "utf-8", "backslashreplace")
