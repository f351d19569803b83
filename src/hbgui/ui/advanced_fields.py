"""What few PBXs need, folded away: TLS level, proxy, name of the URL-mode field, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hbgui.core.pbx.connection import PROXY_SYSTEM, TlsLevel
from hbgui.core.pbx.profile import DEFAULT_URL_FIELD, Profile, UrlField
from hbgui.core.pbx.validation import Field as FieldName
from hbgui.core.pbx.validation import Problem
from hbgui.ui.field import Field
from hbgui.ui.form_layout import form_layout
from hbgui.ui.panel import Panel, combo, named

_GIVEN = "given"


class AdvancedFields(Panel):
    """Reads and shows a profile's rarer members. Says on its button what is not as usual."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._button = named(QPushButton(), "advancedButton")
        self._button.setCheckable(True)
        self._button.setProperty("flat", True)
        self._body = QWidget()
        form = form_layout()
        form.setContentsMargins(0, 0, 0, 0)
        self._level_box = combo("tlsLevel")
        self._level = Field(form, self._level_box)
        self._proxy_box = combo("proxyMode")
        self._proxy_edit = named(QLineEdit(), "proxy")
        row = QWidget()
        inner = QHBoxLayout(row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._proxy_box)
        inner.addWidget(self._proxy_edit, 1)
        self._proxy = Field(form, self._proxy_edit, row)
        self._url_field_box = combo("urlField")
        self._url_field = Field(form, self._url_field_box)
        self._notes_edit = named(QPlainTextEdit(), "notes")
        self._notes_edit.setTabChangesFocus(True)
        self._notes_edit.setFixedHeight(self._notes_edit.fontMetrics().lineSpacing() * 4)
        self._notes = Field(form, self._notes_edit)
        self._body.setLayout(form)
        self._body.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._body)
        self._fill()
        self._button.toggled.connect(self._fold)
        for box in (self._level_box, self._proxy_box, self._url_field_box):
            box.currentIndexChanged.connect(self._edited)
        self._proxy_edit.textChanged.connect(self._edited)
        self._notes_edit.textChanged.connect(self._edited)
        self._profile = Profile("")
        self.retranslate()

    def _fill(self) -> None:
        for level in TlsLevel:
            self._level_box.addItem("", level)
        for mode in ("", PROXY_SYSTEM, _GIVEN):
            self._proxy_box.addItem("", mode)
        for field in (None, *UrlField):
            self._url_field_box.addItem("", field)

    def retranslate(self) -> None:
        self._level.name(self.tr("&TLS level"), self.tr("TLS level"))
        levels = (
            self.tr("Modern: TLS 1.2 and 1.3"),
            self.tr("Compatible: TLS 1.2 as older PBXs speak it"),
            self.tr("Very old: TLS 1.0 too"),
        )
        for index, name in enumerate(levels):
            self._level_box.setItemText(index, name)
        self._proxy.name(self.tr("Pro&xy"), self.tr("Proxy address"))
        self._proxy_box.setAccessibleName(self.tr("Proxy"))
        self._proxy_edit.setPlaceholderText(self.tr("host:port"))
        proxies = (self.tr("None"), self.tr("The system's"), self.tr("This one"))
        for index, name in enumerate(proxies):
            self._proxy_box.setItemText(index, name)
        self._url_field.name(self.tr("URL f&lag"), self.tr("Name of the URL mode field"))
        self._url_field_box.setToolTip(
            self.tr("The PBX's manuals name it differently. Try the other if reports go astray.")
        )
        self._notes.name(self.tr("Notes"), self.tr("Notes"))
        self._notes_edit.setPlaceholderText(
            self.tr("Whom to ask, where it stands. No passwords: this is a plain file.")
        )
        self._name_all()

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its rows, for a form around it to be in line with."""
        return (self._level, self._proxy, self._url_field, self._notes)

    def load(self, profile: Profile) -> None:
        """Show a profile."""
        self._profile = profile
        proxy = profile.proxy.strip()
        mode = proxy if proxy in ("", PROXY_SYSTEM) else _GIVEN
        _choose(self._level_box, profile.tls_level)
        _choose(self._url_field_box, profile.url_field)
        if mode == _GIVEN or self._proxy_box.currentData() != _GIVEN:
            _choose(self._proxy_box, mode)
        with QSignalBlocker(self._proxy_edit):
            if mode == _GIVEN and self._proxy_edit.text() != profile.proxy:
                self._proxy_edit.setText(profile.proxy)
        if self._notes_edit.toPlainText() != profile.notes:
            with QSignalBlocker(self._notes_edit):
                self._notes_edit.setPlainText(profile.notes)
        self._name_all()

    def read(self, profile: Profile) -> Profile:
        """The profile with what the fields hold now."""
        mode = self._proxy_box.currentData()
        url_field = self._url_field_box.currentData()
        self._profile = replace(
            profile,
            tls_level=TlsLevel(self._level_box.currentData()),
            proxy=self._proxy_edit.text() if mode == _GIVEN else mode,
            url_field=UrlField(url_field) if url_field else None,
            notes=self._notes_edit.toPlainText(),
        )
        self._name_all()
        return self._profile

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show what is wrong, and what stays dangerous."""
        self._proxy.show_problems([p for p in problems if p.field is FieldName.PROXY])
        if self._profile.tls_level is TlsLevel.VERY_OLD:
            # It must be seen without a click.
            self._button.setChecked(True)
            risk = self.tr("TLS 1.0 is broken: who is on the way can read the token.")
            self._level.show_problems((), risk, warn=True)
        else:
            self._level.show_problems(())

    @Slot()
    def _edited(self) -> None:
        self._proxy_edit.setVisible(self._proxy_box.currentData() == _GIVEN)
        self.edited.emit()

    @Slot(bool)
    def _fold(self, on: bool) -> None:
        self._body.setVisible(on)
        self._name_button()

    def _name_all(self) -> None:
        usual = DEFAULT_URL_FIELD[self._profile.api]
        names = (
            self.tr("{name} (usual)").replace("{name}", usual.value),
            UrlField.URLFLAG.value,
            UrlField.URLTAG.value,
            self.tr("both"),
        )
        for index, name in enumerate(names):
            self._url_field_box.setItemText(index, name)
        self._proxy_edit.setVisible(self._proxy_box.currentData() == _GIVEN)
        self._name_button()

    def _name_button(self) -> None:
        mark = "▾" if self._button.isChecked() else "▸"
        changed = [
            name
            for name, different in (
                (self.tr("TLS level"), self._profile.tls_level is not TlsLevel.COMPATIBLE),
                (self.tr("Proxy"), bool(self._profile.proxy.strip())),
                (self.tr("URL flag"), self._profile.url_field is not None),
                (self.tr("Notes"), bool(self._profile.notes.strip())),
            )
            if different
        ]
        text = self.tr("More")
        if changed:
            text = self.tr("More (changed: {names})").replace("{names}", ", ".join(changed))
        self._button.setText(f"{mark} {text}")
        self._button.setAccessibleName(text)


def _choose(box: QComboBox, value: StrEnum | str | None) -> None:
    values = [box.itemData(index) for index in range(box.count())]
    with QSignalBlocker(box):
        box.setCurrentIndex(values.index(value))
