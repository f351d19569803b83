"""What a start of the command line costs, side by side with a bare `requests.post` process.

Both send to the same port of this computer, where nobody listens, so that no server is measured.
The processes take turns. What counts is CPU time, of user and system together: it depends less on
what else the computer does than time on the clock.

    version_ratio, help_ratio   hbgui --version, --help / the bare process; aim: at most 0.5
    send_ratio                  hbgui send / the bare process; aim: at most 1.5

Ratios are of medians; `send_ratio_of_minima` is of the best run of each. With `--json` the last
line is one object with these and the medians in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from needs import need

SOURCE = Path(__file__).resolve().parents[1] / "src"
TOKEN = "0f" * 16
CHILD_TIMEOUT_S = 60

BARE = """
import sys
import requests
try:
    url = f"http://127.0.0.1:{sys.argv[1]}/api/v1.1.0/heartbeat"
    requests.post(url, params={"token": sys.stdin.read().strip()}, json={"port": "8260"}, timeout=5)
except requests.ConnectionError:
    sys.exit(3)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--rounds", type=int, default=20, help="runs of each process (20)")
    args = parser.parse_args()
    need()
    with tempfile.TemporaryDirectory() as home, closed_port() as port:
        runs = measure(processes(port), args.rounds, environment(home))
    report(runs, as_json=args.json)


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of this computer that refuses connections: it is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def environment(home: str) -> dict[str, str]:
    """The same for all, with compiled modules as installed programs have."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "HBGUI_"))}
    kept = {k: v for k, v in kept.items() if not k.lower().endswith("_proxy")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"HOME": home, "PYTHONPATH": str(SOURCE)}


def processes(port: int) -> dict[str, tuple[list[str], int]]:
    """What is compared, by name: the arguments of Python, and the exit code."""
    pbx = f"http://127.0.0.1:{port}"
    send = ["send", "--pbx", pbx, "--ip", "127.0.0.1", "--token-stdin"]
    return {
        "bare": (["-c", BARE, str(port)], 3),
        "version": (["-m", "hbgui", "--version"], 0),
        "help": (["-m", "hbgui", "--help"], 0),
        "send": (["-m", "hbgui", *send], 3),
    }


def measure(
    processes: dict[str, tuple[list[str], int]], rounds: int, where: dict[str, str]
) -> dict[str, list[tuple[float, float]]]:
    """CPU time and time on the clock of each run, in milliseconds; the first of each is left out,
    which may compile modules."""
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in processes}
    for turn in range(rounds + 1):
        for name, (arguments, code) in processes.items():
            times = run(arguments, code, where)
            if turn:
                took[name].append(times)
    return took


def run(arguments: list[str], code: int, where: dict[str, str]) -> tuple[float, float]:
    """Run one to its end; its CPU time and time on the clock in milliseconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ran = subprocess.run(
        [sys.executable, *arguments],
        env=where,
        input=TOKEN,
        capture_output=True,
        text=True,
        timeout=CHILD_TIMEOUT_S,
    )
    wall_s = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode != code:
        raise SystemExit(f"{arguments} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu_s * 1000, wall_s * 1000


def report(runs: dict[str, list[tuple[float, float]]], *, as_json: bool) -> None:
    cpu = {name: [cpu_ms for cpu_ms, _wall_ms in times] for name, times in runs.items()}
    wall = {name: median(wall_ms for _cpu_ms, wall_ms in times) for name, times in runs.items()}
    medians = {name: median(times) for name, times in cpu.items()}
    result = {f"{name}_ratio": medians[name] / medians["bare"] for name in runs if name != "bare"}
    result["send_ratio_of_minima"] = min(cpu["send"]) / min(cpu["bare"])
    print(f"{'process':8} {'CPU median':>13} {'minimum':>10} {'on the clock':>15}")
    for name, times in cpu.items():
        print(f"{name:8} {medians[name]:10.1f} ms {min(times):7.1f} ms {wall[name]:12.1f} ms")
    for name, ratio in result.items():
        print(f"{name:20} {ratio:.3f}")
    if as_json:
        rounded = {name: round(value, 3) for name, value in medians.items()}
        ratios = {name: round(ratio, 3) for name, ratio in result.items()}
        print(json.dumps({**ratios, "cpu_medians_ms": rounded}))


if __name__ == "__main__":
    main()
