"""Assembles panels, menus and geometry; nothing else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt, Slot
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hbgui.resources_path import resource
from hbgui.runtime.hub import Hub
from hbgui.runtime.intents import AccountIntents, Intents
from hbgui.ui.access import Access
from hbgui.ui.activity_panel import ActivityPanel
from hbgui.ui.message_bar import MessageBar
from hbgui.ui.messages import Messages
from hbgui.ui.notifier import Notifier
from hbgui.ui.panel import named
from hbgui.ui.pbx_form import PbxForm
from hbgui.ui.pbx_list import PbxList
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.sharing_dialogs import SharingDialogs
from hbgui.ui.state_strip import StateStrip
from hbgui.ui.theme import Theme
from hbgui.ui.window_menus import WindowMenus
from hbgui.ui.work_pages import Tabs, Welcome

_KEY = QKeySequence.StandardKey
_SEND_KEYS = ("Ctrl+Return", "Ctrl+Enter")


class MainWindow(QMainWindow):
    """The window. `memory` is the file for its geometry; None: nothing is remembered."""

    def __init__(
        self,
        hub: Hub,
        intents: Intents,
        accounts: AccountIntents,
        memory: Path | None,
        selected: str = "",
    ) -> None:
        super().__init__()
        app = QApplication.instance()
        assert isinstance(app, QApplication), "a window needs one"
        self._hub = hub
        self._intents = intents
        self._accounts = accounts
        self._memory = memory
        self._theme = Theme(app)
        self._secrets = SecretClipboard(self)
        self.setWindowTitle("hbgui")
        self.setMinimumSize(560, 460)
        self._build()
        self._fill_menus()
        self._list.selected.connect(self._show_pbx)
        self._list.choose(selected)
        self._restore_geometry()
        self._theme.dress(self)

    def set_icon(self) -> None:
        """Load the window's icon: it costs time that the first paint need not wait for."""
        self.setWindowIcon(QIcon(str(resource("icons/hbgui.svg"))))

    def _build(self) -> None:
        self._list = PbxList(self._hub, self._intents, self._theme)
        self._list.add_wanted.connect(self._add)
        self._form = PbxForm(self._hub, self._intents, self._accounts, self._secrets)
        self._access = Access(
            self, self._hub, self._intents, self._accounts, self._form, self._secrets
        )
        self._strip = StateStrip(self._hub, self._intents, self._access, self._theme)
        self._strip.before_send.connect(self._flush)
        self._activity = ActivityPanel(self._hub, self._theme)
        bar = MessageBar(self._theme, "messageBar")
        lasting = MessageBar(self._theme, "settingsBar")
        self._messages = Messages(
            self._hub,
            self._intents,
            bar,
            lasting,
            lambda: self._list.chosen,
            self._access.remedies.find,
        )
        self._notifier = Notifier(self, self._hub)
        self._sharing = SharingDialogs(self, self._hub, self._intents, self._theme, self._flush)
        self._tabs = Tabs(self._form, self._activity)
        self._work = QStackedWidget()
        self._welcome = Welcome()
        self._welcome.button.clicked.connect(self._add)
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._strip)
        column.addWidget(self._tabs, 1)
        self._work.addWidget(self._welcome)
        self._work.addWidget(work)
        page = named(QFrame(), "page")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 14, 16, 4)
        layout.setSpacing(10)
        layout.addWidget(lasting)
        layout.addWidget(bar)
        layout.addWidget(self._work, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self._list)
        self._splitter.addWidget(page)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.setSizes([240, 940])
        self.setCentralWidget(self._splitter)

    def _fill_menus(self) -> None:
        menus = self._menus = WindowMenus(self)
        add = menus.add
        add(menus.file, lambda: self.tr("&New PBX"), self._add, _KEY.New)
        add(menus.file, lambda: self.tr("&Duplicate PBX"), self._duplicate, "Ctrl+D")
        menus.file.addSeparator()
        add(menus.file, lambda: self.tr("&Export PBXs…"), self._sharing.export)
        add(menus.file, lambda: self.tr("&Import PBXs…"), self._sharing.choose_import)
        add(None, lambda: self.tr("Save now"), self._flush, _KEY.Save)
        menus.file.addSeparator()
        add(menus.file, lambda: self.tr("&Close"), self.close, "Ctrl+W")
        add(menus.file, lambda: self.tr("&Quit"), QApplication.quit, "Ctrl+Q")
        self._pbx_actions = [
            add(
                menus.pbx,
                lambda: self.tr("&Send heartbeat"),
                self._send,
                "Ctrl+Return",
                "Ctrl+Enter",
            ),
            add(menus.pbx, lambda: self.tr("&Keep alive on or off"), self._keep, "Ctrl+K"),
            add(None, lambda: self.tr("Cancel what is being sent"), self._cancel, _KEY.Cancel),
        ]
        menus.pbx.addSeparator()
        self._pbx_actions += [
            add(
                menus.pbx,
                lambda: self.tr("&Get token…"),
                self._access.get_token_of_shown,
                "Ctrl+T",
            ),
            add(menus.pbx, lambda: self.tr("Log &out…"), self._access.log_out),
            add(menus.pbx, lambda: self.tr("Show &certificate…"), self._access.look),
        ]
        menus.pbx.addSeparator()
        self._pbx_actions += [
            add(menus.pbx, lambda: self.tr("&Rename"), self._list.rename, "F2"),
            add(menus.pbx, lambda: self.tr("D&uplicate"), self._duplicate),
            add(menus.pbx, lambda: self.tr("&Delete"), self._delete, "Ctrl+Delete"),
        ]
        add(menus.help, lambda: self.tr("&Keyboard shortcuts"), self._shortcuts, "Ctrl+?")
        add(menus.help, lambda: self.tr("&About hbgui"), self._about)
        menus.retranslate()
        self._list.set_menu(menus.pbx)

    def raise_window(self) -> None:
        """Bring the window to the front, from the task bar too."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._flush()
        self._remember_geometry()
        self._secrets.close()
        super().closeEvent(event)

    @Slot(str)
    def _show_pbx(self, pbx_id: str) -> None:
        self._form.show_pbx(pbx_id)
        self._strip.show_pbx(pbx_id)
        self._work.setCurrentIndex(1 if pbx_id else 0)
        for action in self._pbx_actions:
            action.setEnabled(bool(pbx_id))
        if pbx_id:
            self._intents.select_pbx(pbx_id)

    @Slot()
    def _add(self) -> None:
        self._choose_new(self._intents.add_pbx())

    @Slot()
    def _duplicate(self) -> None:
        if self._list.chosen:
            self._flush()
            self._choose_new(self._intents.duplicate_pbx(self._list.chosen))

    def _choose_new(self, pbx_id: str) -> None:
        self._list.choose(pbx_id)
        self._tabs.setCurrentIndex(0)
        self._form.focus_first()

    @Slot()
    def _delete(self) -> None:
        profile = self._hub.state.profile(self._list.chosen)
        if profile is not None:
            self._flush()
            name = profile.label or self.tr("New PBX")
            self._intents.remove_pbx(profile.id)
            self._messages.removed(name, self._list.choose)

    @Slot()
    def _send(self) -> None:
        self._flush()
        self._access.send(self._list.chosen)

    @Slot()
    def _keep(self) -> None:
        self._flush()
        keeping = self._hub.state.pbxs[self._list.chosen].keeping
        self._access.keep(self._list.chosen, not keeping)

    @Slot()
    def _cancel(self) -> None:
        self._intents.cancel(self._list.chosen)

    @Slot()
    def _flush(self) -> None:
        self._form.flush_all()

    @Slot()
    def _shortcuts(self) -> None:
        from hbgui.ui.help_dialogs import show_shortcuts

        show_shortcuts(self, self._menus.shortcuts())

    @Slot()
    def _about(self) -> None:
        from hbgui.ui.help_dialogs import show_about

        show_about(self)

    def _restore_geometry(self) -> None:
        self.resize(1180, 760)
        if self._memory is None:
            return
        memory = QSettings(str(self._memory), QSettings.Format.IniFormat)
        geometry, sizes = memory.value("geometry"), memory.value("splitter")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(sizes, QByteArray):
            self._splitter.restoreState(sizes)

    def _remember_geometry(self) -> None:
        if self._memory is not None:
            memory = QSettings(str(self._memory), QSettings.Format.IniFormat)
            memory.setValue("geometry", self.saveGeometry())
            memory.setValue("splitter", self._splitter.saveState())
