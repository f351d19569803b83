"""The sections of a sign-off report that say who, what and where, as HTML."""

from __future__ import annotations

from html import escape

from hbgui.core.signoff.signoff import SignOff
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.markup import Markup
from hbgui.texts.sharing import member_value
from hbgui.texts.signoff_names import device_word, name
from hbgui.texts.when import When

TARGETS_MAX = 6
"""Report targets that are listed, the newest."""


def section(title: str, inner: str, kind: str = "") -> str:
    """A part with its heading. The title is ours, `inner` is HTML."""
    marked = f' class="{kind}"' if kind else ""
    return f"<section{marked}><h2>{escape(title)}</h2>{inner}</section>"


def visit(signoff: SignOff, when: When, markup: Markup) -> str:
    """Who tested from where, and which box."""
    who = signoff.who
    own = f"{signoff.ip} ({signoff.adapter})" if signoff.adapter else signoff.ip
    rows = (
        (name("date"), f"{when.time(signoff.at)} ({when.offset(signoff.at)})"),
        (name("customer"), who.customer),
        (name("technician"), who.technician),
        (name("company"), who.company),
        (name("from"), own),
        (name("with"), f"hbgui {signoff.version}".strip()),
        (name("note"), who.note),
    )
    test = section(name("test"), markup.facts(rows))
    box = section(name("pbx"), markup.facts(_box(signoff)))
    return f'<div class="pair">{test}{box}</div>'


def _box(signoff: SignOff) -> tuple[tuple[str, str], ...]:
    device, profile = signoff.device, signoff.profile
    unknown = device_word(signoff.asked)
    encrypted = signoff.address.startswith("https://")
    return (
        (name("name"), profile.label),
        (name("address"), signoff.address),
        (name("api"), profile.api.value),
        (name("certificate"), member_value("tls", profile.tls) if encrypted else ""),
        (name("model"), (device.name if device else "") or unknown),
        (name("hardware"), device.hardware if device else ""),
        (name("serial"), (device.serial if device else "") or unknown),
        (name("firmware"), (device.firmware if device else "") or unknown),
    )


def targets(signoff: SignOff, when: When, markup: Markup) -> str:
    """What was announced, and where reports went before."""
    profile = signoff.profile
    rows = [
        (
            markup.text(name("before" if number else "now")),
            _target(str(told.target), markup, here=told.here),
            markup.text(when.iso(told.at)),
        )
        for number, told in enumerate(profile.announced[:TARGETS_MAX])
    ]
    if profile.earlier is not None:
        label = name("earlier" if rows else "presumed")
        rows.append((markup.text(label), _target(str(profile.earlier), markup), ""))
    if not rows:
        return section(name("targets"), markup.element("p", name("targets_unknown")))
    names = (name("when"), name("goes_to"), name("announced"))
    return section(name("targets"), markup.table(names, rows, ("", "code", "time")))


def _target(target: str, markup: Markup, *, here: bool = False) -> str:
    shown = markup.value(f"http://{target}")
    return f"{shown} ({markup.text(name('here'))})" if here else shown


def signatures(markup: Markup) -> str:
    """Room to sign."""
    cells = (
        f'<td class="sign">{markup.text(name(key))}</td>'
        for key in ("signed_technician", "signed_customer")
    )
    gap = '<td class="gap"></td>'
    table = f'<table class="signs"><tbody><tr>{gap.join(cells)}</tr></tbody></table>'
    return section(name("signatures"), f'<p class="room">&#160;</p>{table}', "keep")


def footer(signoff: SignOff, when: When, markup: Markup) -> str:
    """What holds for the whole."""
    said = QT_TRANSLATE_NOOP(
        "texts",
        "Made by hbgui {version} on {time}; all times are those of the testing computer, {offset}. "
        "It tells of that moment and of what is listed, and of nothing else. The API token is a "
        "secret and no part of this report.",
    )
    values = {
        "version": signoff.version,
        "time": when.time(signoff.at),
        "offset": when.offset(signoff.at),
    }
    inner = markup.element("p", translate("texts", said, values), "small")
    return f"<footer>{inner}</footer>"
