"""What an import would add, change and leave out; nothing happens until *Import* is pressed."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hbgui.core.pbx.profile import SHARED, Profile
from hbgui.core.settings import Change, Preview
from hbgui.texts.settings import entry_error_sentence, member_name, member_value
from hbgui.ui.panel import button, label, named, plain_tip
from hbgui.ui.theme import Theme, set_tone

WHAT, PBX, DETAILS = range(3)
_Row = tuple[str, str, str, str]


class ImportPreview(QDialog):
    """One row for each PBX that would be added or changed, and for each entry with an error."""

    wanted = Signal(object)
    """*Import* was pressed: the preview."""

    def __init__(
        self, parent: QWidget, preview: Preview, kept: Collection[str], theme: Theme
    ) -> None:
        """`kept` are the ids of the PBXs whose schedule runs."""
        super().__init__(parent)
        self.setObjectName("importPreview")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preview = preview
        self._kept = kept
        self._theme = theme
        self._summary = label("title", "importSummary", wrap=True)
        self._warning = label("", "importWarning", wrap=True)
        set_tone(self._warning, "tone", "bad")
        self._hint = label("muted", "importHint", wrap=True)
        self._table = _table()
        self._cancel = button("importCancelButton")
        self._import = button("importButton")
        self._import.setProperty("primary", True)
        self._import.setEnabled(bool(preview.added or preview.changed))
        self._import.setDefault(True)
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.reject)
        self._import.clicked.connect(self.accept)
        self.accepted.connect(self._accepted)
        theme.changed.connect(self.retranslate)
        self._lay_out()
        self.retranslate()
        (self._import if self._import.isEnabled() else self._cancel).setFocus()
        self.resize(760, 460)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self._summary)
        layout.addWidget(self._warning)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._hint)
        layout.addLayout(buttons)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def retranslate(self) -> None:
        """Set every text anew, and every colour."""
        self.setWindowTitle(self.tr("Import PBXs"))
        self._summary.setText(self._counts())
        names = [self._name(change.old) for change in self._preview.changed if change.another_way]
        self._warning.setText(self._warned(names))
        self._warning.setVisible(bool(names))
        self._hint.setText(
            self.tr("Nothing is changed until you press Import. Tokens stay as they are.")
            if self._import.isEnabled()
            else self.tr("There is nothing to import.")
        )
        self._cancel.setText(self.tr("&Cancel"))
        self._import.setText(self.tr("&Import"))
        self._table.setAccessibleName(self.tr("What the import would do"))
        self._table.setHorizontalHeaderLabels([self.tr("What"), self.tr("PBX"), self.tr("Details")])
        self._fill()

    def _counts(self) -> str:
        counts = (
            (self.tr("Added: {number}"), len(self._preview.added)),
            (self.tr("Changed: {number}"), len(self._preview.changed)),
            (self.tr("Unchanged: {number}"), self._preview.same),
            (self.tr("With errors: {number}"), len(self._preview.errors)),
        )
        return "   ".join(text.replace("{number}", str(number)) for text, number in counts)

    def _warned(self, names: list[str]) -> str:
        return self.tr(
            "This file changes how hbgui reaches or trusts {names}. Whoever made it may get the "
            "token: import it only if you know where it comes from."
        ).replace("{names}", ", ".join(names))

    def _fill(self) -> None:
        rows = self._rows()
        self._table.setRowCount(len(rows))
        for row, (tone, *cells) in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
                item.setToolTip(plain_tip(text))
                if column == WHAT:
                    item.setForeground(QColor(getattr(self._theme.colors, tone)))
                self._table.setItem(row, column, item)
        self._table.resizeColumnToContents(WHAT)
        self._table.setVisible(bool(rows))

    def _rows(self) -> list[_Row]:
        rows = []
        for error in self._preview.errors:
            entry = self.tr("Entry {number}").replace("{number}", str(error.number))
            name = f"{entry}: {_one_line(error.name)}" if error.name.strip() else entry
            rows.append(("bad", self.tr("Error"), name, entry_error_sentence(error)))
        for change in self._preview.changed:
            told, tone = _changes(change), "bad" if change.another_way else "warn"
            if change.another_way and change.old.id in self._kept:
                told = "\n".join((told, self.tr("Keep alive will be switched off.")))
            rows.append((tone, self.tr("Changed"), self._name(change.old), told))
        for profile in self._preview.added:
            rows.append(("ok", self.tr("Added"), self._name(profile), _members(profile)))
        return rows

    def _name(self, profile: Profile) -> str:
        return _one_line(profile.label) or self.tr("New PBX")

    @Slot()
    def _accepted(self) -> None:
        self.wanted.emit(self._preview)


def _table() -> QTableWidget:
    table = named(QTableWidget(0, 3), "importTable")
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(DETAILS, QHeaderView.ResizeMode.Stretch)
    table.setColumnWidth(PBX, 180)
    return table


def _changes(change: Change) -> str:
    """A line for each member that would be another."""
    return "\n".join(
        f"{member_name(name)}: {_value(change.old, name)} → {_value(change.new, name)}"
        for name in change.fields
    )


def _members(profile: Profile) -> str:
    """The host, and what is not as in an empty form."""
    empty = Profile(profile.id)
    names = [name for name in SHARED if name != "name"]
    told = [n for n in names if n == "pbx" or getattr(profile, n) != getattr(empty, n)]
    return "\n".join(f"{member_name(n)}: {_value(profile, n)}" for n in told)


def _value(profile: Profile, name: str) -> str:
    return _one_line(member_value(name, getattr(profile, name)))


def _one_line(text: str) -> str:
    return " ".join(text.split())
