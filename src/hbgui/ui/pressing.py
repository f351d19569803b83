"""Buttons whose meaning may change under the finger: what stood there when it went down counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from hbgui.ui.panel import named

T = TypeVar("T")


class Pressed(QObject, Generic[T]):
    """Remembers what `means` gave when the button was pressed. A stranger's report or a late
    answer may come before it is released."""

    def __init__(self, button: QAbstractButton, means: Callable[[], T]) -> None:
        super().__init__(button)
        self._means = means
        self._held: list[T] = []
        button.pressed.connect(self._press)
        button.released.connect(self._release)

    def take(self) -> T:
        """What the click is for."""
        return self.take_or(self._means())

    def take_or(self, other: T) -> T:
        """The same, or the other where nothing was pressed: a screen reader toggles a button
        without that."""
        return self._held.pop() if self._held else other

    @Slot()
    def _press(self) -> None:
        self._held = [self._means()]

    @Slot()
    def _release(self) -> None:
        # The click follows at once, if it was one.
        QTimer.singleShot(0, self, self._held.clear)


def ask_once_more(parent: QWidget, name: str, text: str, do: Callable[[], None]) -> None:
    """Do it when a person says yes to this question, which names what it is about."""
    box = named(QMessageBox(parent), name)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setText(text)
    box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
    box.setDefaultButton(QMessageBox.StandardButton.No)
    box.accepted.connect(do)
    box.open()
