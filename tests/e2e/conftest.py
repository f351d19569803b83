"""A desktop for each module, a simulator and a window for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.desktop import Desktop, desktop
from e2e.simulated import Simulated, simulated


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path) as ready:
        yield ready


@pytest.fixture
def simulator() -> Iterator[Simulated]:
    with simulated() as running:
        yield running
