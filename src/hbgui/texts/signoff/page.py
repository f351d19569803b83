"""The page of a sign-off report: dark on white, for a screen or for A4."""

from __future__ import annotations

from collections.abc import Callable

from hbgui.core.signoff.signoff import Overall, SignOff
from hbgui.core.signoff.verdict import overall
from hbgui.texts.signoff import parts, tests
from hbgui.texts.signoff.parts import Markup
from hbgui.texts.signoff.words import (
    failed_points,
    label,
    open_points,
    signoff_summary,
    signoff_verdict,
    untested_points,
)
from hbgui.texts.translation import T, TimeFormat, translate

SCREEN = """
@page { size: A4; margin: 18mm 16mm 20mm; }
* { box-sizing: border-box; }
html { background: #eef0f4; }
body { margin: 0; color: #1a1f29; font: 15px/1.5 "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 820px; margin: 32px auto; padding: 48px 56px; background: #fff;
    border-radius: 10px; box-shadow: 0 1px 3px rgba(20, 30, 50, .14); }
h1 { margin: 0; font-size: 30px; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 0 0 10px; font-size: 16px; line-height: 1.3; font-weight: 650; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 20px; }
li { margin: 0 0 5px; overflow-wrap: anywhere; }
section { margin: 30px 0 0; }
header { margin-bottom: 24px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 36px; align-items: start; }
figure { margin: 0 0 16px; break-inside: avoid; }
.eyebrow { margin-bottom: 6px; color: #586171; font-size: 13px; letter-spacing: .04em; }
.lead { margin-top: 6px; color: #586171; }
.verdict { margin: 0; padding: 18px 22px; border: 1px solid; border-left-width: 6px;
    border-radius: 8px; break-inside: avoid; }
.verdict h2 { margin-bottom: 4px; font-size: 21px; }
.verdict p:last-child, .verdict ul:last-child { margin-bottom: 0; }
section.ok { border-color: #17744a; background: #edf7f1; }
section.warn { border-color: #8a5200; background: #fdf6e7; }
section.bad { border-color: #b0241c; background: #fdf0ef; }
section.ok h2, span.ok { color: #17744a; }
section.warn h2, span.warn { color: #8a5200; }
section.bad h2, span.bad { color: #b0241c; }
span.muted, .caption, .small { color: #586171; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 14px 6px 0; text-align: start; vertical-align: top;
    border-bottom: 1px solid #e4e8ee; overflow-wrap: anywhere; }
th { font-weight: 600; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: #586171; font-size: 13px; border-bottom-color: #b9c0cc; }
.facts th { width: 34%; color: #586171; font-weight: 400; }
tr { break-inside: avoid; }
.number { text-align: end; white-space: nowrap; }
.time, .word { white-space: nowrap; overflow-wrap: normal; }
.code { font-family: ui-monospace, Consolas, "DejaVu Sans Mono", monospace; font-size: 14px; }
thead .code { font-family: inherit; font-size: 13px; }
.plot svg { display: block; width: 100%; height: auto; }
.caption, .small { font-size: 13px; }
.rows + .rows { margin-top: 18px; }
.keep { break-inside: avoid; }
.room { height: 46px; margin: 0; }
.signs { border-collapse: separate; border-spacing: 0; }
.signs .sign { width: 46%; border: 0; border-top: 1px solid #1a1f29; padding-top: 6px;
    color: #586171; font-size: 13px; }
.signs .gap { width: 8%; border: 0; }
footer { margin-top: 36px; padding-top: 12px; border-top: 1px solid #e4e8ee; }
h2 { break-after: avoid; }
@media (max-width: 640px) { .pair { display: block; }
    main { margin: 0; padding: 24px 18px; border-radius: 0; } }
@media print {
    html { background: #fff; }
    body { font-size: 10pt; }
    main { max-width: none; margin: 0; padding: 0; box-shadow: none; }
    .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""

PAPER = """
body { color: #1a1f29; font-size: 9.5pt; }
.h1 { margin-top: 0; margin-bottom: 2px; font-size: 20pt; font-weight: 600; }
.h2 { margin-top: 18px; margin-bottom: 4px; font-size: 11.5pt; font-weight: 600; }
td.ok .h2, td.warn .h2, td.bad .h2 { font-size: 14pt; }
p { margin-top: 0; margin-bottom: 5px; }
ul { margin-top: 0; margin-bottom: 0; }
li { margin-bottom: 3px; }
.eyebrow, .lead, .small, .caption, span.muted { color: #586171; }
.eyebrow, .small, .caption { font-size: 8pt; }
.lead { margin-bottom: 12px; }
.caption { margin-bottom: 10px; }
td.ok { background-color: #edf7f1; border-left: 4px solid #17744a; }
td.warn { background-color: #fdf6e7; border-left: 4px solid #8a5200; }
td.bad { background-color: #fdf0ef; border-left: 4px solid #b0241c; }
td.ok, td.warn, td.bad { padding: 10px; }
td.ok .h2, td.warn .h2, td.bad .h2 { margin-top: 0; }
td.ok .h2, span.ok { color: #17744a; }
td.warn .h2, span.warn { color: #8a5200; }
td.bad .h2, span.bad { color: #b0241c; }
table { border-collapse: collapse; margin-top: 6px; margin-bottom: 2px; }
.verdict { margin-top: 10px; }
.facts th, .facts td, .rows th, .rows td { padding-top: 2px; padding-bottom: 3px;
    padding-right: 10px; text-align: left; vertical-align: top;
    border-bottom: 0.5px solid #e4e8ee; }
.facts th { color: #586171; font-weight: 400; }
.rows thead th { color: #586171; font-size: 8pt; font-weight: 600;
    border-bottom: 0.5px solid #b9c0cc; }
.rows .number { text-align: right; padding-right: 0; }
.room { font-size: 26pt; margin: 0; }
.small { margin-top: 16px; }
.sign { border-top: 0.8px solid #1a1f29; padding-top: 3px; color: #586171; font-size: 8pt; }
"""
"""The same style with the subset of CSS that Qt's rich text understands."""


_SHAPES = {Overall.PASSED: "●", Overall.OPEN: "▲", Overall.NOT_PASSED: "■"}
_KINDS = {Overall.PASSED: "ok", Overall.OPEN: "warn", Overall.NOT_PASSED: "bad"}

_FORBIDS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""A browser must load and run nothing, even if the escaping had a fault."""

PLOT = "plot.svg"
"""The name of the drawing in the pages for paper."""


def signoff_html(
    signoff: SignOff,
    times: TimeFormat,
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
        f"<title>{markup.text(signoff_title(signoff, times))}</title>\n"
        f"<style>{style}</style>\n</head>\n"
        f"<body>\n<main>\n{_body(signoff, times, markup, paper=paper)}\n</main>\n</body>\n</html>\n"
    )


def signoff_title(signoff: SignOff, times: TimeFormat) -> str:
    """The report in a line."""
    values = {
        "name": signoff.profile.label,
        "day": times.day(signoff.at),
        "verdict": signoff_verdict(signoff),
    }
    return translate(T("Sign-off report: {name}, {day}, {verdict}"), values)


def _body(signoff: SignOff, times: TimeFormat, markup: Markup, *, paper: bool) -> str:
    """All sections; an empty one is left out."""
    sections = (
        _header(signoff, times, markup),
        _verdict(signoff, times, markup),
        parts.visit(signoff, times, markup),
        _listed(label("open"), open_points(signoff, times), markup),
        _untested(signoff, times, markup),
        parts.targets(signoff, times, markup),
        tests.links(signoff, times, markup),
        tests.reports(signoff, times, markup),
        tests.heartbeats(signoff, times, markup, picture=PLOT if paper else ""),
        parts.signatures(markup),
        parts.footer(signoff, times, markup),
    )
    return "\n".join(section for section in sections if section)


def _header(signoff: SignOff, times: TimeFormat, markup: Markup) -> str:
    eyebrow = f"{label('report')} · {times.day(signoff.at)}"
    summary = translate(
        T("Heartbeats and event reports of the PBX at {address}"),
        {"address": signoff.address or signoff.profile.pbx},
    )
    return (
        f"<header>{markup.element('p', eyebrow, 'eyebrow')}"
        f"<h1>{markup.value(signoff.profile.label or 'PBX')}</h1>"
        f"{markup.element('p', summary, 'lead')}</header>"
    )


def _verdict(signoff: SignOff, times: TimeFormat, markup: Markup) -> str:
    verdict = overall(signoff)
    failed = failed_points(signoff, times)
    return (
        f'<section class="verdict {_KINDS[verdict]}"><h2>'
        f'<span aria-hidden="true" class="shape">{_SHAPES[verdict]}&#160;</span>'
        f"{markup.text(signoff_verdict(signoff))}</h2>"
        f"{markup.element('p', signoff_summary(signoff))}"
        f"{markup.points(failed) if failed else ''}</section>"
    )


def _untested(signoff: SignOff, times: TimeFormat, markup: Markup) -> str:
    points = untested_points(signoff, times)
    if points:
        return _listed(label("untested"), points, markup)
    return parts.section(label("untested"), markup.element("p", label("nothing_untested")))


def _listed(title: str, items: list[str], markup: Markup) -> str:
    return parts.section(title, markup.points(items)) if items else ""
