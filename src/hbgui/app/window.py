"""What is done after the window has been seen, and not before."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from hbgui.adapters.files.paths import Paths
from hbgui.adapters.secrets.redact import Redactor
from hbgui.app.demo import Demo
from hbgui.app.qt_setup import NO_DISPLAY, new_application, prepare_qt, tell, when_display_dies
from hbgui.core import events
from hbgui.core.pbx.profile import Profile, new_id
from hbgui.core.ports import SecretStore, Settings
from hbgui.runtime.access import Accounts
from hbgui.runtime.diagnostics import Diagnostics
from hbgui.runtime.history import HistoryKeeper
from hbgui.runtime.hub import Hub
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.named_lock import WINDOW, NamedLock, keeper_of
from hbgui.runtime.pool import Pool
from hbgui.runtime.process import Garbage, UnixSignals
from hbgui.runtime.reports.book import ReceivedReports
from hbgui.runtime.reports.reception import ReceiverManager
from hbgui.runtime.scheduler import Scheduler, Sender
from hbgui.runtime.secrets import TokenVault
from hbgui.runtime.settings import Desktop, SettingsSaver, Sharing
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.settings import settings_notes
from hbgui.texts.translation import install_translator
from hbgui.ui.main_window import MainWindow
from hbgui.wiring import Adapters

if TYPE_CHECKING:
    from hbgui.app.second_start import SecondStart
    from hbgui.runtime.reports.receiver import Receiver
    from hbgui.runtime.single_instance import SingleInstance


class FirstPaint(QObject):
    """Calls back once, after the window has been painted for the first time."""

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__()
        self._window = window
        self._then = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self, self._call)
        return super().eventFilter(watched, event)

    @Slot()
    def _call(self) -> None:
        self._then()


SENDS = 8
"""Heartbeats on their way at once: threads are for dead hosts, not for speed."""

DIAGNOSES = 4
"""Diagnoses on their way at once."""

GC_AFTER_MS = 1000

CLOSE_S = 0.8
"""Seconds that closing may take in all; what hangs longer is left behind."""


class Program:
    """Everything that runs while the window is open."""

    def __init__(
        self,
        app: QApplication,
        lock: NamedLock | None,
        demo: Demo | None,
        adapters: Adapters,
        *,
        minimised: bool = False,
    ) -> None:
        self.app = app
        self._lock = lock
        self._minimised = minimised
        self._demo = demo
        self._adapters = adapters
        self._awake = False
        self._report_numbers = itertools.count(1)
        self._garbage = Garbage()
        self._instance: SingleInstance | None = None
        self.hub = Hub()
        self._loaded = adapters.settings_file.load()
        self.supervisor = self._compose()
        settings = self._first_settings()
        self.supervisor.start(settings)
        self.window = MainWindow(
            self.hub,
            self.supervisor,
            self._accounts,
            self._diagnostics,
            self._history,
            self._desktop,
            self._reception,
            adapters.paths.window_memory,
            settings.selected,
        )
        self.window.ended.connect(self._exit)
        self._first_paint = FirstPaint(self.window, self._after_first_paint)
        self._signals = UnixSignals(self._end_now)
        when_display_dies(self._display_died)

    def _compose(self) -> Supervisor:
        adapters, post = self._adapters, self.hub.post
        clock, new_cancel, write = adapters.clock, adapters.new_cancel, adapters.write_file
        store: SecretStore | None = None
        if self._demo is None:
            store = adapters.secrets
        self._vault = TokenVault(store, adapters.redactor.add)
        sends = Pool("send", SENDS, new_cancel)
        # A program that was never shown saves nothing.
        self._disk = disk = Pool("disk", 1, new_cancel, held=True)
        # What they load would delay the first paint.
        self._looks = Pool("job", 2, new_cancel, held=True)
        self._secrets = Pool("keyring", 1, new_cancel, held=True)
        sender = Sender(sends, lambda: adapters.client, self._vault, clock, post)
        heart = Scheduler(clock, sender.send, post)
        network = lambda: adapters.network  # noqa: E731
        jobs = Jobs(self._secrets, self._looks, disk, self._vault, network, post)
        adapters.keyring_came_back = jobs.keyring_came_back
        saver = SettingsSaver(disk, adapters.settings_file, post, read_only=self._loaded.read_only)
        sharing = Sharing(self.hub, disk, adapters.sharing)
        supervisor = Supervisor(
            self.hub,
            clock,
            heart,
            sends,
            sender,
            jobs,
            saver,
            sharing,
            self._keep_lock,
        )
        start = None if self._demo else adapters.login_start
        self._desktop = Desktop(self.hub, clock, disk, start)
        self._accounts = Accounts(self.hub, clock, supervisor, jobs, lambda: adapters.client)
        self._diagnostics = Diagnostics(
            self.hub,
            clock,
            self._vault,
            Pool("diagnosis", DIAGNOSES, new_cancel),
            lambda: adapters.diagnoser,
            adapters.why_not_listening,
        )
        self._reception = ReceiverManager(
            self.hub,
            clock,
            jobs,
            ReceivedReports(),
            self._new_receiver,
            lambda: adapters.probes,
            adapters.port_holder,
            Pool("export", 1, new_cancel),
            write,
        )
        # Opening the file would delay the first paint.
        self._records = Pool("history", 1, new_cancel, held=True)
        clean = adapters.redactor.text
        self._history = HistoryKeeper(
            self.hub, clock, self._records, adapters.history, write, clean
        )
        return supervisor

    def _new_receiver(self) -> Receiver:
        from hbgui.runtime.reports.receiver import Receiver

        return Receiver(self._adapters.clock, self._report_numbers, self._adapters.redactor.data)

    def _keep_lock(self, pbx_id: str) -> NamedLock:
        return NamedLock(self._adapters.lock_folder, keeper_of(pbx_id))

    def _first_settings(self) -> Settings:
        if self._demo is None:
            settings = self._loaded.settings
            # An empty form to type into says more than a page that explains how to get one.
            return settings if settings.profiles else replace(settings, profiles=(_blank(),))
        self._vault.keep(self._demo.profile.id, self._demo.token)
        return Settings((self._demo.profile,), self._demo.profile.id)

    def shown_by_another(self) -> bool:
        """No: this is the one."""
        return False

    def start(self) -> None:
        """Show the window, or only its place in the task bar or the tray."""
        self._adapters.paths.keep_private()
        self._disk.release()
        if self._minimised or self._loaded.settings.preferences.start_minimised:
            self._after_first_paint()
            if not self.window.tray.available:
                self.window.showMinimized()
        else:
            self.window.show()
        # Nothing has looked for garbage since the start, for a quick first paint.
        QTimer.singleShot(GC_AFTER_MS, self._garbage.start)

    def run(self) -> int:
        """Show the window and stay until it ends; the exit code."""
        self.start()
        code = self.app.exec()
        if not self.close():
            # Something hangs in the system, a name look-up or a keyring: leave it behind.
            _leave(code)
        return code

    def _end_now(self) -> None:
        """The session ends, or somebody pressed Ctrl-C: nothing is asked."""
        self.window.end()

    def _display_died(self) -> None:
        """Qt is about to end the process: nothing that was typed is lost by that."""
        tell("display_gone", {})
        self.window.keep_typed()
        self.close()
        _leave(NO_DISPLAY)

    def _exit(self) -> None:
        self.app.exit(0)

    def close(self) -> bool:
        """Stop everything within a second. True when nothing was left behind."""
        self._signals.close()
        deadline = time.monotonic() + CLOSE_S
        self._diagnostics.close(0.0)
        self._reception.close()
        clean = self.supervisor.close(CLOSE_S)
        clean = self._history.close(max(deadline - time.monotonic(), 0.1)) and clean
        clean = self._diagnostics.close(max(deadline - time.monotonic(), 0.1)) and clean
        clean = self._reception.close(max(deadline - time.monotonic(), 0.1)) and clean
        if self._instance is not None:
            self._instance.close()
        if self._lock is not None:
            self._lock.release()
        if self._demo is not None:
            self._demo.close()
        return clean

    def _load_transport(self, _cancel: object) -> None:
        _loaded = self._adapters.client

    def _after_first_paint(self) -> None:
        """What costs time and is not needed to see the window. Once."""
        if self._awake:
            return
        self._awake = True
        self.window.set_icons()
        self._looks.release()
        self._secrets.release()
        self._looks.submit(self._load_transport)
        self._history.start()
        self._records.release()
        if self._lock is not None:
            from hbgui.runtime.single_instance import SingleInstance

            self._instance = SingleInstance(self._adapters.lock_folder)
            self._instance.show_requested.connect(self.window.raise_window)
        for code, values in settings_notes(self._loaded):
            self.hub.apply(events.MessageShown(code, values=values))


def _blank() -> Profile:
    return Profile(new_id())


def _leave(code: int) -> NoReturn:
    """End at once, whatever still runs."""
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(code)


def build(arguments: list[str]) -> Program | SecondStart:
    """Put the program together without showing it. `arguments` may hold `--demo`
    and `--minimized`. Nothing is read or written before the lock is ours."""
    redactor = Redactor()
    prepare_qt(redactor)
    install_translator(QCoreApplication.translate)
    lock: NamedLock | None = None
    if "--demo" not in arguments:
        lock_folder = Paths.for_user().lock_folder
        lock = NamedLock(lock_folder, WINDOW)
        if not lock.acquire():
            from hbgui.app import second_start

            second = second_start.SecondStart(lock, lock_folder / f"{WINDOW}.lock")
            if not second.has_become_first:
                return second
    app = new_application()
    # A window that hides is no reason to end: the window itself says when it has closed.
    app.setQuitOnLastWindowClosed(False)
    demo = Demo() if "--demo" in arguments else None
    adapters = Adapters(demo.paths if demo else Paths.for_user(), redactor)
    return Program(app, lock, demo, adapters, minimised="--minimized" in arguments)
