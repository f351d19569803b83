"""Assembles panels, menus and geometry; nothing else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hbgui import resource
from hbgui.core.state.summary import SortOrder
from hbgui.runtime.access import Accounts
from hbgui.runtime.diagnostics import Diagnostics
from hbgui.runtime.history import HistoryKeeper
from hbgui.runtime.hub import Hub
from hbgui.runtime.reports.reception import ReceiverManager
from hbgui.runtime.settings import Desktop
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.access import Access
from hbgui.ui.activity_panel import ActivityPanel
from hbgui.ui.closing import Closing
from hbgui.ui.commands import Commands
from hbgui.ui.diagnosis_panel import DiagnosisPanel
from hbgui.ui.message_bar import MessageBar
from hbgui.ui.messages import Messages
from hbgui.ui.notifier import Notifier
from hbgui.ui.panel import named
from hbgui.ui.pbx_form import PbxForm
from hbgui.ui.pbx_list import PbxList
from hbgui.ui.reports_panel import ReportsPanel
from hbgui.ui.request_panel import RequestPanel
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.sharing_dialogs import SharingDialogs
from hbgui.ui.state_strip import StateStrip
from hbgui.ui.theme import Theme
from hbgui.ui.tray import Tray
from hbgui.ui.vertical_scroll import VerticalScroll
from hbgui.ui.window_dialogs import WindowDialogs
from hbgui.ui.work_pages import Tabs, Welcome, side_by_side

TABS_HEIGHT = 260
LOW = 600
"""Pixels of height below which the toolbar and part of the state strip go away."""

SIZE = QSize(1180, 800)
FRAME = QSize(16, 48)
"""Room for what the window manager puts around it."""

_ORDERS = tuple(SortOrder)


class MainWindow(QMainWindow):
    """The window. `memory` is the file for its geometry; None: nothing is remembered."""

    ended = Signal()
    """The window has closed for good."""

    def __init__(
        self,
        hub: Hub,
        intents: Supervisor,
        accounts: Accounts,
        diagnostics: Diagnostics,
        history: HistoryKeeper,
        desktop: Desktop,
        reception: ReceiverManager,
        memory: Path | None,
        selected: str = "",
    ) -> None:
        super().__init__()
        app = QApplication.instance()
        assert isinstance(app, QApplication), "a window needs one"
        self._hub = hub
        self._intents = intents
        self._accounts = accounts
        self._diagnostics = diagnostics
        self._history = history
        self._desktop = desktop
        self._reception = reception
        self._memory = QSettings(str(memory), QSettings.Format.IniFormat) if memory else None
        self._bar_wanted = True
        self._may_leave = False
        self._theme = Theme(app)
        self._secrets = SecretClipboard(self)
        self.setWindowTitle("hbgui")
        self.setMinimumSize(560, 420)
        self._build()
        self._list.sort(self._remembered_order())
        self.commands = Commands(
            self,
            self.quit,
            self.dialogs,
            self._hub,
            self._intents,
            self._access,
            self._messages,
            self._sharing,
            self._list,
            self._form,
            self._tabs,
            self._activity,
            self._diagnosis,
            self._diagnostics,
            self._reports,
            self._request,
        )
        for wanted in (self._list.add_wanted, self._welcome.button.clicked):
            wanted.connect(self.commands.add)
        self._bar = self.commands.menus.bar
        self._bar.toggleViewAction().triggered.connect(self._want_bar)
        self._list.selected.connect(self._show_pbx)
        self._list.choose(selected)
        self._restore_geometry()
        self._theme.dress(self)

    def set_icons(self) -> None:
        """Load the window's, the actions' and the tray's icons: the first paint need not wait."""
        self.setWindowIcon(QIcon(str(resource("icons/hbgui.svg"))))
        self._theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self.tray.start()

    @Slot()
    def _paint_icons(self) -> None:
        self.commands.menus.paint_icons(self._theme.colors)

    def _build(self) -> None:
        self._list = PbxList(self._hub, self._intents, self._theme)
        self._form = PbxForm(self._hub, self._intents, self._accounts, self._secrets)
        self._access = Access(
            self, self._hub, self._intents, self._accounts, self._form, self._secrets
        )
        self._strip = StateStrip(self._hub, self._intents, self._access, self._theme)
        self._strip.before_send.connect(self._form.flush_all)
        self._activity = ActivityPanel(self._history, self._theme)
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
        self.tray = Tray(self._hub, self._desktop)
        self._closing = Closing(self, self._hub, self._intents, self._desktop, self.tray, self.end)
        self._notifier = Notifier(self, self._hub, self._desktop, self.tray)
        self.tray.toggle_wanted.connect(self._toggle)
        self.tray.opened.connect(self._open)
        self.tray.quit_wanted.connect(self.quit)
        self.tray.send_wanted.connect(self._access.send)
        self._sharing = SharingDialogs(
            self, self._hub, self._intents, self._theme, self._form.flush_all
        )
        self.dialogs = WindowDialogs(
            self,
            self._hub,
            self._intents,
            self._reception,
            self._diagnostics,
            self._history,
            self._desktop,
            self._theme,
            self._form,
            self._access,
        )
        self._request = RequestPanel(self._hub, self._form)
        self._diagnosis = DiagnosisPanel(
            self._hub, self._diagnostics, self._access.remedies, self._theme
        )
        self._reports = ReportsPanel(self._hub, self._intents, self._reception, self._theme)
        self._reports.test_wanted.connect(self.dialogs.test_reports)
        self._reports.export_asked.connect(self._reception.export)
        reports = VerticalScroll(self._reports)
        self._tabs = Tabs(self._form, self._activity, reports, self._diagnosis, self._request)
        self._lay_out(lasting, bar)

    def _lay_out(self, *bars: MessageBar) -> None:
        self._work = QStackedWidget()
        self._welcome = Welcome()
        work = named(QWidget(), "page")
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._strip)
        column.addWidget(self._tabs, 1)
        self._work.addWidget(self._welcome)
        # In a low window what is below the state scrolls: nothing is squeezed or covered.
        self._tabs.setMinimumHeight(TABS_HEIGHT)
        self._work.addWidget(VerticalScroll(work))
        page = named(QFrame(), "page")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 14, 16, 4)
        layout.setSpacing(10)
        for bar in bars:
            layout.addWidget(bar)
        layout.addWidget(self._work, 1)
        self._splitter = side_by_side(self._list, page)
        self.setCentralWidget(self._splitter)

    def raise_window(self) -> None:
        """Bring the window to the front, from the task bar too."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        low = self.height() < LOW
        self._strip.set_compact(low)
        self._bar.setVisible(self._bar_wanted and not low)

    @Slot(bool)
    def _want_bar(self, on: bool) -> None:
        self._bar_wanted = on

    @Slot()
    def quit(self) -> None:
        """End the program, after a question if there is one to ask."""
        self._form.flush_all()
        if self._closing.may_quit():
            self.end()

    @Slot()
    def _toggle(self) -> None:
        if self.isVisible() and not self.isMinimized() and self.isActiveWindow():
            self.hide()
        else:
            self.raise_window()

    @Slot(str)
    def _open(self, pbx_id: str) -> None:
        self._list.choose(pbx_id)
        self.raise_window()

    def end(self) -> None:
        """Close without a question: a person has answered it, or the session ends."""
        self._may_leave = True
        self.close()

    def keep_typed(self) -> None:
        """Hand over what is being typed, and remember how the window looks."""
        self._form.flush_all()
        self._remember_geometry()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._form.flush_all()
        if not self._may_leave and not self._closing.may_close():
            event.ignore()
            return
        self._remember_geometry()
        self._secrets.close()
        self.tray.close()
        super().closeEvent(event)
        self.ended.emit()

    @Slot(str)
    def _show_pbx(self, pbx_id: str) -> None:
        self._form.show_pbx(pbx_id)
        self._strip.show_pbx(pbx_id)
        self._activity.show_pbx(pbx_id)
        self._diagnosis.show_pbx(pbx_id)
        self._reports.show_pbx(pbx_id)
        self._work.setCurrentIndex(1 if pbx_id else 0)
        self.commands.enable(bool(pbx_id))
        if pbx_id:
            self._intents.select_pbx(pbx_id)

    def _restore_geometry(self) -> None:
        self.resize(SIZE.boundedTo(self.screen().availableSize() - FRAME))
        memory = self._memory
        if memory is None:
            return
        geometry, sizes = memory.value("geometry"), memory.value("splitter")
        self._activity.recall(memory)
        self._reports.recall(memory)
        self._bar_wanted = memory.value("toolbar", "true") != "false"
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(sizes, QByteArray):
            self._splitter.restoreState(sizes)

    def _remember_geometry(self) -> None:
        memory = self._memory
        if memory is None:
            return
        memory.setValue("geometry", self.saveGeometry())
        memory.setValue("splitter", self._splitter.saveState())
        memory.setValue("toolbar", self._bar_wanted)
        self._activity.remember(memory)
        self._reports.remember(memory)
        memory.setValue("sorted", self._list.model.order.value)
        memory.sync()

    def _remembered_order(self) -> SortOrder:
        stored = str(self._memory.value("sorted", "")) if self._memory else ""
        return SortOrder(stored) if stored in _ORDERS else SortOrder.ADDED
