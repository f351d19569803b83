"""A report as one line of text."""

from __future__ import annotations

import re

from hbgui import texts
from hbgui.core.pbx.typed import printable
from hbgui.core.reports.parties import text_of
from hbgui.core.reports.report import Report
from hbgui.core.reports.view import columns

_RAW_SHOWN = 120


def report_line(report: Report) -> str:
    """Local time, sender, what happened and to whom, and what is wrong with it."""
    at = report.received.utc.astimezone().strftime("%H:%M:%S")
    unchecked = "" if report.sender_checked else " (not checked)"
    parts = [at, f"{report.sender}{unchecked}", printable(report.path)]
    parts += [_what(report), *_wrong(report)]
    return "  ".join(part for part in parts if part)


def _what(report: Report) -> str:
    event = printable(report.decoded.event)
    if not event:
        return printable(report.raw[:_RAW_SHOWN])
    seen = columns(report)
    called = f"{seen.caller} → {seen.callee}".strip() if seen.caller or seen.callee else ""
    told = {seen.caller, seen.callee, *re.split(r"[\s(),→]+", called)}
    subject = ", ".join(one for one in seen.subject.split(", ") if one not in told)
    fields = report.fields
    more = text_of(fields, "status", "reason", "operation", "infos")
    return " ".join(filter(None, (event, subject, called, more)))


def _wrong(report: Report) -> list[str]:
    told = []
    problem = texts.report_problem(report)
    if problem is not None:
        told.append(f"! {problem.title}: {problem.why}")
    if report.repeat:
        told.append(f"! {texts.repeat_sentence(report)}")
    return told
