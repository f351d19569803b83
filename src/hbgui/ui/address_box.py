"""The application server's address: found by the route, an adapter's, or typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit

from hbgui.core.pbx.networks import LocalAddress, adapter_ip
from hbgui.core.pbx.profile import AddressKind, ServerAddress
from hbgui.core.state.pbx_state import PbxState


class AddressBox(QComboBox):
    """Offers this computer's addresses, the one on the route to the PBX first; any other can be
    typed."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("serverIp")
        self.setEditable(True)
        # The names of adapters may be long: the list is as wide as they need, the field is not.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(15)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]
        self.server = ServerAddress()
        self._route: LocalAddress | None = None
        self._pbx_host = ""
        self._addresses: tuple[LocalAddress, ...] = ()
        self.editTextChanged.connect(self._typed)
        self.activated.connect(self._chosen)
        self._offer()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self._offer()
        super().changeEvent(event)

    @property
    def line(self) -> QLineEdit:
        """Where an address is typed."""
        line = self.lineEdit()
        assert line is not None, "the box is editable"
        return line

    @property
    def ip(self) -> str | None:
        """The address that *auto* or an adapter stands for now, None while it is not known."""
        if self.server.kind is AddressKind.AUTO:
            return self._route.ip if self._route else None
        return adapter_ip(self.server.value, self._pbx_host, self._addresses)

    def load(self, server: ServerAddress) -> None:
        """Show this choice; a text that shows it already is left alone, its cursor too."""
        typed = self.server.kind is AddressKind.FIXED and self.line.text() == server.value
        if server == self.server and typed:
            return
        self.server = server
        self._offer()

    def show_addresses(
        self, pbx: PbxState | None, pbx_host: str, addresses: tuple[LocalAddress, ...]
    ) -> None:
        """Offer these addresses and the route to this PBX."""
        known = (pbx.route if pbx else None, pbx_host, addresses)
        if known != (self._route, self._pbx_host, self._addresses):
            self._route, self._pbx_host, self._addresses = known
            self._offer()

    def _offer(self) -> None:
        """Fill the list; what was typed stays in the line."""
        cursor = self.line.cursorPosition()
        with QSignalBlocker(self), QSignalBlocker(self.line):
            self.clear()
            self.addItem(self._auto_text(), ServerAddress())
            for adapter in dict.fromkeys(a.adapter for a in self._addresses):
                ip = adapter_ip(adapter, self._pbx_host, self._addresses)
                self.addItem(f"{ip} – {adapter}", ServerAddress(AddressKind.ADAPTER, adapter))
            offered = [self.itemData(index) for index in range(self.count())]
            if self.server in offered:
                self.setCurrentIndex(offered.index(self.server))
            else:
                self.setCurrentIndex(-1)
                self.setEditText(self.server.value)
            self.line.setCursorPosition(cursor if self.line.hasFocus() else 0)

    def _auto_text(self) -> str:
        if self._route is None:
            return self.tr("Automatic: route to this PBX")
        text = self.tr("{ip} – {adapter}, route to this PBX")
        return text.replace("{ip}", self._route.ip).replace("{adapter}", self._route.adapter)

    @Slot(str)
    def _typed(self, text: str) -> None:
        offered = self.findText(text, Qt.MatchFlag.MatchExactly)
        fixed = ServerAddress(AddressKind.FIXED, text)
        self.server = fixed if offered < 0 else self.itemData(offered)
        self.edited.emit()

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self.server = self.itemData(index)
        self.edited.emit()
