"""The three heartbeats of `make run` without a window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
READY = {"listening": "http://127.0.0.1:1", "token": "t" * 32, "user": "u", "password": "p"}
BEAT = {
    "outcome": "accepted",
    "report_target": "127.0.0.1:8260",
    "token_good_until": "2026-01-02T03:04:05Z",
    "message": "the PBX said no",
}


def demo(source: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run it with the hbgui in `source`."""
    return subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "terminal_demo.py")],
        env={**os.environ, "PYTHONPATH": str(source), "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=90,
    )


def test_three_heartbeats_are_shown_as_accepted(tmp_path: Path) -> None:
    ran = demo(ROOT / "src", tmp_path)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert len([line for line in lines if line.startswith("accepted: ")]) == 3
    assert lines[-1] == "3 of 3 heartbeats accepted."


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (["accepted", "refused", "accepted"], 0),
        (["accepted", "accepted"], 0),
        (["accepted", "accepted", "accepted"], 3),
        ([], 2),
    ],
)
def test_it_fails_when_any_heartbeat_failed(
    outcomes: list[str], status: int, tmp_path: Path
) -> None:
    """An hbgui that misbehaves: the real one cannot be made to."""
    beats = [json.dumps({**BEAT, "outcome": outcome}) for outcome in outcomes]
    (tmp_path / "hbgui").mkdir()
    # A package proper: without this file the installed one would be found.
    (tmp_path / "hbgui" / "__init__.py").touch()
    (tmp_path / "hbgui" / "__main__.py").write_text(
        f"""import sys, time
if sys.argv[1] == "simulate":
    print({json.dumps(READY)!r}, flush=True)
    time.sleep(60)
print({chr(10).join(beats)!r}) if {beats!r} else None
sys.exit({status})
"""
    )
    ran = demo(tmp_path, tmp_path)
    assert ran.returncode == 1
    assert "3 of 3" not in ran.stdout


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="needs the environment of make run")
@pytest.mark.parametrize(
    ("display", "words"),
    [({}, "There is no display here"), ({"DISPLAY": ":987"}, "The display :987 cannot be used")],
)
def test_without_a_usable_display_it_runs_in_the_terminal(
    display: dict[str, str], words: str, tmp_path: Path
) -> None:
    ran = subprocess.run(
        ["sh", str(ROOT / "packaging" / "run.sh")],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **display},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert words in ran.stdout
    assert ran.stdout.count("accepted: ") == 3
