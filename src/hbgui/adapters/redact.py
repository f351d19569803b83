"""The one choke point for secrets in text."""

from __future__ import annotations

import itertools
import re
import threading

from hbgui.adapters.spellings import HIDDEN, Views, Way, ways, without_needless_numbers
from hbgui.core.values import Secret

SHORTEST = 4
"""Characters. A shorter secret stands in half of all words; it is hidden by its name only."""

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
    """Hides secrets that it was told of, however they are spelled. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Replaced, never changed: readers need no lock. The longest first, since a secret may
        # begin with another.
        self._known: dict[Secret, tuple[Way, ...]] = {}

    def add(self, secret: Secret) -> None:
        """Hide this secret from now on."""
        if secret in self._known or len(secret.reveal()) < SHORTEST:
            return
        made = tuple(ways(secret.reveal()))
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
        text = self._hidden(text)
        plain = without_needless_numbers(text)
        if plain == text:
            return text
        hidden = self._hidden(plain)
        return text if hidden == plain else hidden

    def _hidden(self, text: str) -> str:
        views = Views(text)
        for way in itertools.chain.from_iterable(self._known.values()):
            views = way.hide(views)
        return views.text
