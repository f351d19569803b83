"""Text from the wire, fit to be shown."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with control and direction marks as escapes: they could move a terminal's cursor,
    or make a line say something else than it does."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(letter: str) -> str:
    return letter if letter.isprintable() else repr(letter)[1:-1]
