"""Lines to standard output that never hold up who writes them."""

from __future__ import annotations

import errno
import os
import threading
from collections import deque
from collections.abc import Callable

BYTES_MAX = 32 * 1024 * 1024
"""Of lines that wait because nobody reads them."""

_READER_GONE = (errno.EPIPE, errno.EINVAL)  # the second one on Windows


class LineWriter:
    """A thread writes; any thread may `write`. Each line is on its way at once.

    It goes around Python's own buffer: a thread that hangs in that would break the program's end.
    `gone` is called, in the writing thread, when nobody reads any more.
    """

    def __init__(self, fd: int, encoding: str, gone: Callable[[], None]) -> None:
        self.left_out = 0
        """Lines that were not taken because too many waited."""
        self.broken = False
        self.why = ""
        """What the system says against writing, unless the reader has just gone."""
        self._fd = fd
        self._encoding = encoding
        self._gone = gone
        self._lines: deque[bytes] = deque()
        self._waiting = 0
        self._open = True
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """One line, without its end."""
        data = f"{line}\n".encode(self._encoding, "backslashreplace")
        with self._changed:
            if self._waiting + len(data) > BYTES_MAX:
                self.left_out += 1
                return
            self._waiting += len(data)
            self._lines.append(data)
            self._changed.notify()

    def close(self, timeout_s: float) -> bool:
        """Write what waits, for so long at most. True when nothing was left."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join(timeout_s)
        return not self._thread.is_alive() and not self._lines

    def _run(self) -> None:
        while (data := self._next()) is not None:
            try:
                while data:
                    data = data[os.write(self._fd, data) :]
            except OSError as error:
                self.broken = True
                if error.errno not in _READER_GONE:
                    self.why = error.strerror or type(error).__name__
                self._gone()
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
