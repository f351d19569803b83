"""`hbgui simulate`: the simulator until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from hbgui.process import ending_signals
from hbgui.simulator.faults import NONE, fault_named
from hbgui.simulator.options import add_arguments
from hbgui.simulator.report import Report, Ways
from hbgui.simulator.request import Request
from hbgui.simulator.script import Script
from hbgui.simulator.server import Simulator
from hbgui.simulator.steps import Step, list_steps, office_steps

__all__ = ["add_arguments", "run"]

OK, USAGE, CANNOT_LISTEN = 0, 2, 3
EVERY_S = 1.0

_REACHABLE = "other computers can reach this simulator."

Say = Callable[[str], None]
"""Prints a line or lines. Any thread may call it: one that blocks holds the simulator up."""


def _say(text: str) -> None:
    print(text, flush=True)


def _say_aside(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(
    args: argparse.Namespace,
    say: Say = _say,
    say_aside: Say = _say_aside,
    ended: threading.Event | None = None,
) -> int:
    """Serve until Ctrl-C or SIGTERM, or until it has `ended`. Call it in the main thread: it
    handles signals.

    Returns the exit code: 0, 2 for options that do not go together, 3 when it cannot listen.
    """
    if isinstance(args.events, Script) and args.events_every is not None:
        say_aside("--events-every is for office and list: a script has its own waits.")
        return USAGE
    ended = ended or threading.Event()
    simulator = _simulator(args)
    log = _Log(simulator, say)
    if not args.json:
        simulator.on_answer, simulator.on_report = log.answer, log.report
    with _stop_signals() as stopped:
        try:
            simulator.start()
        except OSError as error:
            where = f"{args.bind} port {args.port}"
            why = error.strerror or "the address cannot be used"
            say_aside(
                f"Cannot listen on {where}: {why}. Allowed: an address of this computer "
                "and a free port, or 0 for any free one."
            )
            return CANNOT_LISTEN
        with simulator:
            warnings = [] if ipaddress.ip_address(args.bind).is_loopback else [_REACHABLE]
            if warnings and not args.json:
                say_aside(f"Warning: {_REACHABLE}")
            say(_announcement(simulator, args, warnings))
            if args.events is not None:
                simulator.play(_steps(args, simulator), (lambda _: None) if args.json else log.line)
            while not (stopped or ended.is_set()):
                time.sleep(0.1)
    return OK


def _simulator(args: argparse.Namespace) -> Simulator:
    return Simulator(
        bind=args.bind,
        port=args.port,
        token=args.token,
        ttl_s=args.ttl,
        user=args.user,
        password=args.password,
        tls=args.tls,
        fault=args.fault,
        firmware=args.firmware,
        serial=args.serial,
        clock_offset_s=args.clock_offset,
        transport=args.transport,
        ways=Ways(args.report_style),
        empty_heartbeat=args.empty_heartbeat,
    )


def _steps(args: argparse.Namespace, simulator: Simulator) -> Iterable[Step]:
    every_s = args.events_every or EVERY_S
    if args.events == "office":
        return office_steps(args.seed, simulator.today, every_s)
    if args.events == "list":
        return list_steps(every_s)
    script: Script = args.events
    return script


def _announcement(simulator: Simulator, args: argparse.Namespace, warnings: list[str]) -> str:
    if args.json:
        told: dict[str, str | list[str]] = {
            "listening": simulator.url,
            "token": simulator.token,
            "user": simulator.user,
            "password": simulator.password,
            "warnings": warnings,
            "problems": [],
        }
        return json.dumps(told)
    lines = [
        f"Listening  {simulator.url}",
        f"Token      {simulator.token}",
        f"User       {simulator.user}",
        f"Password   {simulator.password}",
    ]
    if args.fault != NONE:
        lines.append(f"Fault      {args.fault}: {fault_named(args.fault).text}")
    return "\n".join((*lines, "Ctrl-C ends it."))


class _Log:
    """Prints a line for what happens. Safe in several threads."""

    def __init__(self, simulator: Simulator, say: Say) -> None:
        self._simulator = simulator
        self._say = say
        self._lock = threading.Lock()
        self._tokens: set[str] = set()

    def answer(self, request: Request, words: str) -> None:
        """A request, and what became of it."""
        target = self._simulator.targets.get(request.token)
        if target and words.startswith("Success"):
            words += f", reports go to {target}"
        query = "?token=***" if request.query else ""
        self.line(f"{request.source}  {request.method} {request.path}{query}  {words}")

    def report(self, report: Report) -> None:
        """A try to deliver a report."""
        words = report.problem or (str(report.status) if report.status else "sent, no answer")
        if not report.delivered:
            words += ", given up" if report.final else ", will be repeated"
        again = f" (repeat {report.repeat})" if report.repeat else ""
        self.line(f"report {report.event or '?'} to {report.target}{again}  {words}")

    def line(self, text: str) -> None:
        """One line, with the time."""
        text = "".join(c if c.isprintable() else "?" for c in text)
        # Nobody may be reading any more.
        with self._lock, contextlib.suppress(OSError, ValueError):
            # A client may put the token where it does not belong. A very short one is no secret.
            self._tokens.update(t for t in self._simulator.tokens if len(t) >= 8)
            for token in self._tokens:
                text = text.replace(token, "***")
            self._say(f"{datetime.now().astimezone():%H:%M:%S}  {text}")


@contextlib.contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """A list that is no longer empty when somebody asked for the end."""
    stopped: list[int] = []
    signals = ending_signals()
    before = [signal.signal(number, lambda n, _frame: stopped.append(n)) for number in signals]
    try:
        yield stopped
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
