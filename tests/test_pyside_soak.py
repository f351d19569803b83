"""PySide6 and Python go together: no reference is lost, and a bad pair is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hbgui.process import pyside_is_unsafe

SRC = Path(__file__).resolve().parents[1] / "src"

SOAK = """
import json, sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel

class Source(QObject):
    changed = Signal(bool)
    happened = Signal()

class Sink(QObject):
    def __init__(self):
        super().__init__()
        self.changes = self.happenings = 0
    def on_changed(self, value):
        self.changes += value is True
    def on_happened(self):
        self.happenings += 1

app = QApplication([])
source, sink, label = Source(), Sink(), QLabel()
source.changed.connect(sink.on_changed)
source.happened.connect(sink.on_happened)
constants = (None, True, False)
before = [sys.getrefcount(constant) for constant in constants]
for number in range(10_000):
    source.changed.emit(True)
    source.happened.emit()
    label.setText(f"text {number}")
after = [sys.getrefcount(constant) for constant in constants]
lost = [b - a for a, b in zip(after, before)]
print(json.dumps([sink.changes, sink.happenings, label.text(), lost]))
"""

REFUSED = """
import sys
import PySide6
PySide6.__version__ = "6.12.0"
sys.version_info = (3, 11, 7, "final", 0)
sys.argv = ["hbgui"]
from hbgui.app import main
sys.exit(main())
"""


def python(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(SRC),
        "HOME": str(home),
    }
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )


def test_ten_thousand_signals_and_texts_lose_no_reference(tmp_path: Path) -> None:
    ran = python(SOAK, tmp_path)
    assert ran.returncode == 0, ran.stderr[-2000:]
    changes, happenings, text, lost = json.loads(ran.stdout)
    assert (changes, happenings, text) == (10_000, 10_000, "text 9999")
    assert max(lost) < 1000, f"references of None, True, False lost: {lost}"


@pytest.mark.parametrize(
    ("pyside", "python_version", "bad"),
    [
        ("6.12.0", (3, 11, 7), True),
        ("6.12.1", (3, 11), True),
        ("6.13.0", (3, 11, 9, "final", 0), True),
        ("7.0.0", (3, 11), True),
        ("6.12.0a1", (3, 11), True),
        ("6.12.0", (3, 12, 0), False),
        ("6.12.0", (3, 13, 1), False),
        ("6.11.3", (3, 11, 7), False),
        ("6.9.3", (3, 11, 7), False),
        ("6.8.3", (3, 13), False),
        ("", (3, 11), False),
        ("unknown", (3, 11), False),
    ],
)
def test_bad_pair(pyside: str, python_version: tuple[int, ...], bad: bool) -> None:
    assert pyside_is_unsafe(pyside, python_version) is bad


def test_a_bad_pair_is_refused_at_start(tmp_path: Path) -> None:
    ran = python(REFUSED, tmp_path)
    assert ran.returncode > 0, "it started, or was killed by a signal"
    assert "6.12.0" in ran.stderr
    assert "3.11" in ran.stderr
    assert "Traceback" not in ran.stderr
