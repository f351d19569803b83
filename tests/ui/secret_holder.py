"""A program with a secret field, driven by words on its standard input; it answers each in JSON.

Another program on the same X server sees what the field leaves there.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.secret_edit import SecretEdit

SECRET = "swordfish-0815"
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def middle(widget: QWidget) -> list[int]:
    place = widget.mapToGlobal(widget.rect().center())
    return [place.x(), place.y()]


def main() -> None:
    app = QApplication(sys.argv[:1])
    window = QWidget()
    secrets = SecretClipboard(clear_after_ms=int(sys.argv[1]))
    field = SecretEdit("secret", "showButton", secrets)
    field.edit.setText(SECRET)
    other = QLineEdit("not so secret")
    layout = QVBoxLayout(window)
    layout.addWidget(field)
    layout.addWidget(other)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, 10_000)
    edit = field.edit
    edit.setFocus()
    show = field.findChild(QPushButton)
    doings = {
        "show": lambda: show.setChecked(True),
        "hide": lambda: show.setChecked(False),
        "wipe": field.wipe,
        "leave": other.setFocus,
        "vanish": field.hide,
        "sweep": lambda: QTest.keyClick(edit, Qt.Key.Key_Home, SHIFT),
        "copy": lambda: QTest.keyClick(edit, "c", CONTROL),
        "cut all": lambda: QTest.keyClick(edit, "u", CONTROL),
        "other": lambda: (other.setFocus(), QTest.keyClick(other, Qt.Key.Key_Home, SHIFT)),
        # What a clipboard manager does that does not heed the hints, and any other program.
        "take over": lambda: app.clipboard().setText(SECRET),
        "copy other": lambda: app.clipboard().setText("not so secret"),
        "owns": lambda: app.clipboard().ownsClipboard(),
        "note": field.copied_note,
        "hide window": window.hide,
        "where": lambda: [middle(edit), middle(other)],
        "other text": other.text,
        "quit": app.quit,
    }

    def obey() -> None:
        word = sys.stdin.readline().strip()
        print(json.dumps(doings.get(word, app.quit)(), default=str), flush=True)

    notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
    notifier.activated.connect(obey)
    print("null", flush=True)
    app.exec()


main()
