"""A window on a real runtime, whose PBX, keyring and file are the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.ui.main_window import MainWindow
from runtime.world import World, running

FIXED = ServerAddress(AddressKind.FIXED, "192.168.5.20")
POST = Profile("post", "Hotel Post", "http://192.168.5.150", server=FIXED)
CLINIC = Profile("clinic", "Clinic North", "http://192.168.5.151", server=FIXED, port="9000")


def new_window(world: World, memory: Path | None, selected: str = "") -> MainWindow:
    """A window on that runtime; `memory` is its file for geometry and choices."""
    return MainWindow(
        world.hub,
        world.supervisor,
        world.accounts,
        world.diagnostics,
        world.history,
        world.desktop,
        world.reception,
        memory,
        selected,
    )


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    with running(tmp_path, Settings((POST, CLINIC))) as built:
        yield built


@pytest.fixture
def window(world: World, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    made = new_window(
        world,
        tmp_path / "window.ini",
    )
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.end()
    made.deleteLater()
    # At once: each new window makes Qt style all those that are still there.
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)
