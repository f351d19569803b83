"""The PBXs as a list model: names, states and times left, for the eye and for screen readers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Slot

from hbgui.core.api.schedule import TokenHealth, token_health
from hbgui.core.pbx.profile import Profile
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.state.summary import SortOrder, listed
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.states import state_sentence
from hbgui.ui.panel import plain_tip

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class PbxModel(QAbstractListModel):
    """The PBXs of the hub's state, in their order. Names are edited in place."""

    def __init__(self, hub: Hub, intents: Supervisor) -> None:
        super().__init__()
        self._hub = hub
        self._intents = intents
        self._ids: list[str] = []
        self._query = ""
        self.order = SortOrder.ADDED
        self._reload()
        hub.profiles_changed.connect(self._reload)
        hub.pbx_changed.connect(self._changed)

    def arrange(self, query: str, order: SortOrder) -> None:
        """Show only what has these words, in this order."""
        self._query, self.order = query, order
        self._reload()

    def profile(self, index: Index) -> Profile:
        """The profile of a row."""
        found = self._hub.state.profile(self._ids[index.row()])
        assert found is not None, "the rows follow the profiles"
        return found

    def pbx(self, index: Index) -> PbxState:
        """The state of a row."""
        return self._hub.state.pbxs[self._ids[index.row()]]

    def row_of(self, pbx_id: str) -> int:
        """The row of a PBX, -1 when it has none."""
        return self._ids.index(pbx_id) if pbx_id in self._ids else -1

    def id_at(self, row: int) -> str:
        """The PBX of a row, empty when there is no such row."""
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def time_left(self, index: Index) -> str:
        """What stands at the right end of a row."""
        now = self._intents.now()
        left_s = self.pbx(index).token_left_s(now)
        health = token_health(left_s)
        if left_s is None or health is TokenHealth.UNKNOWN:
            return ""
        if health is TokenHealth.EXPIRED:
            invalid = self.pbx(index).token_not_valid
            return self.tr("not valid") if invalid else self.tr("expired")
        return self.tr("%n min", "", int(left_s) // 60)

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._ids)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        profile = self.profile(index)
        match role:
            case Qt.ItemDataRole.EditRole:
                return profile.name
            case Qt.ItemDataRole.ToolTipRole if profile.notes.strip():
                return plain_tip(profile.notes)
            case Qt.ItemDataRole.DisplayRole:
                return profile.label or self.tr("New PBX")
            case Qt.ItemDataRole.AccessibleTextRole:
                name = profile.label or self.tr("New PBX")
                state = state_sentence(self.pbx(index), self._intents.now())
                parts = (name, profile.pbx, state, self.time_left(index))
                return ", ".join(dict.fromkeys(part for part in parts if part))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        if role != Qt.ItemDataRole.EditRole:
            return False
        self._intents.save_profile(replace(self.profile(index), name=str(value)))
        return True

    def refresh(self) -> None:
        """Paint every row again: time has passed."""
        self._reload()
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    @Slot()
    def _reload(self) -> None:
        ids = listed(self._hub.state, self._query, self.order, self._intents.now())
        known = len(self._ids)
        if 0 < known < len(ids) and ids[:known] == self._ids:
            # A reset would lay out all rows: for hundreds of new ones it takes seconds.
            self.beginInsertRows(_ROOT, known, len(ids) - 1)
            self._ids = ids
            self.endInsertRows()
        elif ids != self._ids:
            self.beginResetModel()
            self._ids = ids
            self.endResetModel()

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        if self.order is SortOrder.STATE:
            self._reload()
        row = self.row_of(pbx_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))
