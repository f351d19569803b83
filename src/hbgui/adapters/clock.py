"""A clock that counts the computer's sleep."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from hbgui.core.values import Moment


class SystemClock:
    """Fulfils `core.ports.Clock`. Any thread may call it."""

    def __init__(self) -> None:
        self._elapsed_s = _sleep_counting_clock()

    def now(self) -> Moment:
        """The present time: seconds that include sleep, and the time of day in UTC."""
        return Moment(self._elapsed_s(), datetime.now(UTC))


class LargerClock:
    """Seconds, for systems without a clock that counts sleep: made from two other clocks.

    At each call the larger of the two clocks' steps is added. The monotonic clock stops during
    sleep, and the wall clock may be set back. An error makes this clock run ahead: what is due is
    done too early, never too late. Any thread may call it.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._clocks = (monotonic, wall)
        self._lock = threading.Lock()
        self._last = (monotonic(), wall())
        self._elapsed_s = 0.0

    def __call__(self) -> float:
        with self._lock:
            now = (self._clocks[0](), self._clocks[1]())
            self._elapsed_s += max(now[0] - self._last[0], now[1] - self._last[1])
            self._last = now
            return self._elapsed_s


if sys.platform == "win32":
    import ctypes

    def _sleep_counting_clock() -> Callable[[], float]:
        # Counts sleep and hibernation, in steps of 10 to 16 ms. time.monotonic is another clock
        # from Python 3.13 on.
        ticks_ms = ctypes.windll.kernel32.GetTickCount64
        ticks_ms.restype = ctypes.c_uint64
        return lambda: ticks_ms() / 1000

elif sys.platform == "darwin":

    def _sleep_counting_clock() -> Callable[[], float]:
        # Both monotonic clocks of macOS go on in sleep (clock_gettime(3)). The raw one is
        # mach_continuous_time: setting the wall clock does not touch it. time.monotonic is
        # mach_absolute_time, which stands still.
        return lambda: time.clock_gettime(time.CLOCK_MONOTONIC_RAW)

else:

    def _sleep_counting_clock() -> Callable[[], float]:
        try:
            time.clock_gettime(time.CLOCK_BOOTTIME)
        except (AttributeError, OSError):
            return LargerClock()
        return lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
