"""Text as a person typed or pasted it: invisible marks around it, look-alikes inside."""

from __future__ import annotations

import unicodedata

_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks without a picture, beside those that Unicode calls formats."""


def trimmed(text: str) -> str:
    """The text without blanks and invisible marks around it, as web pages and messengers add
    them: byte order, direction, zero width."""
    if text.isascii():
        return text.strip()
    shown = [index for index, char in enumerate(text) if not (char.isspace() or _mark(char))]
    return text[shown[0] : shown[-1] + 1] if shown else ""


def _mark(char: str) -> bool:
    variant = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return char in _EMPTY or variant or unicodedata.category(char) == "Cf"


def as_utf8(argument: str) -> str:
    """An argument whose bytes were taken for another encoding, as under LC_ALL=C; any other one is
    left as it is."""
    try:
        return argument.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return argument


def invisible(char: str) -> bool:
    """Whether nobody can see this character, or sees no more than a blank."""
    return _mark(char) or char.isspace() or unicodedata.category(char) in ("Cc", "Zl", "Zp")


def unsendable(text: str) -> str:
    """The first character that no secret and no name may have, for a person to read; empty
    without one: nobody can see it, or it is a byte that came in another encoding than UTF-8."""
    if text.isascii() and text.isprintable():
        return ""
    for char in text:
        if "\udc80" <= char <= "\udcff":
            return f"0x{ord(char) - 0xDC00:02X}"
        if char != " " and (invisible(char) or not char.isprintable()):
            return named(char)
    return ""


def plain(char: str) -> bool:
    """Whether a host may have this character: ASCII, or a letter that no other one stands for.

    Digits of other scripts, full-width letters and other dots are none: they look like those that
    were meant, and the PBX would take them for something else.
    """
    if char.isascii():
        return True
    small = char.lower()
    folded = unicodedata.normalize("NFKC", small)
    return unicodedata.category(char)[0] in "LM" and folded == small and not _mark(char)


def named(char: str) -> str:
    """The character, its number and its name; one that cannot be seen without itself."""
    name = f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
    return name if not char.isprintable() or invisible(char) else f"{char} ({name})"


def blanks_alike(text: str) -> str:
    """The text for comparing: composed, each row of blanks as one, without invisible marks."""
    if text.isascii():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(char for char in composed if char.isspace() or not _mark(char))
    return " ".join(seen.split())


def name_key(name: str) -> str:
    """What two spellings of one name have in common, whatever keyboard or program wrote them."""
    return unicodedata.normalize("NFC", blanks_alike(name).casefold())


def legible(text: str, but: str = "") -> str:
    """The words of a stranger for people to read: control and direction marks, except those of
    `but`, are replaced."""
    return "".join(c if c.isprintable() or c in but else "\N{REPLACEMENT CHARACTER}" for c in text)


def printable(text: str) -> str:
    """The text with control and direction marks as escapes: they could move a terminal's cursor,
    or make a line say something else than it does."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(letter: str) -> str:
    return letter if letter.isprintable() else repr(letter)[1:-1]
