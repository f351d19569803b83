"""The command `hbgui simulate`."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from hbgui.process import ending_signals
from hbgui.simulator.delivery import STYLES
from hbgui.simulator.faults import FAMILIES, FAULTS, NONE, fault_named
from hbgui.simulator.http import Request
from hbgui.simulator.pbx import FIRMWARE, SERIAL, TRANSPORTS
from hbgui.simulator.reporter import DeliverySettings, Report
from hbgui.simulator.script import Script, ScriptError, ScriptStep, list_steps, office_steps
from hbgui.simulator.server import Simulator

TOKEN_MAX = 1200
_STYLES_HELP = f"how a report is written: {', '.join(STYLES)} (length)"
_EMPTY_HELP = "take a heartbeat that names no destination, and leave the one that is known"


def _not_allowed(allowed: str) -> argparse.ArgumentTypeError:
    """The error that says what is allowed. It leaves out the argument, which may be a secret."""
    return argparse.ArgumentTypeError(f"not usable; allowed: {allowed}")


def _bind(text: str) -> str:
    if text == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    raise _not_allowed("an IP address of this computer, or localhost")


def _whole(most: int, allowed: str) -> Callable[[str], int]:
    """A converter for whole numbers from 0 to `most`, with at most as many digits."""

    def read(text: str) -> int:
        digits = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not digits or int(text) > most:
            raise _not_allowed(allowed)
        return int(text)

    return read


def _seconds(least: float, most: float, allowed: str) -> Callable[[str], float]:
    """A converter for seconds from `least` to `most`."""

    def read(text: str) -> float:
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not least <= seconds <= most:
            raise _not_allowed(allowed)
        return seconds

    return read


_port = _whole(65535, "0 to 65535")
_seed = _whole(10**9 - 1, "a whole number of up to 9 digits")
_ttl = _seconds(math.ulp(0), 10**9, "seconds above 0 and up to 1000000000, such as 1800 or 0.5")
_offset = _seconds(-(10**8), 10**8, "seconds between -100000000 and 100000000")
_every = _seconds(0.001, 3600, "seconds, 0.001 to 3600")


def _text(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise _not_allowed("printable characters, at least one")
    return text


def _token(text: str) -> str:
    if text != text.strip() or not text.isprintable() or not 0 < len(text) <= TOKEN_MAX:
        raise _not_allowed(f"1 to {TOKEN_MAX} printable characters without blanks around them")
    return text


def _transport(text: str) -> str:
    if text.upper() not in TRANSPORTS:
        raise _not_allowed("http, tcp")
    return text.upper()


def _style(text: str) -> str:
    if text not in STYLES:
        raise _not_allowed(", ".join(STYLES))
    return text


def _events(text: str) -> str | Script:
    if text in ("office", "list"):
        return text
    try:
        return Script(Path(text))
    except ScriptError as error:
        raise argparse.ArgumentTypeError(
            f"not usable: {error}; allowed: office, list, or a file of steps"
        ) from None


def _fault(name: str) -> str:
    try:
        fault_named(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `hbgui simulate` to a parser."""
    parser.description = "A PBX on this computer, to rehearse with. It is no real PBX."
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _fault_table()
    add = parser.add_argument
    add("--bind", type=_bind, default="127.0.0.1", metavar="ADDR", help="IP address to listen on")
    add("--port", type=_port, default=0, metavar="N", help="port to listen on; 0 takes a free one")
    add("--token", type=_token, metavar="T", help="a token to accept; made up if left out")
    add("--ttl", type=_ttl, default=1800.0, metavar="S", help="life of a token in seconds (1800)")
    add("--tls", action="store_true", help="HTTPS with a certificate made at start")
    add("--user", type=_text, default="api", metavar="NAME", help="user name of the API (api)")
    add("--password", type=_text, metavar="PW", help="password of the API; made up if left out")
    add("--fault", type=_fault, default=NONE, metavar="NAME", help="misbehave: see below")
    add("--firmware", type=_text, default=FIRMWARE, metavar="V", help="firmware that it tells")
    add("--serial", type=_text, default=SERIAL, metavar="SN", help="serial number that it tells")
    offset = "its clock is S s ahead, or -S behind"
    add("--clock-offset", type=_offset, default=0.0, metavar="S", help=offset)
    transport = "reports over http or tcp"
    add("--transport", type=_transport, default="HTTP", metavar="T", help=transport)
    add("--events", type=_events, metavar="WHAT", help="send reports: office, list or a script")
    add("--events-every", type=_every, metavar="S", help="about S s between reports (1)")
    add("--seed", type=_seed, default=1, metavar="N", help="another office for each number")
    add("--report-style", type=_style, default="length", metavar="NAME", help=_STYLES_HELP)
    add("--empty-heartbeat", action="store_true", help=_EMPTY_HELP)
    add("--json", action="store_true", help="say where it listens as one JSON object")


