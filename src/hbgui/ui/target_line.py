"""Where the PBX's reports go now, with one click to restore where they went before."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from hbgui.core.pbx.profile import Profile
from hbgui.core.state.pbx_state import PbxState
from hbgui.ui.panel import Panel, announced_time, button, label, set_text


class TargetLine(Panel):
    """A sentence and two buttons; only what is known is said."""

    def __init__(self) -> None:
        super().__init__()
        self._words = label("muted", "presentReports", wrap=True)
        self.restore = button("restoreTargetButton")
        self.restore.setProperty("flat", True)
        self._more = button("targetsButton")
        self._more.setProperty("flat", True)
        self.more_wanted = self._more.clicked
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._words, 1)
        row.addWidget(self.restore)
        row.addWidget(self._more)
        self.retranslate()

    def retranslate(self) -> None:
        self.restore.setText(self.tr("Restore earlier target"))
        self._more.setText(self.tr("Targets…"))
        self._more.setAccessibleName(self.tr("Report targets of this PBX"))

    def show_state(self, profile: Profile, pbx: PbxState) -> None:
        """Show what is known of this PBX's reports."""
        set_text(self._words, self._sentence(profile))
        earlier, now = profile.earlier, profile.reports_go_to
        self.restore.setVisible(earlier is not None and not earlier.same_place(now))
        self.restore.setEnabled(not pbx.sending)
        tip = self.tr("Sends a heartbeat that announces http://{target}")
        self.restore.setToolTip(tip.replace("{target}", str(earlier)))

    def _sentence(self, profile: Profile) -> str:
        target = profile.reports_go_to
        if target is None:
            return self.tr("Where reports go now is not known: no PBX tells it")
        place = f"http://{target}"
        if not profile.announced:
            return self.tr("Reports go to {target} (written down)").replace("{target}", place)
        newest = profile.announced[0]
        text = (
            self.tr("Reports go to {target}, this computer, since {time}")
            if newest.to_this_computer
            else self.tr("Reports go to {target} since {time}")
        )
        return text.replace("{target}", place).replace("{time}", announced_time(newest.at))
