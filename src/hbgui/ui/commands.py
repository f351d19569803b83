"""Everything that can be done by menu, toolbar and key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from hbgui.core.state.summary import SortOrder
from hbgui.runtime.diagnostics import Diagnostics
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.access import Access
from hbgui.ui.activity_panel import ActivityPanel
from hbgui.ui.diagnosis_panel import DiagnosisPanel
from hbgui.ui.help_commands import HelpCommands
from hbgui.ui.messages import Messages
from hbgui.ui.pasting import Pasting
from hbgui.ui.pbx_form import PbxForm
from hbgui.ui.pbx_list import PbxList
from hbgui.ui.pbx_menu import PbxMenu
from hbgui.ui.reports_panel import ReportsPanel
from hbgui.ui.request_panel import RequestPanel
from hbgui.ui.sharing_dialogs import SharingDialogs
from hbgui.ui.undo import Undo
from hbgui.ui.window_dialogs import WindowDialogs
from hbgui.ui.window_menus import WindowMenus
from hbgui.ui.work_pages import Tabs

_KEY = QKeySequence.StandardKey
_ORDERS = tuple(SortOrder)


class Commands(QObject):
    """Acts on the PBX that is shown. What is typed is handed over first."""

    def __init__(
        self,
        window: QMainWindow,
        leave: Callable[[], None],
        dialogs: WindowDialogs,
        hub: Hub,
        intents: Supervisor,
        access: Access,
        messages: Messages,
        sharing: SharingDialogs,
        pbxs: PbxList,
        form: PbxForm,
        tabs: Tabs,
        activity: ActivityPanel,
        diagnosis: DiagnosisPanel,
        diagnostics: Diagnostics,
        reports: ReportsPanel,
        request: RequestPanel,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._leave = leave
        self._dialogs = dialogs
        self._hub = hub
        self._intents = intents
        self._access = access
        self._messages = messages
        self._sharing = sharing
        self._list = pbxs
        self._form = form
        self._tabs = tabs
        self._activity = activity
        self._diagnostics = diagnostics
        diagnosis.diagnose_wanted.connect(self.diagnose)
        diagnosis.check_wanted.connect(self.check)
        access.remedies.diagnose_wanted.connect(self.diagnose_pbx)
        self._reports = reports
        self._request = request
        self._pasting = Pasting(hub, intents, form, messages, self.add)
        self._undo = Undo(hub, form)
        self.menus = WindowMenus(window)
        self._fill(self.menus)

    def _fill(self, menus: WindowMenus) -> None:
        add = menus.add
        add(
            menus.file,
            lambda: self.tr("&New PBX"),
            self.add,
            _KEY.New,
            icon="plus",
            short=lambda: self.tr("New PBX"),
        )
        menus.file.addSeparator()
        add(menus.file, lambda: self.tr("&Export PBXs…"), self._sharing.export, icon="upload")
        add(
            menus.file,
            lambda: self.tr("&Import PBXs…"),
            self._sharing.choose_import,
            icon="download",
        )
        add(
            menus.file,
            lambda: self.tr("Export what is &shown…"),
            self.export,
            "Ctrl+E",
            icon="upload",
        )
        add(None, lambda: self.tr("Save now"), self.flush, _KEY.Save)
        menus.file.addSeparator()
        add(
            menus.file,
            lambda: self.tr("&Settings…"),
            self._dialogs.settings,
            "Ctrl+,",
            icon="settings",
        )
        menus.file.addSeparator()
        add(menus.file, lambda: self.tr("&Close"), self._window.close, "Ctrl+W", icon="x")
        add(menus.file, lambda: self.tr("&Quit"), self._leave, "Ctrl+Q", icon="power")
        undo, redo = (
            add(menus.edit, lambda: self.tr("&Undo"), self._undo.undo, _KEY.Undo, icon="undo-2"),
            add(menus.edit, lambda: self.tr("&Redo"), self._undo.redo, _KEY.Redo, icon="redo-2"),
        )
        menus.edit.aboutToShow.connect(lambda: undo.setEnabled(self._undo.can_undo))
        menus.edit.aboutToShow.connect(lambda: redo.setEnabled(self._undo.can_redo))
        # The keys work without the menu, which has not looked then.
        for action in (undo, redo):
            menus.edit.aboutToHide.connect(partial(action.setEnabled, True))
        menus.edit.addSeparator()
        add(
            menus.edit,
            lambda: self.tr("&Paste address or cURL command"),
            self._pasting.paste,
            _KEY.Paste,
            icon="clipboard-paste",
        )
        self._pbx_menu = PbxMenu(
            self, menus, self._access, self._list, self._request, self._dialogs
        )
        add(menus.view, lambda: self.tr("&Find"), self.find, _KEY.Find, icon="search")
        add(
            menus.view,
            lambda: self.tr("&Clear the visible list"),
            self.clear_view,
            "Ctrl+L",
            icon="eraser",
        )
        order = self._list.model.order
        orders = menus.submenu(menus.view, lambda: self.tr("&Sort PBXs"))
        menus.choices(
            orders,
            [
                lambda: self.tr("As &added"),
                lambda: self.tr("By &name"),
                lambda: self.tr("By &state, the worst first"),
            ],
            _ORDERS.index(order),
            lambda number: self._list.sort(_ORDERS[number]),
        )
        menus.view.addAction(menus.bar.toggleViewAction())
        self.help = HelpCommands(self._window, menus)
        menus.retranslate()
        self._list.set_menu(menus.pbx)

    def enable(self, on: bool) -> None:
        """Whether there is a PBX to do things with."""
        self._pbx_menu.enable(on)

    @Slot()
    def add(self) -> None:
        self._choose_new(self._intents.add_pbx())

    @Slot()
    def duplicate(self) -> None:
        if self._list.chosen:
            self._form.flush_all()
            self._choose_new(self._intents.duplicate_pbx(self._list.chosen))

    def _choose_new(self, pbx_id: str) -> None:
        self._list.choose(pbx_id)
        self._tabs.open(Tabs.SETUP)
        self._form.focus_first()

    @Slot()
    def delete(self) -> None:
        profile = self._hub.state.profile(self._list.chosen)
        if profile is not None:
            self._form.flush_all()
            name = profile.label or self.tr("New PBX")
            self._intents.remove_pbx(profile.id)
            self._messages.removed(name, self._list.choose)

    @Slot()
    def send(self) -> None:
        self._form.flush_all()
        self._access.send(self._list.chosen)

    @Slot()
    def keep(self) -> None:
        self._form.flush_all()
        keeping = self._hub.state.pbxs[self._list.chosen].keeping
        self._access.keep(self._list.chosen, not keeping)

    @Slot()
    def cancel(self) -> None:
        self._intents.cancel(self._list.chosen)
        self._diagnostics.cancel(self._list.chosen)

    @Slot()
    def diagnose(self) -> None:
        self._examine(self._diagnostics.diagnose)

    @Slot(str)
    def diagnose_pbx(self, pbx_id: str) -> None:
        self._list.choose(pbx_id)
        self.diagnose()

    @Slot()
    def check(self) -> None:
        self._examine(self._diagnostics.check)

    def _examine(self, do: Callable[[str], None]) -> None:
        self._form.flush_all()
        self._tabs.open(Tabs.DIAGNOSIS)
        do(self._list.chosen)

    @Slot()
    def targets(self) -> None:
        self._form.flush_all()
        self._access.targets(self._list.chosen)

    @Slot()
    def find(self) -> None:
        if self._reports.isVisible():
            self._reports.find_rows()
        elif self._activity.isVisible():
            self._activity.find_rows()
        else:
            self._list.search()

    @Slot()
    def export(self) -> None:
        """Write the visible list into a file."""
        if self._reports.isVisible():
            self._reports.export()
        else:
            self._activity.export()

    @Slot()
    def clear_view(self) -> None:
        """Empty the visible list. The history stays in its file, reports are gone."""
        if self._reports.isVisible():
            self._reports.clear()
        elif self._activity.isVisible():
            self._activity.clear_view()

    @Slot()
    def flush(self) -> None:
        self._form.flush_all()
