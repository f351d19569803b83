"""Plays steps on a simulator, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from hbgui.simulator.connection import TICK_S
from hbgui.simulator.steps import Stage, Step

CLOSE_S = 0.4


class Player:
    """Begins once a target is registered; while none is, reports wait.

    `tell` hears in words of what is done besides reports, and of what goes wrong.
    """

    def __init__(self, stage: Stage, steps: Iterable[Step], tell: Callable[[str], None]) -> None:
        self._stage = stage
        self._steps = steps
        self._tell = tell
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulator-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it. May be called again."""
        self._closing.set()
        if self._thread is not threading.current_thread():
            self._thread.join(CLOSE_S)

    def wait(self, timeout_s: float) -> bool:
        """Wait until all is played; False when it was not in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._somebody()
        for step in self._steps:
            self._closing.wait(step.after_s)
            if step.report is not None:
                self._somebody()
            if self._closing.is_set():
                return
            self._play(step)
        self._tell("no more events")

    def _somebody(self) -> None:
        """Wait for a registered target."""
        while not self._stage.registered and not self._closing.wait(TICK_S / 2):
            pass

    def _play(self, step: Step) -> None:
        if step.report is not None:
            self._stage.send_report(step.report)
        if step.act is not None:
            self._tell(step.words)
            try:
                step.act(self._stage)
            except (OSError, ValueError) as error:
                self._tell(f"that failed: {error}")
