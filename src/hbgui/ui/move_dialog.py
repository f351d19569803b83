"""Before a heartbeat moves reports: from where, to where, and whether to do it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.ui.dialog import Dialog
from hbgui.ui.panel import Panel, announced_time, fixed_font, label, named

_ROLE = QDialogButtonBox.ButtonRole


class _Place(Panel):
    """A target with what is known of it."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self.setProperty("bar", tone)
        self.caption = label("muted")
        self.target = label("", name, wrap=True)
        self.target.setFont(fixed_font())
        self.target.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.about = label("muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(2)
        for part in (self.caption, self.target, self.about):
            column.addWidget(part)

    def retranslate(self) -> None:
        """The dialog does that."""


class MoveDialog(Dialog):
    """Asks once. `accepted` means yes; `quiet` is the tick that ends such questions."""

    def __init__(
        self, parent: QWidget, profile: Profile, target: ReportTarget, *, here: bool
    ) -> None:
        super().__init__(parent, "moveDialog")
        self._profile = profile
        self._to = target
        self._here = here
        self._title = label("title", "moveTitle", wrap=True)
        self._why = label("", "moveReason", wrap=True)
        self._before = _Place("moveFrom", "plain")
        self._after = _Place("moveTo", "target")
        self.quiet = named(QCheckBox(), "dontAskBox")
        self._move = named(QPushButton(), "moveButton")
        self._stay = named(QPushButton(), "moveCancelButton")
        buttons = QDialogButtonBox()
        buttons.addButton(self._move, _ROLE.AcceptRole)
        buttons.addButton(self._stay, _ROLE.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for part in (self._title, self._before, self._after, self._why, self.quiet, buttons):
            self.add(part)
        self.setMinimumWidth(480)
        # Nobody shall move a customer's reports by a mere Enter.
        self.choose_by_enter(self._stay)
        self.retranslate()
        self._stay.setFocus()

    def retranslate(self) -> None:
        name = self._profile.label
        self.setWindowTitle(self.tr("Report target: {name}").replace("{name}", name))
        self._title.setText(self.tr("Move the reports of {name}?").replace("{name}", name))
        self._before.caption.setText(self.tr("Reports go now to"))
        self._before.target.setText(f"http://{self._profile.reports_go_to}")
        self._before.about.setText(self._known_by())
        self._after.caption.setText(self.tr("After this heartbeat they go to"))
        self._after.target.setText(f"http://{self._to}")
        self._after.about.setText(self.tr("this computer") if self._here else "")
        self._after.about.setVisible(self._here)
        self._why.setText(
            self.tr(
                "A heartbeat tells the PBX where to send the event reports of this token. The "
                "place where they go now gets none any more; you can restore it later."
            )
        )
        self.quiet.setText(self.tr("&Don't ask again for {name}").replace("{name}", name))
        self._move.setText(self.tr("&Move reports"))
        self._stay.setText(self.tr("Cancel"))
        self.fit()

    def _known_by(self) -> str:
        if not self._profile.announced:
            return self.tr("as you wrote it down")
        when = announced_time(self._profile.announced[0].at)
        return self.tr("accepted by the PBX on {time}").replace("{time}", when)
