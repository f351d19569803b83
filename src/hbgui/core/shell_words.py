"""The words of a command, as three shells read them. What was pasted does not say which it was.

A text field makes a blank of a line break: then the mark of a continued line stands before one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_BY_NUMBER = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")
_POWERSHELL = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


class _Text:
    """The rest of a text, taken from its front."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._text)

    def take(self) -> str:
        """The next character. Raises ValueError at the end: a quotation mark is missing."""
        if not self:
            raise ValueError("unfinished")
        self._at += 1
        return self._text[self._at - 1]

    def follows(self, begin: str) -> bool:
        """Whether this comes next; then it is taken."""
        fits = self._text.startswith(begin, self._at)
        self._at += len(begin) if fits else 0
        return fits

    def matched(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What fits the pattern; then it is taken."""
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match

    def blank(self) -> bool:
        """Whether a blank or the end comes next."""
        return not self or self._text[self._at].isspace()


def posix(text: str) -> list[str]:
    """As bash reads the first command, `$'…'` too. Raises ValueError."""
    return _words(
        text, "\\", {"$'": _ansi_c, '$"': _posix_quoted, "'": _single, '"': _posix_quoted}
    )


def powershell(text: str) -> list[str]:
    """As PowerShell reads the first command. Raises ValueError."""
    return _words(text, "`", {"'": _doubled("'"), '"': _powershell_quoted})


def _words(text: str, escape: str, quotes: dict[str, Callable[[_Text], str]]) -> list[str]:
    words: list[str] = []
    rest, word = _Text(text), ""
    begun = False
    while rest:
        opened = next((mark for mark in quotes if rest.follows(mark)), "")
        if opened:
            word += quotes[opened](rest)
            begun = True
            continue
        char = rest.take()
        if char.isspace() or (char == escape and rest.blank()):
            words += [word] if begun else []
            word, begun = "", False
            continue
        if char in ";|":
            break  # another command begins, whatever stands around
        word += rest.take() if char == escape else char
        begun = True
    return words + ([word] if begun else [])


def _single(rest: _Text) -> str:
    found = ""
    while (char := rest.take()) != "'":
        found += char
    return found


def _doubled(mark: str) -> Callable[[_Text], str]:
    def quoted(rest: _Text) -> str:
        found = ""
        while (char := rest.take()) != mark or rest.follows(mark):
            found += char
        return found

    return quoted


def _posix_quoted(rest: _Text) -> str:
    found = ""
    while (char := rest.take()) != '"':
        if char == "\\":
            char = rest.take()
            char = {"\n": ""}.get(char, char if char in '$`"\\' else f"\\{char}")
        found += char
    return found


def _ansi_c(rest: _Text) -> str:
    found = ""
    while (char := rest.take()) != "'":
        found += _escaped(rest) if char == "\\" else char
    return found


def _escaped(rest: _Text) -> str:
    number = rest.matched(_BY_NUMBER)
    if number is None:
        char = rest.take()
        return _ESCAPES.get(char, char if char in "\\'\"?" else f"\\{char}")
    octal = number[4]
    code = int(octal, 8) if octal else int(number[1] or number[2] or number[3], 16)
    if code > 0x10FFFF:
        raise ValueError("no character")
    return chr(code)


def _powershell_quoted(rest: _Text) -> str:
    found = ""
    while (char := rest.take()) != '"' or rest.follows('"'):
        if char == "`":
            char = rest.take()
            char = _POWERSHELL.get(char, char)
        found += char
    return found


def cmd(text: str) -> list[str]:
    """As the command prompt of Windows hands it over, and the program reads it then. Raises
    ValueError."""
    return list(_windows_words(_without_carets(text)))


def _without_carets(text: str) -> str:
    """A caret takes the meaning of the next character, but for the program that is started a
    quotation mark keeps its own."""
    rest, found, quoted = _Text(text), "", False
    while rest:
        char = rest.take()
        if char == "^" and not quoted:
            found += " " if rest.blank() else rest.take()
            continue
        quoted ^= char == '"'
        found += char
    return found


def _windows_words(text: str) -> Iterator[str]:
    rest, word, begun, quoted = _Text(text), "", False, False
    while rest:
        slashes = 0
        while rest.follows("\\"):
            slashes += 1
        if rest.follows('"'):
            begun = True
            word += "\\" * (slashes // 2)
            if slashes % 2 or (quoted and rest.follows('"')):
                word += '"'
            else:
                quoted = not quoted
            continue
        word += "\\" * slashes
        begun = begun or slashes > 0
        if not rest:
            break
        char = rest.take()
        if char.isspace() and not quoted:
            if begun:
                yield word
            word, begun = "", False
            continue
        word += char
        begun = True
    if quoted:
        raise ValueError("unfinished")
    if begun:
        yield word
