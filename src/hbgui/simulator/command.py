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
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TextIO

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


def run(args: argparse.Namespace, out: TextIO = sys.stdout) -> int:
    """Serve until Ctrl-C or SIGTERM. Call it in the main thread: it handles signals.

    Returns the exit code: 0, 2 for options that do not go together, 3 when it cannot listen.
    """
    if isinstance(args.events, Script) and args.events_every is not None:
        print("--events-every is for office and list: a script has its own waits.", file=sys.stderr)
        return USAGE
    simulator = _simulator(args)
    log = _Log(simulator, out)
    if not args.json:
        simulator.on_answer, simulator.on_report = log.answer, log.report
    with _stop_signals() as stopped:
        try:
            simulator.start()
        except OSError as error:
            where = f"{args.bind} port {args.port}"
            why = error.strerror or "the address cannot be used"
            print(
                f"Cannot listen on {where}: {why}. Allowed: an address of this computer "
                "and a free port, or 0 for any free one.",
                file=sys.stderr,
            )
            return CANNOT_LISTEN
        with simulator:
            _announce(simulator, args, out)
            if args.events is not None:
                simulator.play(_steps(args, simulator), (lambda _: None) if args.json else log.line)
            while not stopped:
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


def _announce(simulator: Simulator, args: argparse.Namespace, out: TextIO) -> None:
    if not ipaddress.ip_address(args.bind).is_loopback:
        print("Warning: other computers can reach this simulator.", file=sys.stderr, flush=True)
    if args.json:
        told = {
            "listening": simulator.url,
            "token": simulator.token,
            "user": simulator.user,
            "password": simulator.password,
        }
        print(json.dumps(told), file=out, flush=True)
        return
    print(f"Listening  {simulator.url}", file=out)
    print(f"Token      {simulator.token}", file=out)
    print(f"User       {simulator.user}", file=out)
    print(f"Password   {simulator.password}", file=out)
    if args.fault != NONE:
        print(f"Fault      {args.fault}: {fault_named(args.fault).text}", file=out)
    print("Ctrl-C ends it.", file=out, flush=True)


class _Log:
    """Prints a line for what happens. Safe in several threads."""

    def __init__(self, simulator: Simulator, out: TextIO) -> None:
        self._simulator = simulator
        self._out = out
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
            print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", file=self._out, flush=True)


@contextlib.contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """A list that is no longer empty when somebody asked for the end."""
    stopped: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda n, _frame: stopped.append(n)) for number in signals]
    try:
        yield stopped
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
