"""Hides secrets, in every spelling, in everything that the process prints."""

from __future__ import annotations

import base64
import functools
import html.entities
import itertools
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Literal
from urllib.parse import quote

from hbgui.core.values import Secret

HIDDEN = "***"

_ALNUM = r"3[0-9]|[46][1-9a-f]|[57][0-9a]"
_ESCAPED_ALNUM = re.compile(
    rf"""
    (?: %(?:25)* | (?<!\\)\\+(?:x|u00) ) (?P<hex>{_ALNUM})
    | &(?:amp;)*\# (?: x0*(?P<x>{_ALNUM}) | 0*(?P<number>4[89]|5[0-7]|6[5-9]|[78][0-9]|90
                                              |9[789]|1[01][0-9]|12[012]) );
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""ASCII letters and digits that are escaped as numbers without need: in URLs, strings or HTML."""


def without_needless_numbers(text: str) -> str:
    """The text with the characters themselves in place of their needless escapes."""
    return _ESCAPED_ALNUM.sub(_character, text)


def _character(number: re.Match[str]) -> str:
    hexadecimal = number["hex"] or number["x"]
    return chr(int(hexadecimal, 16) if hexadecimal else int(number["number"]))


_SEPARATORS = "\\s\0:._=\u00ad\u200b-\u200f\u2060\ufeff-"
"""Characters that may separate the digits of a token, as in a dump, a UUID or a folded line."""

_SEPARATOR_ROW = re.compile(f"[{_SEPARATORS}]+")
_MAYBE_SEPARATORS = f"[{_SEPARATORS}]{{0,3}}+"

SPACED_MIN = 16
"""The letters and digits from which on a secret is also found with separators in it. A shorter one
could match ordinary words with a hyphen between them."""


class Views:
    """A text in three forms for quick searches.

    `text` is the text itself, `small` is in lower case, `close` is also without the characters
    that may separate the digits of a token.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.small = text.lower()
        self.close = _SEPARATOR_ROW.sub("", self.small)


View = Literal["text", "small", "close"]
"""The name of one of the `Views`."""


class SecretPattern:
    """A pattern that finds a secret.

    `core` is a part of the secret with a single spelling in the `view`; only where it occurs, the
    pattern is tried. The pattern is compiled when it is first tried, since compiling all patterns
    of one secret takes 12 ms.
    """

    def __init__(self, core: str, pattern: str, view: View = "small") -> None:
        self._core = core
        self._pattern = pattern
        self._view = view

    def hide(self, views: Views) -> Views:
        """The text with `***` in place of each match."""
        if self._core not in getattr(views, self._view):
            return views
        return Views(self._compiled.sub(HIDDEN, views.text))

    @functools.cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._pattern, 0 if self._view == "text" else re.IGNORECASE)

    def __repr__(self) -> str:
        return HIDDEN


def patterns_for(secret: str) -> Iterator[SecretPattern]:
    """The patterns that find the secret in every spelling.

    The text must have gone through `without_needless_numbers`.
    """
    core = _longest_word(secret).lower()
    yield SecretPattern(core, _any_spelling(secret))
    if secret.isascii() and secret.isalnum() and len(secret) >= SPACED_MIN:
        yield SecretPattern(secret.lower(), _MAYBE_SEPARATORS.join(secret), "close")
    yield _as_hex(secret)
    for cased in dict.fromkeys((secret, secret.upper(), secret.lower())):
        plain = cased.encode("utf-8", "surrogatepass")
        for data in dict.fromkeys((plain, quote(plain, safe="").encode())):
            for core in _base64_cores(data):
                pattern = "".join(map(_base64_spellings, core))
                yield SecretPattern(_longest_word(core), pattern, "text")


def _as_hex(secret: str) -> SecretPattern:
    """The pattern for the secret as hexadecimal bytes, in upper or lower case."""
    patterns, cores = [], [""]
    for char in secret:
        cases = {c.encode("utf-8", "surrogatepass") for c in (char, char.upper(), char.lower())}
        patterns.append(
            "(?:"
            + "|".join(_MAYBE_SEPARATORS.join(f"{byte:02x}" for byte in c) for c in sorted(cases))
            + ")"
        )
        if len(cases) == 1:
            cores[-1] += cases.pop().hex()
        else:
            cores.append("")
    return SecretPattern(max(cores, key=len), _MAYBE_SEPARATORS.join(patterns), "close")


def _longest_word(text: str) -> str:
    return max(re.findall("[A-Za-z0-9]+", text), key=len, default="")


def _base64_cores(data: bytes) -> Iterator[str]:
    """The base64 text of the data, for each of its three possible positions in other data.

    The outermost characters are left out, since they depend on the data around.
    """
    for before in range(3):
        text = base64.b64encode(bytes(before) + data).decode()
        yield text[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]


def _base64_spellings(char: str) -> str:
    """A pattern for a base64 character: standard or URL alphabet, escaped in URLs or JSON."""
    match char:
        case "+":
            return "(?:[+ -]|%(?:25)*2[bB])"
        case "/":
            return r"(?:\\*/|_|%(?:25)*2[fF])"
        case _:
            return char


def _any_spelling(secret: str) -> str:
    """A pattern for the text as it is, in URLs, JSON, HTML and Python's repr, also mixed.

    ASCII letters and digits stand for themselves: `_ESCAPED_ALNUM` is about the others.
    """
    parts: list[str] = []
    after_backslash = False
    for char, run in itertools.groupby(secret):
        count = len(list(run))
        if char == "\\":
            # All at once: matching them one by one would take very long for many of them.
            begin = "" if parts else _ROW_START
            raw = rf"{begin}\\{{{count},}}+"
            escaped = rf"(?:%(?:25)*5[cC]|&\#92;|{begin}\\++(?:[xX]|u00|U000000)5[cC])"
            parts.append(rf"(?:{raw}|{escaped}{{{count}}})")
        elif char.isascii() and char.isalnum():
            parts.append(char * count)
        else:
            each = _spellings(char, after_backslash=False)
            first = _spellings(char, after_backslash=after_backslash, begins=not parts)
            parts.append(first + each * (count - 1))
        after_backslash = char == "\\"
    return "".join(parts)


_ROW_START = r"(?<!\\)"
"""Makes a pattern try a row of backslashes from its first one only."""


def _spellings(char: str, *, after_backslash: bool, begins: bool = False) -> str:
    """A pattern for all spellings of a character.

    Rows of backslashes match as a whole, without backtracking: a peer that knows the secret could
    send long ones. `after_backslash` says that the pattern before has matched such a row already.
    """
    number = ord(char)
    utf8 = char.encode("utf-8", "surrogatepass")
    utf16 = char.encode("utf-16-be", "surrogatepass")
    bytewise = [utf8] if number > 255 else [utf8, bytes([number])]
    forms = [_literal(char), rf"&(?:amp;)*\#(?:0*{number}|x0*{number:x});?"]
    forms += ["".join(f"%(?:25)*{b:02x}" for b in form) for form in bytewise]
    if number in html.entities.codepoint2name:
        forms.append(rf"&(?:amp;)*{html.entities.codepoint2name[number]};")
    if number > 127:
        # UTF-8 that was decoded as Latin-1, and the reverse.
        forms += [re.escape(form.decode("latin-1")) for form in bytewise]
        forms += [re.escape(form.decode("ascii", "surrogateescape")) for form in bytewise]
    begin = _ROW_START if begins else ""
    if char in "\"'/":
        forms.append(rf"{begin}\\++(?:{'|'.join(forms)})")
    row = r"\\*+" if after_backslash else rf"{begin}\\++"
    forms += [row + r"\\++".join(f"x{b:02x}" for b in form) for form in bytewise]
    forms += [row + r"\\++".join(f"u{unit.hex()}" for unit in (utf16[:2], utf16[2:]) if unit)]
    forms += [rf"{row}U{number:08x}"]
    return f"(?i:{'|'.join(forms)})"


def _literal(char: str) -> str:
    match char:
        case "%":
            return "%(?:25)*"
        case "&":
            return "&(?:amp;)*"
        case " ":
            return r"[ +]|%(?:25)*2b"
        case _:
            return re.escape(char)


SHORTEST = 4
"""Characters. A shorter secret occurs in many words: it is hidden only after a name like token."""

_BY_NAME = re.compile(
    r"""
    ( (?<![\w-])(?:[\w-]*(?:token|passw(?:or)?d|secret)|authorization|(?:set-)?cookie)
      (?:\\*["'])?  \s*(?:[=:]|%(?:25)*3d)\s*  (?:(?:basic|bearer|digest)\s+)? )
    (?: (?P<open>\\+["']).*?(?:(?P=open)|$)
      | "(?:[^"\\]|\\.)*"?
      | '(?:[^'\\]|\\.)*'?
      | [^\s&"'<>,;}\]]+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Redactor:
    """Hides known secrets, in every spelling. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # The dictionary is replaced and never changed, so readers need no lock. The longest
        # secret is first, since a secret may begin with a shorter one.
        self._known: dict[Secret, tuple[SecretPattern, ...]] = {}

    def add(self, secret: Secret) -> None:
        """Hide this secret from now on."""
        if secret in self._known or len(secret.reveal()) < SHORTEST:
            return
        patterns = tuple(patterns_for(secret.reveal()))
        with self._lock:
            known = {**self._known, secret: patterns}
            self._known = dict(sorted(known.items(), key=lambda k: -len(k[0].reveal())))

    def discard(self, secret: Secret) -> None:
        """Stop hiding it."""
        with self._lock:
            self._known = {k: v for k, v in self._known.items() if k != secret}

    def text(self, text: str) -> str:
        """The text with `***` for known secrets, and for values after token, password and such."""
        return _BY_NAME.sub(rf"\1{HIDDEN}", self._by_value(text))

    def data(self, data: bytes) -> bytes:
        """Bytes from the wire with `***` for known secrets only: a new token stays readable."""
        text = data.decode("utf-8", "surrogateescape")
        hidden = self._by_value(text)
        return data if hidden == text else hidden.encode("utf-8", "surrogateescape")

    def _by_value(self, text: str) -> str:
        text = self._hidden(text)
        plain = without_needless_numbers(text)
        if plain == text:
            return text
        hidden = self._hidden(plain)
        return text if hidden == plain else hidden

    def _hidden(self, text: str) -> str:
        views = Views(text)
        for pattern in itertools.chain.from_iterable(self._known.values()):
            views = pattern.hide(views)
        return views.text


class RedactingFormatter(logging.Formatter):
    """Redacts a complete log line, with its arguments, exception and stack."""

    def __init__(self, redactor: Redactor, fmt: str | None = None) -> None:
        super().__init__(fmt)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        try:
            text = super().format(record)
        except Exception as error:  # noqa: BLE001 - logging would print the bare arguments
            text = f"{record.name}: {record.msg!r} could not be written: {error!r}"
        return self._redactor.text(text)


def redact_process_output(redactor: Redactor) -> None:
    """Redact the log and uncaught exceptions of this process, and forbid core dumps.

    Call it once, at the start, in the main thread.
    """
    _forbid_core_dumps()
    install_hooks(redactor)
    # Without a handler of ours, logging prints warnings as they are.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(redactor, "hbgui: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # Its warnings about malformed answers are for programmers; users get the outcome instead.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _forbid_core_dumps() -> None:
    """Forbid core dumps, which would contain every secret: Python cannot erase strings."""
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def install_hooks(redactor: Redactor) -> None:
    """Print uncaught exceptions of any thread to stderr, without secrets."""

    def show(
        kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        if sys.stderr is not None:
            sys.stderr.write(redactor.text(text))

    def show_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            show(args.exc_type, args.exc_value, args.exc_traceback)

    def show_unraisable(args: sys.UnraisableHookArgs) -> None:
        show(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = show
    threading.excepthook = show_in_thread
    sys.unraisablehook = show_unraisable
