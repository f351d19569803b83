"""What a screen reader says by itself when a state changes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from e2e.desktop import Desktop, Hbgui, wait_for
from session_bus import end

LISTENER = Path(__file__).with_name("a11y_listener.py")


@contextmanager
def listening(screen: Desktop) -> Iterator[list[str]]:
    command = ["/usr/bin/python3", "-I", str(LISTENER)]
    process = subprocess.Popen(command, env=screen.env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "listening\n"
    heard: list[str] = []
    lines = process.stdout
    reader = Thread(target=lambda: heard.extend(line.strip() for line in lines), daemon=True)
    reader.start()
    try:
        yield heard
    finally:
        end(process)
        reader.join(5)
        lines.close()


def test_a_new_state_is_said_once(screen: Desktop) -> None:
    with listening(screen) as heard, Hbgui(screen, "--demo") as window:
        window.sees("stateLabel", "No heartbeat")
        for _ in range(2):
            window.press("sendButton")
            wait_for(lambda: "The PBX accepts the heartbeat" in heard)
        assert heard.count("The PBX accepts the heartbeat") == 1
        assert window.quit() == 0
