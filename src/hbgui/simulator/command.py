"""`hbgui simulate`: the simulator until Ctrl-C."""

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
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TextIO

from hbgui.simulator.faults import FAMILIES, FAULTS, NONE, fault_named
from hbgui.simulator.request import Request
from hbgui.simulator.server import Simulator

OK, CANNOT_LISTEN = 0, 3
TTL_MAX_S = 10**9
TOKEN_MAX = 1200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `hbgui simulate`."""
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
    add("--json", action="store_true", help="say where it listens as one JSON object")


def run(args: argparse.Namespace, out: TextIO = sys.stdout) -> int:
    """Serve until Ctrl-C or SIGTERM. Call it in the main thread: it handles signals.

    Returns the exit code: 0, or 3 when it cannot listen there.
    """
    simulator = Simulator(
        bind=args.bind,
        port=args.port,
        token=args.token,
        ttl_s=args.ttl,
        user=args.user,
        password=args.password,
        tls=args.tls,
        fault=args.fault,
    )
    if not args.json:
        simulator.on_answer = _log(simulator, out)
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
            while not stopped:
                time.sleep(0.1)
    return OK


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


def _log(simulator: Simulator, out: TextIO) -> Callable[[Request, str], None]:
    """Prints a line for each request. Safe in several threads."""
    lock = threading.Lock()

    def log(request: Request, words: str) -> None:
        target = simulator.targets.get(request.token)
        if target and words.startswith("Success"):
            words += f", reports go to {target}"
        query = "?token=***" if request.query else ""
        line = f"{request.source}  {request.method} {request.path}{query}  {words}"
        line = "".join(c if c.isprintable() else "?" for c in line)
        # A client may put the token where it does not belong. A very short one is no secret.
        for token in (t for t in simulator.tokens if len(t) >= 8):
            line = line.replace(token, "***")
        # Nobody may be reading any more.
        with lock, contextlib.suppress(OSError, ValueError):
            print(f"{datetime.now().astimezone():%H:%M:%S}  {line}", file=out, flush=True)

    return log


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


def _fault_table() -> str:
    families = {f"{kind}-N": family.text for kind, family in FAMILIES.items()}
    texts = {name: fault.text for name, fault in FAULTS.items()} | families
    tls = {name for name, fault in FAULTS.items() if fault.tls}
    lines = (f"  {n:<22} {text}{' (TLS)' if n in tls else ''}" for n, text in texts.items())
    return "\n".join(("faults for --fault:", *lines))


def _wrong(allowed: str) -> argparse.ArgumentTypeError:
    """Says what is allowed, never what was typed: it may be a secret."""
    return argparse.ArgumentTypeError(f"not usable; allowed: {allowed}")


def _bind(text: str) -> str:
    if text == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    raise _wrong("an IP address of this computer, or localhost")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise _wrong("0 to 65535")
    return int(text)


def _ttl(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= TTL_MAX_S:
        raise _wrong(f"seconds above 0 and up to {TTL_MAX_S}, such as 1800 or 0.5")
    return seconds


def _text(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise _wrong("printable characters, at least one")
    return text


def _token(text: str) -> str:
    if text != text.strip() or not text.isprintable() or not 0 < len(text) <= TOKEN_MAX:
        raise _wrong(f"1 to {TOKEN_MAX} printable characters without blanks around them")
    return text


def _fault(name: str) -> str:
    try:
        fault_named(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return name
