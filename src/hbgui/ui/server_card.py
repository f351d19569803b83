"""The application server's half of the form: where the PBX shall send its reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hbgui.core.api.heartbeat import TOKEN_LIFE_S
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import INTERVAL_MIN, Profile
from hbgui.core.pbx.validation import Field as FieldName
from hbgui.core.pbx.validation import Problem
from hbgui.ui.address_box import AddressBox
from hbgui.ui.field import Field
from hbgui.ui.form_layout import form_layout
from hbgui.ui.panel import Panel, clock_time, label, named
from hbgui.ui.target_box import TargetBox

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
        form = form_layout()
        self.addresses = AddressBox()
        self._port = named(QLineEdit(), "serverPort")
        self._url = named(QLineEdit(), "reportUrl")
        self._interval = named(QSpinBox(), "interval")
        self._interval.setRange(*INTERVAL_MIN)
        # The style sheet's padding does not reach the text of a spin box.
        self._interval.lineEdit().setTextMargins(8, 0, 0, 0)
        self._ip_field = Field(form, self.addresses)
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
        self._target = TargetBox()
        layout.addWidget(self._target)
        layout.addStretch()
        self.addresses.edited.connect(self.edited)
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
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch()
        group.button(0).setChecked(True)
        return group

    def retranslate(self) -> None:
        self._title.setText(self.tr("Application server"))
        self._ip_field.name(self.tr("&IP address"), self.tr("Application server IP address"))
        self.addresses.line.setAccessibleName(self.tr("Application server IP address"))
        self._port_field.name(self.tr("P&ort"), self.tr("Application server port"))
        self._mode_field.name(self.tr("URL mode"), self.tr("URL mode"))
        modes = (self.tr("None"), self.tr("Relative"), self.tr("Absolute"))
        for button, text in zip(self._modes.buttons(), modes, strict=True):
            button.setText(text)
        self._url_field.name(self.tr("&URL"), self.tr("Report URL"))
        self._interval_field.name(self.tr("Ever&y"), self.tr("Interval between heartbeats"))
        self._interval.setSuffix(self.tr(" min"))

    def load(self, profile: Profile) -> None:
        """Show a profile; a field that shows it already is left alone, its cursor too."""
        self.addresses.load(profile.server)
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

    def read(self, profile: Profile) -> Profile:
        """The profile with what the fields hold now."""
        return replace(
            profile,
            server=self.addresses.server,
            port=self._port.text(),
            url=self._url.text(),
            url_mode=_MODES[self._modes.checkedId()][0],
            interval_min=self._interval.value(),
        )

    def show_state(
        self,
        target: ReportTarget | None,
        now: ReportTarget | None,
        problems: Sequence[Problem],
        due: datetime | None,
    ) -> None:
        """Show what is wrong, and spell out the target and where reports go `now`.

        `due` is when the next heartbeat is sent, None when none is planned.
        """
        by_field = (
            (FieldName.IP, self._ip_field, ""),
            (FieldName.PORT, self._port_field, ""),
            (FieldName.URL, self._url_field, ""),
            (FieldName.INTERVAL, self._interval_field, self._meaning(due)),
        )
        for name, field, hint in by_field:
            field.show_problems([p for p in problems if p.field is name], hint)
        self._target.show_target(target, now)

    def _meaning(self, due: datetime | None) -> str:
        # One that is sent in the very moment when the token dies comes too late.
        spare = (TOKEN_LIFE_S - 1) // (60 * self._interval.value()) - 1
        text = self.tr("Spare heartbeats before the token dies: {number}")
        text = text.replace("{number}", str(spare))
        if due is None:
            return text
        until = due + timedelta(seconds=TOKEN_LIFE_S)
        sends = self.tr("Sends at {time}, token then good until {until}.")
        sends = sends.replace("{time}", clock_time(due, seconds=False))
        return f"{sends.replace('{until}', clock_time(until, seconds=False))} {text}"

    @Slot()
    def _mode_toggled(self) -> None:
        self._show_url()
        self.edited.emit()

    def _show_url(self) -> None:
        for button in self._modes.buttons():
            # Tab goes to the one that is chosen, the arrow keys to the others.
            tab = Qt.FocusPolicy.StrongFocus if button.isChecked() else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(tab)
        mode = _MODES[self._modes.checkedId()][0]
        self._url.setEnabled(mode is not UrlMode.NONE)
        examples = {UrlMode.RELATIVE: "report", UrlMode.ABSOLUTE: "10.20.30.40:8260/report"}
        self._url.setPlaceholderText(examples.get(mode, ""))
