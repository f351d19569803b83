"""The benchmarks run; what they measure is nobody's test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_heartbeat_benchmark_runs() -> None:
    command = [sys.executable, str(ROOT / "bench/heartbeat.py"), "--rounds", "3", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert {"http_ratio", "tls_ratio"} <= told.keys()
