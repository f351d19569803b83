"""The menu of the PBX that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from hbgui.ui.access import Access
from hbgui.ui.pbx_list import PbxList
from hbgui.ui.request_panel import RequestPanel
from hbgui.ui.window_menus import WindowMenus

if TYPE_CHECKING:
    from hbgui.ui.commands import Commands

_KEY = QKeySequence.StandardKey
_SEND_KEYS = ("Ctrl+Return", "Ctrl+Enter")


class PbxMenu(QObject):
    """Names what can be done with a PBX, in the menu, the toolbar and by key."""

    def __init__(
        self,
        commands: Commands,
        menus: WindowMenus,
        access: Access,
        pbxs: PbxList,
        request: RequestPanel,
        test_reports: Callable[[], None],
        sign_off: Callable[[], None],
    ) -> None:
        super().__init__(commands)
        add = menus.add
        self._actions: list[QAction] = [
            add(
                menus.pbx,
                lambda: self.tr("&Send heartbeat"),
                commands.send,
                *_SEND_KEYS,
                icon="send",
            ),
            add(
                menus.pbx,
                lambda: self.tr("&Keep alive on or off"),
                commands.keep,
                "Ctrl+K",
                icon="heart-pulse",
            ),
            add(
                menus.pbx,
                lambda: self.tr("D&iagnose"),
                commands.diagnose,
                "F5",
                icon="stethoscope",
                short=lambda: self.tr("Diagnose"),
            ),
            add(
                menus.pbx,
                lambda: self.tr("C&heck only"),
                commands.check,
                "Shift+F5",
                icon="badge-check",
            ),
            add(None, lambda: self.tr("Cancel what runs"), commands.cancel, _KEY.Cancel),
        ]
        menus.pbx.addSeparator()
        self._actions += [
            add(
                menus.pbx,
                lambda: self.tr("&Get token…"),
                access.get_token_of_shown,
                "Ctrl+T",
                icon="key-round",
                short=lambda: self.tr("Get token"),
            ),
            add(menus.pbx, lambda: self.tr("Log &out…"), access.log_out, icon="log-out"),
            add(
                menus.pbx,
                lambda: self.tr("Show &certificate…"),
                access.look,
                icon="shield-check",
                short=lambda: self.tr("Certificate"),
            ),
            add(
                menus.pbx,
                lambda: self.tr("Report &targets…"),
                commands.targets,
                icon="map-pin",
                short=lambda: self.tr("Report targets"),
            ),
            add(
                menus.pbx,
                lambda: self.tr("T&est reports…"),
                test_reports,
                "Ctrl+R",
                icon="radio-tower",
                short=lambda: self.tr("Test reports"),
            ),
            add(
                menus.pbx,
                lambda: self.tr("Sig&n-off report…"),
                sign_off,
                icon="file-check",
            ),
        ]
        menus.pbx.addSeparator()
        self._actions += [
            add(
                menus.pbx,
                lambda: self.tr("Copy as cU&RL"),
                request.copy_curl,
                "Ctrl+Shift+C",
                icon="terminal",
            ),
            add(menus.pbx, lambda: self.tr("&Rename"), pbxs.rename, "F2", icon="pencil"),
            add(
                menus.pbx,
                lambda: self.tr("D&uplicate"),
                commands.duplicate,
                "Ctrl+D",
                icon="copy",
            ),
            add(
                menus.pbx,
                lambda: self.tr("&Delete"),
                commands.delete,
                "Ctrl+Delete",
                icon="trash-2",
            ),
        ]

    def enable(self, on: bool) -> None:
        """Whether there is a PBX to do things with."""
        for action in self._actions:
            action.setEnabled(on)
