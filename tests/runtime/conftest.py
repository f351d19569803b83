"""What several tests of the runtime start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from runtime.reporting import Listening


@pytest.fixture
def listening(qtbot: QtBot) -> Iterator[Listening]:
    one = Listening(qtbot)
    yield one
    one.receiver.close()
