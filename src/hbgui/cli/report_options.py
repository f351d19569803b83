"""The options of `hbgui report`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hbgui.core.diagnosis import DIAGNOSIS_TIMEOUT_S
from hbgui.core.pbx.typed import as_utf8

EPILOG = """\
report:
  a diagnosis that sends no heartbeat, the heartbeats of the window's history, and what they do
  not tell. A command receives no reports, so that their arrival is always among what was not
  tested; the window can test it. The file is written whatever the diagnosis finds; the exit code
  is that of its first broken link.

"""


def add_to(parser: argparse.ArgumentParser, timeout: Callable[[str], float]) -> None:
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
    # What other commands can be told about the way to the PBX is the profile's here.
    parser.set_defaults(tls=None, proxy=None)
