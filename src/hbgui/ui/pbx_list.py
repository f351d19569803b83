"""The sidebar: the list of PBXs with its buttons."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListView, QMenu, QVBoxLayout

from hbgui.core.state.summary import SEARCH_FROM, SortOrder
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.panel import Panel, button, label, named
from hbgui.ui.pbx_model import PbxModel
from hbgui.ui.pbx_row import RowDelegate
from hbgui.ui.search_line import SearchLine
from hbgui.ui.theme import Theme


class PbxList(Panel):
    """The list with its buttons."""

    selected = Signal(str)
    """The id of the PBX to show; empty when there is none."""

    add_wanted = Signal()
    """The person pressed *Add PBX*."""

    def __init__(self, hub: Hub, intents: Supervisor, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self._hub = hub
        self.model = PbxModel(hub, intents)
        self._chosen = ""
        self.view = named(QListView(), "pbxList")
        self.view.setModel(self.model)
        self._delegate = RowDelegate(self.model, intents, theme)
        self.view.setItemDelegate(self._delegate)
        self.view.setEditTriggers(
            QListView.EditTrigger.EditKeyPressed | QListView.EditTrigger.DoubleClicked
        )
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMinimumWidth(170)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.model.modelReset.connect(self._restore)
        theme.changed.connect(self.view.viewport().update)
        self._search = SearchLine("pbxSearch")
        self._search.textChanged.connect(self._arrange)
        self._search.left.connect(self._leave_search)
        self._none = label("muted", "pbxSearchNone", wrap=True)
        self._none.setContentsMargins(14, 4, 14, 4)
        self._none.hide()
        self._add = button("addPbxButton")
        self._add.clicked.connect(self.add_wanted)
        self.more = button("pbxMenuButton")
        buttons = QHBoxLayout()
        buttons.setContentsMargins(10, 0, 10, 10)
        buttons.addWidget(self._add, 1)
        buttons.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 0)
        search = QHBoxLayout()
        search.setContentsMargins(10, 0, 10, 6)
        search.addWidget(self._search)
        layout.addLayout(search)
        layout.addWidget(self._none)
        layout.addWidget(self.view, 1)
        layout.addLayout(buttons)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.model.refresh)
        self._timer.start(5000)
        hub.profiles_changed.connect(self._offer_search)
        self._offer_search()
        self.retranslate()

    def set_menu(self, menu: QMenu) -> None:
        """What can be done with a PBX; the same menu as in the menu bar."""
        self.more.setMenu(menu)
        viewport = self.view.viewport()
        self.view.customContextMenuRequested.connect(
            lambda where: menu.popup(viewport.mapToGlobal(where))
        )

    def retranslate(self) -> None:
        self.view.setAccessibleName(self.tr("PBXs"))
        self._search.setAccessibleName(self.tr("Search PBXs"))
        self._search.setPlaceholderText(self.tr("Name, host, notes"))
        self._none.setText(self.tr("No PBX matches. Esc shows all."))
        self._add.setText(self.tr("Add PBX"))
        self.more.setText("…")
        self.more.setAccessibleName(self.tr("More for this PBX"))
        self.more.setToolTip(self.tr("More for this PBX"))
        self.model.refresh()

    @property
    def chosen(self) -> str:
        """The id of the PBX that is shown, empty without one."""
        return self._chosen

    def choose(self, pbx_id: str) -> None:
        """Show this PBX, the first one if it is gone."""
        if self.model.row_of(pbx_id) < 0:
            # What a person wants to see must not be hidden by a search.
            self._search.clear()
        row = self.model.row_of(pbx_id)
        self.view.setCurrentIndex(self.model.index(max(row, 0)))
        if not self.model.rowCount():
            self._tell("")

    def search(self) -> None:
        """Put the cursor into the search, however few PBXs there are."""
        self._search.enter()

    def sort(self, order: SortOrder) -> None:
        """Show the PBXs in this order."""
        self.model.arrange(self._search.text(), order)

    @Slot()
    def _arrange(self) -> None:
        self.model.arrange(self._search.text(), self.model.order)
        self._none.setVisible(bool(self._search.text()) and not self.model.rowCount())

    @Slot()
    def _offer_search(self) -> None:
        many = len(self._hub.state.profiles) >= SEARCH_FROM
        self._search.setVisible(many or bool(self._search.text()))

    @Slot()
    def _leave_search(self) -> None:
        self.view.setFocus()
        self._offer_search()

    def rename(self) -> None:
        """Edit the name of the chosen PBX in its row."""
        self.view.setFocus()
        self.view.edit(self.view.currentIndex())

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._tell(self.model.id_at(current.row()))

    @Slot()
    def _restore(self) -> None:
        """After a reset: the same PBX, or a neighbour of the one that went. One that only the
        search hides stays in the work area."""
        if self._hub.state.profile(self._chosen) is None or self.model.row_of(self._chosen) >= 0:
            self.choose(self._chosen)

    def _tell(self, pbx_id: str) -> None:
        if pbx_id != self._chosen:
            self._chosen = pbx_id
            self.selected.emit(pbx_id)
