"""`hbgui receive`: event reports of a PBX, a line each, until Ctrl-C."""

from __future__ import annotations

import argparse
import ipaddress
import json
import sys
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from hbgui import texts
from hbgui.adapters.port_holder import port_holder
from hbgui.cli.line_writer import LineWriter
from hbgui.cli.output import EXIT_CODES, Output
from hbgui.cli.parser import USAGE
from hbgui.cli.report_line import report_line
from hbgui.cli.world import World
from hbgui.core.firewall import firewall_rules
from hbgui.core.outcome import OutcomeKind
from hbgui.core.receiving import ListenProblem, Place, Refused, Subscription
from hbgui.core.report import Report
from hbgui.core.report_export import json_line
from hbgui.runtime.receiver import Receiver
from hbgui.runtime.unix_signals import UnixSignals
from hbgui.starting import ended_at_once

_LAST_LINES_TIMEOUT_S = 2.0


def run(args: argparse.Namespace, world: World) -> int:
    """Print reports until a signal comes or nobody reads them any more; the exit code."""
    with ended_at_once():
        return _receive(args, world)


def _receive(args: argparse.Namespace, world: World) -> int:
    app = QCoreApplication.instance() or QCoreApplication([])
    receiver = Receiver(world.clock, hide=world.redactor.data)
    problem = receiver.listen(args.bind, args.port)
    if problem is not None:
        _cannot_listen(problem, args, world)
        return EXIT_CODES[OutcomeKind.UNREACHABLE]
    place = Place(args.bind, receiver.port, args.path or "/")
    senders = frozenset(args.sender) if args.sender else None
    receiver.set_subscriptions((Subscription(place, senders=senders, any_path=args.path is None),))
    signals = UnixSignals(app.quit)
    reporter = _Reporter(receiver, as_json=args.json)
    try:
        reporter.begin(place, args.sender)
        app.exec()
    finally:
        receiver.close()
        signals.close()
        reporter.close()
    return USAGE if reporter.unwritable else 0


class _Reporter(QObject):
    """Main thread."""

    _nobody_reads = Signal()

    def __init__(self, receiver: Receiver, *, as_json: bool) -> None:
        super().__init__()
        self._json = as_json
        self._receiver = receiver
        self._told = Refused()
        self._nobody_reads.connect(self._end, Qt.ConnectionType.QueuedConnection)
        sys.stdout.flush()
        encoding = "ascii" if as_json else (sys.stdout.encoding or "utf-8")
        self._out = LineWriter(sys.stdout.fileno(), encoding, self._nobody_reads.emit)
        receiver.received.connect(self._received)
        receiver.refused_changed.connect(self._refused)

    @property
    def unwritable(self) -> bool:
        """Whether the lines could not go where they were told to, for instance to a full disk."""
        return bool(self._out.why)

    def begin(self, place: Place, senders: list[str]) -> None:
        """Say where it listens."""
        if self._json:
            self._out.write(json.dumps({"listening": place.url}))
            return
        self._out.write(f"Listening on {place.url}. Ctrl-C ends it.")
        for line in _hints(place, senders):
            _note(line)

    def close(self) -> None:
        """Print what waits, unless nobody reads it."""
        done = self._out.close(_LAST_LINES_TIMEOUT_S)
        if self.unwritable:
            _note(f"The lines cannot be written. The system says: {self._out.why}.")
        elif self._out.left_out or not (done or self._out.broken):
            _note("Some reports were answered but not printed: nobody read the lines fast enough.")

    @Slot(object)
    def _received(self, report: Report) -> None:
        self._out.write(json_line(report) if self._json else report_line(report))

    @Slot()
    def _refused(self) -> None:
        """What leaves no report behind is said beside them."""
        now = self._receiver.refused
        for refusal, count in now.counts:
            if count > self._told.of(refusal) and not refusal.is_listed:
                _note(f"Turned away: {texts.refusal_word(refusal)} ({count} in all).")
        self._told = now

    @Slot()
    def _end(self) -> None:
        QCoreApplication.quit()


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _hints(place: Place, senders: list[str]) -> Iterator[str]:
    """What the network may have against it."""
    if ipaddress.ip_address(place.host).is_loopback:
        yield "Only programs on this computer can reach it; --bind takes the announced address."
        return
    if not senders:
        yield "Every computer that reaches it can send: --from takes the PBX's address."
    sender = senders[0] if senders else ""
    for rule in firewall_rules(sys.platform, place.port, sender, sys.executable):
        yield f"If nothing comes, open the firewall. {rule.firewall}: {rule.command}"


def _cannot_listen(problem: ListenProblem, args: argparse.Namespace, world: World) -> None:
    taken = problem.code == "port_taken"
    holder = port_holder(problem.host, problem.port) if taken else None
    message = texts.listen_problem(problem, holder)
    output = Output(as_json=args.json, redact=world.redactor.text, command=args.command)
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
