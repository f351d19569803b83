"""The program with the window: built, started, closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from hbgui.adapters.files.paths import Paths
from hbgui.adapters.secrets.redact import Redactor
from hbgui.app.qt_setup import (
    NO_DISPLAY,
    new_application,
    prepare_qt,
    print_note,
    when_display_closes,
)
from hbgui.core import events
from hbgui.core.pbx.profile import Profile, new_id
from hbgui.core.ports import Settings
from hbgui.runtime.named_lock import WINDOW, NamedLock
from hbgui.runtime.process import Garbage, UnixSignals
from hbgui.runtime.services import Services
from hbgui.texts.settings import settings_notes
from hbgui.texts.translation import install_translator
from hbgui.ui.main_window import MainWindow
from hbgui.wiring import Adapters

if TYPE_CHECKING:
    from hbgui.app.demo import Demo
    from hbgui.app.second_start import SecondStart
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


GC_AFTER_MS = 1000

CLOSE_S = 0.8
"""Seconds that closing may take in all; work that hangs longer is abandoned."""


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
        self._started_fully = False
        self._garbage = Garbage()
        self._instance: SingleInstance | None = None
        self.services = services = Services(adapters, in_demo=demo is not None)
        settings = self._first_settings()
        services.supervisor.start(settings)
        self.window = MainWindow(
            services.hub,
            services.supervisor,
            services.accounts,
            services.diagnostics,
            services.history,
            services.desktop,
            services.reception,
            adapters.paths.window_memory,
            settings.selected,
        )
        self.window.ended.connect(self._exit)
        self._first_paint = FirstPaint(self.window, self._after_first_paint)
        self._signals = UnixSignals(self._end_now)
        when_display_closes(self._save_and_leave)

    def _first_settings(self) -> Settings:
        if self._demo is None:
            settings = self.services.loaded.settings
            # An empty form explains itself better than a page that says how to get one.
            return settings if settings.profiles else replace(settings, profiles=(_blank(),))
        self.services.context.vault.keep(self._demo.profile.id, self._demo.token)
        return Settings((self._demo.profile,), self._demo.profile.id)

    def shown_by_another(self) -> bool:
        """Whether an earlier start shows its window instead: no, this one has the lock."""
        return False

    def start(self) -> None:
        """Show the window, or only its place in the task bar or the tray."""
        self._adapters.paths.keep_private()
        self.services.allow_saving()
        if self._minimised or self.services.loaded.settings.preferences.start_minimised:
            self._after_first_paint()
            if not self.window.tray.available:
                self.window.showMinimized()
        else:
            self.window.show()
        # Garbage collection has been off since the start, for a quick first paint.
        QTimer.singleShot(GC_AFTER_MS, self._garbage.start)

    def run(self) -> int:
        """Show the window and stay until it ends; the exit code."""
        self.start()
        code = self.app.exec()
        if not self.close():
            # A call hangs in the system, a name look-up or a keyring: do not wait for it.
            _leave(code)
        return code

    def _end_now(self) -> None:
        """End without questions: the session ends, or somebody pressed Ctrl-C."""
        self.window.end()

    def _save_and_leave(self) -> None:
        """Save typed values and end: Qt is about to end the process."""
        print_note("display_gone", {})
        self.window.keep_typed()
        self.close()
        _leave(NO_DISPLAY)

    def _exit(self) -> None:
        self.app.exit(0)

    def close(self) -> bool:
        """Stop everything within a second; whether all work has ended."""
        self._signals.close()
        clean = self.services.close(CLOSE_S)
        if self._instance is not None:
            self._instance.close()
        if self._lock is not None:
            self._lock.release()
        if self._demo is not None:
            self._demo.close()
        return clean

    def _after_first_paint(self) -> None:
        """Do, once, what takes time and is not needed to see the window."""
        if self._started_fully:
            return
        self._started_fully = True
        self.window.set_icons()
        self.services.wake()
        if self._lock is not None:
            from hbgui.runtime.single_instance import SingleInstance

            self._instance = SingleInstance(self._adapters.lock_folder)
            self._instance.show_requested.connect(self.window.raise_window)
        for code, values in settings_notes(self.services.loaded):
            self.services.hub.apply(events.MessageShown(code, values=values))


def _blank() -> Profile:
    return Profile(new_id())


def _leave(code: int) -> NoReturn:
    """End the process at once, even if threads still run."""
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(code)


def build(arguments: list[str]) -> Program | SecondStart:
    """Build the program without showing it. `arguments` may hold `--demo` and `--minimized`.

    Nothing is read or written before it has the lock of the window.
    """
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
    # Hiding the window must not end the program: the window emits `ended` when it closes.
    app.setQuitOnLastWindowClosed(False)
    demo = None
    if "--demo" in arguments:
        from hbgui.app.demo import Demo

        demo = Demo()
    adapters = Adapters(demo.paths if demo else Paths.for_user(), redactor)
    return Program(app, lock, demo, adapters, minimised="--minimized" in arguments)
