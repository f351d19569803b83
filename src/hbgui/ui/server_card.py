"""The application server's half of the form: where the PBX shall send its reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hbgui.core.heartbeat import TOKEN_LIFE_S
from hbgui.core.networks import LocalAddress
from hbgui.core.profile import (
    INTERVAL_MIN,
    AddressKind,
    Profile,
    ReportTarget,
    ServerAddress,
    UrlMode,
)
from hbgui.core.state import PbxState
from hbgui.core.validation import Field as FieldName
from hbgui.core.validation import Problem
from hbgui.ui.field import Field
from hbgui.ui.panel import Panel, label, named
from hbgui.ui.pbx_card import form_layout

_MODES = (
    (UrlMode.NONE, "urlModeNone"),
    (UrlMode.RELATIVE, "urlModeRelative"),
    (UrlMode.ABSOLUTE, "urlModeAbsolute"),
)


class ServerCard(Panel):
    """Reads and shows a profile's report target and interval."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._title = label("title")
        self._route: LocalAddress | None = None
        self._addresses: tuple[LocalAddress, ...] = ()
        self._server = ServerAddress()
        form = form_layout()
        self._ip = named(QComboBox(editable=True), "serverIp")
        self._ip.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._ip.setCompleter(None)  # type: ignore[arg-type]
        self._port = named(QLineEdit(), "serverPort")
        self._url = named(QLineEdit(), "reportUrl")
        self._interval = named(QSpinBox(), "interval")
        self._interval.setRange(*INTERVAL_MIN)
        # The style sheet's padding does not reach the text of a spin box.
        self._interval.lineEdit().setTextMargins(8, 0, 0, 0)
        self._ip_field = Field(form, self._ip)
        self._port_field = Field(form, self._port)
        self._mode_field = Field(form, named(QWidget(), "urlMode"))
        self._modes = self._mode_buttons(self._mode_field.control)
        self._url_field = Field(form, self._url)
        self._interval_field = Field(form, self._interval)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addLayout(form)
        layout.addWidget(self._target_box())
        layout.addStretch()
        self._ip.editTextChanged.connect(self._ip_typed)
        self._ip.activated.connect(self._ip_chosen)
        self._port.textChanged.connect(self.edited)
        self._url.textChanged.connect(self.edited)
        self._modes.buttonToggled.connect(self._mode_toggled)
        self._interval.valueChanged.connect(self.edited)
        self.retranslate()

    def _mode_buttons(self, row: QWidget) -> QButtonGroup:
        group = QButtonGroup(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for number, (_mode, name) in enumerate(_MODES):
            button = named(QRadioButton(), name)
            button.setProperty("segment", True)
            group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch()
        group.button(0).setChecked(True)
        return group

    def _target_box(self) -> QFrame:
        box = QFrame()
        box.setProperty("bar", "target")
        self._target_caption = label("muted")
        self._target = label(name="reportTarget", wrap=True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setBold(True)
        self._target.setFont(font)
        self._target.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._copy = named(QPushButton(), "copyTargetButton")
        self._copy.setProperty("flat", True)
        self._copy.clicked.connect(self._copy_target)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._target_caption)
        words.addWidget(self._target)
        row = QHBoxLayout(box)
        row.setContentsMargins(12, 8, 8, 8)
        row.addLayout(words, 1)
        row.addWidget(self._copy)
        return box

    def retranslate(self) -> None:
        self._title.setText(self.tr("Application server"))
        self._ip_field.name(self.tr("&IP address"), self.tr("Application server IP address"))
        self._ip_line.setAccessibleName(self.tr("Application server IP address"))
        self._port_field.name(self.tr("P&ort"), self.tr("Application server port"))
        self._mode_field.name(self.tr("URL mode"), self.tr("URL mode"))
        modes = (self.tr("None"), self.tr("Relative"), self.tr("Absolute"))
        for button, text in zip(self._modes.buttons(), modes, strict=True):
            button.setText(text)
        self._url_field.name(self.tr("&URL"), self.tr("Report URL"))
        self._interval_field.name(self.tr("&Every"), self.tr("Interval between heartbeats"))
        self._interval.setSuffix(self.tr(" min"))
        self._target_caption.setText(self.tr("Reports will go to"))
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the report target"))
        self._offer()

    @property
    def _ip_line(self) -> QLineEdit:
        line = self._ip.lineEdit()
        assert line is not None, "the box is editable"
        return line

    def load(self, profile: Profile) -> None:
        """Show a profile; a field that shows it already is left alone, its cursor too."""
        self._server = profile.server
        for edit, text in ((self._port, profile.port), (self._url, profile.url)):
            if edit.text() != text:
                with QSignalBlocker(edit):
                    edit.setText(text)
        number = next(n for n, (mode, _name) in enumerate(_MODES) if mode is profile.url_mode)
        with QSignalBlocker(self._modes):
            self._modes.button(number).setChecked(True)
        with QSignalBlocker(self._interval):
            self._interval.setValue(profile.interval_min)
        self._show_url()
        self._offer()

    def read(self, profile: Profile) -> Profile:
        """The profile with what the fields hold now."""
        return replace(
            profile,
            server=self._server,
            port=self._port.text(),
            url=self._url.text(),
            url_mode=_MODES[self._modes.checkedId()][0],
            interval_min=self._interval.value(),
        )

    @property
    def ip(self) -> str | None:
        """The address that *auto* or an adapter stands for now, None while it is not known."""
        if self._server.kind is AddressKind.AUTO:
            return self._route.ip if self._route else None
        found = [a.ip for a in self._addresses if a.adapter == self._server.value]
        return found[0] if found else None

    def show_addresses(self, pbx: PbxState | None, addresses: tuple[LocalAddress, ...]) -> None:
        """Offer this computer's addresses, the one on the route to the PBX first."""
        route = pbx.route if pbx else None
        if (route, addresses) != (self._route, self._addresses):
            self._route, self._addresses = route, addresses
            self._offer()

    def show_state(self, target: ReportTarget | None, problems: Sequence[Problem]) -> None:
        """Show what is wrong, and spell the target out."""
        by_field = (
            (FieldName.IP, self._ip_field, ""),
            (FieldName.PORT, self._port_field, ""),
            (FieldName.URL, self._url_field, ""),
            (FieldName.INTERVAL, self._interval_field, self._meaning()),
        )
        for name, field, hint in by_field:
            field.show_problems([p for p in problems if p.field is name], hint)
        text = f"http://{target}" if target else self.tr("not known yet")
        if self._target.text() != text:
            self._target.setText(text)
        self._copy.setEnabled(target is not None)

    def _meaning(self) -> str:
        # One that is sent in the very moment when the token dies comes too late.
        spare = (TOKEN_LIFE_S - 1) // (60 * self._interval.value()) - 1
        text = self.tr("Heartbeats that may be missed before the token dies: {number}")
        return text.replace("{number}", str(spare))

    def _offer(self) -> None:
        """Fill the list: automatic, each adapter, and what is typed stays in the line."""
        with QSignalBlocker(self._ip), QSignalBlocker(self._ip_line):
            self._ip.clear()
            self._ip.addItem(self._auto_text(), ServerAddress())
            for address in self._addresses:
                text = f"{address.ip} – {address.adapter}"
                self._ip.addItem(text, ServerAddress(AddressKind.ADAPTER, address.adapter))
            offered = [self._ip.itemData(index) for index in range(self._ip.count())]
            if self._server in offered:
                self._ip.setCurrentIndex(offered.index(self._server))
            else:
                self._ip.setCurrentIndex(-1)
                self._ip.setEditText(self._server.value)
            if not self._ip_line.hasFocus():
                self._ip_line.setCursorPosition(0)

    def _auto_text(self) -> str:
        if self._route is None:
            return self.tr("Automatic: route to this PBX")
        text = self.tr("{ip} – {adapter}, route to this PBX")
        return text.replace("{ip}", self._route.ip).replace("{adapter}", self._route.adapter)

    @Slot(str)
    def _ip_typed(self, text: str) -> None:
        if self._ip.currentIndex() >= 0 and text == self._ip.itemText(self._ip.currentIndex()):
            return
        self._server = ServerAddress(AddressKind.FIXED, text)
        self.edited.emit()

    @Slot(int)
    def _ip_chosen(self, index: int) -> None:
        self._server = self._ip.itemData(index)
        self.edited.emit()

    @Slot()
    def _mode_toggled(self) -> None:
        self._show_url()
        self.edited.emit()

    def _show_url(self) -> None:
        mode = _MODES[self._modes.checkedId()][0]
        self._url.setEnabled(mode is not UrlMode.NONE)
        examples = {UrlMode.RELATIVE: "report", UrlMode.ABSOLUTE: "10.20.30.40:8260/report"}
        self._url.setPlaceholderText(examples.get(mode, ""))

    @Slot()
    def _copy_target(self) -> None:
        QGuiApplication.clipboard().setText(self._target.text())
