"""The window in a notification area: hidden by closing, never lost, quiet unless it matters."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.desktop import Desktop, Hbgui, wait_for
from e2e.simulated import Simulated, enter
from session_bus import end

HOST = Path(__file__).with_name("tray_host.py")


class TrayHost:
    def __init__(self, screen: Desktop) -> None:
        self._process = subprocess.Popen(
            ["/usr/bin/python3", "-I", str(HOST)],
            env=screen.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def ask(self, word: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer
        return answer["result"]

    def close(self) -> None:
        end(self._process)


@pytest.fixture
def tray(screen: Desktop) -> Iterator[TrayHost]:
    made = TrayHost(screen)
    yield made
    made.close()


def shown(screen: Desktop) -> bool:
    return bool(screen.run("xdotool", "search", "--onlyvisible", "--name", "^hbgui$").stdout)


def in_front(screen: Desktop) -> bool:
    """Whether the window takes keys. A window manager that is busy may need to be asked again."""
    if screen.run("xdotool", "getactivewindow", "getwindowname").stdout == "hbgui\n":
        return True
    screen.run("xdotool", "search", "--onlyvisible", "--name", "^hbgui$", "windowactivate")
    return False


def test_closing_hides_and_a_click_brings_it_back(
    screen: Desktop, simulator: Simulated, tray: TrayHost
) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        wait_for(lambda: tray.ask("items"))
        window.press("keepAliveButton")
        window.sees("stateLabel", "accepts")
        wait_for(lambda: in_front(screen))
        screen.run("xdotool", "key", "ctrl+w")
        window.sees("closeTitle", "Hotel Post")
        window.press("backgroundButton")
        wait_for(lambda: not shown(screen))
        assert window.process.poll() is None
        assert any("Hotel Post: The PBX accepts" in line for line in tray.ask("menu"))
        wait_for(lambda: "Hotel Post" in " ".join(tray.ask("tip")))
        tray.ask("activate")
        wait_for(lambda: shown(screen))
        # It has explained itself; from now on it just hides.
        wait_for(lambda: in_front(screen))
        screen.run("xdotool", "key", "ctrl+w")
        wait_for(lambda: not shown(screen))
        second = Hbgui(screen)
        with second:
            assert second.process.wait(60) == 0
        wait_for(lambda: shown(screen))
        tray.ask("click Quit")
        assert window.process.wait(60) == 0
        assert window.printed() == ""


def test_a_start_in_the_tray_shows_no_window(
    screen: Desktop, simulator: Simulated, tray: TrayHost
) -> None:
    with Hbgui(screen, "--minimized") as window:
        wait_for(lambda: tray.ask("items"))
        assert not shown(screen)
        tray.ask("activate")
        wait_for(lambda: shown(screen))
        assert window.quit() == 0
        assert window.printed() == ""


def test_a_stopped_schedule_is_told_with_the_name_first(
    screen: Desktop, simulator: Simulated, tray: TrayHost
) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        wait_for(lambda: tray.ask("items"))
        window.type("token", "0f" * 16)
        window.press("keepAliveButton")
        window.sees("messageBar", "does not know this token")
        (note,) = wait_for(lambda: tray.ask("notes"))
        assert note[0] == "Hotel Post: no more heartbeats"
        assert "0f" * 16 not in " ".join(note)
        assert window.quit() == 0
