"""Qt's set-up: its messages pass the redactor, and a sentence is said where it would abort."""

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

_UNWELCOME = ("QT_LOGGING_RULES", "QT_LOGGING_CONF", "SSLKEYLOGFILE", "HBGUI_TOKEN")
"""Qt's debug categories print typed passwords; the next one makes TLS write its keys. The last one
is for the command line: here it would only go on to whatever program the window may start."""

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
}
_DEAD = ("could not connect to display", "Failed to create wl_display")
"""What Qt says of an X server and of a Wayland compositor that it cannot reach."""

_BROKE = ("connection broke", "connection experienced a fatal error")
"""What Qt says when one of them has ended, just before it ends the process itself."""

NO_DISPLAY = 2
"""The exit code without a display, as for any bad input."""

Handler = Callable[[QtMsgType, QMessageLogContext, str | None], None]


def prepare_qt(redactor: Redactor) -> None:
    """Send Qt's and Python's own messages through the redactor. Before QApplication."""
    for name in _UNWELCOME:
        os.environ.pop(name, None)
    redact_process_output(redactor)
    qInstallMessageHandler(_log)
    # A message after the end of Python would crash the process.
    atexit.register(qInstallMessageHandler, None)


def new_application() -> QApplication:
    """The one application. Ends the process with a sentence and `NO_DISPLAY` where Qt cannot open
    a window: Qt itself would abort it."""
    said: list[str] = []

    def collect(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        if kind is QtMsgType.QtFatalMsg:
            tell(*_why_no_window([*said, text or ""]))
            sys.stderr.flush()
            os._exit(NO_DISPLAY)
        if kind is QtMsgType.QtWarningMsg:
            said.append(text or "")
        else:
            _log(kind, context, text)

    qInstallMessageHandler(collect)
    app = QApplication([sys.argv[0] or "hbgui"])
    qInstallMessageHandler(_log)
    for text in said:
        logging.getLogger("qt").warning("%s", text)
    app.setApplicationName("hbgui")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("hbgui")
    return app


def when_display_dies(end: Callable[[], None]) -> None:
    """Call `end` in the GUI thread when the display has gone. Qt ends the process right after."""

    def watch(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        if any(words in (text or "") for words in _BROKE):
            # Not again for what is said meanwhile.
            qInstallMessageHandler(_log)
            end()
        _log(kind, context, text)

    qInstallMessageHandler(watch)


def tell(code: str, values: Mapping[str, str]) -> None:
    """Write one of the notes to standard error, on one line."""
    message = note_message(code, values)
    rest = " ".join(part for part in (message.why, message.advice) if part)
    who = "" if message.title.startswith("hbgui") else "hbgui: "
    if sys.stderr is not None:
        print(f"{who}{message.title}. {rest}", file=sys.stderr, flush=True)


def _why_no_window(said: list[str]) -> tuple[str, dict[str, str]]:
    if any(text.startswith(_DEAD) for text in said):
        names = (os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
        return "display_dead", {"display": " / ".join(filter(None, names)) or "?"}
    return "display_unusable", {"detail": said[0].partition("\n")[0]}


def _log(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
    log = logging.getLogger("qt")
    log.log(_LEVELS.get(kind, logging.ERROR), "%s: %s", context.category, text)
