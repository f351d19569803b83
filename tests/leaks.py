"""Finds a secret in text, however it is spelled there."""

from __future__ import annotations

import base64
import html
import json
import re
import string
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from hypothesis import strategies as st

FRAGMENT = 8
"""Characters: half a secret is one too, but shorter pieces occur by chance."""

_PRINTABLE = [c for c in string.printable if c.isprintable() and c != " "]


def tokens() -> st.SearchStrategy[str]:
    """Tokens with everything that is spelled differently somewhere. None occurs by chance."""
    unicode = st.characters(categories=["L", "N", "P", "S"], min_codepoint=0x80)
    characters = st.one_of(
        st.sampled_from("%+&=?#/\\\"'<>;"),
        st.sampled_from("%+&=?#/\\\"'<>;"),
        st.sampled_from(_PRINTABLE),
        st.sampled_from("\N{SNOWMAN}\N{PILE OF POO}\N{LEFT DOUBLE QUOTATION MARK}\xfc\xff\u0130"),
        unicode,
    )
    return st.text(characters, min_size=8, max_size=60).filter(_is_unlikely)


def _is_unlikely(token: str) -> bool:
    """Whether no other text holds it: words do, and Hypothesis knows those of the program."""
    odd = re.search(r"\s|\*\*|[A-Za-z]{4}", token)
    return token.isprintable() and odd is None and len(set(token)) >= 6


def leaks(text: str, secret: str) -> list[str]:
    """The spellings of the secret that the text holds."""
    return [found for found in spellings(secret) if found in text] + [
        f"{how} gives {piece!r}"
        for how, plain in _readings(text)
        for piece in _pieces(secret)
        if piece in plain
    ]


def spellings(secret: str) -> set[str]:
    """What a log, a page or a file may have made of it."""
    quoted = quote(secret, safe="")
    escaped = json.dumps(secret)[1:-1]
    return {
        secret,
        *_pieces(secret),
        quoted,
        re.sub("%..", lambda escape: escape[0].lower(), quoted),
        quote(secret),
        quote_plus(secret),
        quote(quoted, safe=""),
        quote_plus(quote_plus(secret)),
        escaped,
        json.dumps(secret, ensure_ascii=False)[1:-1],
        escaped.replace("/", r"\/"),
        json.dumps(escaped)[1:-1],
        html.escape(secret),
        html.escape(html.escape(secret)),
        secret.encode("ascii", "xmlcharrefreplace").decode(),
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        repr(secret.encode())[2:-1],
        secret.encode().decode("latin-1"),
        *base64_cores(secret.encode()),
        *base64_cores(quoted.encode()),
    }


def base64_cores(data: bytes) -> Iterator[str]:
    """The part of its base64 that does not depend on what stands before and behind it."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + data)
        begin = -(-shift * 8 // 6)
        core = encoded[begin : (shift + len(data)) * 8 // 6].decode()
        yield core
        yield core.translate(str.maketrans("+/", "-_"))


def files(folder: Path) -> str:
    """Names and contents of all files in a folder."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(f"{p}\n{p.read_bytes().decode('utf-8', 'replace')}" for p in found)


@contextmanager
def ending(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """The process; it does not outlive the block."""
    with process:
        try:
            yield process
        finally:
            process.kill()


def _pieces(secret: str) -> set[str]:
    """The whole and its halves, those that do not occur by chance."""
    half = len(secret) // 2
    pieces = {secret, secret[:half], secret[half:]}
    return {p for p in pieces if p == secret or (len(p) >= FRAGMENT and _is_unlikely(p))}


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """The text undone, in case that something spelled it in a way of its own."""
    yield "percent", unquote(text)
    yield "percent twice", unquote(unquote(text))
    yield "plus", unquote_plus(text)
    yield "html", html.unescape(text)
    yield "html and percent", html.unescape(unquote(text))
    yield "backslashes", re.sub(r'\\(["\'/\\])', r"\1", text)
    yield "numbers", re.sub(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})", _character, text)


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], 16))
