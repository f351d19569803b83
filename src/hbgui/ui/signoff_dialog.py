"""*Sign-off report…*: who tested for whom, what the report will say, and where it is saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from hbgui import __version__
from hbgui.core.history import Row
from hbgui.core.settings import WHO_MAX
from hbgui.core.signoff.signoff import ROWS_MAX, Overall, SignOff, Who, sign_off
from hbgui.core.signoff.verdict import overall
from hbgui.core.state.pbx_state import PbxState
from hbgui.runtime.diagnostics import Diagnostics
from hbgui.runtime.history import HistoryKeeper
from hbgui.runtime.hub import Hub
from hbgui.runtime.settings import Desktop
from hbgui.texts.signoff.words import (
    failed_points,
    open_points,
    signoff_summary,
    signoff_verdict,
    untested_points,
)
from hbgui.texts.translation import TimeFormat
from hbgui.ui.dialog import Dialog
from hbgui.ui.field import Field
from hbgui.ui.form_layout import form_layout
from hbgui.ui.panel import button, combo, label, named, set_text
from hbgui.ui.signoff_files import HTML, PDF, default_name, folder, maker
from hbgui.ui.theme import set_tone
from hbgui.ui.vertical_scroll import VerticalScroll

_TONES = {Overall.PASSED: "ok", Overall.OPEN: "warn", Overall.NOT_PASSED: "bad"}
_SHAPES = {Overall.PASSED: "●", Overall.OPEN: "▲", Overall.NOT_PASSED: "■"}
_KINDS = (PDF, HTML)


class SignOffDialog(Dialog):
    """Shows the verdict before anything is saved; what happens meanwhile changes it."""

    def __init__(
        self,
        parent: QWidget,
        hub: Hub,
        history: HistoryKeeper,
        desktop: Desktop,
        diagnostics: Diagnostics,
        pbx_id: str,
    ) -> None:
        super().__init__(parent, "signOffDialog")
        self._hub = hub
        self._history = history
        self._desktop = desktop
        self._pbx_id = pbx_id
        self._rows: tuple[Row, ...] | None = ()
        self._whole = True
        self._look = 0
        self._build()
        self._diagnose.clicked.connect(lambda: diagnostics.diagnose(pbx_id))
        self._fill()
        history.looked_back.connect(self._looked_back)
        history.added.connect(self._added)
        hub.pbx_changed.connect(self._changed)
        hub.profiles_changed.connect(self._refresh)
        self.retranslate()
        self._look_back()
        (self._customer if self._technician.text() else self._technician).setFocus()

    def _build(self) -> None:
        self._verdict = label("title", "signOffVerdict", wrap=True)
        self._summary = label("", "signOffSummary", wrap=True)
        self._points = label("muted", "signOffPoints", wrap=True)
        self._points.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._diagnose = button("signOffDiagnoseButton")
        form = form_layout()
        self._technician = named(QLineEdit(), "signOffTechnician")
        self._company = named(QLineEdit(), "signOffCompany")
        self._customer = named(QLineEdit(), "signOffCustomer")
        self._note = named(QPlainTextEdit(), "signOffNote")
        self._note.setTabChangesFocus(True)
        self._note.setFixedHeight(76)
        self._kind = combo("signOffKind")
        for kind in _KINDS:
            self._kind.addItem("", kind)
        lines = (self._technician, self._company, self._customer)
        for line in lines:
            line.setMaxLength(WHO_MAX)
        self._fields = [Field(form, w) for w in (*lines, self._note, self._kind)]
        self._keep = button("saveSignOffButton")
        self._keep.setProperty("primary", True)
        # Until the history has been read: else the verdict would be without its heartbeats.
        self._keep.setEnabled(False)
        self._leave = button("cancelSignOffButton")
        buttons = QDialogButtonBox()
        buttons.addButton(self._keep, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self._leave, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._choose_file)
        buttons.rejected.connect(self.reject)
        for part in (self._verdict, self._summary, self._scrolled(), form, buttons):
            self.add(part)
        self.resize(600, 600)
        self.choose_by_enter(self._keep)

    def _scrolled(self) -> VerticalScroll:
        """The points, however many: the fields below stay where they are."""
        inner = named(QWidget(), "page")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self._points)
        column.addWidget(self._diagnose, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch()
        return named(VerticalScroll(inner), "signOffScroll")

    def _fill(self) -> None:
        known = self._hub.state.desktop.preferences
        self._technician.setText(known.technician)
        self._company.setText(known.company)

    def retranslate(self) -> None:
        profile = self._hub.state.profile(self._pbx_id)
        name = profile.label if profile else ""
        self.setWindowTitle(self.tr("Sign-off report: {name}").replace("{name}", name))
        names = (
            (self.tr("&Technician"), self.tr("Technician")),
            (self.tr("C&ompany"), self.tr("Company")),
            (self.tr("C&ustomer, site"), self.tr("Customer, site")),
            (self.tr("&Note"), self.tr("Note")),
            (self.tr("&File"), self.tr("Kind of file")),
        )
        for field, (caption, spoken) in zip(self._fields, names, strict=True):
            field.name(caption, spoken)
            # The last letter of a caption with a mnemonic is cut by a pixel without it.
            field.caption.setMinimumWidth(field.caption.sizeHint().width() + 4)
        self._kind.setItemText(0, self.tr("PDF, for A4"))
        self._kind.setItemText(1, self.tr("HTML, one file"))
        self._diagnose.setText(self.tr("&Diagnose now"))
        self._keep.setText(self.tr("&Save…"))
        self._leave.setText(self.tr("Cancel"))
        self._refresh()

    @property
    def _pbx(self) -> PbxState | None:
        return self._hub.state.pbxs.get(self._pbx_id)

    def _signoff(self) -> SignOff | None:
        profile, pbx = self._hub.state.profile(self._pbx_id), self._pbx
        if profile is None or pbx is None:
            return None
        now = self._history.now()
        who = self._who()
        return sign_off(profile, pbx, self._rows, now, who, __version__, whole=self._whole)

    def _who(self) -> Who:
        return Who(
            self._technician.text(),
            self._company.text(),
            self._customer.text(),
            self._note.toPlainText(),
        )

    @Slot(object)
    def _added(self, row: Row) -> None:
        if row.pbx_id == self._pbx_id:
            self._look_back()

    def _look_back(self) -> None:
        self._look = self._history.look_back(self._pbx_id, ROWS_MAX)

    @Slot(int, object, bool)
    def _looked_back(self, number: int, rows: tuple[Row, ...] | None, whole: bool) -> None:
        if number == self._look:
            self._rows, self._whole = rows, whole
            self._keep.setEnabled(True)
            self._refresh()

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        if pbx_id == self._pbx_id:
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        signoff, when = self._signoff(), TimeFormat()
        if signoff is None:
            self.reject()
            return
        found = overall(signoff)
        verdict = signoff_verdict(signoff)
        set_text(self._verdict, f"{_SHAPES[found]} {verdict}")
        set_text(self._summary, signoff_summary(signoff))
        set_tone(self._verdict, "tone", _TONES[found])
        untested = self.tr("Not tested: {text}")
        said = [*failed_points(signoff, when), *open_points(signoff, when)]
        said += [untested.replace("{text}", t) for t in untested_points(signoff, when)]
        set_text(self._points, "\n".join(f"– {text}" for text in said))
        running = self._pbx is not None and self._pbx.diagnosis.running
        self._diagnose.setVisible(running or signoff.diagnosis is None)
        self._diagnose.setEnabled(not running)

    @Slot()
    def _choose_file(self) -> None:
        signoff, kind = self._signoff(), _KINDS[self._kind.currentIndex()]
        if signoff is None:
            return
        title = self.tr("Save the sign-off report")
        dialog = named(QFileDialog(self, title, folder()), "signOffFileDialog")
        dialog.setAccessibleName(title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("PDF (*.pdf)"), self.tr("HTML (*.html)")])
        dialog.selectNameFilter(dialog.nameFilters()[_KINDS.index(kind)])
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(default_name(signoff, kind))
        dialog.fileSelected.connect(self._save)
        dialog.open()

    @Slot(str)
    def _save(self, path: str) -> None:
        signoff = self._signoff()
        if signoff is None:
            return
        self._history.write_document(Path(path), maker(signoff, Path(path)))
        who, known = signoff.who, self._hub.state.desktop.preferences
        self._desktop.change(replace(known, technician=who.technician, company=who.company))
        self.accept()
