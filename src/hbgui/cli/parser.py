"""The options. No value that was typed is ever echoed: it might be the token."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, NoReturn

from hbgui import __version__
from hbgui.cli import options
from hbgui.cli.options import DIAGNOSE, EXIT_CODES, LOGIN, TOP, WHENCE, add_receive
from hbgui.cli.options import RECEIVE as RECEIVE_EPILOG
from hbgui.cli.streams import say
from hbgui.core.api.heartbeat import TOTAL_TIMEOUT_S
from hbgui.core.api.schedule import parse_duration
from hbgui.core.diagnosis import DIAGNOSIS_TIMEOUT_S
from hbgui.core.pbx.connection import TlsLevel, TlsMode, parse_fingerprint
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.profile import ApiVersion, UrlField
from hbgui.core.pbx.typed import as_utf8, trimmed

USAGE = 2
TIMEOUT_MAX_S = 300.0

COMMANDS = (
    *("send", "keep", "login", "logout", "check", "diagnose", "report", "trust", "receive"),
    *("selftest", "simulate"),
)

_OPTION = re.compile(r"--?[a-z][a-z-]{0,20}\Z")


class UsageError(Exception):
    """A command line that cannot be. The text names the option and what it allows."""

    def __init__(self, text: str, command: str) -> None:
        super().__init__(text)
        self.command = command


class _Parser(argparse.ArgumentParser):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **kwargs)

    def _print_message(self, message: str, _file: object = None) -> None:
        """Help and version: argparse keeps quiet of what it could not write."""
        say(message.removesuffix("\n"))

    def error(self, message: str) -> NoReturn:
        # argparse quotes what was typed, and with it the commands.
        if message.startswith("argument COMMAND"):
            message = "there is no such command; allowed: " + ", ".join(COMMANDS)
        hidden = re.sub(r"(['\"]).*\1", "(not shown)", message, flags=re.DOTALL)
        raise UsageError(hidden, self.prog)

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: None = None
    ) -> argparse.Namespace:
        parsed, unknown = self.parse_known_args(args, namespace)
        if unknown:
            name = unknown[0].partition("=")[0]
            shown = f" {name}" if _OPTION.match(name) else ""
            command = getattr(parsed, "command", None)
            raise UsageError(
                f"there is no option{shown}, or it takes no value",
                f"{self.prog} {command}" if command else self.prog,
            )
        return parsed


def build_parser(*, simulating: bool) -> argparse.ArgumentParser:
    """The parser of `hbgui` and its commands; the simulator is loaded only when `simulating`."""
    top = _Parser(
        prog="hbgui",
        description="Heartbeats for Yeastar S-Series PBXs: they keep an API token alive and tell "
        "the PBX where to send its event reports.",
        epilog=TOP,
    )
    top.add_argument("--version", action="version", version=f"hbgui {__version__}")
    top.add_argument("--demo", action="store_true", help="only without a command: see below")
    top.add_argument(
        "--minimized", action="store_true", help="only without a command: start without the window"
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    send = commands.add_parser("send", help="send one heartbeat", epilog=WHENCE + EXIT_CODES)
    _add_target(send)
    _add_token(send)
    keep = commands.add_parser(
        "keep", help="send heartbeats until Ctrl-C", epilog=WHENCE + EXIT_CODES
    )
    _add_target(keep)
    _add_token(keep)
    keep.add_argument(
        "--every",
        type=_duration,
        metavar="DURATION",
        help="interval, as 30s or 10m (10m); 30s and up, for a PBX on this computer any",
    )
    keep.add_argument(
        "--move",
        action="store_true",
        help="move the reports when their place changes, as --ip auto on another network; else "
        "they stay where they go, and it is said",
    )
    keep.add_argument("--count", type=_count, metavar="N", help="end after N heartbeats")
    login = commands.add_parser(
        "login", help="get a token with the API's user name and password", epilog=LOGIN
    )
    _add_target(login)
    _add_login(login)
    logout = commands.add_parser(
        "logout",
        help="end a token on the PBX, and with it its reports",
        epilog=WHENCE + EXIT_CODES,
    )
    _add_target(logout)
    _add_token(logout)
    check = commands.add_parser(
        "check",
        help="ask whether a token is alive, without moving anybody's reports",
        epilog=WHENCE + EXIT_CODES,
    )
    _add_target(check)
    _add_token(check)
    diagnose = commands.add_parser(
        "diagnose",
        help="look at every link between this computer and reports that arrive",
        epilog=DIAGNOSE + WHENCE + EXIT_CODES,
    )
    _add_target(diagnose, DIAGNOSIS_TIMEOUT_S)
    _add_token(diagnose)
    report = commands.add_parser(
        "report",
        help="write a sign-off report for the customer, as one HTML file",
        epilog=options.REPORT + WHENCE + EXIT_CODES,
    )
    options.add_report(report, _timeout)
    _add_token(report)
    trust = commands.add_parser(
        "trust", help="show a PBX's certificate, and trust it", epilog=EXIT_CODES
    )
    _add_pbx(trust)
    trust.add_argument("--yes", action="store_true", help="with --profile: trust what is shown")
    receive = commands.add_parser(
        "receive", help="show the reports that a PBX sends, until Ctrl-C", epilog=RECEIVE_EPILOG
    )
    add_receive(receive)
    selftest = commands.add_parser(
        "selftest",
        help="say what this computer gives hbgui to work with, without secrets",
        epilog="exit codes:\n  0 all is there   5 no keyring can be used\n",
    )
    selftest.add_argument("--json", action="store_true", help="one JSON object")
    simulate = commands.add_parser("simulate", help="be a PBX to rehearse with")
    if simulating:
        from hbgui.simulator.command import add_arguments

        add_arguments(simulate)
    return top


def _add_pbx(parser: argparse.ArgumentParser, timeout_s: float = TOTAL_TIMEOUT_S) -> None:
    add = parser.add_argument
    add("--pbx", metavar="URL", help="the PBX: host, host:port or URL; https and 8088 if left out")
    add(
        "--profile",
        type=as_utf8,
        metavar="NAME",
        help="take what is left out from a PBX of the window",
    )
    add(
        "--tls",
        type=_tls,
        metavar="system|insecure|pin:SHA256",
        help="whom to believe: this computer's issuers, anybody, or one certificate (system)",
    )
    add(
        "--insecure",
        dest="tls",
        action="store_const",
        const=(TlsMode.INSECURE, ""),
        help="the same as --tls insecure",
    )
    add(
        "--tls-level",
        type=_choice(TlsLevel),
        metavar=_listed(TlsLevel),
        help="which TLS to speak (compatible)",
    )
    add("--proxy", metavar="URL|system|none", help="HTTP proxy on the way (none)")
    seconds = f"seconds in all ({timeout_s:g})"
    add("--timeout", type=_timeout, metavar="S", default=timeout_s, help=seconds)
    add("--json", action="store_true", help="one JSON object per result")


def _add_token(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--token-stdin", action="store_true", help="read the token from standard input"
    )


def _add_login(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--user", type=as_utf8, metavar="NAME", help="user name of the API, not of the web page")
    add("--password-stdin", action="store_true", help="read the password from standard input")
    add("--print-token", action="store_true", help="print the token: whoever sees it can use it")


def _add_target(parser: argparse.ArgumentParser, timeout_s: float = TOTAL_TIMEOUT_S) -> None:
    _add_pbx(parser, timeout_s)
    add = parser.add_argument
    add("--ip", metavar="ADDR|auto", help="application server's address; auto: route to the PBX")
    add("--port", metavar="N", help="port of the application server, 1 to 65535 (8260)")
    add("--url", metavar="U", help="where reports go there; alone it is relative")
    add("--url-mode", type=_choice(UrlMode), metavar=_listed(UrlMode), help="how to read --url")
    add(
        "--url-field",
        type=_choice(UrlField),
        metavar=_listed(UrlField),
        help="name of the mode's field; usual: urlflag under v1.1.0, urltag under v2.0.0",
    )
    add("--api", type=_choice(ApiVersion), metavar=_listed(ApiVersion), help="version (v1.1.0)")


def _listed(kind: type[StrEnum]) -> str:
    return "|".join(kind)


def _choice(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    def parse(text: str) -> StrEnum:
        try:
            return kind(text)
        except ValueError:
            pass
        raise argparse.ArgumentTypeError("allowed: " + ", ".join(kind))

    return parse


def _tls(text: str) -> tuple[TlsMode, str]:
    """Mode and pin. A fingerprint that is too short must never pass for a pin."""
    word, colon, rest = trimmed(text).partition(":")
    try:
        if word.lower() == "pin" and colon:
            return TlsMode.PINNED, parse_fingerprint(rest)
        if not colon and word in (TlsMode.SYSTEM, TlsMode.INSECURE):
            return TlsMode(word), ""
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(
        "allowed: system, insecure, or pin: and the 64 hex digits of a certificate's SHA-256"
    )


def _timeout(text: str) -> float:
    # float() takes digits of other scripts, too.
    seconds = (
        float(text) if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}", text) else 0.0
    )
    if not 0 < seconds <= TIMEOUT_MAX_S:
        raise argparse.ArgumentTypeError(f"allowed: above 0, up to {TIMEOUT_MAX_S:g} seconds")
    return seconds


def _duration(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError("allowed: a duration as 30s, 10m or 1h")


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or int(text) == 0:
        raise argparse.ArgumentTypeError("allowed: a whole number from 1")
    return int(text)
