"""Where a JSON object ends in bytes that come piece by piece."""

from __future__ import annotations

import re
from collections import deque
from itertools import accumulate, islice

_REST_OF_TEXT = re.compile(rb'(?:[^"\\]++|\\.)*+("|\\?\Z)', re.DOTALL)
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+("|\\?\Z)', re.DOTALL)
"""Texts match that are still open, too: else each quote in one would be tried as its beginning."""

_BRACE = re.compile(rb"[{}]")
_OTHERS = bytes(set(range(256)) - set(b"{}"))
_STEPS = {ord("{"): 1, ord("}"): -1}


class ObjectEnd:
    """Each byte is looked at once, by code in C: hostile ones must not hold up the window.

    Counts braces outside of texts and nothing else: what is between them is the decoder's.
    """

    def __init__(self) -> None:
        self.found = False
        self.rest = 0
        """Bytes of the last piece that come after the object."""
        self._depth = 0
        self._in_text = False
        self._escaped = False

    @property
    def begun(self) -> bool:
        """Whether an object or a text has begun and not ended."""
        return not self.found and (self._depth > 0 or self._in_text)

    def feed(self, piece: bytes) -> bool:
        """Whether the object is complete with this piece. An empty one changes nothing: half of a
        two-byte letter is one."""
        if not piece:
            return self.found
        begin = self._end_of_text(piece) if self._in_text else 0
        after = piece[begin:]
        number = self._end_among(_TEXT.sub(b"", after).translate(None, _OTHERS))
        if number:
            # Only now its place matters, which costs more.
            masked = _TEXT.sub(lambda text: b" " * len(text[0]), after)
            last = next(islice(_BRACE.finditer(masked), number - 1, None))
            self.rest = len(masked) - last.end()
            self.found = True
        for text in deque(_TEXT.finditer(after), maxlen=1):
            self._open(text)
        return self.found

    def _end_of_text(self, piece: bytes) -> int:
        match = _REST_OF_TEXT.match(piece, 1 if self._escaped else 0)
        self._open(match)
        return match.end() if match else len(piece)

    def _open(self, text: re.Match[bytes] | None) -> None:
        """A text that may go on in the next piece; the pattern matches anything."""
        self._in_text = text is None or text[1] != b'"'
        self._escaped = text is not None and text[1] == b"\\"

    def _end_among(self, braces: bytes) -> int:
        """Which of these braces, from 1, is the last one of the object; 0: it goes on."""
        closing = braces.count(b"}")
        if closing < max(self._depth, 1):
            self._depth += len(braces) - 2 * closing
            return 0
        depths = accumulate(map(_STEPS.__getitem__, braces), initial=self._depth)
        for number, depth in enumerate(depths):
            if number and depth <= 0:
                return number
            self._depth = depth
        return 0
