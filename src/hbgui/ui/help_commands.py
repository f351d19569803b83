"""What the help menu does."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from hbgui.ui.window_menus import WindowMenus


class HelpCommands(QObject):
    """How to begin, which keys there are, and whose program this is."""

    def __init__(self, window: QMainWindow, menus: WindowMenus) -> None:
        super().__init__(window)
        self._window = window
        self._menus = menus
        menus.add(
            menus.help,
            lambda: self.tr("&Getting started"),
            self.guide,
            QKeySequence.StandardKey.HelpContents,
            icon="circle-question-mark",
        )
        menus.add(
            menus.help,
            lambda: self.tr("&Keyboard shortcuts"),
            self.shortcuts,
            "Ctrl+?",
            icon="keyboard",
        )
        menus.add(menus.help, lambda: self.tr("&About hbgui"), self.about, icon="info")

    @Slot()
    def guide(self) -> None:
        from hbgui.ui.guide import Guide

        Guide(self._window).open()

    @Slot()
    def shortcuts(self) -> None:
        from hbgui.ui.help_dialogs import Shortcuts

        Shortcuts(self._window, self._menus.shortcuts).open()

    @Slot()
    def about(self) -> None:
        from hbgui.ui.help_dialogs import show_about

        show_about(self._window)
