"""A small screen, and one with large pixels."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.desktop import Desktop, Hbgui, desktop, wait_for

SCALES = {"1": (640, 480), "2": (1280, 960)}


TITLE = 24
"""Pixels of the title bar here."""


def size(screen: Desktop) -> tuple[int, int]:
    """Width and height of the window in pixels; 0 while there is none."""
    found = screen.run(
        "xdotool", "search", "--onlyvisible", "--name", "^hbgui", "getwindowgeometry", "--shell"
    )
    told = dict(line.split("=") for line in found.stdout.split() if "=" in line)
    return int(told.get("WIDTH", 0)), int(told.get("HEIGHT", 0))


@pytest.mark.parametrize("scale", SCALES)
def test_the_window_fits_the_screen_and_works(tmp_path: Path, scale: str) -> None:
    across, down = SCALES[scale]
    with (
        desktop(tmp_path, keyring=False, screen=f"{across}x{down}") as screen,
        Hbgui(screen, "--demo", QT_SCALE_FACTOR=scale) as window,
    ):
        window.press("sendButton")
        window.sees("stateLabel", "accepts")
        wait_for(lambda: size(screen)[0])
        width, height = size(screen)
        assert width < across
        assert TITLE + height < down
        assert window.quit() == 0
