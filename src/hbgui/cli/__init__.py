"""The same jobs without a window: `hbgui send`, `keep`, `check`, `diagnose` and more.

Never loads QtWidgets or QtGui.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import threading
from collections.abc import Sequence

from hbgui.cli.output import Output
from hbgui.cli.parser import USAGE, UsageError, build_parser
from hbgui.cli.running import INTERRUPTED
from hbgui.cli.streams import NotWrittenError, say_aside
from hbgui.core.api.errors import StorageError
from hbgui.process import FAULT, ended_at_once, fault_sentences, show_fault
from hbgui.texts.notes import note_message

READER_GONE = 141
"""As shells have it for SIGPIPE: nobody was told the result, so that 0 would be a guess."""

_OF_ENDLESS = {"keep", "simulate", "--help", "-h", "--version"}

_MODULES = {"report": "signoff"}
"""Of commands that are called otherwise than their module."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code. Main thread only: it handles signals."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _told(arguments)
    except NotWrittenError as error:
        why = error.why
    except KeyboardInterrupt:
        return INTERRUPTED
    if not why:
        return 0 if _OF_ENDLESS & set(arguments) else READER_GONE
    say_aside(f"hbgui: the result cannot be written: {why}")
    return USAGE


def _told(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except NotWrittenError:
        raise
    except Exception as error:  # noqa: BLE001 - it is told, and has a code of its own
        show_fault(error)
        message, advice = fault_sentences(error)
    Output.of(arguments).fault(message, advice)
    return FAULT


def _run(arguments: list[str]) -> int:
    try:
        args = build_parser(simulating="simulate" in arguments).parse_args(arguments)
    except UsageError as error:
        Output.of(arguments).usage(str(error), error.command)
        return USAGE
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    if args.command == "simulate":
        return _simulate(args)
    try:
        with ended_at_once():
            module = _MODULES.get(args.command, args.command)
            command = importlib.import_module(f"hbgui.cli.{module}")
            from hbgui.cli.memory import CommandAdapters

            adapters = CommandAdapters()
    except StorageError as error:
        told = note_message(error.code)
        Output.of(arguments).usage(f"{told.title}. {told.why} {told.advice}", "")
        return USAGE
    try:
        code: int = command.run(args, adapters)
    finally:
        adapters.memory.close()
    return code


def _simulate(args: argparse.Namespace) -> int:
    from hbgui.cli.streams import UnblockedLines
    from hbgui.simulator.command import run

    ended = threading.Event()
    with UnblockedLines(lambda: ended.set() if lines.out.reader_gone else None) as lines:
        code = run(args, lines.out.write, lines.aside.write, ended)
    return USAGE if lines.unwritable else code
