"""The sign-off report as one HTML file that needs nothing else: no scripts, nothing to load."""

from __future__ import annotations

from collections.abc import Callable

from hbgui.core.signoff.signoff import Overall, SignOff
from hbgui.core.signoff.verdict import overall
from hbgui.texts import signoff_parts as parts
from hbgui.texts import signoff_tests as tests
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.markup import Markup
from hbgui.texts.signoff import (
    failed_points,
    open_points,
    signoff_summary,
    signoff_verdict,
    untested_points,
)
from hbgui.texts.signoff_names import name
from hbgui.texts.signoff_style import PAPER, SCREEN
from hbgui.texts.when import When

_SHAPES = {Overall.PASSED: "●", Overall.OPEN: "▲", Overall.NOT_PASSED: "■"}
_KINDS = {Overall.PASSED: "ok", Overall.OPEN: "warn", Overall.NOT_PASSED: "bad"}

_FORBIDS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Even if something slipped in, a browser would load and run nothing."""

PLOT = "plot.svg"
"""The picture that the pages for paper ask for."""


def signoff_html(
    signoff: SignOff,
    when: When,
    clean: Callable[[str], str] = str,
    *,
    language: str = "en",
    paper: bool = False,
) -> str:
    """The report. `clean` hides secrets in every text. With `paper` the same for a simple
    renderer, which gets the drawing as the picture `PLOT`."""
    markup = Markup(clean)
    style = PAPER if paper else SCREEN
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_FORBIDS}"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{markup.text(signoff_title(signoff, when))}</title>\n"
        f"<style>{style}</style>\n</head>\n"
        f"<body>\n<main>\n{_body(signoff, when, markup, paper=paper)}\n</main>\n</body>\n</html>\n"
    )


def signoff_title(signoff: SignOff, when: When) -> str:
    """The report in a line."""
    said = QT_TRANSLATE_NOOP("texts", "Sign-off report: {name}, {day}, {verdict}")
    values = {
        "name": signoff.profile.label,
        "day": when.day(signoff.at),
        "verdict": signoff_verdict(signoff),
    }
    return translate("texts", said, values)


def _body(signoff: SignOff, when: When, markup: Markup, *, paper: bool) -> str:
    """All sections; an empty one is left out."""
    sections = (
        _header(signoff, when, markup),
        _verdict(signoff, when, markup),
        parts.visit(signoff, when, markup),
        _listed(name("open"), open_points(signoff, when), markup),
        _untested(signoff, when, markup),
        parts.targets(signoff, when, markup),
        tests.links(signoff, when, markup),
        tests.reports(signoff, when, markup),
        tests.heartbeats(signoff, when, markup, picture=PLOT if paper else ""),
        parts.signatures(markup),
        parts.footer(signoff, when, markup),
    )
    return "\n".join(section for section in sections if section)


def _header(signoff: SignOff, when: When, markup: Markup) -> str:
    eyebrow = f"{name('report')} · {when.day(signoff.at)}"
    lead = QT_TRANSLATE_NOOP("texts", "Heartbeats and event reports of the PBX at {address}")
    said = translate("texts", lead, {"address": signoff.address or signoff.profile.pbx})
    return (
        f"<header>{markup.element('p', eyebrow, 'eyebrow')}"
        f"<h1>{markup.value(signoff.profile.label or 'PBX')}</h1>"
        f"{markup.element('p', said, 'lead')}</header>"
    )


def _verdict(signoff: SignOff, when: When, markup: Markup) -> str:
    found = overall(signoff)
    failed = failed_points(signoff, when)
    return (
        f'<section class="verdict {_KINDS[found]}"><h2>'
        f'<span aria-hidden="true" class="shape">{_SHAPES[found]}&#160;</span>'
        f"{markup.text(signoff_verdict(signoff))}</h2>"
        f"{markup.element('p', signoff_summary(signoff))}"
        f"{markup.points(failed) if failed else ''}</section>"
    )


def _untested(signoff: SignOff, when: When, markup: Markup) -> str:
    found = untested_points(signoff, when)
    if found:
        return _listed(name("untested"), found, markup)
    return parts.section(name("untested"), markup.element("p", name("nothing_untested")))


def _listed(title: str, items: list[str], markup: Markup) -> str:
    return parts.section(title, markup.points(items)) if items else ""
