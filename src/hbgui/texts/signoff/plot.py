"""The latencies of heartbeats as a small drawing, and the same in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from statistics import median

from hbgui.core.api.outcome import Attempt
from hbgui.texts.translation import T, TimeFormat, translate

WIDTH, HEIGHT = 680, 190
LEFT, RIGHT, TOP, BOTTOM = 58.0, 668.0, 14.0, 142.0
_ACCEPTED, _FAILED, _INK, _LINE = "#1f5fcb", "#b0241c", "#586171", "#dde1e8"
PLOT_LEAST = 3
"""The least number of heartbeats that is drawn; fewer need only the sentence and the table."""

_STEPS = (1, 2, 5)
_FONT = 'font-family="Segoe UI, Helvetica Neue, Arial, sans-serif" font-size="11"'


def plot_sentence(attempts: Sequence[Attempt]) -> str:
    """The drawing in words, for people who cannot see it."""
    latencies_ms = [
        a.latency_ms for a in attempts if a.outcome.accepted and a.latency_ms is not None
    ]
    values = {"all": str(len(attempts)), "count": str(sum(a.outcome.accepted for a in attempts))}
    if not latencies_ms:
        return translate(T("Of {all} heartbeats {count} were accepted."), values)
    values |= {
        "least": _ms(min(latencies_ms)),
        "median": _ms(median(latencies_ms)),
        "most": _ms(max(latencies_ms)),
    }
    if values["least"] == values["most"]:
        return translate(
            T("Of {all} heartbeats {count} were accepted, answered within {most} ms."), values
        )
    return translate(
        T(
            "Of {all} heartbeats {count} were accepted, answered within {least} to {most} ms, half "
            "of them within {median} ms."
        ),
        values,
    )


def _ms(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def worth_a_plot(attempts: Sequence[Attempt]) -> bool:
    """Whether there are enough heartbeats to draw."""
    return len(attempts) >= PLOT_LEAST


def plot(attempts: Sequence[Attempt], times: TimeFormat) -> str:
    """The drawing as SVG, without a title: `plot_sentence` is its text. Needs an attempt."""
    top = _ceiling(max((a.latency_ms or 0.0 for a in attempts), default=0.0))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="plot-text">'
        f"{_grid(top)}{_days(attempts, times)}{_marks(attempts, top)}{_legend()}</svg>"
    )


def _ceiling(most: float) -> float:
    """The end of the scale: a round number above `most`."""
    unit = 1.0
    while unit * 10 < most:
        unit *= 10
    return next((unit * step for step in _STEPS if unit * step >= most), unit * 10)


def _grid(top: float) -> str:
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = BOTTOM - share * (BOTTOM - TOP)
        parts.append(
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="{_LINE}"/>'
            + _label(LEFT - 8, y + 4, f"{top * share:g} ms", "end")
        )
    return "".join(parts)


def _days(attempts: Sequence[Attempt], times: TimeFormat) -> str:
    first, last = attempts[0].sent.utc, attempts[-1].sent.utc
    if times.time(first) == times.time(last):
        return _label((LEFT + RIGHT) / 2, BOTTOM + 18, times.time(first)[:16], "middle")
    return _label(LEFT, BOTTOM + 18, times.time(first)[:16], "start") + _label(
        RIGHT, BOTTOM + 18, times.time(last)[:16], "end"
    )


def _x(at: datetime, attempts: Sequence[Attempt]) -> float:
    first, last = attempts[0].sent.utc, attempts[-1].sent.utc
    span = (last - first).total_seconds()
    share = (at - first).total_seconds() / span if span else 0.5
    return LEFT + 6 + share * (RIGHT - LEFT - 12)


def _marks(attempts: Sequence[Attempt], top: float) -> str:
    parts, line = [], []
    for attempt in attempts:
        x = _x(attempt.sent.utc, attempts)
        if attempt.outcome.accepted:
            y = BOTTOM - (attempt.latency_ms or 0.0) / top * (BOTTOM - TOP)
            line.append(f"{x:.1f},{y:.1f}")
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{_ACCEPTED}"/>')
            continue
        parts += [_joined(line), _cross(x, BOTTOM)]
        line = []
    return _joined(line) + "".join(parts)


def _joined(line: Sequence[str]) -> str:
    if len(line) < 2:
        return ""
    return f'<polyline points="{" ".join(line)}" fill="none" stroke="#a9c1ea"/>'


def _cross(x: float, y: float) -> str:
    return (
        f'<path d="M{x - 4:.1f} {y - 4:.1f}L{x + 4:.1f} {y + 4:.1f}'
        f'M{x - 4:.1f} {y + 4:.1f}L{x + 4:.1f} {y - 4:.1f}" stroke="{_FAILED}" '
        'stroke-width="2" fill="none"/>'
    )


def _legend() -> str:
    y = HEIGHT - 10
    accepted = translate(T("accepted"))
    failed = translate(T("not accepted"))
    return (
        f'<circle cx="{LEFT + 5}" cy="{y - 4}" r="3" fill="{_ACCEPTED}"/>'
        + _label(LEFT + 15, y, accepted, "start")
        + _cross(LEFT + 125, y - 4)
        + _label(LEFT + 135, y, failed, "start")
    )


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" {_FONT} fill="{_INK}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
