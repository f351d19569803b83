"""Garbage is found, and in the GUI thread only."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from hbgui.runtime.process import Garbage


class Knot:
    """Refers to itself: only a look for garbage ends it."""

    def __init__(self, ended: list[str]) -> None:
        self.me = self
        weakref.finalize(self, lambda: ended.append(threading.current_thread().name))


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_only_the_gui_thread_looks(qtbot: QtBot) -> None:
    ended: list[str] = []
    garbage = Garbage()
    gc.enable()  # as Python has it
    garbage.start()
    for _ in range(2000):
        Knot(ended)
    # A thread that makes as much as would have Python look for garbage there.
    made: list[list[Knot]] = []
    thread = threading.Thread(target=lambda: made.append([Knot([]) for _ in range(5000)]))
    thread.start()
    thread.join()
    assert ended == []
    qtbot.waitUntil(lambda: len(ended) == 2000)
    assert set(ended) == {"MainThread"}
