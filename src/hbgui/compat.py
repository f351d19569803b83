"""Versions that do not go together."""

from __future__ import annotations

import re
from collections.abc import Sequence


def bad_pair(pyside_version: str, python_version: Sequence[int | str]) -> bool:
    """Whether this PySide6 would abort the process on this Python.

    PySide6 6.12.0 loses a reference to None or True in almost every call. Since Python 3.12 these
    objects cannot die; before, the process aborts after some hundred signals. Later versions of
    PySide6 count as bad, too, until one is known to be good.

    `pyside_version` is like "6.11.3", `python_version` like `sys.version_info`. A version that
    cannot be read is not called bad.
    """
    match = re.match(r"(\d+)\.(\d+)", pyside_version)
    if match is None:
        return False
    return (int(match[1]), int(match[2])) >= (6, 12) and tuple(map(int, python_version[:2])) < (
        3,
        12,
    )
