"""Menu bar and toolbar: every action of the window with its standard key and its icon."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from hbgui.ui import icons
from hbgui.ui.panel import Panel, named
from hbgui.ui.theme import Colors


class WindowMenus(Panel):
    """Makes the actions. They are the window's, so that their keys work everywhere in it."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.hide()
        self._window = window
        self._names: list[tuple[QAction | QMenu, Callable[[], str]]] = []
        self._shorts: list[tuple[QAction, Callable[[], str]]] = []
        bar = window.menuBar()
        self.file = bar.addMenu("")
        self.edit = bar.addMenu("")
        self.pbx = bar.addMenu("")
        self.view = bar.addMenu("")
        self.help = bar.addMenu("")
        self.bar = named(QToolBar(), "toolbar")
        self.bar.setMovable(False)
        self.bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bar.setIconSize(QSize(icons.SIZE, icons.SIZE))
        window.addToolBar(self.bar)
        self._icons: list[tuple[QAction, str]] = []
        self._names += [
            (self.file, lambda: self.tr("&File")),
            (self.edit, lambda: self.tr("&Edit")),
            (self.pbx, lambda: self.tr("&PBX")),
            (self.view, lambda: self.tr("&View")),
            (self.help, lambda: self.tr("&Help")),
        ]

    def add(
        self,
        menu: QMenu | None,
        text: Callable[[], str],
        do: Callable[[], object],
        *keys: QKeySequence | QKeySequence.StandardKey | str,
        icon: str = "",
        short: Callable[[], str] | None = None,
    ) -> QAction:
        """Add an action to a menu, or without one only its keys.

        `icon` is a name of the set; with `short`, its text there, it is in the toolbar too.
        """
        action = QAction(self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda: do())
        self._window.addAction(action)
        if menu is not None:
            menu.addAction(action)
        self._names.append((action, text))
        if icon:
            self._icons.append((action, icon))
            action.setIcon(icons.placeholder())
        if short is not None:
            self.bar.addAction(action)
            self._shorts.append((action, short))
        return action

    def choices(
        self, menu: QMenu, names: list[Callable[[], str]], chosen: int, do: Callable[[int], object]
    ) -> None:
        """Add actions of which one is always ticked; `do` gets its number."""
        group = QActionGroup(self._window)
        for number, name in enumerate(names):
            action = self.add(menu, name, partial(do, number))
            action.setCheckable(True)
            action.setChecked(number == chosen)
            group.addAction(action)

    def submenu(self, menu: QMenu, text: Callable[[], str]) -> QMenu:
        """A menu in a menu."""
        made = menu.addMenu("")
        self._names.append((made, text))
        return made

    def paint_icons(self, colors: Colors) -> None:
        """Load the icons in the scheme's colours: not before the first paint, they cost time."""
        for action, name in self._icons:
            action.setIcon(icons.icon(name, colors))

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
        for action, short in self._shorts:
            action.setIconText(short())
            tip, key = action.text().replace("&", ""), action.shortcut()
            keys = f" ({key.toString(QKeySequence.SequenceFormat.NativeText)})"
            action.setToolTip(tip if key.isEmpty() else tip + keys)
        self.bar.setWindowTitle(self.tr("Toolbar"))
        self.bar.setAccessibleName(self.tr("Toolbar"))
        self.bar.toggleViewAction().setText(self.tr("&Toolbar"))
