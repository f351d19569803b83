"""What a process writes without being asked: the log, what nobody caught, a memory dump."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from hbgui.adapters.secrets.redact import Redactor


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line: arguments, exception and stack are in it by then."""

    def __init__(self, redactor: Redactor, fmt: str | None = None) -> None:
        super().__init__(fmt)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        try:
            text = super().format(record)
        except Exception as error:  # noqa: BLE001 - logging would print the bare arguments
            text = f"{record.name}: {record.msg!r} could not be written: {error!r}"
        return self._redactor.text(text)


def redact_process_output(redactor: Redactor) -> None:
    """Redact all that this process writes by itself: its log, and what nobody caught.

    Also no memory goes to disk when it crashes. Once, at the start, in the main thread.
    """
    _forbid_core_dumps()
    install_hooks(redactor)
    # Without a handler of ours, logging prints warnings as they are.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(redactor, "hbgui: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # It tells of odd answers in words for programmers; what they mean is told as their outcome.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _forbid_core_dumps() -> None:
    """Python cannot wipe a string: a dump would hold every secret of the session."""
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def install_hooks(redactor: Redactor) -> None:
    """Print what nobody caught, in any thread, to stderr without secrets."""

    def show(
        kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        if sys.stderr is not None:
            sys.stderr.write(redactor.text(text))

    def show_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            show(args.exc_type, args.exc_value, args.exc_traceback)

    def show_unraisable(args: sys.UnraisableHookArgs) -> None:
        show(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = show
    threading.excepthook = show_in_thread
    sys.unraisablehook = show_unraisable
