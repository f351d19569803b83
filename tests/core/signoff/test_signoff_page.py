"""The sign-off report as HTML: whole, well-formed, escaped, and without anything to load."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.signing import BROKEN, DEVICE, GOOD, NOW, PROOF, REFUSED, RESTORABLE, TIMED_OUT, beat
from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.errors import TransportError
from hbgui.core.api.outcome import Outcome, OutcomeKind
from hbgui.core.reports.arrivals import Arrivals
from hbgui.core.reports.report import ReportProblem
from hbgui.core.signoff.signoff import HEARTBEATS_MAX, HistoryRead, SignOff, Who
from hbgui.texts.signoff.page import PLOT, signoff_html
from hbgui.texts.signoff.plot import PLOT_LEAST, plot, plot_sentence
from hbgui.texts.translation import TimeFormat, install_translator

LINDAU = TimeFormat(timezone(timedelta(hours=1)))
NOTHING = SignOff(NOW, GOOD.profile)
MIXED = replace(
    GOOD,
    profile=RESTORABLE,
    attempts=(beat(31, TIMED_OUT), beat(21), beat(11, REFUSED), beat(1)),
    arrivals=replace(GOOD.arrivals, problems={ReportProblem.WRONG_PATH: 2}),
)
TOKEN = "0123456789abcdef0123456789ABCDEF"


def tree(html: str) -> ElementTree.Element:
    assert html.startswith("<!DOCTYPE html>\n<html lang=")
    return ElementTree.fromstring(html.partition("\n")[2])


def text(html: str) -> str:
    return " ".join(" ".join(tree(html).find("body").itertext()).split())


def named(html: str, tag: str) -> Iterator[ElementTree.Element]:
    return (e for e in tree(html).iter() if e.tag.rpartition("}")[2] == tag)


class Tags(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    parser.close()
    return parser


def test_it_says_all_of_it() -> None:
    said = text(signoff_html(MIXED, LINDAU))
    for words in (
        "Sign-off report · 2026-01-02",
        "Passed with open points",
        "2026-01-02 13:00:00 (UTC+01:00)",
        "A. Berger",
        "Fernmeldebau",
        "Hotel Post, Lindau",
        "192.168.5.20 (eth0)",
        "hbgui 0.1.0",
        "https://192.168.5.150:8088",
        "v1.1.0",
        "Yeastar S50",
        "369160000123",
        "30.15.0.67",
        "restore that",
        "Of 4 heartbeats in this report 2 earlier ones were not accepted",
        "http://192.168.5.20:8260 (the testing computer)",
        "before the test",
        "http://192.168.5.122:8260",
        "● ok",
        "Of 4 heartbeats 2 were accepted, answered within 42 ms.",
        "✕ Refused:",
        "✕ Not reached:",
        "Received: 3, the same again within a minute: 1.",
        "First in order: BootUp at http://192.168.5.20:8260/, 2026-01-02 13:00:00",
        "6.4 s after the accepted heartbeat",
        "Call record (NewCdr) 2",
        "to another path 2",
        "Date, customer",
        "no part of this report",
    ):
        assert words in said, words


def test_it_says_what_was_not_tested() -> None:
    said = text(signoff_html(replace(NOTHING, by_command=True), LINDAU))
    assert "Not passed" in said
    assert "There is no heartbeat that the PBX accepted." in said
    assert "Arrival of reports. This report was made by a command" in said
    assert "No diagnosis was made." in said
    assert "Model not asked" in said
    assert "Nothing of what this report covers was left untested" in text(
        signoff_html(GOOD, LINDAU)
    )


def test_a_broken_link_is_on_top_with_its_cure() -> None:
    said = text(signoff_html(replace(GOOD, diagnosis=BROKEN), LINDAU))
    assert said.index("Connection – ") < said.index("Where the reports go")
    assert "Links after the broken one (Connection): Encryption, Web server" in said


@pytest.mark.parametrize("signoff", [GOOD, MIXED, NOTHING, replace(GOOD, diagnosis=BROKEN)])
@pytest.mark.parametrize("paper", [False, True])
def test_nothing_runs_and_nothing_is_loaded(signoff: SignOff, paper: bool) -> None:
    html = signoff_html(signoff, LINDAU, paper=paper)
    assert parsed(html).tags.isdisjoint(
        {"script", "link", "iframe", "object", "embed", "form", "base", "a", "audio", "video"}
    )
    assert not any(name.startswith("on") for name in parsed(html).attributes)
    sources = [e.get("src") for e in named(html, "img")]
    assert sources == ([PLOT] if paper and len(signoff.attempts) >= PLOT_LEAST else [])
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_who_cannot_see_it_is_told() -> None:
    html = signoff_html(MIXED, LINDAU, language="de")
    assert tree(html).get("lang") == "de"
    assert len(list(named(html, "h1"))) == 1
    assert len(list(named(html, "h2"))) >= 8
    assert next(named(html, "title")).text.startswith("Sign-off report: Hotel Post, 2026-01-02")
    tables = list(named(html, "table"))
    assert all(t.findall(".//th") for t in tables if t.get("class") != "signs")
    scopes = {th.get("scope") for t in tables for th in t.findall(".//th")}
    assert scopes == {"row", "col"}
    (svg,) = named(html, "svg")
    described = [e for e in tree(html).iter() if e.get("id") == svg.get("aria-labelledby")]
    assert "Of 4 heartbeats 2 were accepted" in described[0].text
    assert svg.get("role") == "img"


@pytest.mark.parametrize(("many", "drawn"), [(1, 0), (2, 0), (3, 1)])
def test_two_points_are_no_line(many: int, drawn: int) -> None:
    """The sentence and the table tell all of them."""
    attempts = tuple(beat(float(n)) for n in range(many, 0, -1))
    html = signoff_html(replace(GOOD, attempts=attempts), LINDAU)
    assert len(list(named(html, "svg"))) == drawn
    assert f"Of {many} heartbeats {many} were accepted" in text(html)
    assert text(html).count("● Accepted") == many
    paper = signoff_html(replace(GOOD, attempts=attempts), LINDAU, paper=True)
    assert len(list(named(paper, "img"))) == drawn


def test_an_unread_history_is_told_as_unread() -> None:
    unread = replace(GOOD, attempts=(), history=HistoryRead.UNREADABLE)
    said = text(signoff_html(unread, LINDAU))
    assert "not known: the history of this computer could not be read" in said
    assert "Not known: the history" in said
    assert "no heartbeat that the PBX accepted" not in said
    assert "None to this PBX is known" not in said


def test_failed_heartbeats_have_another_shape() -> None:
    drawn = plot(MIXED.attempts, LINDAU)
    assert drawn.count("<circle") == 2 + 1
    assert drawn.count("<path") == 2 + 1
    assert drawn.count("<polyline") == 0, "no line over a failure"
    assert plot((beat(11), beat(1)), LINDAU).count("<polyline") == 1


@pytest.mark.parametrize("many", [1, 2, HEARTBEATS_MAX])
def test_a_drawing_stays_inside_itself(many: int) -> None:
    attempts = tuple(
        replace(beat(float(n)), latency_ms=10.0 ** (n % 6) - 1) for n in range(many, 0, -1)
    )
    drawn = plot(attempts, LINDAU)
    assert ElementTree.fromstring(drawn).get("viewBox") == "0 0 680 190"
    for x in map(float, re.findall(r'c?x[12]?="(-?[\d.]+)"', drawn)):
        assert 0 <= x <= 680
    for y in map(float, re.findall(r'c?y[12]?="(-?[\d.]+)"', drawn)):
        assert 0 <= y <= 190
    assert "nan" not in drawn + plot_sentence(attempts)


def test_only_failures_have_a_sentence_too() -> None:
    assert plot_sentence((beat(1, REFUSED),)) == "Of 1 heartbeats 0 were accepted."
    assert plot((beat(1, REFUSED),), LINDAU).count("<path") == 2


NASTY = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="<>&\"'`={}/\u202e\u2066\x00\x1b\ud800\ufffe\r\n\u05d0\u0627a ", max_size=60),
    st.sampled_from(
        ["<script>alert(1)</script>", '"><img src=x onerror=1>', "]]>", "<!--", "{name}", "&amp;"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(NASTY, NASTY, NASTY, NASTY, NASTY)
def test_whatever_is_typed_or_sent_shows_itself_and_nothing_else(
    label: str, typed: str, sent: str, event: str, address: str
) -> None:
    signoff = replace(
        GOOD,
        profile=replace(GOOD.profile, name=label),
        who=Who(typed, typed, typed, typed),
        address=address,
        reported_device=DeviceInfo(sent, sent, sent, sent),
        arrivals=Arrivals(
            1,
            proof=replace(PROOF, event=event, serial=sent, sender=sent),
            events={event: 1},
        ),
        attempts=(beat(1, replace(REFUSED, errno=sent, detail=sent)), beat(0)),
    )
    html = signoff_html(signoff, LINDAU)
    html.encode()
    usual = parsed(signoff_html(MIXED, LINDAU))
    found = parsed(html)
    assert found.tags <= usual.tags | {"br"}
    assert found.attributes <= usual.attributes
    tree(html)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", html)
    if typed.isascii() and typed.isprintable() and typed.split():
        assert typed.split()[0] in found.text


def test_secrets_are_hidden_in_every_text() -> None:
    known = replace(
        GOOD,
        profile=replace(GOOD.profile, name=TOKEN),
        who=Who(TOKEN, TOKEN, TOKEN, f"it is {TOKEN}"),
        address=f"https://{TOKEN}",
        reported_device=replace(DEVICE, name=TOKEN),
        arrivals=Arrivals(1, proof=replace(PROOF, event=TOKEN, serial=TOKEN), events={TOKEN: 1}),
        attempts=(beat(1, replace(REFUSED, errno=TOKEN, detail=TOKEN)), beat(0)),
    )
    assert TOKEN in signoff_html(known, LINDAU)
    assert TOKEN not in signoff_html(known, LINDAU, lambda t: t.replace(TOKEN, "***"))


def test_another_language_reaches_every_sentence() -> None:
    install_translator(lambda _context, said: f"«{said}»")
    try:
        html = signoff_html(MIXED, LINDAU)
        for element in (*named(html, "h2"), *named(html, "th"), *named(html, "li")):
            assert "«" in "".join(element.itertext())
    finally:
        install_translator(None)


@pytest.mark.parametrize(
    ("iso", "shown"),
    [("2026-01-02T11:00:00Z", "2026-01-02 12:00:00"), ("no time", "no time"), ("", "")],
)
def test_times(iso: str, shown: str) -> None:
    assert LINDAU.iso(iso) == shown
    assert LINDAU.offset(NOW) == "UTC+01:00"
    assert TimeFormat(UTC).minute(NOW) == "12:00"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (REFUSED, "The token has run out"),
        (Outcome(OutcomeKind.REFUSED, "refused", "4711", 200), "The PBX refused with error 4711"),
        (TIMED_OUT, "The PBX did not answer"),
        (TransportError("no_route").outcome, "There is no way to the PBX"),
        (Outcome(OutcomeKind.UNCLEAR, "of_a_newer_hbgui"), "of_a_newer_hbgui"),
    ],
)
def test_why_the_last_heartbeat_was_not_accepted_is_told(outcome: Outcome, reason: str) -> None:
    failed = replace(GOOD, attempts=(beat(11), beat(1, outcome)))
    assert f"was not accepted. Reason: {reason}." in text(signoff_html(failed, LINDAU))
