"""A certificate that this computer does not trust: what it says, what that means, and a choice."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from hbgui.core.pbx.connection import Certificate, Pin, spelled_fingerprint
from hbgui.texts.access import certificate_fault
from hbgui.ui.dialog import Dialog
from hbgui.ui.panel import day, iso_day, label, named
from hbgui.ui.theme import set_tone

_ROLE = QDialogButtonBox.ButtonRole


def fingerprint_label(sha256: str, name: str) -> QLabel:
    """A fingerprint in pairs on two lines, to be compared and copied."""
    shown = label("", name)
    pairs = spelled_fingerprint(sha256)
    shown.setText(f"{pairs[:48]}\n{pairs[48:]}")
    shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    shown.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return shown


class TrustDialog(Dialog):
    """The first contact, or with `known` only a look at the one that is trusted already.

    `trust` means for good, `once` until the program ends. `alike` names PBXs that show the same
    certificate.
    """

    def __init__(
        self,
        parent: QWidget,
        name: str,
        seen: Certificate,
        alike: tuple[str, ...],
        known: Pin | None = None,
    ) -> None:
        super().__init__(parent, "trustDialog")
        self._name = name
        self._seen = seen
        self._alike = alike
        self._known = known
        self._title = label("title", "trustTitle", wrap=True)
        self._why = label("", "trustReason", wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._warning = label("", "trustAlike", wrap=True)
        set_tone(self._warning, "tone", "warn")
        self.trust = named(QPushButton(), "trustButton")
        self.once = named(QPushButton(), "trustOnceButton")
        self._cancel = named(QPushButton(), "trustCancelButton")
        buttons = QDialogButtonBox()
        for choice in (self.trust, self.once):
            buttons.addButton(choice, _ROLE.AcceptRole)
            choice.setVisible(known is None)
        buttons.addButton(self._cancel, _ROLE.RejectRole)
        buttons.rejected.connect(self.reject)
        for part in (self._title, self._why, self._grid, self._warning, buttons):
            self.add(part)
        self.setMinimumWidth(560)
        # Nobody shall trust by a mere Enter.
        self.choose_by_enter(self._cancel)
        self.retranslate()
        self._cancel.setFocus()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Certificate: {name}").replace("{name}", self._name))
        title, why = self._heading()
        self._title.setText(title.replace("{name}", self._name))
        self._why.setText(why)
        self._fill()
        self._warning.setVisible(bool(self._alike))
        self._warning.setText(
            self.tr(
                "The same certificate is trusted for {names}: it may be the maker's, shared by "
                "many boxes. Then it proves a PBX of this kind, not this very one."
            ).replace("{names}", ", ".join(self._alike))
        )
        self.trust.setText(self.tr("&Trust for this PBX"))
        self.once.setText(self.tr("&Only until hbgui is closed"))
        self._cancel.setText(self.tr("Close") if self._known else self.tr("Cancel"))

    def _heading(self) -> tuple[str, str]:
        if self._known is not None:
            since = self.tr("Trusted since {date}.").replace("{date}", iso_day(self._known.since))
            only = self.tr("Any other one stops this PBX until you have compared the two.")
            why = f"{since} {only}" if self._known.since else only
            return self.tr("{name} shows the certificate that you trust"), why
        fault = self._seen.fault
        ask = self.tr(
            "Compare the SHA-256 below with the one that the PBX or its administrator shows. If "
            "they are the same, nobody is in between."
        )
        if not fault:
            return self.tr("This computer trusts {name}"), ask
        return self.tr("First contact with {name}"), f"{certificate_fault(fault)} {ask}"

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for row, (caption, value, meaning) in enumerate(self._facts()):
            shown = label("muted")
            shown.setText(caption)
            self._grid.addWidget(shown, 2 * row, 0, Qt.AlignmentFlag.AlignTop)
            if caption == "SHA-256":
                self._grid.addWidget(
                    fingerprint_label(self._seen.sha256, "trustFingerprint"), 2 * row, 1
                )
            else:
                fact = label("", wrap=True)
                fact.setText(value)
                self._grid.addWidget(fact, 2 * row, 1)
            means = label("muted", wrap=True)
            means.setText(meaning)
            self._grid.addWidget(means, 2 * row + 1, 1)

    def _facts(self) -> list[tuple[str, str, str]]:
        seen, unknown = self._seen, self.tr("(cannot be read)")
        own = seen.subject == seen.issuer
        names = ", ".join(seen.names) or self.tr("none")
        return [
            (
                self.tr("Made out to"),
                seen.subject or unknown,
                self.tr("It names: {names}").replace("{names}", names),
            ),
            (
                self.tr("Issued by"),
                seen.issuer or unknown,
                self.tr("By itself: nobody else vouches for it.")
                if own
                else self.tr("Whoever that is vouches for it."),
            ),
            (self.tr("Valid"), valid_words(seen) or unknown, self._date_meaning()),
            (
                self.tr("Key"),
                seen.key or unknown,
                self.tr("RSA below 2048 bits is weak. Connection: {tls}").replace(
                    "{tls}", f"{seen.tls_version}, {seen.cipher}"
                ),
            ),
            (
                "SHA-256",
                "",
                self.tr("The fingerprint: no other certificate has it."),
            ),
        ]

    def _date_meaning(self) -> str:
        now = datetime.now(UTC)
        if self._seen.not_after is not None and self._seen.not_after < now:
            return self.tr("It has run out. A pin does not mind.")
        if self._seen.not_before is not None and self._seen.not_before > now:
            return self.tr("It begins in the future: check this computer's date.")
        return self.tr("The dates are in order. A pin does not mind them.")


class ChangedDialog(Dialog):
    """Another certificate than the trusted one. Replacing it takes a tick and a click."""

    def __init__(self, parent: QWidget, name: str, pin: Pin, seen: Certificate) -> None:
        super().__init__(parent, "changedDialog")
        self._name = name
        self._pin = pin
        self._seen = seen
        self._title = label("title", "changedTitle", wrap=True)
        set_tone(self._title, "tone", "bad")
        self._why = label("", "changedReason", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        self._heads = (label("title"), label("title"))
        self._facts = (label("muted", wrap=True), label("muted", wrap=True))
        prints = (
            fingerprint_label(pin.sha256, "oldFingerprint"),
            fingerprint_label(seen.sha256, "newFingerprint"),
        )
        for column in range(2):
            grid.addWidget(self._heads[column], 0, column)
            grid.addWidget(prints[column], 1, column)
            grid.addWidget(self._facts[column], 2, column, Qt.AlignmentFlag.AlignTop)
        self._checked = named(QCheckBox(), "comparedCheck")
        self.replace = named(QPushButton(), "replaceCertificateButton")
        self.replace.setEnabled(False)
        self._checked.toggled.connect(self.replace.setEnabled)
        self._block = named(QPushButton(), "keepBlockingButton")
        buttons = QDialogButtonBox()
        buttons.addButton(self.replace, _ROLE.DestructiveRole)
        buttons.addButton(self._block, _ROLE.RejectRole)
        buttons.rejected.connect(self.reject)
        for part in (self._title, self._why, grid, self._checked, buttons):
            self.add(part)
        self.choose_by_enter(self._block)
        self.retranslate()
        self._block.setFocus()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Certificate changed: {name}").replace("{name}", self._name))
        self._title.setText(
            self.tr("{name} shows another certificate than the one that you trusted").replace(
                "{name}", self._name
            )
        )
        self._why.setText(
            self.tr(
                "Nothing was sent, and nothing will be until you decide. If nobody renewed the "
                "certificate or replaced the PBX, somebody may be in between: do not go on, and "
                "ask the PBX's administrator."
            )
        )
        since = self._pin.since
        trusted = self.tr("Trusted since {date}") if since else self.tr("Trusted until now")
        self._heads[0].setText(trusted.replace("{date}", iso_day(since)))
        self._heads[1].setText(self.tr("Shown now"))
        seen = self._seen
        self._facts[1].setText(
            "\n".join(
                (
                    self.tr("Made out to: {name}").replace("{name}", seen.subject or "–"),
                    self.tr("Issued by: {name}").replace("{name}", seen.issuer or "–"),
                    self.tr("Valid: {dates}").replace("{dates}", valid_words(seen) or "–"),
                )
            )
        )
        self._checked.setText(
            self.tr("&I compared the new one with what the PBX or its administrator shows")
        )
        self.replace.setText(self.tr("&Replace the trusted certificate"))
        self._block.setText(self.tr("Keep blocking"))


def valid_words(seen: Certificate) -> str:
    """From when to when, in the person's format; empty when that cannot be read."""
    if seen.not_before is None or seen.not_after is None:
        return ""
    return f"{day(seen.not_before)} – {day(seen.not_after)}"
