"""`hbgui report`: a sign-off report of one PBX, as one HTML file."""

from __future__ import annotations

import argparse
import contextlib
import os
import stat
from dataclasses import replace
from pathlib import Path

from hbgui import __version__
from hbgui.adapters.files.atomic_write import write_atomically
from hbgui.cli.diagnose import token_source
from hbgui.cli.invocation import Invocation, PbxInvocation, prepare
from hbgui.cli.memory import CommandAdapters
from hbgui.cli.options import TOKEN_EPILOG, Command, add_timeout, add_token
from hbgui.cli.output import EXIT_CODES, Output
from hbgui.cli.running import call_until_signal
from hbgui.cli.streams import UsageError, say_data
from hbgui.core.api.errors import StorageError
from hbgui.core.diagnosis import DIAGNOSIS_TIMEOUT_S, Diagnosis, StepId
from hbgui.core.pbx.typed import as_utf8
from hbgui.core.signoff.signoff import ROWS_MAX, HistoryRead, SignOff, Who, chosen
from hbgui.core.signoff.verdict import overall
from hbgui.texts.signoff.page import signoff_html
from hbgui.texts.signoff.words import (
    failed_points,
    open_points,
    signoff_summary,
    signoff_verdict,
    untested_points,
)
from hbgui.texts.translation import TimeFormat

STDOUT = "-"


def _add_options(parser: argparse.ArgumentParser) -> None:
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
    add_timeout(parser, DIAGNOSIS_TIMEOUT_S, "seconds for the diagnosis")
    add("--json", action="store_true", help="one JSON object about what was written")
    add_token(parser)


def _run(invocation: Invocation) -> int:
    """Diagnose the PBX without moving its reports, and write the report; the exit code."""
    path = _place(invocation.args)
    job = prepare(invocation)
    token = token_source(job)
    diagnosis = call_until_signal(
        # Without a guard no heartbeat is sent.
        lambda cancel: job.adapters.diagnoser.diagnose(
            job.checked, token, None, cancel, timeout_s=job.args.timeout
        ),
        job.adapters.new_cancel,
    )
    signoff = _signoff(job, diagnosis)
    _write(signoff, path, job.adapters)
    _tell(signoff, path, job.output)
    return EXIT_CODES[diagnosis.kind]


def _place(args: argparse.Namespace) -> Path | None:
    """The file, None for standard output. Raises UsageError for anything that is not a file."""
    if args.out == STDOUT:
        if not args.json:
            return None
        raise _usage("--json: not with --out -, which prints the report itself")
    path, why = _file_named(args.out)
    if path is None:
        raise _usage(f"--out: {why}")
    return path


def _usage(text: str) -> UsageError:
    return UsageError(text, "hbgui report")


def _file_named(name: str) -> tuple[Path | None, str]:
    """The path, whether the file exists or not; None with the reason if no file can have it."""
    no_file = "that is no name of a file"
    if not name.strip() or "\0" in name:
        return None, no_file
    try:
        path = Path(name).expanduser()
        # The target of a symbolic link is replaced, not the link.
        target = Path(os.path.realpath(path))
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(path.stat().st_mode):
                return None, no_file
        if stat.S_ISDIR(target.parent.stat().st_mode):
            return target, ""
    except RuntimeError:
        return None, "there is no user of that name whose folder ~ could be"
    except (FileNotFoundError, NotADirectoryError):
        return None, f"there is no folder {Path(name).parent}"
    except OSError as error:
        return None, f"{no_file}. The system says: {error.strerror}"
    return None, f"there is no folder {target.parent}"


def _signoff(job: PbxInvocation, diagnosis: Diagnosis) -> SignOff:
    args, now = job.args, job.adapters.clock.now().utc
    known = job.loaded.settings.preferences
    who = Who(
        known.technician if args.technician is None else args.technician,
        known.company if args.company is None else args.company,
        args.customer or "",
        args.note or "",
    )
    signoff = SignOff(
        now,
        job.profile,
        who.bounded(),
        job.pbx_url,
        __version__,
        diagnosis=diagnosis,
        by_command=True,
    )
    route = signoff.step(StepId.ROUTE)
    values = route.values if route else {}
    signoff = replace(signoff, ip=values.get("ip", ""), adapter=values.get("adapter", ""))
    try:
        sent = job.adapters.read_heartbeats(job.profile.id, ROWS_MAX)
    except StorageError:
        return replace(signoff, history=HistoryRead.UNREADABLE)
    if sent is None:
        return replace(signoff, history=HistoryRead.NONE)
    return replace(signoff, attempts=chosen(sent, now, job.pbx_url))


def _write(signoff: SignOff, path: Path | None, adapters: CommandAdapters) -> None:
    """Write the report to `path`, None: standard output. Raises UsageError."""
    html = signoff_html(signoff, TimeFormat(), adapters.redactor.text)
    data = adapters.redactor.data(html.encode())
    if path is None:
        say_data(data)
        return
    try:
        write_atomically(path, data)
        return
    except OSError as error:
        why = error.strerror or type(error).__name__
    raise _usage(f"--out: {path} cannot be written. The system says: {why}.")


def _tell(signoff: SignOff, path: Path | None, output: Output) -> None:
    when = TimeFormat()
    failed = failed_points(signoff, when)
    open_ = open_points(signoff, when)
    untested = untested_points(signoff, when)
    verdict, summary = signoff_verdict(signoff), signoff_summary(signoff)
    if output.as_json:
        kind = signoff.diagnosis.kind if signoff.diagnosis else None
        members: dict[str, object] = {
            "outcome": kind,
            "pbx": signoff.address,
            "verdict": overall(signoff),
            "written": str(path),
            "message": f"{verdict}. {summary}",
            "failed": failed,
            "open": open_,
            "not_tested": untested,
        }
        output.members(members)
        return
    written = "" if path is None else f"Written: {path}"
    lines = [*failed, *(f"Open: {text}" for text in open_)]
    lines += [f"Not tested: {text}" for text in untested]
    head = f"{signoff.profile.label}: {verdict}"
    output.lines(head, summary, *lines, written, to_stderr=path is None)


REPORT = Command(
    _add_options,
    _run,
    """\
report:
  a diagnosis that sends no heartbeat, the heartbeats of the window's history, and what they do
  not tell. A command receives no reports, so that their arrival is always among what was not
  tested; the window can test it. The file is written whatever the diagnosis finds; the exit code
  is that of its first broken link.

"""
    + TOKEN_EPILOG,
    ("outcome", "pbx", "verdict", "written", "message", "failed", "open", "not_tested"),
)
