"""Typed or pasted text: invisible characters, look-alike characters, comparing, displaying."""

from __future__ import annotations

import unicodedata

_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Invisible characters that Unicode does not classify as format characters."""


def trimmed(text: str) -> str:
    """The text without surrounding white space and invisible characters, which web pages and
    messengers add: byte order marks, direction marks, zero-width spaces."""
    if text.isascii():
        return text.strip()
    shown = [index for index, char in enumerate(text) if not (char.isspace() or _mark(char))]
    return text[shown[0] : shown[-1] + 1] if shown else ""


def _mark(char: str) -> bool:
    variant = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return char in _EMPTY or variant or unicodedata.category(char) == "Cf"


def as_utf8(argument: str) -> str:
    """Repair an argument that was decoded with the wrong encoding, as under LC_ALL=C; any other
    argument is returned unchanged."""
    try:
        return argument.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return argument


def invisible(char: str) -> bool:
    """Whether this character is invisible or looks like a space."""
    return _mark(char) or char.isspace() or unicodedata.category(char) in ("Cc", "Zl", "Zp")


def unsendable(text: str) -> str:
    """The first character that is not allowed in secrets and user names, described for people;
    empty without one. Not allowed are invisible characters and bytes that are not UTF-8."""
    if text.isascii() and text.isprintable():
        return ""
    for char in text:
        if "\udc80" <= char <= "\udcff":
            return f"0x{ord(char) - 0xDC00:02X}"
        if char != " " and (invisible(char) or not char.isprintable()):
            return named(char)
    return ""


def plain(char: str) -> bool:
    """Whether a host may contain this character: ASCII, or a letter without a simpler equivalent.

    Digits of other scripts, full-width letters and unusual dots are not allowed: they look like
    ASCII characters, but the PBX would not treat them so.
    """
    if char.isascii():
        return True
    small = char.lower()
    folded = unicodedata.normalize("NFKC", small)
    return unicodedata.category(char)[0] in "LM" and folded == small and not _mark(char)


def named(char: str) -> str:
    """The character with its Unicode number and name; an invisible one is not shown itself."""
    name = f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
    return name if not char.isprintable() or invisible(char) else f"{char} ({name})"


def blanks_alike(text: str) -> str:
    """The text for comparing: NFC, single spaces, without invisible characters."""
    if text.isascii():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(char for char in composed if char.isspace() or not _mark(char))
    return " ".join(seen.split())


def name_key(name: str) -> str:
    """A key that is equal for all spellings of a name: it ignores case, spaces, Unicode form."""
    return unicodedata.normalize("NFC", blanks_alike(name).casefold())


def legible(text: str, keep: str = "") -> str:
    """Untrusted text for display: control and direction characters not in `keep` are
    replaced."""
    return "".join(c if c.isprintable() or c in keep else "\N{REPLACEMENT CHARACTER}" for c in text)


def printable(text: str) -> str:
    """The text with control and direction characters escaped: they could move a terminal's cursor
    or change what a line seems to say."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(letter: str) -> str:
    return letter if letter.isprintable() else repr(letter)[1:-1]
