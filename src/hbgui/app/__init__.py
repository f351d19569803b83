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
    ctrl_c_ends_process,
    fault_sentences,
    open_standard_streams,
    pyside_is_unsafe,
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
    except Exception as error:  # noqa: BLE001 - it is shown, and has its own exit code
        _print_fault(error)
    return FAULT


def _print_fault(error: Exception) -> None:
    show_fault(error)
    with contextlib.suppress(OSError):
        print("hbgui:", *fault_sentences(error), file=sys.stderr, flush=True)


def _main(arguments: list[str]) -> int:
    if arguments == [QT_FACTS_ARGUMENT]:
        from hbgui.cli.selftest import print_qt_facts

        return print_qt_facts()
    if arguments in WINDOW_ARGUMENTS:
        return _run_window(arguments)
    with ctrl_c_ends_process():
        from hbgui.cli import main as command_line

    code = command_line(arguments)
    # Else Python collects garbage again at the end: a fifth of the time of a short command.
    gc.freeze()
    return code


def build(arguments: list[str]) -> Program | SecondStart:
    """Build the program of the window without showing it; `arguments` may hold `--demo`.

    If a window of this user is open already, nothing is built, read or written.
    """
    # Until the first paint there is no garbage, and looking for it takes a tenth of that time.
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
        _print_fault(error)
    # A normal exit would let Qt abort the process if a thread still runs.
    os._exit(FAULT)


def _not_started(code: str) -> int:
    from hbgui.texts.notes import note_message

    message = note_message(code)
    print(f"hbgui: {message.text}", file=sys.stderr)
    return 2


def _why_no_window() -> str:
    import PySide6

    from hbgui.texts.notes import note_message

    if pyside_is_unsafe(PySide6.__version__, sys.version_info):
        python = ".".join(map(str, sys.version_info[:2]))
        return (
            f"PySide6 {PySide6.__version__} aborts after a while on Python {python}. "
            "Install PySide6-Essentials below 6.12, or use Python 3.12 or newer."
        )
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        message = note_message("display_none")
        return f"{message.title}. {message.advice}"
    return ""
