"""HTML, piece by piece, of which nothing is trusted. What is written is well-formed XML, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]"
)
"""Characters that no document may hold, or that turn the order of others around."""


class Markup:
    """Makes elements. `clean` hides secrets in every text before it is escaped."""

    def __init__(self, clean: Callable[[str], str] = str) -> None:
        self._clean = clean

    def text(self, value: str) -> str:
        """Any text as one that shows itself and nothing else."""
        shown = escape(_ODD.sub("\N{REPLACEMENT CHARACTER}", self._clean(value)))
        return shown.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "<br/>")

    def value(self, value: str) -> str:
        """A word of a person or of the wire, which may run from right to left."""
        return f"<bdi>{self.text(value)}</bdi>"

    def element(self, tag: str, value: str, kind: str = "") -> str:
        """An element with that text; `kind` is its class."""
        return f"<{tag}{_class(kind)}>{self.text(value)}</{tag}>"

    def points(self, items: Iterable[str]) -> str:
        """A list."""
        return "<ul>" + "".join(self.element("li", item) for item in items) + "</ul>"

    def facts(self, rows: Iterable[tuple[str, str]]) -> str:
        """Names with values, one below the other; a value that is empty is left out."""
        cells = (
            f'<tr><th scope="row">{self.text(name)}</th><td>{self.value(value)}</td></tr>'
            for name, value in rows
            if value
        )
        return f'<table class="facts"><tbody>{"".join(cells)}</tbody></table>'

    def table(
        self, names: Sequence[str], rows: Iterable[Sequence[str]], kinds: Sequence[str]
    ) -> str:
        """A table whose cells are HTML already; `kinds` are the classes of its columns."""
        head = "".join(
            f'<th scope="col"{_class(kind)}>{self.text(name)}</th>'
            for name, kind in zip(names, kinds, strict=True)
        )
        body = "".join(f"<tr>{_cells(row, kinds)}</tr>" for row in rows)
        return f'<table class="rows"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(row: Sequence[str], kinds: Sequence[str]) -> str:
    return "".join(f"<td{_class(kind)}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True))


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
