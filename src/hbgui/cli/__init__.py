"""The same jobs without a window: `hbgui send`, `keep`, `check`, `diagnose` and more.

Never loads QtWidgets or QtGui.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hbgui.cli.parser import COMMANDS, build_parser, command_named
from hbgui.cli.streams import (
    INTERRUPTED,
    READER_GONE,
    USAGE,
    NotWrittenError,
    UsageError,
    say_to_stderr,
)
from hbgui.process import FAULT, ctrl_c_ends_process, fault_sentences, show_fault

if TYPE_CHECKING:
    from hbgui.cli.output import Output

_OF_ENDLESS = {"keep", "simulate", "--help", "-h", "--version"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code. Main thread only: it handles signals."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run_reporting_faults(arguments)
    except NotWrittenError as error:
        why = error.why
    except KeyboardInterrupt:
        return INTERRUPTED
    if not why:
        return 0 if _OF_ENDLESS & set(arguments) else READER_GONE
    say_to_stderr(f"hbgui: the result cannot be written: {why}")
    return USAGE


def _run_reporting_faults(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except NotWrittenError:
        raise
    except Exception as error:  # noqa: BLE001 - it is shown, and has its own exit code
        show_fault(error)
        message, advice = fault_sentences(error)
    _new_output(arguments).fault(message, advice)
    return FAULT


def _run(arguments: list[str]) -> int:
    try:
        with ctrl_c_ends_process():
            args = build_parser().parse_args(arguments)
    except UsageError as error:
        _new_output(arguments).usage(error)
        return USAGE
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    from hbgui.cli.invocation import Invocation
    from hbgui.core.api.errors import Cancelled

    invocation = Invocation(args, _new_output(arguments))
    try:
        return command_named(args.command).run(invocation)
    except UsageError as error:
        invocation.output.usage(error)
        return USAGE
    except Cancelled:
        return INTERRUPTED
    finally:
        invocation.close()


def _new_output(arguments: list[str]) -> Output:
    """The output of a command line, whether that can be parsed or not."""
    from hbgui.cli.options import ATTEMPT
    from hbgui.cli.output import Output

    command = next((name for name in arguments[:1] if name in COMMANDS), "")
    members = ATTEMPT
    if command:
        with contextlib.suppress(ImportError, OSError, MemoryError):  # the run reports it
            members = command_named(command).members
    return Output(as_json="--json" in arguments, command=command, members=members)
