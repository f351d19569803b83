"""Every panel looks as it did when a person last looked at it, in both schemes and two sizes.

To take new references after a change that is meant: `PICTURES=write` before the test command.
Look at each one before it is committed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import PySide6
import pytest
from PySide6.QtGui import QImage, QPainter

from session_bus import started, x_server

HERE = Path(__file__).parent
REFERENCES = HERE / "references"
PYSIDE = "6.11"
"""The version of the references: others draw letters and lines a little differently."""

STEP = 12
"""Of 255, in brightness: smaller differences are not seen."""

SHARE = 0.004
"""Of all pixels may differ more than that."""

NAMES = sorted(path.stem for path in REFERENCES.glob("*.png"))

pytestmark = pytest.mark.skipif(
    not PySide6.__version__.startswith(PYSIDE),
    reason=f"the references were painted by PySide6 {PYSIDE}",
)


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the panels look like now, one file each."""
    folder = tmp_path_factory.mktemp("pictures")
    env = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(HERE.parents[1] / "src"), str(HERE.parent)]),
        "FONTCONFIG_FILE": str(HERE / "fonts.conf"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "QT_QPA_PLATFORM": "xcb",
        "QT_FONT_DPI": "96",
        "QT_SCALE_FACTOR": "1",
        # Under this theme Qt can switch the scheme without a desktop.
        "XDG_CURRENT_DESKTOP": "GNOME",
    }
    with ExitStack() as stack:
        env["DISPLAY"] = x_server(stack, env, "1400x1000")
        started(stack, ["openbox"], env)
        command = [sys.executable, str(HERE / "paint.py"), str(folder)]
        ran = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=100, check=False
        )
        assert ran.returncode == 0, ran.stderr
        if os.environ.get("PICTURES") == "write":
            for path in folder.glob("*.png"):
                shutil.copy(path, REFERENCES / path.name)
        yield folder


_SEEN = bytes(step > STEP for step in range(256))


def differing(one: QImage, other: QImage) -> float:
    """The share of pixels that differ visibly."""
    both = one.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(both)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, other)
    painter.end()
    grey = both.convertToFormat(QImage.Format.Format_Grayscale8)
    # A row may end with bytes that belong to no pixel, and may be anything.
    rows = range(0, grey.sizeInBytes(), grey.bytesPerLine())
    bits = bytes(grey.constBits())
    seen = sum(bits[at : at + grey.width()].translate(_SEEN).count(1) for at in rows)
    return seen / (grey.width() * grey.height())


def test_each_panel_has_a_reference(painted: Path) -> None:
    assert sorted(path.stem for path in painted.glob("*.png")) == NAMES
    assert len(NAMES) >= 18


@pytest.mark.parametrize("name", NAMES)
def test_it_looks_as_before(painted: Path, name: str) -> None:
    before, now = QImage(str(REFERENCES / f"{name}.png")), QImage(str(painted / f"{name}.png"))
    assert now.size() == before.size()
    share = differing(before, now)
    assert share <= SHARE, f"{share:.2%} of the pixels differ; look at {painted / name}.png"


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-dark")])
def test_both_schemes_are_painted(painted: Path, name: str) -> None:
    light = QImage(str(painted / f"{name.removesuffix('-dark')}-light.png"))
    dark = QImage(str(painted / f"{name}.png"))
    assert light.pixelColor(3, 3).lightness() > 128 > dark.pixelColor(3, 3).lightness()
