"""Options, help texts and JSON members that several commands share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from hbgui.core.api.heartbeat import TOTAL_TIMEOUT_S
from hbgui.core.pbx.connection import TlsLevel, TlsMode, parse_fingerprint
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.profile import ApiVersion, UrlField
from hbgui.core.pbx.typed import as_utf8, trimmed

if TYPE_CHECKING:
    from hbgui.cli.invocation import Invocation

TIMEOUT_MAX_S = 300.0

CODES_EPILOG = """\
exit codes:
  0 done       1 refused by the PBX   2 bad input   3 unreachable or timed out
  4 certificate not trusted   5 no token available   6 unclear answer or redirected
  70 a fault in hbgui itself
"""

TOKEN_EPILOG = (
    """\
token:
  from --token-stdin, else the variable HBGUI_TOKEN, else the profile's entry in the keyring.
  There is no option that takes it: other users of this computer can read a command line.
"""
    + CODES_EPILOG
)

ATTEMPT: tuple[str, ...] = (
    *("outcome", "pbx", "errno", "message", "advice", "http_status", "latency_ms"),
    *("report_target", "token_good_until"),
)
"""Members of the JSON object of a request."""


class Command(NamedTuple):
    """A command, as the parser and `cli.main` use it.

    `run` returns the exit code. It raises UsageError, which is shown to the person, and Cancelled
    after a signal. `members` are those that its JSON object always has.
    """

    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Invocation], int]
    epilog: str = TOKEN_EPILOG
    members: tuple[str, ...] = ATTEMPT


def add_pbx(parser: argparse.ArgumentParser, timeout_s: float = TOTAL_TIMEOUT_S) -> None:
    """Add which PBX, the way to it, and `--json`. `timeout_s` is the default, in seconds."""
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
    _add_choice(parser, "--tls-level", TlsLevel, "which TLS to speak (compatible)")
    add("--proxy", metavar="URL|system|none", help="HTTP proxy on the way (none)")
    add_timeout(parser, timeout_s, "seconds in all")
    add("--json", action="store_true", help="one JSON object per result")


def add_target(parser: argparse.ArgumentParser, timeout_s: float = TOTAL_TIMEOUT_S) -> None:
    """Add the PBX, and where it shall send its reports."""
    add_pbx(parser, timeout_s)
    add = parser.add_argument
    add("--ip", metavar="ADDR|auto", help="application server's address; auto: route to the PBX")
    add("--port", metavar="N", help="port of the application server, 1 to 65535 (8260)")
    add("--url", metavar="U", help="where reports go there; alone it is relative")
    _add_choice(parser, "--url-mode", UrlMode, "how to read --url")
    _add_choice(
        parser,
        "--url-field",
        UrlField,
        "name of the mode's field; usual: urlflag under v1.1.0, urltag under v2.0.0",
    )
    _add_choice(parser, "--api", ApiVersion, "version (v1.1.0)")


def add_token(parser: argparse.ArgumentParser) -> None:
    """Add where the token comes from."""
    parser.add_argument(
        "--token-stdin", action="store_true", help="read the token from standard input"
    )


def add_target_with_token(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that sends one request with a token."""
    add_target(parser)
    add_token(parser)


def add_timeout(parser: argparse.ArgumentParser, timeout_s: float, text: str) -> None:
    """Add `--timeout` with its default in seconds."""
    parser.add_argument(
        "--timeout", type=_timeout, metavar="S", default=timeout_s, help=f"{text} ({timeout_s:g})"
    )


def _add_choice(
    parser: argparse.ArgumentParser, option: str, kind: type[StrEnum], text: str
) -> None:
    def parse(typed: str) -> StrEnum:
        try:
            return kind(typed)
        except ValueError:
            pass
        raise argparse.ArgumentTypeError("allowed: " + ", ".join(kind))

    parser.add_argument(option, type=parse, metavar="|".join(kind), help=text)


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
    # float() would accept digits of other scripts.
    seconds = (
        float(text) if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}", text) else 0.0
    )
    if not 0 < seconds <= TIMEOUT_MAX_S:
        raise argparse.ArgumentTypeError(f"allowed: above 0, up to {TIMEOUT_MAX_S:g} seconds")
    return seconds
