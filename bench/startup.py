"""First paint and memory of hbgui against a bare QWidget and a bare form.

The kinds of window take turns, so that a busy moment of the computer hits all of them; medians
are compared. Without DISPLAY an Xvfb of its own is started.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from needs import need

HERE = Path(__file__).resolve().parent
KINDS = ("widget", "form", "hbgui")
CHILD_TIMEOUT_S = 60
XVFB_TIMEOUT_S = 10


@contextmanager
def display() -> Iterator[str]:
    """The name of an X display: the caller's, or an Xvfb for as long as it is needed."""
    if os.environ.get("DISPLAY"):
        yield os.environ["DISPLAY"]
        return
    reading, writing = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        # It writes its number when it is ready, and closes the pipe when it fails.
        with os.fdopen(reading) as pipe:
            ready, _, _ = select.select([pipe], [], [], XVFB_TIMEOUT_S)
            number = pipe.readline().strip() if ready else ""
        if not number:
            raise SystemExit("Xvfb did not start")
        yield f":{number}"
    finally:
        xvfb.terminate()
        xvfb.wait(XVFB_TIMEOUT_S)


def environment(display_name: str, home: str) -> dict[str, str]:
    """What the windows run in: the same for all, with compiled modules as installed ones have."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "XDG_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    kept["PYTHONPATH"] = str(HERE.parent / "src")
    return kept | {"DISPLAY": display_name, "HOME": home, "QT_QPA_PLATFORM": "xcb"}


def measure(kind: str, where: dict[str, str]) -> dict[str, float]:
    """Start one window and wait for its first paint."""
    ran = subprocess.run(
        [sys.executable, str(HERE / "first_paint.py"), kind, repr(time.monotonic())],
        env=where,
        capture_output=True,
        text=True,
        timeout=CHILD_TIMEOUT_S,
    )
    if ran.returncode != 0:
        raise SystemExit(f"{kind} failed ({ran.returncode}):\n{ran.stderr}")
    result: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return result


def middle(runs: list[dict[str, float]], what: str) -> float:
    """The median of one number over the runs."""
    return median(run[what] for run in runs)


def main() -> None:
    """Measure, and print a table or a table and one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="runs of each kind (default: 7)")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    options = parser.parse_args()
    need(program="" if os.environ.get("DISPLAY") else "Xvfb")
    results: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    with display() as name, tempfile.TemporaryDirectory() as home:
        where = environment(name, home)
        for kind in KINDS:
            measure(kind, where)  # warms the caches; not counted
        for _ in range(options.runs):
            for kind in KINDS:
                results[kind].append(measure(kind, where))
    bare_ms = middle(results["widget"], "first_paint_ms")
    bare_mib = middle(results["widget"], "rss_mib")
    print(f"{'window':8} {'first paint':>14} {'ratio':>6} {'memory':>12} {'ratio':>6}")
    for kind, runs in results.items():
        paint_ms, mib = middle(runs, "first_paint_ms"), middle(runs, "rss_mib")
        print(
            f"{kind:8} {paint_ms:11.1f} ms {paint_ms / bare_ms:6.2f}"
            f" {mib:8.1f} MiB {mib / bare_mib:6.2f}"
        )
    if options.json:
        hbgui = results["hbgui"]
        summary = {
            "first_paint_ratio": round(middle(hbgui, "first_paint_ms") / bare_ms, 3),
            "rss_ratio": round(middle(hbgui, "rss_mib") / bare_mib, 3),
            "bare_widget_ms": round(bare_ms, 1),
        }
        print(json.dumps(summary))


if __name__ == "__main__":
    main()
