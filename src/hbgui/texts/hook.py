"""Where a translator comes in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def _untranslated(_context: str, text: str) -> str:
    return text


_translator: Callable[[str, str], str] = _untranslated
_BLANK = re.compile(r"\{(\w+)\}")


def install(translator: Callable[[str, str], str] | None) -> None:
    """Let `translator(context, text)` give every sentence from now on; None: English."""
    global _translator
    _translator = translator or _untranslated


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:  # noqa: N802 - the name lupdate looks for
    """Mark a sentence in a table for translation."""
    return text


def translate(context: str, text: str, values: Mapping[str, str] | None = None) -> str:
    """The sentence in the person's language, its `{blanks}` filled in one pass: a value that
    came from the wire is never read as a sentence."""
    return filled(_translator(context, text), values or {})


def filled(text: str, values: Mapping[str, str]) -> str:
    """A sentence that is translated already, with its `{blanks}` filled in one pass."""
    return _BLANK.sub(lambda blank: values.get(blank[1], blank[0]), text)