def _fault_table() -> str:
    families = {f"{kind}-N": family.text for kind, family in FAMILIES.items()}
    texts = {name: fault.text for name, fault in FAULTS.items()} | families
    tls = {name for name, fault in FAULTS.items() if fault.tls}
    lines = (f"  {n:<22} {text}{' (TLS)' if n in tls else ''}" for n, text in texts.items())
    return "\n".join(("faults for --fault:", *lines))


OK, USAGE, CANNOT_LISTEN = 0, 2, 3
EVERY_S = 1.0

_REACHABLE = "other computers can reach this simulator."

Write = Callable[[str], None]
"""Prints one or more lines. Any thread may call it; while it blocks, the simulator waits."""


def _write(text: str) -> None:
    print(text, flush=True)


def _write_error(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(
    args: argparse.Namespace,
    write: Write = _write,
    write_error: Write = _write_error,
    ended: threading.Event | None = None,
) -> int:
    """Run the simulator until Ctrl-C, SIGTERM, or until `ended` is set.

    Call it in the main thread, since it handles signals. Returns the exit code: 0, 2 for options
    that exclude each other, 3 when it cannot listen.
    """
    if isinstance(args.events, Script) and args.events_every is not None:
        write_error("--events-every is for office and list: a script has its own waits.")
        return USAGE
    ended = ended or threading.Event()
    simulator = _simulator(args)
    log = _Log(simulator, write)
    if not args.json:
        simulator.on_answer, simulator.on_report = log.answer, log.report
    with _stop_signals() as stopped:
        try:
            simulator.start()
        except OSError as error:
            where = f"{args.bind} port {args.port}"
            reason = error.strerror or "the address cannot be used"
            write_error(
                f"Cannot listen on {where}: {reason}. Allowed: an address of this computer "
                "and a free port, or 0 for any free one."
            )
            return CANNOT_LISTEN
        with simulator:
            warnings = [] if ipaddress.ip_address(args.bind).is_loopback else [_REACHABLE]
            if warnings and not args.json:
                write_error(f"Warning: {_REACHABLE}")
            write(_announcement(simulator, args, warnings))
            if args.events is not None:
                steps = _chosen_steps(args, simulator)
                simulator.play(steps, (lambda _: None) if args.json else log.line)
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
        delivery=DeliverySettings(args.report_style),
        empty_heartbeat=args.empty_heartbeat,
    )


def _chosen_steps(args: argparse.Namespace, simulator: Simulator) -> Iterable[ScriptStep]:
    every_s = args.events_every or EVERY_S
    if args.events == "office":
        return office_steps(args.seed, simulator.today, every_s)
    if args.events == "list":
        return list_steps(every_s)
    script: Script = args.events
    return script


def _announcement(simulator: Simulator, args: argparse.Namespace, warnings: list[str]) -> str:
    if args.json:
        members: dict[str, str | list[str]] = {
            "listening": simulator.url,
            "token": simulator.token,
            "user": simulator.user,
            "password": simulator.password,
            "warnings": warnings,
            "problems": [],
        }
        return json.dumps(members)
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
    """Prints a line for each request and report. Thread-safe."""

    def __init__(self, simulator: Simulator, write: Write) -> None:
        self._simulator = simulator
        self._write = write
        self._lock = threading.Lock()
        self._tokens: set[str] = set()

    def answer(self, request: Request, outcome: str) -> None:
        """Print a request and its outcome."""
        target = self._simulator.targets.get(request.token)
        if target and outcome.startswith("Success"):
            outcome += f", reports go to {target}"
        query = "?token=***" if request.query else ""
        self.line(f"{request.source}  {request.method} {request.path}{query}  {outcome}")

    def report(self, report: Report) -> None:
        """Print one try to deliver a report."""
        outcome = report.problem or (str(report.status) if report.status else "sent, no answer")
        if not report.delivered:
            outcome += ", given up" if report.final else ", will be repeated"
        repeat = f" (repeat {report.repeat})" if report.repeat else ""
        self.line(f"report {report.event or '?'} to {report.target}{repeat}  {outcome}")

    def line(self, text: str) -> None:
        """Print one line, with the time before it and without tokens."""
        text = "".join(c if c.isprintable() else "?" for c in text)
        # The reader of the output may have closed it.
        with self._lock, contextlib.suppress(OSError, ValueError):
            # A client may put the token into the path. Short tokens are not hidden: they may be
            # parts of ordinary words.
            self._tokens.update(t for t in self._simulator.tokens if len(t) >= 8)
            for token in self._tokens:
                text = text.replace(token, "***")
            self._write(f"{datetime.now().astimezone():%H:%M:%S}  {text}")


@contextlib.contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """A list to which each ending signal is added, for a `with` block."""
    stopped: list[int] = []
    signals = ending_signals()
    before = [signal.signal(number, lambda n, _frame: stopped.append(n)) for number in signals]
    try:
        yield stopped
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
