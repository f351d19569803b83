"""The PBX's half of the form: name, address, API version, token, certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hbgui.core.pbx.address import AddressError, literal_or_none, parse_pbx, storable
from hbgui.core.pbx.connection import TlsMode
from hbgui.core.pbx.paste import is_command
from hbgui.core.pbx.profile import ApiVersion, Profile
from hbgui.core.pbx.validation import Field as FieldName
from hbgui.core.pbx.validation import Problem, Severity
from hbgui.core.state.pbx_state import PbxState
from hbgui.runtime.access import Accounts
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.access import certificate_trust
from hbgui.ui.advanced_fields import AdvancedFields
from hbgui.ui.field import Field
from hbgui.ui.form_layout import form_layout
from hbgui.ui.panel import Panel, button, combo, iso_day, label, named
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.token_actions import TokenActions
from hbgui.ui.token_field import TokenField


class PbxCard(Panel):
    """Reads and shows a profile's PBX fields."""

    edited = Signal()

    host_typed = Signal(str)
    """The whole text of the host field, perhaps with more than a host."""

    certificate_wanted = Signal()
    """The button beside the certificate was pressed."""

    def __init__(self, intents: Supervisor, accounts: Accounts, clipboard: SecretClipboard) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._title = label("title")
        form = form_layout()
        self._name = Field(form, named(QLineEdit(), "profileName"))
        self._host = Field(form, named(QLineEdit(), "pbxHost"))
        self._api = Field(form, combo("apiVersion"))
        self.token_actions = TokenActions(accounts)
        self.token = TokenField(form, intents, clipboard, self.token_actions, self)
        row = QWidget()
        inner = QHBoxLayout(row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        modes = combo("tlsMode")
        self._show = button("showCertificateButton")
        self._show.clicked.connect(self.certificate_wanted)
        inner.addWidget(modes, 1)
        inner.addWidget(self._show)
        self._tls = Field(form, modes, row)
        self._advanced = AdvancedFields()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addLayout(form)
        layout.addWidget(self._advanced)
        layout.addStretch()
        self._fill()
        for edit in (self._name_edit, self._host_edit):
            # Not textEdited: screen readers and other helpers set texts without a key.
            edit.textChanged.connect(self.edited)
        self._host_edit.textChanged.connect(self.host_typed)
        for box in (self._api_box, self._tls_box):
            box.currentIndexChanged.connect(self.edited)
        self._advanced.edited.connect(self.edited)
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

    def _fill(self) -> None:
        for version in ApiVersion:
            self._api_box.addItem(version.value, version)
        for mode in TlsMode:
            self._tls_box.addItem("", mode)

    def retranslate(self) -> None:
        self._title.setText(self.tr("PBX"))
        self._name.name(self.tr("&Name"), self.tr("PBX name"))
        self._host.name(self.tr("Ho&st"), self.tr("PBX host"))
        self._host_edit.setPlaceholderText(self.tr("192.168.5.150 or its web address"))
        self._api.name(self.tr("&API"), self.tr("API version"))
        self._tls.name(self.tr("&Certificate"), self.tr("Certificate check"))
        self._tls_box.setItemText(0, self.tr("Check it (system trust)"))
        self._tls_box.setItemText(1, self.tr("Trust one certificate only"))
        self._tls_box.setItemText(2, self.tr("Do not check (insecure)"))
        self._show.setText(self.tr("Show…"))
        self._show.setAccessibleName(self.tr("Show the PBX's certificate"))
        captions = [f.caption for f in (self._name, self._host, self._api, self._tls)]
        captions += [field.caption for field in self._advanced.fields]
        width = max(caption.sizeHint().width() for caption in captions)
        for caption in captions:
            caption.setMinimumWidth(width)

    def load(self, profile: Profile) -> None:
        """Show a profile; a field that shows it already is left alone, its cursor too."""
        with QSignalBlocker(self._name_edit), QSignalBlocker(self._host_edit):
            if self._name_edit.text() != profile.name:
                self._name_edit.setText(profile.name)
            if storable(self._host_edit.text()) != profile.pbx:
                self._host_edit.setText(profile.pbx)
        self._choose(self._api_box, profile.api)
        self._choose(self._tls_box, profile.tls)
        self._advanced.load(profile)

    @staticmethod
    def _choose(box: QComboBox, value: StrEnum | None) -> None:
        values = [box.itemData(index) for index in range(box.count())]
        with QSignalBlocker(box):
            box.setCurrentIndex(values.index(value))

    def show_host(self, text: str) -> None:
        """Put another text into the field of the address; the old one cannot be got back."""
        self._host_edit.setText(text)

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        self._name_edit.setFocus()

    def read(self, profile: Profile) -> Profile:
        """The profile with what the fields hold now."""
        typed = self._host_edit.text()
        changed = replace(
            profile,
            name=self._name_edit.text(),
            # A pasted query may hold a token, and a command is no address: they go nowhere.
            pbx=profile.pbx if is_command(typed) else storable(typed),
            api=ApiVersion(self._api_box.currentData()),
            tls=TlsMode(self._tls_box.currentData()),
        )
        return self._advanced.read(changed)

    def show_state(
        self, pbx: PbxState | None, profile: Profile, problems: Sequence[Problem]
    ) -> None:
        """Show what is wrong, what a pasted address means, where the token is, who is believed."""
        typed = storable(self._host_edit.text())
        mine = [p for p in problems if p.field is FieldName.PBX and typed.strip()]
        if self._holds_token():
            mine = [Problem(FieldName.PBX, Severity.ERROR, "address_is_token")]
        self._host.show_problems(mine, self._meaning(typed))
        risk = self._risk(typed)
        since = iso_day(profile.pin.since) if profile.pin else ""
        self._tls.show_problems((), risk or certificate_trust(profile, pbx, since), warn=bool(risk))
        self._show.setEnabled(profile.authority != "" and not plain_http(typed))
        self._advanced.show_problems(problems)
        self.token.show_pbx(pbx, profile)
        self.token_actions.show_pbx(pbx, profile)

    def _holds_token(self) -> bool:
        """Whether a token was typed as the address; the profile never gets to know it."""
        try:
            parse_pbx(self._host_edit.text())
        except AddressError as error:
            return error.code == "address_is_token"
        return False

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
        if plain_http(typed):
            ip = literal_or_none(parse_pbx(typed).host)
            if ip is None or not ip.is_loopback:
                return self.tr("http: everybody on the way can read the token.")
        if self._tls_box.currentData() == TlsMode.INSECURE:
            return self.tr("Anybody on the way can pretend to be the PBX.")
        return ""


def plain_http(typed: str) -> bool:
    """Whether a typed address is one without TLS."""
    try:
        return parse_pbx(typed).scheme == "http"
    except AddressError:
        return False
