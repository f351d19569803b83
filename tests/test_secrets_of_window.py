"""What the window prints and hands on: never a token."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

from leaks import ending, files, leaks

SOURCE = Path(__file__).resolve().parents[1] / "src"


def test_whoever_starts_a_child_chooses_its_environment() -> None:
    """What the program starts itself gets an environment that was looked through."""
    ways = {"QProcess", "webbrowser", "multiprocessing", "pty"}
    bare = {f"{kind}{how}" for kind in ("exec", "spawn", "posix_spawn") for how in _endings(kind)}
    bare |= {"system", "popen", "fork", "forkpty", "startfile"}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Name | ast.alias):
                assert getattr(node, "id", getattr(node, "name", "")) not in ways, path.name
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            assert owner != "os" or node.func.attr not in bare, path.name
            if owner == "subprocess":
                assert "env" in {keyword.arg for keyword in node.keywords}, path.name


def _endings(kind: str) -> tuple[str, ...]:
    return ("", "p") if kind == "posix_spawn" else ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")


WINDOW = """
import logging, os, subprocess, sys, warnings
from PySide6.QtCore import QTimer, qCritical, qWarning
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from hbgui.app import build
from hbgui.simulator.server import Simulator

secret = sys.stdin.readline().rstrip("\\n")
made, start = [], Simulator.start
Simulator.start = lambda simulator: made.append(simulator) or start(simulator)
program = build(["--demo"])
(pbx,), window = made, program.window
print("demo", pbx.token)
pbx.admit(secret)

def mistake():
    raise ValueError("mistake " + secret + pbx.token)

def use():
    field = window.findChild(QLineEdit, "token")
    field.setText("")
    QTest.keyClicks(field, secret)
    window.findChild(QPushButton, "sendButton").click()
    QTimer.singleShot(1500, tell)

def tell():
    print("sent", [r.token for r in pbx.requests] == [secret])
    qWarning("warned " + secret)
    qCritical(f"alarmed token={pbx.token}")
    logging.getLogger("other").error("logged %s", secret)
    QTimer.singleShot(0, mistake)
    child = "import os; print('VARIABLES', *os.environ)"
    subprocess.run([sys.executable, "-c", child])
    QTimer.singleShot(200, program.app.quit)

QTimer.singleShot(200, use)
sys.exit(program.run())
"""


def test_the_window_prints_it_nowhere(tmp_path: Path) -> None:
    secret = "a%2Bb&amp;\"'<>\\/?=#+;%s9"
    env = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
        "HBGUI_TOKEN": secret,
        "QT_LOGGING_RULES": "*.debug=true",
    }
    process = subprocess.Popen(
        [sys.executable, "-u", "-X", "dev", "-c", WINDOW],
        env=env,
        cwd=tmp_path,
        text=True,
        **dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE),
    )
    with ending(process):
        out, err = process.communicate(secret + "\n", timeout=30)
    assert process.returncode == 0, err
    first, _, out = out.partition("\n")
    demo = first.removeprefix("demo ")
    assert "sent True" in out
    assert "VARIABLES" in out
    assert "HBGUI_TOKEN" not in out
    for said in ("warned ***", "alarmed token=***", "logged ***", "ValueError: mistake ******"):
        assert said in err
    for token in (secret, demo):
        assert not leaks(out + err + files(tmp_path), token)
