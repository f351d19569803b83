"""The sidebar: the list of PBXs with its buttons."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListView, QMenu, QVBoxLayout

from hbgui.runtime.hub import Hub
from hbgui.runtime.intents import Intents
from hbgui.ui.panel import Panel, button, named
from hbgui.ui.pbx_model import PbxModel
from hbgui.ui.pbx_row import RowDelegate
from hbgui.ui.theme import Theme


class PbxList(Panel):
    """The list with its buttons."""

    selected = Signal(str)
    """The id of the PBX to show; empty when there is none."""

    add_wanted = Signal()
    """The person pressed *Add PBX*."""

    def __init__(self, hub: Hub, intents: Intents, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("sidebar")
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
        self._add = button("addPbxButton")
        self._add.clicked.connect(self.add_wanted)
        self.more = button("pbxMenuButton")
        buttons = QHBoxLayout()
        buttons.setContentsMargins(10, 0, 10, 10)
        buttons.addWidget(self._add, 1)
        buttons.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addLayout(buttons)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.model.refresh)
        self._timer.start(5000)
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
        row = self.model.row_of(pbx_id)
        self.view.setCurrentIndex(self.model.index(max(row, 0)))
        if not self.model.rowCount():
            self._tell("")

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
        """After a reset: the same PBX, or a neighbour of the one that went."""
        self.choose(self._chosen)

    def _tell(self, pbx_id: str) -> None:
        if pbx_id != self._chosen:
            self._chosen = pbx_id
            self.selected.emit(pbx_id)
