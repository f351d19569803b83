"""The same jobs without a window: `hbgui send`, `keep`, `check`, `diagnose` and more.

Never loads QtWidgets or QtGui.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hbgui.cli.output import Output
from hbgui.cli.parser import USAGE, UsageError, build_parser
from hbgui.cli.running import INTERRUPTED
from hbgui.cli.world import World, real_world
from hbgui.starting import ended_at_once

READER_GONE = 141
"""As shells have it for SIGPIPE: nobody was told the result, so that 0 would be a guess."""

_CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EIO}

_OF_ENDLESS = {"keep", "simulate", "--help", "-h", "--version"}


def main(argv: Sequence[str] | None = None, new_world: Callable[[], World] = real_world) -> int:
    """Run a command line; the exit code. Main thread only: it handles signals."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if sys.stdout is None:  # closed by who started us: `hbgui receive >&-`
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
    try:
        return _run(arguments, new_world)
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain about that at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0 if _OF_ENDLESS & set(arguments) else READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.errno not in _CANNOT_WRITE:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        why = error.strerror
    print(f"hbgui: the result cannot be written: {why}", file=sys.stderr)
    return USAGE


def _run(arguments: list[str], new_world: Callable[[], World]) -> int:
    try:
        args = build_parser(simulating="simulate" in arguments).parse_args(arguments)
    except UsageError as error:
        named = arguments[0] if arguments else ""
        Output(as_json="--json" in arguments, command=named).usage(str(error), error.command)
        return USAGE
    except SystemExit as done:  # --help and --version
        sys.stdout.flush()  # here somebody catches that its reader has gone
        return int(done.code or 0)
    if args.command == "simulate":
        from hbgui.simulator.command import run as simulate

        return simulate(args)
    with ended_at_once():
        command = importlib.import_module(f"hbgui.cli.{args.command}")
    world = new_world()
    try:
        code: int = command.run(args, world)
    finally:
        world.memory.close()
    return code
