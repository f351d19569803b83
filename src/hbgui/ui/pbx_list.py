"""The sidebar: one row per PBX with mark, name, host and time left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from hbgui import texts
from hbgui.core.address import DEFAULT_PORTS, AddressError, parse_pbx
from hbgui.core.profile import Profile
from hbgui.core.schedule import TokenHealth
from hbgui.core.state import PbxState
from hbgui.runtime.hub import Hub
from hbgui.runtime.intents import Intents
from hbgui.ui.marks import paint_mark
from hbgui.ui.panel import Panel, named
from hbgui.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
ROW_HEIGHT = 52


class PbxModel(QAbstractListModel):
    """The PBXs of the hub's state, in their order. Names are edited in place."""

    def __init__(self, hub: Hub, intents: Intents) -> None:
        super().__init__()
        self._hub = hub
        self._intents = intents
        self._ids: list[str] = []
        self._reload()
        hub.profiles_changed.connect(self._reload)
        hub.pbx_changed.connect(self._changed)

    def profile(self, index: _Index) -> Profile:
        """The profile of a row."""
        found = self._hub.state.profile(self._ids[index.row()])
        assert found is not None, "the rows follow the profiles"
        return found

    def pbx(self, index: _Index) -> PbxState:
        """The state of a row."""
        return self._hub.state.pbxs[self._ids[index.row()]]

    def row_of(self, pbx_id: str) -> int:
        """The row of a PBX, -1 when it has none."""
        return self._ids.index(pbx_id) if pbx_id in self._ids else -1

    def id_at(self, row: int) -> str:
        """The PBX of a row, empty when there is no such row."""
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def time_left(self, index: _Index) -> str:
        """What stands at the right end of a row."""
        now = self._intents.now()
        left_s = self.pbx(index).token_left_s(now)
        words, health = texts.clock_words(self.pbx(index), now)
        if health is TokenHealth.UNKNOWN:
            return ""
        if left_s is None or health is TokenHealth.EXPIRED:
            return words if left_s is None else self.tr("expired")
        return self.tr("%n min", "", int(left_s) // 60)

    def rowCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._ids)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        profile = self.profile(index)
        match role:
            case Qt.ItemDataRole.EditRole:
                return profile.name
            case Qt.ItemDataRole.DisplayRole:
                return profile.label or self.tr("New PBX")
            case Qt.ItemDataRole.AccessibleTextRole:
                name = profile.label or self.tr("New PBX")
                state = texts.state_sentence(self.pbx(index), self._intents.now())
                parts = (name, profile.pbx, state, self.time_left(index))
                return ", ".join(dict.fromkeys(part for part in parts if part))
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        if role != Qt.ItemDataRole.EditRole:
            return False
        self._intents.save_profile(replace(self.profile(index), name=str(value)))
        return True

    def refresh(self) -> None:
        """Paint every row again: time has passed."""
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    @Slot()
    def _reload(self) -> None:
        ids = [p.id for p in self._hub.state.profiles]
        if ids != self._ids:
            self.beginResetModel()
            self._ids = ids
            self.endResetModel()

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        row = self.row_of(pbx_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))


def _short(pbx: str) -> str:
    """The address without what is usual."""
    try:
        address = parse_pbx(pbx)
    except AddressError:
        return pbx
    usual = address.scheme == "https" and address.port == DEFAULT_PORTS["https"]
    return address.host if usual else address.authority


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, model: PbxModel, intents: Intents, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._intents = intents
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802
        lines = option.fontMetrics.height() * 2
        return QSize(160, max(ROW_HEIGHT, lines + 18))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colors = self._theme.colors
        rect = QRectF(option.rect).adjusted(8, 2, -8, -2)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(colors.selected))
            painter.drawRoundedRect(rect, 8, 8)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 8, 8)
        self._paint_row(painter, rect, option, index)
        painter.restore()

    def _paint_row(
        self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        colors = self._theme.colors
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        now = self._intents.now()
        size = 14
        x = rect.right() - 12 - size if mirrored else rect.left() + 12
        mark = QRectF(x, rect.center().y() - size / 2, size, size)
        paint_mark(painter, mark, self._model.pbx(index).phase(now), colors)
        left, right = (12, 36) if mirrored else (36, 12)
        words = rect.adjusted(left, 6, -right, -6)
        font = QFont(option.font)
        leading = Qt.AlignmentFlag.AlignLeading
        painter.setFont(font)
        painter.setPen(QColor(colors.muted))
        time_left = self._model.time_left(index)
        trailing = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, trailing, time_left)
        taken = painter.fontMetrics().horizontalAdvance(time_left) + (8 if time_left else 0)
        words = words.adjusted(taken, 0, 0, 0) if mirrored else words.adjusted(0, 0, -taken, 0)
        profile = self._model.profile(index)
        self._line(painter, words, leading | Qt.AlignmentFlag.AlignBottom, _short(profile.pbx))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colors.text))
        name = index.data(Qt.ItemDataRole.DisplayRole)
        self._line(painter, words, leading | Qt.AlignmentFlag.AlignTop, name)

    @staticmethod
    def _line(painter: QPainter, rect: QRectF, where: Qt.AlignmentFlag, text: str) -> None:
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(rect.width())
        )
        painter.drawText(rect, where, shown)

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, _index: _Index
    ) -> None:
        editor.setGeometry(option.rect.adjusted(36, 8, -10, -8))


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
        self._delegate = _RowDelegate(self.model, intents, theme)
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
        self._add = named(QPushButton(), "addPbxButton")
        self._add.clicked.connect(self.add_wanted)
        self.more = named(QPushButton(), "pbxMenuButton")
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
