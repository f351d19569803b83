"""Paints every panel into files: `python paint.py FOLDER`, on an X server of the test's own.

What differs from run to run (time, paths, the cursor) is held still.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEventLoop, QLocale, QSize, Qt, QTimer
from PySide6.QtGui import QCursor, QFont, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QListView,
    QPushButton,
    QRadioButton,
    QTableView,
    QWidget,
)

from hbgui.adapters.secrets.redact import Redactor
from hbgui.app.qt_setup import prepare_qt
from hbgui.core import events
from hbgui.core.api.errors import TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.outcome import HeartbeatMark, OutcomeKind
from hbgui.core.pbx.connection import Certificate
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import Place
from hbgui.core.reports.report import Report, ReportProblem, decode
from hbgui.core.values import Moment, Secret
from hbgui.ui.certificate_dialogs import TrustDialog
from hbgui.ui.main_window import MainWindow
from hbgui.ui.work_pages import Tabs
from runtime.reporting import free_port
from runtime.world import MovedClock, World, running
from ui.conftest import new_window
from ui.handling import choose

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
SIZES = {"large": QSize(1180, 760), "small": QSize(640, 480)}
SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
FIXED = ServerAddress(AddressKind.FIXED, "192.168.5.20")
PROFILES = (
    Profile(
        "post",
        "Hotel Post",
        "https://192.168.5.150",
        server=FIXED,
        url_mode=UrlMode.RELATIVE,
        url="report",
        earlier=ReportTarget("192.168.5.122", 8260),
        ask_before_moving=False,
    ),
    Profile("clinic", "Clinic North", "http://10.4.0.2", server=FIXED),
    Profile("school", "School West", "172.16.0.9"),
    Profile("law", "Law office", "pbx.example.net"),
)
SEEN = Certificate(
    "ab" * 32,
    subject="CN=192.168.5.150",
    issuer="CN=192.168.5.150",
    not_before=NOON - timedelta(days=400),
    not_after=NOON + timedelta(days=3000),
    key="RSA, 2048 bits",
    names=("192.168.5.150",),
    fault="certificate_self_signed",
    tls_version="TLSv1.2",
    cipher="AES256-GCM-SHA384",
)

REPORTS = (
    (1.0, '{"event":"ExtensionStatus","extension":"2001","status":"Busy",SN}'),
    (
        2.5,
        '{"event":"CallStatus","callid":"1700001000.1","members":[{"inbound":{"from":"030123456",'
        '"to":"2001","trunkname":"SIP-Berlin","memberstatus":"ALERT"}},{"ext":{"number":"2001",'
        '"memberstatus":"RING"}}],SN}',
    ),
    (
        6.1,
        '{"event":"CallStatus","callid":"1700001000.1","members":[{"inbound":{"from":"030123456",'
        '"to":"2001","trunkname":"SIP-Berlin","memberstatus":"ANSWERED"}},{"ext":{"number":"2001",'
        '"memberstatus":"ANSWER"}}],SN}',
    ),
    (7.0, '{"event":"BootUp","wrong":"path",SN}'),
    (
        31.0,
        '{"event":"CallStatus","callid":"1700001000.1","members":[{"inbound":{"from":"030123456",'
        '"to":"2001","trunkname":"SIP-Berlin","memberstatus":"BYE"}},{"ext":{"number":"2001",'
        '"memberstatus":"BYE"}}],SN}',
    ),
    (
        31.5,
        '{"event":"NewCdr","callid":"1700001000.1","timestart":"2026-01-02 12:01:25",'
        '"callfrom":"030123456","callto":"2001","callduraction":"29","talkduraction":"25",'
        '"srctrunkname":"SIP-Berlin","dsttrcunkname":"","status":"ANSWERED","type":"Inbound",'
        '"didnumber":"4930555","agentringtime":"0",SN}',
    ),
    (40.0, '{"event":"ExtensionStatus","extension":"2001","status":"Registered",SN}'),
)


BOX = {
    "devicename": "S50",
    "sn": "369152000001",
    "hardwarever": "V1.50 0070-0070",
    "firmwarever": "30.15.0.10",
    "systemtime": "2026-01-02 12:01:21 UTC+0",
    "uptime": "12 days 3:40",
    "extensionstatus": "12/20",
}
TOLD = HttpAnswer(200, json.dumps({"status": "Success", "deviceinfo": BOX}).encode())
NO_TOKEN = HttpAnswer(200, b'{"status":"Failed","errno":"10001"}', server="Yeastar")
LOST = HttpAnswer(200, b'{"status":"Failed","errno":"20004"}')


def stopped_clock(self: MovedClock) -> Moment:
    return Moment(1000 + self.added_s, NOON + timedelta(seconds=self.added_s))


def wait(until: Callable[[], bool] = lambda: False, ms: int = 150) -> None:
    """Run the program until that is so, or for `ms`; at most 10 s."""
    deadline = time.monotonic() + (10 if until() is False and ms == 0 else ms / 1000)
    while time.monotonic() < deadline and not until():
        loop = QEventLoop()
        QTimer.singleShot(20, loop.quit)
        loop.exec()


class Painter:
    def __init__(self, window: MainWindow, world: World, folder: Path) -> None:
        self.window = window
        self.world = world
        self.folder = folder

    def press(self, name: str) -> None:
        self.window.findChild(QPushButton, name).click()

    def paint(self, name: str, widget: QWidget) -> None:
        for scheme, value in SCHEMES.items():
            QGuiApplication.styleHints().setColorScheme(value)
            wait()
            widget.grab().save(str(self.folder / f"{name}-{scheme}.png"))

    def window_in_all_sizes(self, name: str) -> None:
        for size, value in SIZES.items():
            self.window.resize(value)
            wait()
            focused = QApplication.focusWidget()
            if focused is not None:
                focused.clearFocus()
            self.paint(f"{name}-{size}", self.window)

    def dialog(self, name: str, object_name: str) -> None:
        def found() -> list[QDialog]:
            return [d for d in self.window.findChildren(QDialog, object_name) if d.isVisible()]

        wait(lambda: bool(found()), 0)
        wait()
        (shown,) = found()
        self.paint(name, shown)
        shown.reject()
        wait()

    def run(self) -> None:
        self.past()
        self.press("keepAliveButton")
        beats = len(self.world.hub.state.pbxs["post"].marks)
        wait(lambda: len(self.world.hub.state.pbxs["post"].marks) > beats, 0)
        self.world.clock.added_s += 83
        self.window.set_icons()
        wait(ms=1200)
        self.window_in_all_sizes("alive")
        tabs = self.window.findChild(Tabs, "tabs")
        tabs.open(Tabs.ACTIVITY)
        self.window_in_all_sizes("activity")
        self.reports()
        tabs.open(Tabs.REQUEST)
        self.window_in_all_sizes("request")
        self.diagnosis()
        tabs.open(Tabs.SETUP)
        self.window.resize(SIZES["large"])
        self.press("targetsButton")
        self.dialog("targets", "targetsDialog")
        self.press("getTokenButton")
        self.dialog("login", "loginDialog")
        self.helpers()
        self.trust()
        self.moving()
        self.failing()
        self.window.quit()
        self.dialog("leaving", "leavingDialog")
        self.welcome()

    def diagnosis(self) -> None:
        """A check that succeeds, then a chain that is broken."""
        self.window.findChild(Tabs, "tabs").open(Tabs.DIAGNOSIS)
        self.world.pbx.shows = replace(SEEN, fault="")
        self.world.pbx.replies["query"] = [TOLD]
        self.examine("checkButton")
        self.window_in_all_sizes("check")
        self.world.pbx.replies["query"] = [NO_TOKEN, LOST]
        self.examine("diagnoseButton")
        self.window.findChild(QListView, "diagnosisList").setCurrentIndex(
            self.window.findChild(QListView, "diagnosisList").model().index(3, 0)
        )
        self.window_in_all_sizes("diagnosis")

    def examine(self, button: str) -> None:
        self.press(button)
        wait(lambda: not self.world.hub.state.pbxs["post"].diagnosis.running, 0)

    def past(self) -> None:
        """An hour of heartbeats, one of them lost."""
        for minute in range(60, 0, -10):
            outcome = TransportError("timed_out").outcome if minute == 40 else None
            kind = outcome.kind if outcome else OutcomeKind.ACCEPTED
            beat = HeartbeatMark(NOON - timedelta(minutes=minute), kind, 12.0)
            pbx = self.world.hub.state.pbxs["post"]
            state = self.world.hub.state
            beats = (*pbx.marks, beat)
            self.world.hub.state = replace(
                state, pbxs={**state.pbxs, "post": replace(pbx, marks=beats)}
            )

    def reports(self) -> None:
        """A call over a trunk, an extension, and one report at the wrong path."""
        place = Place("192.168.5.20", 8260, "/report")
        self.world.hub.apply(events.ReceiverChanged("post", ReceiverState(place, bound=place.host)))
        self.window.findChild(Tabs, "tabs").open(Tabs.REPORTS)
        wait()
        self.window_in_all_sizes("receiving")
        now = self.world.clock.now()
        for number, (after_s, text) in enumerate(REPORTS, 1):
            raw = text.replace("SN", '"sn":"369000000001"')
            at = Moment(now.elapsed_s + after_s, now.utc + timedelta(seconds=after_s))
            path = "/" if "wrong" in raw else "/report"
            problem = ReportProblem.WRONG_PATH if "wrong" in raw else None
            sender = ("192.168.5.150", path)
            headers = (("User-Agent", "WebAPI"), ("Host", "192.168.5.20: 8260"))
            report = Report(number, at, *sender, raw, decode(raw.encode()), headers)
            report = replace(report, problem=problem, pbx_id="post")
            self.world.reception.book.add(report)
        wait(ms=400)
        self.window.findChild(QTableView, "reportsTable").selectRow(1)
        self.window.findChild(QRadioButton, "reportCall").click()
        self.window_in_all_sizes("reports")
        self.proof()

    def proof(self) -> None:
        """A PBX on this computer, so that there is an address to listen on."""
        self.window.resize(SIZES["large"])
        school = self.world.hub.state.profile("school")
        assert school is not None
        # One that nobody has; its number makes too small a difference to be seen.
        here = ServerAddress(AddressKind.FIXED, "127.0.0.1")
        changed = replace(school, pbx="http://127.0.0.1", server=here, port=str(free_port()))
        self.world.supervisor.save_profile(changed)
        choose(self.window, "school")
        self.press("testReportsButton")
        wait()
        shown = self.window.findChild(QDialog, "proofDialog")
        self.paint("proof-before", shown)
        self.press("sendButton")
        wait(lambda: self.world.hub.state.pbxs["school"].accepted is not None, 0)
        wait(ms=600)
        self.paint("proof-waiting", shown)
        self.world.clock.added_s += 61
        wait(ms=600)
        self.dialog("proof-causes", "proofDialog")
        self.world.clock.added_s -= 61
        self.world.reception.receive("school", False)
        choose(self.window, "post")
        wait()

    def helpers(self) -> None:
        """Dialogs of the program itself."""
        self.window.dialogs.settings()
        self.dialog("settings", "settingsDialog")
        self.window.commands.help.guide()
        self.dialog("guide", "guideDialog")
        self.window.commands.help.shortcuts()
        self.dialog("shortcuts", "shortcutsDialog")

    def welcome(self) -> None:
        """What is there when there is no PBX."""
        for _ in self.world.hub.state.profiles:
            self.window.commands.delete()
        wait()
        self.window_in_all_sizes("welcome")

    def trust(self) -> None:
        dialog = TrustDialog(self.window, "Hotel Post", SEEN, ())
        dialog.open()
        self.dialog("trust", "trustDialog")

    def moving(self) -> None:
        asks = replace(self.world.hub.state.profiles[0], ask_before_moving=True, port="9000")
        self.world.supervisor.save_profile(asks)
        wait()
        self.press("sendButton")
        self.dialog("move", "moveDialog")

    def failing(self) -> None:
        self.world.pbx.reply = TransportError("connect_timed_out")
        self.world.supervisor.select_pbx("clinic")
        choose(self.window, "clinic")
        wait()
        self.press("sendButton")
        wait(lambda: bool(self.world.hub.state.pbxs["clinic"].marks), 0)
        wait()
        self.window_in_all_sizes("failing")


def main() -> None:
    folder = Path(sys.argv[1])
    MovedClock.now = stopped_clock  # type: ignore[method-assign]
    prepare_qt(Redactor())
    QLocale.setDefault(QLocale("en_GB"))
    app = QApplication(["hbgui"])
    app.setCursorFlashTime(0)
    app.setFont(QFont("DejaVu Sans", 10))
    with (
        tempfile.TemporaryDirectory() as home,
        running(Path(home), Settings(PROFILES, "post")) as world,
    ):
        for profile in PROFILES:
            world.vault.keep(profile.id, Secret("0f" * 16))
        window = new_window(world, None)
        window.show()
        # Nothing is to look as if the mouse were over it.
        QCursor.setPos(QGuiApplication.primaryScreen().geometry().bottomRight())
        wait(ms=400)
        Painter(window, world, folder).run()
        window.end()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
