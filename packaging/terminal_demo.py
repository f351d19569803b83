"""The main job without a window: three heartbeats to the built-in PBX, each shown.

Ends with 0 when the PBX accepted every one of them, else with 1.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COUNT = 3
TOTAL_TIMEOUT_S = 60
HBGUI = [sys.executable, "-m", "hbgui"]


def main() -> int:
    """Start the simulator, keep its token alive for three heartbeats, stop it again."""
    signal.signal(signal.SIGALRM, time_is_up)
    signal.alarm(TOTAL_TIMEOUT_S)
    try:
        accepted = beat()
    except KeyboardInterrupt:
        return 130
    except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
        print(f"The built-in PBX or the heartbeat did not work: {error!r}", file=sys.stderr)
        return 1
    print(f"{accepted} of {COUNT} heartbeats accepted.")
    return 0 if accepted == COUNT else 1


def time_is_up(_signal: int, _frame: object) -> None:
    """One deadline for everything."""
    raise TimeoutError(f"no end within {TOTAL_TIMEOUT_S} seconds")


@contextmanager
def hbgui(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A running hbgui, which is stopped at the end."""
    process = subprocess.Popen(
        [*HBGUI, *arguments],
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
        text=True,
    )
    try:
        yield process
        process.terminate()
        process.wait(5)
    finally:
        process.kill()
        process.communicate()


def beat() -> int:
    """Send the heartbeats and print each; how many the PBX accepted."""
    with hbgui("simulate", "--bind", "127.0.0.1", "--port", "0", "--json") as simulator:
        assert simulator.stdout is not None
        first_line = simulator.stdout.readline()
        if not first_line:
            raise ValueError("the simulator did not start")
        ready = json.loads(first_line)
        print(f"The built-in PBX answers at {ready['listening']}.", flush=True)
        where = ["--pbx", ready["listening"], "--ip", "127.0.0.1", "--port", "8260"]
        often = ["--every", "0.5s", "--count", str(COUNT), "--json"]
        with hbgui("keep", *where, *often, HBGUI_TOKEN=ready["token"]) as keep:
            assert keep.stdout is not None
            accepted = sum(show(json.loads(line)) for line in keep.stdout)
            return accepted if keep.wait() == 0 else 0


def show(beat: dict[str, object]) -> bool:
    """Print one heartbeat; whether it was accepted."""
    good = beat["outcome"] == "accepted"
    if good:
        until = beat["token_good_until"]
        what = f"reports go to {beat['report_target']}, token good until {until}"
    else:
        what = str(beat["message"])
    print(f"{beat['outcome']}: {what}", flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
