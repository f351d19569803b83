"""What holds for every test. The desktop that `make test` runs them on is in packaging/test.sh."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from patience import PATIENCE_S

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    # Without a display Qt would abort the whole run.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


if hasattr(signal, "SIGHUP"):
    # Under nohup it is ignored, by the programs that tests start, too.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# The usual 5 s are too short for a machine that is busy with other things.
QtBot.waitUntil.__kwdefaults__["timeout"] = int(PATIENCE_S * 1000)

TESTS_A_LOOK = 20


@pytest.fixture(autouse=True)
def garbage_in_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the program: what holds widgets must not be found by another thread."""
    gc.disable()
    yield
    count = request.session.stash.get(_tests, 0) + 1
    request.session.stash[_tests] = count
    gc.collect(2 if count % TESTS_A_LOOK == 0 else 1)


_tests: pytest.StashKey[int] = pytest.StashKey()
