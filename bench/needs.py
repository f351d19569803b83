"""Says what a benchmark needs and cannot find, before it begins."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

HBGUI = (
    "PySide6",
    "requests",
    "urllib3",
    "keyring",
    "platformdirs",
    "truststore",
    "psutil",
    "h11",
    "cryptography",
)
"""The libraries of hbgui itself."""


def need(*packages: str, program: str = "") -> None:
    """End here, with a sentence, when a library or a program is missing."""
    missing = [name for name in (*HBGUI, *packages) if find_spec(name) is None]
    if program and shutil.which(program) is None:
        missing.append(program)
    if missing:
        raise SystemExit(
            f"This benchmark needs {', '.join(missing)}: not found here. "
            "`make bench` installs everything that the benchmarks need, and runs them."
        )
