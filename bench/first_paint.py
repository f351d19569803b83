"""Opens one kind of window and prints what its first paint cost, as JSON. Run by startup.py.

    first_paint.py widget|form|hbgui STARTED_S

STARTED_S is the reading of the monotonic clock just before this process was started. Little is
imported here, and late, so that each kind pays for its own imports only.
"""

import sys
import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class FirstPaint(QObject):
    """Prints the milliseconds and the memory when the window has been painted, and quits."""

    def __init__(self, window: QWidget, started_s: float) -> None:
        super().__init__()
        self.window = window
        self.started_s = started_s
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.window and event.type() == QEvent.Type.Paint:
            self.window.removeEventFilter(self)
            # The children are painted within this same event: the next turn of the loop is after.
            QTimer.singleShot(0, self.report)
        return False

    def report(self) -> None:
        first_paint_ms = (time.monotonic() - self.started_s) * 1000
        print(f'{{"first_paint_ms": {first_paint_ms:.1f}, "rss_mib": {rss_mib():.1f}}}', flush=True)
        QCoreApplication.quit()


def rss_mib() -> float:
    """Memory of this process that is in RAM, in MiB (Linux)."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - pathlib costs
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def bare_widget() -> QWidget:
    """The least that Qt can show."""
    widget = QWidget()
    widget.resize(960, 640)
    return widget


def bare_form() -> QWidget:
    """A main window with twelve rows, as hbgui's form has, and nothing behind it."""
    from PySide6.QtWidgets import QFormLayout, QLineEdit, QMainWindow, QPushButton

    QApplication.setStyle("Fusion")
    window = QMainWindow()
    form = QWidget()
    rows = QFormLayout(form)
    for number in range(11):
        rows.addRow(f"Field {number}", QLineEdit())
    rows.addRow(QPushButton("Send"))
    window.setCentralWidget(form)
    window.menuBar().addMenu("File").addAction("Quit")
    window.resize(960, 640)
    return window


def main(kind: str, started_s: float) -> int:
    """Show the window until its first paint."""
    if kind == "hbgui":
        from hbgui import app

        hbgui = app.build([])
        watch = FirstPaint(hbgui.window, started_s)
        hbgui.start()
        status = QCoreApplication.exec()
        hbgui.close()
    else:
        application = QApplication(sys.argv[:1])
        window = bare_widget() if kind == "widget" else bare_form()
        watch = FirstPaint(window, started_s)
        window.show()
        status = application.exec()
    del watch
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
