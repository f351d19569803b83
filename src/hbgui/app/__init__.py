"""The start of the program: its window, or a command."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hbgui.process import (
    FAULT,
    QT_FACTS_ARGUMENT,
    bad_pair,
    ended_at_once,
    fault_sentences,
    open_standard_streams,
    show_fault,
)

if TYPE_CHECKING:
    from hbgui.app.second_start import SecondStart
    from hbgui.app.window import Program

WINDOW_ARGUMENTS: tuple[list[str], ...] = ([], ["--demo"], ["--minimized"])
"""The command lines that open the window; all others are commands."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run hbgui with these arguments (default: the program's own); the exit code."""
    open_standard_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _main(arguments)
    except Exception as error:  # noqa: BLE001 - it is told, and has a code of its own
        _tell_fault(error)
    return FAULT


def _tell_fault(error: Exception) -> None:
    show_fault(error)
    with contextlib.suppress(OSError):
        print("hbgui:", *fault_sentences(error), file=sys.stderr, flush=True)


def _main(arguments: list[str]) -> int:
    if arguments == [QT_FACTS_ARGUMENT]:
        from hbgui.cli.selftest import print_qt_facts

        return print_qt_facts()
    if arguments in WINDOW_ARGUMENTS:
        return _run_window(arguments)
    with ended_at_once():
        from hbgui.cli import main as command_line

    code = command_line(arguments)
    # Python looks for garbage once more as it ends: a fifth of the time of a short command.
    gc.freeze()
    return code


def build(arguments: list[str]) -> Program | SecondStart:
    """Put the window's program together without showing it; `arguments` may hold `--demo`.

    Where this user's window is open already, nothing is built, read or written.
    """
    # Nothing that is made until the first paint is garbage: looking for some costs a tenth of it.
    gc.disable()
    from hbgui.app.window import build as build_window

    return build_window(arguments)


def _run_window(arguments: list[str]) -> int:
    problem = _why_no_window()
    if problem:
        print(f"hbgui: {problem}", file=sys.stderr)
        return 2
    try:
        program = build(arguments)
        if program.shown_by_another():
            return 0
        return program.run()
    except Exception as error:  # noqa: BLE001 - as in `main`
        from hbgui.core.api.errors import StorageError

        if isinstance(error, StorageError) and error.code == "no_home":
            return _not_started(error.code)
        _tell_fault(error)
    # Qt would abort the process over a thread that still runs.
    os._exit(FAULT)


def _not_started(code: str) -> int:
    from hbgui.texts.notes import note_message

    told = note_message(code)
    print(f"hbgui: {told.title}. {told.why} {told.advice}", file=sys.stderr)
    return 2


def _why_no_window() -> str:
    import PySide6

    from hbgui.texts.notes import note_message

    if bad_pair(PySide6.__version__, sys.version_info):
        python = ".".join(map(str, sys.version_info[:2]))
        return (
            f"PySide6 {PySide6.__version__} aborts after a while on Python {python}. "
            "Install PySide6-Essentials below 6.12, or use Python 3.12 or newer."
        )
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        told = note_message("display_none")
        return f"{told.title}. {told.advice}"
    return ""
