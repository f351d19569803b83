"""The one choke point for secrets in text."""

from __future__ import annotations

import html.entities
import itertools
import logging
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import NamedTuple, Self

from hbgui.core.secret import Secret

HIDDEN = "***"

SHORTEST = 4
"""Characters. A shorter secret stands in half of all words; it is hidden by its name only."""

_BY_NAME = re.compile(
    r"""
    ( \b(?:[\w-]*(?:token|passw(?:or)?d|secret)|authorization|(?:set-)?cookie)
      (?:\\*["'])?  \s*(?:[=:]|%(?:25)*3d)\s*  (?:(?:basic|bearer|digest)\s+)? )
    (?: (?P<open>\\+["']).*?(?:(?P=open)|$)
      | "(?:[^"\\]|\\.)*"?
      | '(?:[^'\\]|\\.)*'?
      | [^\s&"'<>,;}\]]+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Redactor:
    """Hides secrets that it was told of, however they are spelled. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Replaced, never changed: readers need no lock. The longest first, since a secret may
        # begin with another.
        self._known: dict[Secret, _Known] = {}

    def add(self, secret: Secret) -> None:
        """Hide this secret from now on."""
        if secret in self._known or len(secret.reveal()) < SHORTEST:
            return
        made = _Known.of(secret.reveal())
        with self._lock:
            known = {**self._known, secret: made}
            self._known = dict(sorted(known.items(), key=lambda k: -len(k[0].reveal())))

    def discard(self, secret: Secret) -> None:
        """Stop hiding it."""
        with self._lock:
            self._known = {k: v for k, v in self._known.items() if k != secret}

    def text(self, text: str) -> str:
        """The text with `***` for known secrets, and for what names itself token or password."""
        return _BY_NAME.sub(rf"\1{HIDDEN}", self._by_value(text))

    def data(self, data: bytes) -> bytes:
        """Bytes from the wire with `***` for known secrets only: a new token stays readable."""
        text = data.decode("utf-8", "surrogateescape")
        hidden = self._by_value(text)
        return data if hidden == text else hidden.encode("utf-8", "surrogateescape")

    def _by_value(self, text: str) -> str:
        for known in self._known.values():
            if known.core in text:
                text = known.pattern.sub(HIDDEN, text)
        return text


class _Known(NamedTuple):
    """A secret's pattern, and the part of it that has one spelling only: quick to look for."""

    core: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, secret: str) -> Self:
        core = max(re.findall("[A-Za-z0-9]+", secret), key=len, default="")
        return cls(core, re.compile(_any_spelling(secret)))


def _any_spelling(secret: str) -> str:
    """A pattern for the text as it is, in URLs, JSON, HTML and Python's repr, also mixed.

    None of these changes ASCII letters and digits.
    """
    parts = []
    for char, run in itertools.groupby(secret):
        count = len(list(run))
        if char == "\\":
            # As a whole: one by one would take for ever on a long row of them.
            parts.append(rf"(?:\\{{{count},}}|(?:%(?:25)*5[cC]){{{count}}}|(?:&\#92;){{{count}}})")
        elif char.isascii() and char.isalnum():
            parts.append(char * count)
        else:
            parts.append(_spellings(char) * count)
    return "".join(parts)


def _spellings(char: str) -> str:
    number = ord(char)
    utf8 = char.encode("utf-8", "surrogatepass")
    utf16 = char.encode("utf-16-be", "surrogatepass")
    bytewise = [utf8] if number > 255 else [utf8, bytes([number])]
    forms = [_literal(char), rf"&(?:amp;)*\#(?:0*{number}|x0*{number:x});?"]
    forms += ["".join(f"%(?:25)*{b:02x}" for b in form) for form in bytewise]
    forms += ["".join(rf"\\+x{b:02x}" for b in form) for form in bytewise]
    forms += ["".join(rf"\\+u{unit.hex()}" for unit in (utf16[:2], utf16[2:]) if unit)]
    forms += [rf"\\+U{number:08x}"]
    if number in html.entities.codepoint2name:
        forms.append(rf"&(?:amp;)*{html.entities.codepoint2name[number]};")
    if number > 127:
        # UTF-8 read as Latin-1, and the reverse.
        forms += [re.escape(form.decode("latin-1")) for form in bytewise]
        forms += [re.escape(form.decode("ascii", "surrogateescape")) for form in bytewise]
    escaped = r"\\*" if char in "\"'/" else ""
    return f"{escaped}(?i:{'|'.join(forms)})"


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


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line: arguments, exception and stack are in it by then."""

    def __init__(self, redactor: Redactor, fmt: str | None = None) -> None:
        super().__init__(fmt)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.text(super().format(record))


def install_hooks(redactor: Redactor) -> None:
    """Print what nobody caught, in any thread, to stderr without secrets."""

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
