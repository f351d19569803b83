"""What has to be in place before Qt starts: nothing it prints may hold a secret."""

from __future__ import annotations

import logging
import os

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from hbgui.adapters.redact import Redactor
from hbgui.adapters.ways_out import close_ways_out

_UNWELCOME = ("QT_LOGGING_RULES", "QT_LOGGING_CONF", "SSLKEYLOGFILE", "HBGUI_TOKEN")
"""Qt's debug categories print typed passwords; the next one makes TLS write its keys. The last one
is for the command line: here it would only go on to whatever program the window may start."""

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
}


def prepare_qt(redactor: Redactor) -> None:
    """Send Qt's and Python's own messages through the redactor. Before QApplication."""
    for name in _UNWELCOME:
        os.environ.pop(name, None)
    close_ways_out(redactor)
    log = logging.getLogger("qt")

    def handle(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        log.log(_LEVELS.get(kind, logging.ERROR), "%s: %s", context.category, text)

    qInstallMessageHandler(handle)
