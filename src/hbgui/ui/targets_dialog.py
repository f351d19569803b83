"""The report targets of one PBX: now, earlier, and all that was announced from here."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.validation import parse_target
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.problems import problem_sentence
from hbgui.ui.dialog import Dialog
from hbgui.ui.panel import announced_time, label, named
from hbgui.ui.theme import set_tone


class TargetsDialog(Dialog):
    """Lets a person write down the earlier target. What is typed counts with *Save*."""

    def __init__(self, parent: QWidget, hub: Hub, intents: Supervisor, profile: Profile) -> None:
        super().__init__(parent, "targetsDialog")
        self._hub = hub
        self._intents = intents
        self._profile = profile
        self._title = label("title", "targetsTitle", wrap=True)
        self._caption = label("muted", wrap=True)
        self._earlier = named(QLineEdit(), "earlierTarget")
        self._earlier.setText(str(profile.earlier) if profile.earlier else "")
        self._caption.setBuddy(self._earlier)
        self._problem = label(name="earlierTargetNote", wrap=True)
        self._problem.hide()
        self._ask = named(QCheckBox(), "askBeforeMoving")
        self._ask.setChecked(profile.ask_before_moving)
        self._heading = label("muted")
        self._table = self._new_table()
        self._keep = named(QPushButton(), "saveTargetsButton")
        self._keep.setProperty("primary", True)
        self._leave = named(QPushButton(), "cancelTargetsButton")
        buttons = QDialogButtonBox()
        buttons.addButton(self._keep, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self._leave, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        for part in (
            self._title,
            self._caption,
            self._earlier,
            self._problem,
            self._ask,
            self._heading,
            self._table,
            buttons,
        ):
            self.add(part)
        self.resize(560, 460)
        self.choose_by_enter(self._keep)
        self._earlier.textChanged.connect(self._typed)
        self.retranslate()
        self._earlier.setFocus()

    def _new_table(self) -> QTableWidget:
        table = named(QTableWidget(len(self._profile.announced), 2), "announcedTable")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        return table

    def retranslate(self) -> None:
        name = self._profile.label
        self.setWindowTitle(self.tr("Report targets: {name}").replace("{name}", name))
        now = self._profile.reports_go_to
        self._title.setText(
            self.tr("Reports go to {target}").replace("{target}", f"http://{now}")
            if now
            else self.tr("Where reports go now is not known: no PBX tells it")
        )
        self._caption.setText(
            self.tr(
                "&Earlier target, from the settings of the customer's server. “Restore” announces "
                "it, and hbgui asks before it moves reports away from there."
            )
        )
        self._earlier.setAccessibleName(self.tr("Earlier report target"))
        self._earlier.setPlaceholderText("192.168.5.122:8260/report")
        self._ask.setText(self.tr("&Ask before a heartbeat moves the reports"))
        self._keep.setText(self.tr("&Save"))
        self._leave.setText(self.tr("Cancel"))
        self._heading.setText(self.tr("Accepted from here, the newest first"))
        self._table.setAccessibleName(self.tr("Announced report targets"))
        self._table.setHorizontalHeaderLabels([self.tr("Since"), self.tr("Reports go to")])
        for row, announced in enumerate(self._profile.announced):
            target = f"http://{announced.target}"
            if announced.to_this_computer:
                target += " " + self.tr("(this computer)")
            for column, text in enumerate((announced_time(announced.at), target)):
                self._table.setItem(row, column, QTableWidgetItem(text))

    @Slot()
    def _typed(self) -> None:
        self._show_problem("")

    def _show_problem(self, text: str) -> None:
        self._problem.setText(f"◆ {text}")
        self._problem.setVisible(bool(text))
        set_tone(self._problem, "tone", "bad")
        set_tone(self._earlier, "tone", "bad" if text else "")
        self._earlier.setAccessibleDescription(text)

    @Slot()
    def _save(self) -> None:
        earlier: ReportTarget | None = None
        if self._earlier.text().strip():
            earlier, problems = parse_target(self._earlier.text())
            if earlier is None:
                self._show_problem(problem_sentence(problems[0]))
                self._earlier.setFocus()
                return
        profile = self._hub.state.profile(self._profile.id)
        if profile is not None:
            asks = self._ask.isChecked()
            self._intents.save_profile(replace(profile, earlier=earlier, ask_before_moving=asks))
        self.accept()
