"""The options of `hbgui simulate`."""

from __future__ import annotations

import argparse
import ipaddress
import math
from pathlib import Path

from hbgui.simulator.device import FIRMWARE, SERIAL
from hbgui.simulator.faults import FAMILIES, FAULTS, NONE, fault_named
from hbgui.simulator.post import STYLES
from hbgui.simulator.script import Script, ScriptError

TTL_MAX_S = 10**9
TOKEN_MAX = 1200
OFFSET_MAX_S = 10**8
EVERY_MIN_S, EVERY_MAX_S = 0.001, 3600
_STYLES_HELP = f"how a report is written: {', '.join(STYLES)} (length)"
_EMPTY_HELP = "take a heartbeat that names no destination, and leave the one that is known"


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
    add("--firmware", type=_text, default=FIRMWARE, metavar="V", help="firmware that it tells")
    add("--serial", type=_text, default=SERIAL, metavar="SN", help="serial number that it tells")
    add(
        "--clock-offset",
        type=_offset,
        default=0.0,
        metavar="S",
        help="its clock is S s ahead, or -S behind",
    )
    add(
        "--transport", type=_transport, default="HTTP", metavar="T", help="reports over http or tcp"
    )
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


def _offset(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not abs(seconds) <= OFFSET_MAX_S:
        raise _wrong(f"seconds between -{OFFSET_MAX_S} and {OFFSET_MAX_S}")
    return seconds


def _every(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not EVERY_MIN_S <= seconds <= EVERY_MAX_S:
        raise _wrong(f"seconds, {EVERY_MIN_S} to {EVERY_MAX_S}")
    return seconds


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _wrong("a whole number of up to 9 digits")
    return int(text)


def _transport(text: str) -> str:
    if text.upper() not in ("HTTP", "TCP"):
        raise _wrong("http, tcp")
    return text.upper()


def _style(text: str) -> str:
    if text not in STYLES:
        raise _wrong(", ".join(STYLES))
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
