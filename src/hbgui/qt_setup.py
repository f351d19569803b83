"""What has to be in place before Qt starts: nothing it prints may hold a secret."""

from __future__ import annotations

import logging
import os

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from hbgui.adapters.redact import Redactor, install_hooks

_UNWELCOME = ("QT_LOGGING_RULES", "QT_LOGGING_CONF", "SSLKEYLOGFILE")
"""Qt's debug categories print typed passwords; the last one makes TLS write its keys."""

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
}


def prepare_qt(redactor: Redactor) -> None:
    """Send Qt's and Python's own messages through the redactor. Before QApplication."""
    for name in _UNWELCOME:
        os.environ.pop(name, None)
    install_hooks(redactor)
    log = logging.getLogger("qt")

    def handle(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        log.log(_LEVELS.get(kind, logging.ERROR), "%s: %s", context.category, text)

    qInstallMessageHandler(handle)
