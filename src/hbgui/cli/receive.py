"""`hbgui receive`: reports as lines of text or JSON."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import json
import re
import sys
import time
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot

from hbgui.cli.invocation import Invocation, load_settings
from hbgui.cli.options import Command
from hbgui.cli.output import EXIT_CODES, NOTES_APART_S, Output
from hbgui.cli.streams import USAGE, UnblockedLines
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.pbx.address import AddressError, check_host, literal_or_none
from hbgui.core.pbx.profile import DEFAULT_PORT
from hbgui.core.pbx.typed import printable, trimmed
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
from hbgui.process import ctrl_c_ends_process
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
    """A report as one line: local time, sender, path, event, parties, problems."""
    at = report.received.utc.astimezone().strftime("%H:%M:%S")
    unchecked = "" if report.sender_checked else " (not checked)"
    parts = [at, f"{report.sender}{unchecked}", printable(report.path)]
    parts += [_what(report), *_wrong(report)]
    return "  ".join(part for part in parts if part)


def _what(report: Report) -> str:
    event = printable(report.decoded.event)
    if not event:
        return printable(report.raw[:_RAW_SHOWN])
    cells = columns(report)
    called = f"{cells.caller} → {cells.callee}".strip() if cells.caller or cells.callee else ""
    shown = {cells.caller, cells.callee, *re.split(r"[\s(),→]+", called)}
    subject = ", ".join(part for part in cells.subject.split(", ") if part not in shown)
    fields = report.fields
    more = text_of(fields, "status", "reason", "operation", "infos")
    return " ".join(filter(None, (event, subject, called, more)))


def _wrong(report: Report) -> list[str]:
    marks = []
    problem = report_problem_message(report)
    if problem is not None:
        marks.append(f"! {problem.title}: {problem.why}")
    if report.repeat:
        marks.append(f"! {repeat_sentence(report)}")
    return marks


Kind = tuple[Refusal, Fault | None]

HISTORY_TIMEOUT_S = 0.5
"""Seconds that the first line waits for the check of the history. Reports arrive meanwhile."""


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--bind",
        type=_address,
        default="127.0.0.1",
        metavar="ADDR",
        help="this computer's address to listen on; alone it is reached from here only (127.0.0.1)",
    )
    add(
        "--port",
        type=_port,
        default=int(DEFAULT_PORT),
        metavar="N",
        help=f"port to listen on, 0 takes a free one ({DEFAULT_PORT})",
    )
    add(
        "--path",
        type=_path,
        metavar="P",
        help="take reports for this path; others get 404 and are shown (any)",
    )
    add(
        "--from",
        dest="sender",
        type=_address,
        action="append",
        default=[],
        metavar="ADDR",
        help="take reports of this IP address; others get 403 and are shown. More than once: of "
        "each. Without it everybody's are taken, and marked",
    )
    add("--json", action="store_true", help="one JSON object per report")


def _address(text: str) -> str:
    typed = trimmed(text)
    if typed.lower() == "localhost":
        return "127.0.0.1"
    with contextlib.suppress(AddressError):
        host = check_host(typed.removeprefix("[").removesuffix("]"))
        if literal_or_none(host) is not None:
            return host
    raise argparse.ArgumentTypeError("allowed: an IP address, or localhost")


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or int(text) > 65535:
        raise argparse.ArgumentTypeError("allowed: 0 to 65535")
    return int(text)


def _path(text: str) -> str:
    if not text.isprintable() or " " in text or "://" in text:
        raise argparse.ArgumentTypeError("allowed: a path such as report or /report, no blanks")
    return f"/{text.removeprefix('/')}"


def _run(invocation: Invocation) -> int:
    """Print reports until a signal comes or nobody reads them any more; the exit code."""
    with ctrl_c_ends_process():
        return _receive(invocation)


def _receive(invocation: Invocation) -> int:
    args, output, adapters = invocation.args, invocation.output, invocation.adapters
    app = QCoreApplication.instance() or QCoreApplication([])
    receiver = Receiver(adapters.clock, hide=adapters.redactor.data)
    problem = receiver.listen(args.bind, args.port)
    if problem is not None:
        _cannot_listen(problem, invocation)
        return EXIT_CODES[OutcomeKind.UNREACHABLE]
    place = Place(args.bind, receiver.port, args.path or "/")
    senders = frozenset(args.sender) if args.sender else None
    receiver.set_subscriptions((Subscription(place, senders=senders, any_path=args.path is None),))
    signals = UnixSignals(app.quit)
    # `reporter` exists before the first line of output: only then the thread can fail to write.
    with UnblockedLines(lambda: reporter.nobody_reads.emit()) as lines:
        output.say, output.say_to_stderr = lines.out.write, lines.err.write
        output.late_timeout_s = HISTORY_TIMEOUT_S
        load_settings(invocation)
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
    """Writes reports and refusals as lines. Main thread."""

    nobody_reads = Signal()
    """Any thread may emit it."""

    def __init__(self, receiver: Receiver, lines: UnblockedLines, output: Output) -> None:
        super().__init__()
        self._json = output.as_json
        self._output = output
        self._receiver = receiver
        self._lines = lines
        self._reported: dict[Kind, int] = {}
        self._next_s: dict[Kind, float] = {}
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._refused)
        self.nobody_reads.connect(self._end, Qt.ConnectionType.QueuedConnection)
        receiver.received.connect(self._received)
        receiver.refused_changed.connect(self._refused)

    def begin(self, place: Place, senders: list[str]) -> None:
        """Write where it listens, and what may keep reports from arriving."""
        hint = _hint(place, senders)
        if hint:
            self._output.warning(hint)
        self._output.add_late_problems()
        if self._json:
            self._lines.out.write(
                json.dumps({"listening": place.url, **self._output.warnings_and_problems()})
            )
            return
        self._lines.out.write(f"Listening on {place.url}. Ctrl-C ends it.")
        for line in _firewall_hints(place, senders):
            self._lines.err.write(line)

    def close(self) -> None:
        """Write the refusals that still wait to be reported."""
        self._later.stop()
        for turned_away in self._unreported():
            self._write_refused(turned_away)

    @Slot(object)
    def _received(self, report: Report) -> None:
        self._lines.out.write(json_line(report) if self._json else report_line(report))

    @Slot()
    def _refused(self) -> None:
        """Report refused requests on standard error, each kind once a minute at most: else a
        stranger could fill a disk with these lines."""
        now_s = time.monotonic()
        for turned_away in self._unreported():
            next_s = self._next_s.get(turned_away.kind, 0.0)
            if now_s >= next_s:
                self._next_s[turned_away.kind] = now_s + NOTES_APART_S
                self._write_refused(turned_away)
            elif not self._later.isActive():
                self._later.start(int((next_s - now_s) * 1000) + 1)

    def _unreported(self) -> list[TurnedAway]:
        """Kinds with requests that were not reported yet. Kinds that are listed among the reports
        need no line of their own."""
        kinds = self._receiver.refused.kinds
        return [
            k for k in kinds if k.count > self._reported.get(k.kind, 0) and not k.refusal.is_listed
        ]

    def _write_refused(self, turned_away: TurnedAway) -> None:
        self._reported[turned_away.kind] = turned_away.count
        sentence = turned_away_sentence(turned_away)
        self._lines.err.write(f"Turned away {sentence} ({turned_away.count} in all).")

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


def _cannot_listen(problem: ListenProblem, invocation: Invocation) -> None:
    port_taken = problem.code == "port_taken"
    adapters, output = invocation.adapters, invocation.output
    holder = adapters.port_holder(problem.host, problem.port) if port_taken else None
    message = listen_problem_message(problem, holder)
    load_settings(invocation)
    if not output.as_json:
        output.lines(f"hbgui: {message.title}", message.why, message.advice, to_stderr=True)
        return
    members: dict[str, object] = {
        "outcome": OutcomeKind.UNREACHABLE,
        "code": problem.code,
        "message": message.cause,
        "advice": message.advice,
    }
    output.members(members)


RECEIVE = Command(
    _add_options,
    _run,
    """\
A PBX sends its reports to where the last accepted heartbeat told it to: announce the same
address, port and path. With --json the first line is {"listening": URL}, then each report is
one object on one line.

exit codes:
  0 told to end, or nobody read the lines any more   2 bad input   3 cannot listen there
  2 also when the lines cannot be written, for instance to a full disk
""",
    ("outcome", "code", "message", "advice"),
)
