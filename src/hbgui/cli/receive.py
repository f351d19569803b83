"""A report as one line of text."""

from __future__ import annotations

import argparse
import ipaddress
import json
import re
import sys
import time
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot

from hbgui.adapters.net.local import port_holder
from hbgui.cli.job import load_settings
from hbgui.cli.memory import CommandAdapters
from hbgui.cli.output import EXIT_CODES, NOTES_APART_S, Output
from hbgui.cli.parser import USAGE
from hbgui.cli.streams import UnblockedLines
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.pbx.typed import printable
from hbgui.core.reports.parties import text_of
from hbgui.core.reports.receiving import (
    Fault,
    ListenProblem,
    Place,
    Refusal,
    Subscription,
    TurnedAway,
    firewall_rules,
)
from hbgui.core.reports.report import Report
from hbgui.core.reports.view import columns, json_line
from hbgui.process import ended_at_once
from hbgui.runtime.process import UnixSignals
from hbgui.runtime.reports.receiver import Receiver
from hbgui.texts.reports.receiving import listen_problem_message
from hbgui.texts.reports.reports import (
    repeat_sentence,
    report_problem_message,
    turned_away_sentence,
)

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
    problem = report_problem_message(report)
    if problem is not None:
        told.append(f"! {problem.title}: {problem.why}")
    if report.repeat:
        told.append(f"! {repeat_sentence(report)}")
    return told


Kind = tuple[Refusal, Fault | None]

HISTORY_TIMEOUT_S = 0.5
"""Seconds that the first line waits for a look at the history: reports come in meanwhile."""


def run(args: argparse.Namespace, adapters: CommandAdapters) -> int:
    """Print reports until a signal comes or nobody reads them any more; the exit code."""
    with ended_at_once():
        return _receive(args, adapters)


def _receive(args: argparse.Namespace, adapters: CommandAdapters) -> int:
    app = QCoreApplication.instance() or QCoreApplication([])
    receiver = Receiver(adapters.clock, hide=adapters.redactor.data)
    problem = receiver.listen(args.bind, args.port)
    if problem is not None:
        _cannot_listen(problem, args, adapters)
        return EXIT_CODES[OutcomeKind.UNREACHABLE]
    place = Place(args.bind, receiver.port, args.path or "/")
    senders = frozenset(args.sender) if args.sender else None
    receiver.set_subscriptions((Subscription(place, senders=senders, any_path=args.path is None),))
    signals = UnixSignals(app.quit)
    # Its thread may say that nobody reads before there is anybody to be told.
    with UnblockedLines(lambda: reporter.nobody_reads.emit()) as lines:
        output = Output(as_json=args.json, redact=adapters.redactor.text, command="receive")
        output.say, output.say_aside = lines.out.write, lines.aside.write
        output.late_timeout_s = HISTORY_TIMEOUT_S
        load_settings(adapters, output)
        reporter = _Reporter(receiver, lines, output)
        try:
            reporter.begin(place, args.sender)
            app.exec()
        finally:
            receiver.close()
            signals.close()
            reporter.close()
    return USAGE if lines.unwritable else 0


class _Reporter(QObject):
    """Main thread."""

    nobody_reads = Signal()
    """Any thread may emit it."""

    def __init__(self, receiver: Receiver, lines: UnblockedLines, output: Output) -> None:
        super().__init__()
        self._json = output.as_json
        self._output = output
        self._receiver = receiver
        self._lines = lines
        self._told: dict[Kind, int] = {}
        self._next_s: dict[Kind, float] = {}
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._refused)
        self.nobody_reads.connect(self._end, Qt.ConnectionType.QueuedConnection)
        receiver.received.connect(self._received)
        receiver.refused_changed.connect(self._refused)

    def begin(self, place: Place, senders: list[str]) -> None:
        """Say where it listens, and what may be in its way."""
        hint = _hint(place, senders)
        if hint:
            self._output.warning(hint)
        self._output.gather()
        if self._json:
            self._lines.out.write(json.dumps({"listening": place.url, **self._output.aside()}))
            return
        self._lines.out.write(f"Listening on {place.url}. Ctrl-C ends it.")
        for line in _firewall_hints(place, senders):
            self._lines.aside.write(line)

    def close(self) -> None:
        """Say what waits to be said."""
        self._later.stop()
        for one in self._untold():
            self._say_refused(one)

    @Slot(object)
    def _received(self, report: Report) -> None:
        self._lines.out.write(json_line(report) if self._json else report_line(report))

    @Slot()
    def _refused(self) -> None:
        """What leaves no report behind is said beside them: a stranger could fill a disk with it,
        so once a minute for each kind."""
        now_s = time.monotonic()
        for one in self._untold():
            next_s = self._next_s.get(one.kind, 0.0)
            if now_s >= next_s:
                self._next_s[one.kind] = now_s + NOTES_APART_S
                self._say_refused(one)
            elif not self._later.isActive():
                self._later.start(int((next_s - now_s) * 1000) + 1)

    def _untold(self) -> list[TurnedAway]:
        """What is among the reports, too, needs no note."""
        kinds = self._receiver.refused.kinds
        return [k for k in kinds if k.count > self._told.get(k.kind, 0) and not k.refusal.is_listed]

    def _say_refused(self, one: TurnedAway) -> None:
        self._told[one.kind] = one.count
        self._lines.aside.write(f"Turned away {turned_away_sentence(one)} ({one.count} in all).")

    @Slot()
    def _end(self) -> None:
        QCoreApplication.quit()


def _hint(place: Place, senders: list[str]) -> str:
    if ipaddress.ip_address(place.host).is_loopback:
        return "Only programs on this computer can reach it; --bind takes the announced address."
    if not senders:
        return "Every computer that reaches it can send: --from takes the PBX's address."
    return ""


def _firewall_hints(place: Place, senders: list[str]) -> Iterator[str]:
    if ipaddress.ip_address(place.host).is_loopback:
        return
    sender = senders[0] if senders else ""
    for rule in firewall_rules(sys.platform, place.port, sender, sys.executable):
        yield f"If nothing comes, open the firewall. {rule.firewall}: {rule.command}"


def _cannot_listen(
    problem: ListenProblem, args: argparse.Namespace, adapters: CommandAdapters
) -> None:
    taken = problem.code == "port_taken"
    holder = port_holder(problem.host, problem.port) if taken else None
    message = listen_problem_message(problem, holder)
    output = Output(as_json=args.json, redact=adapters.redactor.text, command=args.command)
    load_settings(adapters, output)
    if not args.json:
        output.lines(f"hbgui: {message.title}", message.why, message.advice, to_stderr=True)
        return
    told: dict[str, object] = {
        "outcome": OutcomeKind.UNREACHABLE,
        "code": problem.code,
        "message": f"{message.title}. {message.why}",
        "advice": message.advice,
    }
    output.members(told)
