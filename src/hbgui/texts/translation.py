"""Sentences in the person's language, with values and times filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo


def _untranslated(_context: str, text: str) -> str:
    return text


_translator: Callable[[str, str], str] = _untranslated
# The one that lupdate gives to sentences outside of classes.
_CONTEXT = ""
_BLANK = re.compile(r"\{(\w+)\}")


def install_translator(translator: Callable[[str, str], str] | None) -> None:
    """Translate all sentences with `translator(context, text)` from now on; None: English."""
    global _translator
    _translator = translator or _untranslated


def T(text: str) -> str:  # noqa: N802 - one letter leaves a sentence room on its line
    """Mark a sentence for translation; it stays English until `translate` gets it.

    For translators: lupdate finds it with `-tr-function-alias QT_TR_NOOP+=T`, outside f-strings.
    """
    return text


def translate(text: str, values: Mapping[str, str] | None = None) -> str:
    """The translated sentence, with its `{placeholders}` filled in one pass: braces in a value from
    the network are never replaced. Empty for an empty text."""
    return filled(_translator(_CONTEXT, text), values or {}) if text else ""


def filled(text: str, values: Mapping[str, str]) -> str:
    """A translated sentence, with its `{placeholders}` filled in one pass."""
    return _BLANK.sub(lambda blank: values.get(blank[1], blank[0]), text)


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How times are written for people, in the time zone `zone`: None is that of this computer.

    Its methods take aware UTC.
    """

    zone: tzinfo | None = None

    def time(self, utc: datetime) -> str:
        """Date and time."""
        return utc.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def minute(self, utc: datetime) -> str:
        """The time of day."""
        return utc.astimezone(self.zone).strftime("%H:%M")

    def day(self, utc: datetime) -> str:
        """The date."""
        return utc.astimezone(self.zone).strftime("%Y-%m-%d")

    def offset(self, utc: datetime) -> str:
        """The zone's difference from UTC at that moment, as `UTC+01:00`."""
        text = utc.astimezone(self.zone).strftime("%z")
        return f"UTC{text[:3]}:{text[3:5]}"

    def iso(self, text: str) -> str:
        """An ISO 8601 text as date and time; any other text as it is."""
        try:
            return self.time(datetime.fromisoformat(text))
        except (ValueError, OverflowError, OSError):
            return text
