"""Words that find their lines, however long one of them is."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

_RUN = re.compile(r"[^\s/-]{25,}")
"""Qt ends a line at none of these: a long address would make the whole window as wide."""

_HERE = "\u200b"


class WrapLabel(QLabel):
    """A label for plain text that breaks long words anywhere.

    Not while its text can be selected: what is copied would not be what is shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setWordWrap(True)

    def setText(self, text: str) -> None:  # noqa: N802
        self._whole = text
        selectable = self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
        super().setText(text if selectable else _RUN.sub(_broken, text))

    def text(self) -> str:
        return self._whole


def is_long(text: str) -> bool:
    """Whether a word of it would need to be broken."""
    return _RUN.search(text) is not None


def _broken(run: re.Match[str]) -> str:
    return _HERE.join(run[0])
