"""The set-up of Qt: its messages, its application object, the loss of its display."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from collections.abc import Callable, Mapping

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from hbgui import __version__
from hbgui.adapters.secrets.redact import Redactor, redact_process_output
from hbgui.texts.notes import note_message

_REMOVED_VARIABLES = ("QT_LOGGING_RULES", "QT_LOGGING_CONF", "SSLKEYLOGFILE", "HBGUI_TOKEN")
"""Environment variables that are removed. Qt's debug categories print typed passwords;
SSLKEYLOGFILE makes TLS write its keys; HBGUI_TOKEN is for commands only, and would be inherited by
programs that the window starts."""

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
}
_CANNOT_CONNECT = ("could not connect to display", "Failed to create wl_display")
"""Qt's messages when it cannot reach an X server or a Wayland compositor."""

_CONNECTION_LOST = ("connection broke", "connection experienced a fatal error")
"""Qt's messages when one of them has ended. Qt ends the process right after."""

NO_DISPLAY = 2
"""The exit code without a display, as for any bad input."""

Handler = Callable[[QtMsgType, QMessageLogContext, str | None], None]


def prepare_qt(redactor: Redactor) -> None:
    """Send Qt's and Python's own messages through the redactor. Before QApplication."""
    for name in _REMOVED_VARIABLES:
        os.environ.pop(name, None)
    redact_process_output(redactor)
    qInstallMessageHandler(_log)
    # A message after the end of Python would crash the process.
    atexit.register(qInstallMessageHandler, None)


def new_application() -> QApplication:
    """Create the QApplication. If Qt cannot open a window, it would abort the process: instead a
    note is printed and the process ends with `NO_DISPLAY`."""
    warnings: list[str] = []

    def collect(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        if kind is QtMsgType.QtFatalMsg:
            print_note(*_why_no_window([*warnings, text or ""]))
            sys.stderr.flush()
            os._exit(NO_DISPLAY)
        if kind is QtMsgType.QtWarningMsg:
            warnings.append(text or "")
        else:
            _log(kind, context, text)

    qInstallMessageHandler(collect)
    app = QApplication([sys.argv[0] or "hbgui"])
    qInstallMessageHandler(_log)
    for text in warnings:
        logging.getLogger("qt").warning("%s", text)
    app.setApplicationName("hbgui")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("hbgui")
    return app


def when_display_closes(end: Callable[[], None]) -> None:
    """Call `end` in the GUI thread when the display has gone. Qt ends the process right after."""

    def watch(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        if any(words in (text or "") for words in _CONNECTION_LOST):
            # Removed first, so that later messages do not call `end` again.
            qInstallMessageHandler(_log)
            end()
        _log(kind, context, text)

    qInstallMessageHandler(watch)


def print_note(code: str, values: Mapping[str, str]) -> None:
    """Print the note with that code on one line to standard error."""
    message = note_message(code, values)
    rest = " ".join(part for part in (message.why, message.advice) if part)
    prefix = "" if message.title.startswith("hbgui") else "hbgui: "
    if sys.stderr is not None:
        print(f"{prefix}{message.title}. {rest}", file=sys.stderr, flush=True)


def _why_no_window(warnings: list[str]) -> tuple[str, dict[str, str]]:
    if any(text.startswith(_CANNOT_CONNECT) for text in warnings):
        names = (os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
        return "display_dead", {"display": " / ".join(filter(None, names)) or "?"}
    return "display_unusable", {"detail": warnings[0].partition("\n")[0]}


def _log(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
    log = logging.getLogger("qt")
    log.log(_LEVELS.get(kind, logging.ERROR), "%s: %s", context.category, text)
