"""What has to be looked up for a receiver: senders, who has the port, whether it is reached."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from hbgui.core import events
from hbgui.core.api.errors import Cancelled, TransportError
from hbgui.core.api.heartbeat import TOTAL_TIMEOUT_S
from hbgui.core.pbx.address import host_of, literal_or_none
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Cancel
from hbgui.core.reports.receiving import ListenProblem, PortHolder
from hbgui.runtime.context import Context
from hbgui.runtime.jobs import Jobs

REACH_S = 3.0
"""Seconds for a connection to the receiver from its own computer."""

Bound = tuple[str, int]
"""Address and port of a receiver."""


class ReportLookups(QObject):
    """GUI thread; what may block is done in workers."""

    found = Signal()
    """One of the answers is another now."""

    def __init__(self, context: Context, jobs: Jobs) -> None:
        super().__init__()
        self._adapters = context.adapters
        self._hub = context.hub
        self._jobs = jobs
        self.senders: dict[str, frozenset[str]] = {}
        self.reached: dict[Bound, bool] = {}
        self.holders: dict[Bound, PortHolder] = {}
        self._hub.happened.connect(self._happened)

    def find_senders(self, profile: Profile | None, *, anew: bool = False) -> None:
        """Look up from which addresses a PBX with a name may send, once, or `anew`.

        Until there is an answer the last one counts; without one nobody may send.
        """
        host = host_of(profile.pbx) if profile else ""
        if not host or literal_or_none(host) is not None or (host in self.senders and not anew):
            return

        def look(cancel: Cancel) -> None:
            try:
                found = self._adapters.probes.resolve(
                    host, 0, timeout_s=TOTAL_TIMEOUT_S, cancel=cancel
                )
            except (TransportError, Cancelled):
                return
            self._hub.post(events.SendersFound(host, frozenset(found)))

        self._jobs.look(("senders", host), look)

    def reach(self, bound: Bound) -> None:
        """Find out whether the receiver takes connections from this computer at least."""

        def look(cancel: Cancel) -> None:
            try:
                reached = self._adapters.probes.listens(*bound, timeout_s=REACH_S, cancel=cancel)
            except Cancelled:
                return
            self._hub.post(events.ReceiverReached(*bound, reached))

        self._jobs.look(("reach", bound), look)

    def find_holder(self, problem: ListenProblem) -> None:
        """Find out who has the port, if somebody has."""
        if problem.code != "port_taken":
            return
        bound = (problem.host, problem.port)

        def look(_cancel: Cancel) -> None:
            found = self._adapters.port_holder(*bound)
            if found is not None:
                self._hub.post(events.PortHolderFound(*bound, found))

        self._jobs.look(("holder", bound), look)

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.SendersFound(host, senders):
                self.senders[host] = senders
            case events.PortHolderFound(host, port, holder):
                self.holders[host, port] = holder
            case events.ReceiverReached(host, port, reached):
                self.reached[host, port] = reached
            case _:
                return
        self.found.emit()
