"""The sections of a sign-off report on tests, as HTML: links, heartbeats, reports."""

from __future__ import annotations

from hbgui.core.api.outcome import Attempt
from hbgui.core.diagnosis import DiagnosisStep, StepVerdict
from hbgui.core.reports.arrivals import Proof
from hbgui.core.signoff.signoff import HistoryRead, SignOff
from hbgui.texts.diagnosis import step_finding, step_name, verdict_word
from hbgui.texts.outcomes import outcome_message, result_word
from hbgui.texts.reports.reports import event_word
from hbgui.texts.signoff.parts import Markup, section
from hbgui.texts.signoff.plot import HEIGHT, WIDTH, plot, plot_sentence, worth_a_plot
from hbgui.texts.signoff.words import label, problem_word
from hbgui.texts.translation import T, TimeFormat, translate

PAPER_WIDTH = 660
"""Pixels of the drawing on A4, of 96 to the inch."""

_MARKS = {
    StepVerdict.OK: ("●", "ok"),
    StepVerdict.WARNING: ("▲", "warn"),
    StepVerdict.BROKEN: ("■", "bad"),
    StepVerdict.SKIPPED: ("○", "muted"),
    StepVerdict.RUNNING: ("○", "muted"),
}


def links(signoff: SignOff, times: TimeFormat, markup: Markup) -> str:
    """The diagnosis."""
    if signoff.diagnosis is None:
        return section(label("links"), markup.element("p", label("no_diagnosis")))
    caption = translate(T("Diagnosis of {time}."), {"time": times.time(signoff.diagnosis.at.utc)})
    names = (label("link"), label("result"), label("finding"), label("took"))
    rows = [_link(step, markup) for step in signoff.diagnosis.steps]
    table = markup.table(names, rows, ("word", "word", "", "number"))
    return section(label("links"), markup.element("p", caption) + table)


def _link(step: DiagnosisStep, markup: Markup) -> tuple[str, str, str, str]:
    shape, kind = _MARKS[step.verdict]
    finding = step_finding(step)
    sentences = [finding.observation]
    if step.verdict in (StepVerdict.WARNING, StepVerdict.BROKEN):
        sentences += [finding.cause, finding.cure]
    return (
        markup.text(step_name(step.id)),
        markup.element("span", f"{shape} {verdict_word(step.verdict)}", kind),
        "<br/>".join(markup.text(part) for part in sentences if part),
        "" if step.ms is None else f"{step.ms:.0f}",
    )


def heartbeats(signoff: SignOff, times: TimeFormat, markup: Markup, *, picture: str) -> str:
    """The heartbeats as a drawing and a table. `picture` is the name of the drawing; without one
    it is in the page."""
    attempts = signoff.attempts
    if not attempts:
        unread = signoff.history is HistoryRead.UNREADABLE
        sentence = label("unread_heartbeats" if unread else "no_heartbeats")
        return section(label("heartbeats"), markup.element("p", sentence))
    caption = f'<p class="caption" id="plot-text">{markup.text(plot_sentence(attempts))}</p>'
    drawing = caption
    if worth_a_plot(attempts):
        drawn = plot(attempts, times)
        if picture:
            height = round(HEIGHT * PAPER_WIDTH / WIDTH)
            drawn = f'<img src="{picture}" width="{PAPER_WIDTH}" height="{height}" alt=""/>'
        drawing = f'<figure><div class="plot">{drawn}</div>{caption}</figure>'
    names = (label("sent"), label("result"), label("latency"))
    rows = [_beat(attempt, times, markup) for attempt in reversed(attempts)]
    table = markup.table(names, rows, ("time", "", "number"))
    return section(label("heartbeats"), drawing + table)


def _beat(attempt: Attempt, times: TimeFormat, markup: Markup) -> tuple[str, str, str]:
    outcome, latency_ms = attempt.outcome, attempt.latency_ms
    cell, kind = f"● {result_word(outcome.kind)}", "ok"
    if not outcome.accepted:
        why = outcome_message(outcome, attempt.address, attempt.target).title
        cell, kind = f"✕ {result_word(outcome.kind)}: {why}", "bad"
    return (
        times.time(attempt.sent.utc),
        markup.element("span", cell, kind),
        "" if latency_ms is None else f"{latency_ms:.0f}",
    )


def reports(signoff: SignOff, times: TimeFormat, markup: Markup) -> str:
    """The reports that have arrived."""
    arrivals = signoff.arrivals
    if not arrivals.count:
        return section(label("reports"), markup.element("p", label("no_reports")))
    values = {"count": str(arrivals.count), "repeats": str(arrivals.repeats)}
    inner = [
        markup.element(
            "p",
            translate(T("Received: {count}, the same again within a minute: {repeats}."), values),
        )
    ]
    if arrivals.proof is not None:
        inner.append(markup.element("p", proof_sentence(arrivals.proof, times)))
    events = [(_event(event), n) for event, n in arrivals.events.items()]
    problems = [(problem_word(problem), n) for problem, n in arrivals.problems.items()]
    for title, found in (("event", events), ("problem", problems)):
        if found:
            ordered = sorted(found, key=lambda pair: (-pair[1], pair[0]))
            rows = [(markup.value(word), str(n)) for word, n in ordered]
            inner.append(markup.table((label(title), label("count")), rows, ("", "number")))
    return section(label("reports"), "".join(inner))


def _event(event: str) -> str:
    """The event in words, and as the PBX spells it."""
    if not event:
        return label("other_events")
    word = event_word(event)
    return event if word == event else f"{word} ({event})"


def proof_sentence(proof: Proof, times: TimeFormat) -> str:
    """A sentence on the first report that arrived without a problem."""
    parts = [T("First in order: {event} at {place}, {time}, from {sender}.")]
    if proof.serial:
        parts.append(T("Serial number {serial}."))
    if proof.latency_s is not None:
        parts.append(T("It came {seconds} s after the accepted heartbeat."))
    values = {
        "event": proof.event,
        "place": proof.place.url,
        "time": times.time(proof.at.utc),
        "sender": proof.sender,
        "serial": proof.serial,
        "seconds": f"{proof.latency_s or 0.0:.1f}",
    }
    return " ".join(translate(part, values) for part in parts)
