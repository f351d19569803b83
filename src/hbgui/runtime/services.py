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
"""The least time in seconds that each service gets to close."""


class Services:
    """GUI thread; nothing in it blocks but `close`."""

    def __init__(self, adapters: AdaptersPort, *, in_demo: bool = False) -> None:
        self.context = context = Context(adapters, in_demo=in_demo)
        self.hub = context.hub
        self.loaded = adapters.settings_file.load()
        """The settings as they were loaded at the start."""
        self.jobs = Jobs(context)
        adapters.keyring_answered_late = self.jobs.keyring_answered_late
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
        """Save changes from now on. Before, nothing is saved: the window was not shown yet."""
        self.context.disk.start()

    def wake(self) -> None:
        """Start what would have delayed the first paint: keyring, network, history. Call once."""
        context = self.context
        context.secrets.start()
        context.lookups.submit(lambda _cancel: self._load_client())
        context.lookups.start()
        self.history.start()
        context.records.start()

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
