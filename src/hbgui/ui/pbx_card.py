"""The PBX's half of the form: name, address, API version, token, certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QVBoxLayout

from hbgui.core.address import AddressError, literal_or_none, parse_pbx, storable
from hbgui.core.profile import DEFAULT_URL_FIELD, ApiVersion, Profile, TlsMode, UrlField
from hbgui.core.state import PbxState
from hbgui.core.validation import Field as FieldName
from hbgui.core.validation import Problem
from hbgui.runtime.intents import Intents
from hbgui.ui.field import Field
from hbgui.ui.panel import Panel, label, named
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.token_field import TokenField


def form_layout() -> QFormLayout:
    """A form whose captions stand beside the fields, and above them where there is no room."""
    form = QFormLayout()
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(10)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


class PbxCard(Panel):
    """Reads and shows a profile's PBX fields."""

    edited = Signal()

    def __init__(self, intents: Intents, clipboard: SecretClipboard) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._title = label("title")
        form = form_layout()
        self._name = Field(form, named(QLineEdit(), "profileName"))
        self._host = Field(form, named(QLineEdit(), "pbxHost"))
        self._api = Field(form, named(QComboBox(), "apiVersion"))
        self.token = TokenField(form, intents, clipboard, self)
        self._tls = Field(form, named(QComboBox(), "tlsMode"))
        self._url_field = Field(form, named(QComboBox(), "urlField"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addLayout(form)
        layout.addStretch()
        self._fill()
        for edit in (self._name_edit, self._host_edit):
            # Not textEdited: screen readers and other helpers set texts without a key.
            edit.textChanged.connect(self.edited)
        for combo in (self._api_box, self._tls_box, self._url_field_box):
            combo.currentIndexChanged.connect(self.edited)
        self.retranslate()

    @property
    def _name_edit(self) -> QLineEdit:
        assert isinstance(self._name.control, QLineEdit)
        return self._name.control

    @property
    def _host_edit(self) -> QLineEdit:
        assert isinstance(self._host.control, QLineEdit)
        return self._host.control

    @property
    def _api_box(self) -> QComboBox:
        assert isinstance(self._api.control, QComboBox)
        return self._api.control

    @property
    def _tls_box(self) -> QComboBox:
        assert isinstance(self._tls.control, QComboBox)
        return self._tls.control

    @property
    def _url_field_box(self) -> QComboBox:
        assert isinstance(self._url_field.control, QComboBox)
        return self._url_field.control

    def _fill(self) -> None:
        for version in ApiVersion:
            self._api_box.addItem(version.value, version)
        for mode in TlsMode:
            self._tls_box.addItem("", mode)
        for field in (None, *UrlField):
            self._url_field_box.addItem("", field)

    def retranslate(self) -> None:
        self._title.setText(self.tr("PBX"))
        self._name.name(self.tr("&Name"), self.tr("PBX name"))
        self._host.name(self.tr("Ho&st"), self.tr("PBX host"))
        self._host_edit.setPlaceholderText(self.tr("192.168.5.150 or its web address"))
        self._api.name(self.tr("&API"), self.tr("API version"))
        self._tls.name(self.tr("&Certificate"), self.tr("Certificate check"))
        self._url_field.name(self.tr("URL f&lag"), self.tr("Name of the URL mode field"))
        self._url_field_box.setToolTip(
            self.tr("The PBX's manuals name it differently. Try the other if reports go astray.")
        )
        self._tls_box.setItemText(0, self.tr("Check it (system trust)"))
        self._tls_box.setItemText(1, self.tr("Do not check (insecure)"))
        self._name_url_fields()

    def _name_url_fields(self) -> None:
        usual = DEFAULT_URL_FIELD[self._api_box.currentData() or ApiVersion.V1]
        names = (
            self.tr("{name} (usual)").replace("{name}", usual.value),
            UrlField.URLFLAG.value,
            UrlField.URLTAG.value,
            self.tr("both"),
        )
        for index, name in enumerate(names):
            self._url_field_box.setItemText(index, name)

    def load(self, profile: Profile) -> None:
        """Show a profile; a field that shows it already is left alone, its cursor too."""
        with QSignalBlocker(self._name_edit), QSignalBlocker(self._host_edit):
            if self._name_edit.text() != profile.name:
                self._name_edit.setText(profile.name)
            if storable(self._host_edit.text()) != profile.pbx:
                self._host_edit.setText(profile.pbx)
        self._choose(self._api_box, profile.api)
        self._choose(self._tls_box, profile.tls)
        self._choose(self._url_field_box, profile.url_field)
        self._name_url_fields()

    @staticmethod
    def _choose(box: QComboBox, value: StrEnum | None) -> None:
        values = [box.itemData(index) for index in range(box.count())]
        with QSignalBlocker(box):
            box.setCurrentIndex(values.index(value))

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        self._name_edit.setFocus()

    def read(self, profile: Profile) -> Profile:
        """The profile with what the fields hold now."""
        self._name_url_fields()
        url_field = self._url_field_box.currentData()
        return replace(
            profile,
            name=self._name_edit.text(),
            # A pasted query may hold a token: it stays in the field and goes nowhere.
            pbx=storable(self._host_edit.text()),
            api=ApiVersion(self._api_box.currentData()),
            tls=TlsMode(self._tls_box.currentData()),
            url_field=UrlField(url_field) if url_field else None,
        )

    def show_state(self, pbx: PbxState | None, problems: Sequence[Problem]) -> None:
        """Show what is wrong, what a pasted address means, and where the token is."""
        typed = storable(self._host_edit.text())
        mine = [p for p in problems if p.field is FieldName.PBX and typed.strip()]
        self._host.show_problems(mine, self._meaning(typed))
        self._tls.show_problems((), self._risk(typed), warn=True)
        self.token.show_pbx(pbx)

    def _meaning(self, typed: str) -> str:
        try:
            address = parse_pbx(typed)
        except AddressError:
            return ""
        text = self.tr("{scheme}, host {host}, port {port}")
        values = (("scheme", address.scheme), ("host", address.host), ("port", str(address.port)))
        for name, value in values:
            text = text.replace("{" + name + "}", value)
        return text

    def _risk(self, typed: str) -> str:
        """What the PBX's address and the certificate check leave unprotected; empty if nothing."""
        try:
            address = parse_pbx(typed)
        except AddressError:
            address = None
        if address is not None and address.scheme == "http":
            ip = literal_or_none(address.host)
            if ip is None or not ip.is_loopback:
                return self.tr("http: everybody on the way can read the token.")
        if self._tls_box.currentData() == TlsMode.INSECURE:
            return self.tr("Anybody on the way can pretend to be the PBX.")
        return ""
