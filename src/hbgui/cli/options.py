"""The options of `hbgui receive`."""

from __future__ import annotations

import argparse
import contextlib
import re
from collections.abc import Callable

from hbgui.core.diagnosis import DIAGNOSIS_TIMEOUT_S
from hbgui.core.pbx.address import AddressError, check_host, literal_or_none
from hbgui.core.pbx.profile import DEFAULT_PORT
from hbgui.core.pbx.typed import as_utf8, trimmed

RECEIVE = """\
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


REPORT = """\
report:
  a diagnosis that sends no heartbeat, the heartbeats of the window's history, and what they do
  not tell. A command receives no reports, so that their arrival is always among what was not
  tested; the window can test it. The file is written whatever the diagnosis finds; the exit code
  is that of its first broken link.

"""


def add_report(parser: argparse.ArgumentParser, timeout: Callable[[str], float]) -> None:
    """Add them; `timeout` reads seconds."""
    add = parser.add_argument
    add("--profile", type=as_utf8, metavar="NAME", required=True, help="a PBX of the window")
    add(
        "--out",
        metavar="FILE",
        required=True,
        help="the HTML file, in a folder that exists; - is standard output",
    )
    for name, what in (
        ("technician", "who tested (the one of the window)"),
        ("company", "for which company (the one of the window)"),
        ("customer", "customer and site"),
        ("note", "a free note"),
    ):
        add(f"--{name}", type=as_utf8, metavar="TEXT", help=what)
    seconds = f"seconds for the diagnosis ({DIAGNOSIS_TIMEOUT_S:g})"
    add("--timeout", type=timeout, metavar="S", default=DIAGNOSIS_TIMEOUT_S, help=seconds)
    add("--json", action="store_true", help="one JSON object about what was written")


EXIT_CODES = """\
exit codes:
  0 done       1 refused by the PBX   2 bad input   3 unreachable or timed out
  4 certificate not trusted   5 no token available   6 unclear answer or redirected
  70 a fault in hbgui itself
"""

WHENCE = """\
token:
  from --token-stdin, else the variable HBGUI_TOKEN, else the profile's entry in the keyring.
  There is no option that takes it: other users of this computer can read a command line.
"""

DIAGNOSE = """\
heartbeat:
  sent when --ip says where reports shall go, or when the PBX of --profile sends them there
  already; else not, since it could take them away from somebody.

"""

LOGIN = (
    """\
password:
  of the API account (Settings > PBX > General > API), not of the web page. From
  --password-stdin, else asked for. The PBX blocks a computer after 5 wrong ones.

token:
  goes into the keyring under --profile, which is made if need be, and nowhere else;
  without --profile it is printed, which --print-token must allow.

"""
    + EXIT_CODES
)

TOP = """\
  hbgui          opens the window
  hbgui --demo   opens it on a simulated PBX, in folders of its own

examples:
  hbgui send --pbx 192.168.5.150 --ip auto --token-stdin < token.txt
  hbgui keep --profile "Hotel Post" --every 10m
  hbgui login --pbx 192.168.5.150 --user api --password-stdin --profile "Hotel Post"
  hbgui trust --pbx 192.168.5.150
  hbgui receive --bind 192.168.5.20 --port 8260 --from 192.168.5.150
  hbgui diagnose --profile "Hotel Post"
  hbgui report --profile "Hotel Post" --out report.html
  hbgui simulate
"""
