"""The options of `hbgui receive`."""

from __future__ import annotations

import argparse
import contextlib
import re

from hbgui.core.pbx.address import AddressError, check_host, literal_or_none
from hbgui.core.pbx.profile import DEFAULT_PORT
from hbgui.core.pbx.typed import trimmed

EPILOG = """\
A PBX sends its reports to where the last accepted heartbeat told it to: announce the same
address, port and path. With --json the first line is {"listening": URL}, then each report is
one object on one line.

exit codes:
  0 told to end, or nobody read the lines any more   2 bad input   3 cannot listen there
  2 also when the lines cannot be written, for instance to a full disk
"""


def add_receive(parser: argparse.ArgumentParser) -> None:
    """Give a parser these options."""
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
