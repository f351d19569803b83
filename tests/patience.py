"""What "at once" means on a machine that is busy with other things."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer

PATIENCE_S = 30.0
"""No machine is that busy. What is to end at once is tried against something that would go on for
far longer, so that the difference shows however slow the machine is."""

HANG_S = 100.0
"""For something that hangs: far longer than the patience, shorter than a test may take."""


@contextmanager
def at_once(limit_s: float = PATIENCE_S) -> Iterator[None]:
    """What is done inside must not wait for a thing that hangs.

    A shorter limit is for things that give up by themselves after some seconds.
    """
    began = time.monotonic()
    yield
    took_s = time.monotonic() - began
    assert took_s < limit_s, f"it took {took_s:.1f} s"


@contextmanager
def little_work(limit_s: float = 5.0) -> Iterator[None]:
    """What this thread does inside costs little processor time, whatever else the machine does.

    The limit is far above what is right and far below what quadratic work takes.
    """
    began = time.thread_time()
    yield
    took_s = time.thread_time() - began
    assert took_s < limit_s, f"it took {took_s:.1f} s of the processor"


def hurry(thing: QObject) -> None:
    """Let what a Qt object does again and again come at once and all the time."""
    timers = thing.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert timers, "it does nothing by itself"
    for timer in timers:
        timer.setInterval(10)
