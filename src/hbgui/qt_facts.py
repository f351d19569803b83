"""What Qt finds on this computer. Run as a process of its own: without a display Qt aborts."""

from __future__ import annotations

import json

ARGUMENT = "--qt-facts"
"""The whole command line of that process."""


def main() -> int:
    """Print the facts as one JSON object."""
    import PySide6
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QFontDatabase, QFontInfo, QGuiApplication
    from PySide6.QtWidgets import QApplication, QSystemTrayIcon

    QApplication(["hbgui"])
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    facts = {
        "pyside": PySide6.__version__,
        "qt": qVersion(),
        "qt_platform": QGuiApplication.platformName(),
        "tray": QSystemTrayIcon.isSystemTrayAvailable(),
        "color_scheme": QGuiApplication.styleHints().colorScheme().name.lower(),
        "fonts": {
            "ui": QFontInfo(QGuiApplication.font()).family(),
            "fixed": QFontInfo(fixed).family(),
            "families": len(QFontDatabase.families()),
        },
    }
    print(json.dumps(facts), flush=True)
    return 0
