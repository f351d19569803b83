"""The services behind the window, put together: started and closed in order."""

from __future__ import annotations

import time

from hbgui.runtime.access import Accounts
from hbgui.runtime.context import AdaptersPort, Context
from hbgui.runtime.diagnostics import Diagnostics
from hbgui.runtime.history import HistoryKeeper
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.reports.reception import ReceiverManager
from hbgui.runtime.scheduler import Scheduler
from hbgui.runtime.settings import Desktop, SettingsSaver, Sharing
from hbgui.runtime.supervisor import Supervisor

_LEAST_S = 0.1
"""Seconds that each service has at least to close, however long the others took."""


class Services:
    """GUI thread; nothing in it blocks but `close`."""

    def __init__(self, adapters: AdaptersPort, *, in_demo: bool = False) -> None:
        self.context = context = Context(adapters, in_demo=in_demo)
        self.hub = context.hub
        self.loaded = adapters.settings_file.load()
        """The settings as they were found."""
        self.jobs = Jobs(context)
        adapters.keyring_came_back = self.jobs.keyring_came_back
        self.supervisor = Supervisor(
            context,
            self.jobs,
            Scheduler(context),
            SettingsSaver(context, read_only=self.loaded.read_only),
            Sharing(context),
        )
        self.desktop = Desktop(context)
        self.accounts = Accounts(context, self.jobs, self.supervisor)
        self.diagnostics = Diagnostics(context)
        self.reception = ReceiverManager(context, self.jobs)
        self.history = HistoryKeeper(context)

    def allow_saving(self) -> None:
        """Save what changes from now on: a window that was never shown saves nothing."""
        self.context.disk.release()

    def wake(self) -> None:
        """Begin with what would have delayed the first paint: the keyring, the network, the
        history. Once."""
        context = self.context
        context.secrets.release()
        context.looks.submit(lambda _cancel: self._load_client())
        context.looks.release()
        self.history.start()
        context.records.release()

    def _load_client(self) -> None:
        """In a worker, so that the first heartbeat need not wait for it."""
        _loaded = self.context.adapters.client

    def close(self, timeout_s: float) -> bool:
        """Stop everything within about `timeout_s` seconds; True when nothing was left behind."""
        end_s = time.monotonic() + timeout_s

        def left_s() -> float:
            return max(end_s - time.monotonic(), _LEAST_S)

        self.diagnostics.close(0.0)
        self.reception.close()
        ended = [
            self.supervisor.close(timeout_s),
            self.history.close(left_s()),
            self.diagnostics.close(left_s()),
            self.reception.close(left_s()),
        ]
        return all(ended)
