"""The menu bar: every action of the window with its standard key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from hbgui.ui.panel import Panel


class WindowMenus(Panel):
    """Makes the actions. They are the window's, so that their keys work everywhere in it."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.hide()
        self._window = window
        self._names: list[tuple[QAction | QMenu, Callable[[], str]]] = []
        bar = window.menuBar()
        self.file = bar.addMenu("")
        self.pbx = bar.addMenu("")
        self.help = bar.addMenu("")
        self._names += [
            (self.file, lambda: self.tr("&File")),
            (self.pbx, lambda: self.tr("&PBX")),
            (self.help, lambda: self.tr("&Help")),
        ]

    def add(
        self,
        menu: QMenu | None,
        text: Callable[[], str],
        do: Callable[[], object],
        *keys: QKeySequence | QKeySequence.StandardKey | str,
    ) -> QAction:
        """Add an action to a menu, or without one only its keys."""
        action = QAction(self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda: do())
        self._window.addAction(action)
        if menu is not None:
            menu.addAction(action)
        self._names.append((action, text))
        return action

    def shortcuts(self) -> list[tuple[str, str]]:
        """What each key does, for the list of shortcuts."""
        native = QKeySequence.SequenceFormat.NativeText
        return [
            (thing.shortcut().toString(native), text().replace("&", ""))
            for thing, text in self._names
            if isinstance(thing, QAction) and not thing.shortcut().isEmpty()
        ]

    def retranslate(self) -> None:
        for thing, text in self._names:
            if isinstance(thing, QMenu):
                thing.setTitle(text())
            else:
                thing.setText(text())
