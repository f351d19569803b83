"""The benchmarks run; what they measure is nobody's test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("script", "options", "members"),
    [
        ("heartbeat.py", ["--rounds", "3"], {"http_ratio", "tls_ratio"}),
        ("command.py", ["--rounds", "1"], {"version_ratio", "help_ratio", "send_ratio"}),
        ("startup.py", ["--runs", "1"], {"first_paint_ratio", "rss_ratio"}),
    ],
)
def test_a_benchmark_runs(script: str, options: list[str], members: set[str]) -> None:
    command = [sys.executable, str(ROOT / "bench" / script), *options, "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert members <= told.keys()


def bench(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one in a bare environment."""
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "TMPDIR")}
    return subprocess.run(
        [sys.executable, *command],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("script", ["heartbeat.py", "startup.py", "history.py", "command.py"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_benchmark_names_the_libraries_that_are_missing(script: str, options: list[str]) -> None:
    """Without site-packages there are none."""
    ran = bench("-S", str(ROOT / "bench" / script), *options, DISPLAY=":0")
    assert ran.returncode == 1
    [line] = ran.stderr.splitlines()
    assert "PySide6, requests" in line
    assert ("trustme" in line) == (script == "heartbeat.py")
    assert "`make bench` installs" in line


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_benchmark_names_the_display_that_is_missing(tmp_path: Path, options: list[str]) -> None:
    ran = bench(str(ROOT / "bench" / "startup.py"), *options, PATH=str(tmp_path))
    assert ran.returncode == 1
    assert ran.stderr.startswith("This benchmark needs Xvfb: not found here. `make bench`")


def test_make_bench_sets_up_first() -> None:
    # A make around the tests would have a word in this one.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", "-n", "bench"]
    ran = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True
    )
    first, *rest = ran.stdout.splitlines()
    assert first.endswith("packaging/setup.sh test")
    scripts = [line.split()[-1] for line in rest]
    assert scripts == ["bench/startup.py", "bench/heartbeat.py", "bench/command.py"]
