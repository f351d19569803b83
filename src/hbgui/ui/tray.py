"""The icon in the notification area: a convenience, never the only way in."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from hbgui.core.pbx.profile import Profile
from hbgui.core.state.app_state import worst
from hbgui.core.state.pbx_state import Phase
from hbgui.runtime.hub import Hub
from hbgui.runtime.settings import Desktop
from hbgui.texts.states import state_sentence
from hbgui.ui.marks import paint_mark
from hbgui.ui.theme import LIGHT

LOOK_MS = 1000
LOOKS = 30
"""Times that a desktop is asked for a tray after the start: some bring it up late."""

MINUTE_S = 60.0
SHOWN_MS = 20_000

_SHAPES = {
    Phase.ALIVE: Phase.ALIVE,
    Phase.STARTING: Phase.STARTING,
    Phase.FAILING: Phase.FAILING,
    Phase.REFUSED: Phase.FAILING,
    Phase.STOPPED: Phase.FAILING,
}
"""Four shapes: accepted, working, attention; all else is off or unknown."""


def tray_icon(phase: Phase) -> QIcon:
    """The icon for the worst phase of all PBXs."""
    icon = QIcon()
    for side in (16, 22, 32, 64):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        shape = _SHAPES.get(phase, Phase.OFF)
        paint_mark(painter, QRectF(0, 0, side, side).adjusted(1, 1, -1, -1), shape, LIGHT)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


class Tray(QObject):
    """Shows the worst state and offers what is wanted most. GUI thread."""

    toggle_wanted = Signal()
    quit_wanted = Signal()
    send_wanted = Signal(str)

    opened = Signal(str)
    """A click on a notification: the PBX to show."""

    def __init__(self, hub: Hub, desktop: Desktop) -> None:
        super().__init__()
        self._hub = hub
        self._desktop = desktop
        self._about = ""
        self._shown: Phase | None = None
        self._icon: QSystemTrayIcon | None = None
        self._menu = QMenu()
        self._menu.aboutToShow.connect(self.fill)
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        hub.pbx_changed.connect(self._refresh)
        hub.profiles_changed.connect(self._refresh)

    @property
    def menu(self) -> QMenu:
        """The menu as it was shown last."""
        return self._menu

    @property
    def available(self) -> bool:
        """Whether there is a tray now; a window is hidden only then."""
        return self._icon is not None and QSystemTrayIcon.isSystemTrayAvailable()

    def start(self) -> None:
        """Look for a tray, and go on looking for a while."""
        self._tick()
        self._timer.start(LOOK_MS)

    def close(self) -> None:
        """Take the icon away. May be called twice."""
        self._timer.stop()
        if self._icon is not None:
            self._icon.hide()
            self._icon = None

    def notify(self, pbx_id: str, title: str, text: str) -> bool:
        """Tell it on the desktop; False when this desktop cannot."""
        if self._icon is None or not self.available or not QSystemTrayIcon.supportsMessages():
            return False
        self._about = pbx_id
        self._icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.Warning, SHOWN_MS)
        return True

    @Slot()
    def _tick(self) -> None:
        self._looks += 1
        if self._icon is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._icon = QSystemTrayIcon(self)
            self._icon.setContextMenu(self._menu)
            self._icon.activated.connect(self._activated)
            self._icon.messageClicked.connect(lambda: self.opened.emit(self._about))
            self._shown = None
        if self._icon is None and self._looks >= LOOKS:
            self._timer.stop()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        if self._icon is None:
            return
        now = self._desktop.now()
        phase = worst(self._hub.state, now)
        if phase is not self._shown:
            self._shown = phase
            self._icon.setIcon(tray_icon(phase))
            self._icon.show()
        self._icon.setToolTip("\n".join(("hbgui", *self._lines())))

    def _lines(self) -> list[str]:
        """A line for each PBX that does something."""
        now = self._desktop.now()
        lines = []
        for profile in self._hub.state.profiles:
            pbx = self._hub.state.pbxs[profile.id]
            if not pbx.keeping and pbx.last_contact_attempt is None:
                continue
            left_s = pbx.token_left_s(now)
            line = f"{profile.label}: {state_sentence(pbx, now)}"
            if left_s:
                minutes = self.tr("{number} min").replace("{number}", str(int(left_s) // 60))
                line += f" ({minutes})"
            lines.append(line)
        return lines

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.toggle_wanted.emit()

    @Slot()
    def fill(self) -> None:
        """Make the menu anew for the state now."""
        menu = self._menu
        menu.clear()
        menu.addAction(self.tr("Open hbgui"), self.toggle_wanted.emit)
        menu.addSeparator()
        for line in self._lines():
            menu.addAction(line).setEnabled(False)
        profiles = [p for p in self._hub.state.profiles if p.pbx.strip()]
        self._fill_send(menu.addMenu(self.tr("Send now")), profiles)
        self._fill_pause(menu)
        self._fill_snooze(menu)
        menu.addSeparator()
        menu.addAction(self.tr("Quit"), self.quit_wanted.emit)

    def _fill_snooze(self, menu: QMenu) -> None:
        if self._hub.state.desktop.snoozed(self._desktop.now()):
            menu.addAction(self.tr("Notify again"), partial(self._desktop.snooze, 0.0))
            return
        snooze = menu.addMenu(self.tr("Snooze notifications"))
        for minutes, text in ((30, self.tr("30 min")), (60, self.tr("1 h")), (480, self.tr("8 h"))):
            snooze.addAction(text, partial(self._desktop.snooze, minutes * MINUTE_S))

    def _fill_send(self, menu: QMenu, profiles: list[Profile]) -> None:
        menu.setEnabled(bool(profiles))
        for profile in profiles:
            menu.addAction(profile.label, partial(self.send_wanted.emit, profile.id))

    def _fill_pause(self, menu: QMenu) -> None:
        now = self._desktop.now()
        pbxs = self._hub.state.pbxs.values()
        if any(pbx.paused(now) for pbx in pbxs):
            menu.addAction(self.tr("Resume"), self._desktop.resume)
            return
        pause = menu.addMenu(self.tr("Pause"))
        pause.setEnabled(any(pbx.keeping for pbx in pbxs))
        pause.addAction(self.tr("30 min"), partial(self._desktop.pause, 30 * MINUTE_S))
        # A token lives for 30 minutes: a longer pause is its end.
        dies = self.tr("{time}: tokens run out")
        for seconds, text in ((3600.0, self.tr("1 h")), (math.inf, self.tr("Until resumed"))):
            pause.addAction(dies.replace("{time}", text), partial(self._desktop.pause, seconds))
