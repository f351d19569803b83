"""Sections of a sign-off page, made of elements that hold whatever text is given.

What is written is well-formed XML, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

from hbgui.core.signoff.signoff import SignOff
from hbgui.texts.settings import member_value
from hbgui.texts.signoff.words import device_word, label
from hbgui.texts.translation import T, TimeFormat, translate

_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]"
)
"""Characters that HTML forbids, or that reverse the order of others."""


class Markup:
    """Makes elements. `clean` hides secrets in every text before it is escaped."""

    def __init__(self, clean: Callable[[str], str] = str) -> None:
        self._clean = clean

    def text(self, value: str) -> str:
        """The text escaped for HTML, without secrets and odd characters."""
        shown = escape(_ODD.sub("\N{REPLACEMENT CHARACTER}", self._clean(value)))
        return shown.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "<br/>")

    def value(self, value: str) -> str:
        """A value from a person or the network, isolated since it may be written right to left."""
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


TARGETS_MAX = 6
"""Report targets that are listed, the newest."""


def section(title: str, inner: str, kind: str = "") -> str:
    """A section with its heading. `title` is a text of hbgui, `inner` is HTML."""
    return f"<section{_class(kind)}><h2>{escape(title)}</h2>{inner}</section>"


def visit(signoff: SignOff, times: TimeFormat, markup: Markup) -> str:
    """Who tested from where, and which PBX."""
    who = signoff.who
    own = f"{signoff.ip} ({signoff.adapter})" if signoff.adapter else signoff.ip
    rows = (
        (label("date"), f"{times.time(signoff.at)} ({times.offset(signoff.at)})"),
        (label("customer"), who.customer),
        (label("technician"), who.technician),
        (label("company"), who.company),
        (label("from"), own),
        (label("with"), f"hbgui {signoff.version}".strip()),
        (label("note"), who.note),
    )
    test = section(label("test"), markup.facts(rows))
    box = section(label("pbx"), markup.facts(_box(signoff)))
    return f'<div class="pair">{test}{box}</div>'


def _box(signoff: SignOff) -> tuple[tuple[str, str], ...]:
    device, profile = signoff.device, signoff.profile
    unknown = device_word(signoff.device_query)
    encrypted = signoff.address.startswith("https://")
    return (
        (label("name"), profile.label),
        (label("address"), signoff.address),
        (label("api"), profile.api.value),
        (label("certificate"), member_value("tls", profile.tls) if encrypted else ""),
        (label("model"), (device.name if device else "") or unknown),
        (label("hardware"), device.hardware if device else ""),
        (label("serial"), (device.serial if device else "") or unknown),
        (label("firmware"), (device.firmware if device else "") or unknown),
    )


def targets(signoff: SignOff, times: TimeFormat, markup: Markup) -> str:
    """The announced targets, and where reports went before."""
    profile = signoff.profile
    rows = [
        (
            markup.text(label("before" if number else "now")),
            _target(str(announced.target), markup, here=announced.to_this_computer),
            markup.text(times.iso(announced.at)),
        )
        for number, announced in enumerate(profile.announced[:TARGETS_MAX])
    ]
    if profile.earlier is not None:
        since = label("earlier" if rows else "presumed")
        rows.append((markup.text(since), _target(str(profile.earlier), markup), ""))
    if not rows:
        return section(label("targets"), markup.element("p", label("targets_unknown")))
    names = (label("when"), label("goes_to"), label("announced"))
    return section(label("targets"), markup.table(names, rows, ("", "code", "time")))


def _target(target: str, markup: Markup, *, here: bool = False) -> str:
    shown = markup.value(f"http://{target}")
    return f"{shown} ({markup.text(label('here'))})" if here else shown


def signatures(markup: Markup) -> str:
    """Room to sign."""
    cells = (
        f'<td class="sign">{markup.text(label(key))}</td>'
        for key in ("signed_technician", "signed_customer")
    )
    gap = '<td class="gap"></td>'
    table = f'<table class="signs"><tbody><tr>{gap.join(cells)}</tr></tbody></table>'
    return section(label("signatures"), f'<p class="room">&#160;</p>{table}', "keep")


def footer(signoff: SignOff, times: TimeFormat, markup: Markup) -> str:
    """Remarks on the whole report."""
    values = {
        "version": signoff.version,
        "time": times.time(signoff.at),
        "offset": times.offset(signoff.at),
    }
    inner = markup.element(
        "p",
        translate(
            T(
                "Made by hbgui {version} on {time}; all times are those of the testing computer, "
                "{offset}. It tells of that moment and of what is listed, and of nothing else. The "
                "API token is a secret and no part of this report."
            ),
            values,
        ),
        "small",
    )
    return f"<footer>{inner}</footer>"
