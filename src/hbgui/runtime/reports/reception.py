"""The receivers of the PBXs: where they listen, which PBX a report belongs to."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hbgui.core import events
from hbgui.core.api.errors import Cancelled, TransportError
from hbgui.core.api.heartbeat import TOTAL_TIMEOUT_S
from hbgui.core.pbx.address import host_of, literal_or_none
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Cancel
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.matching import plain_ip
from hbgui.core.reports.receiving import (
    NOWHERE,
    PLACE_UNKNOWN,
    ListenProblem,
    PortHolder,
    Subscription,
)
from hbgui.core.reports.report import Report, ReportProblem
from hbgui.core.reports.view import csv_lines, json_lines
from hbgui.core.state.pbx_state import address_to_bind, announced_place, senders_of
from hbgui.core.values import Moment
from hbgui.runtime.context import Context
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.reports.book import ReceivedReports

if TYPE_CHECKING:
    # Its parser costs time at start, and not everybody receives.
    from hbgui.runtime.reports.receiver import Receiver


REACH_S = 3.0
"""Seconds for a connection to the receiver from its own computer."""

Bound = tuple[str, int]
"""Address and port of a receiver."""


class ReportLookups(QObject):
    """Look-ups of senders, reachability and owners of ports. GUI thread; no method blocks."""

    found = Signal()
    """A result has changed."""

    def __init__(self, context: Context, jobs: Jobs) -> None:
        super().__init__()
        self._adapters = context.adapters
        self._hub = context.hub
        self._jobs = jobs
        self.senders: dict[str, frozenset[str]] = {}
        self.reached: dict[Bound, bool] = {}
        self.holders: dict[Bound, PortHolder] = {}
        self._hub.happened.connect(self._happened)

    def find_senders(self, profile: Profile | None, *, refresh: bool = False) -> None:
        """Look up the addresses of a PBX with a host name; again only with `refresh`.

        Until there is a result the last one counts; without one no sender is allowed.
        """
        host = host_of(profile.pbx) if profile else ""
        if not host or literal_or_none(host) is not None or (host in self.senders and not refresh):
            return

        def lookup(cancel: Cancel) -> None:
            try:
                addresses = self._adapters.probes.resolve(
                    host, 0, timeout_s=TOTAL_TIMEOUT_S, cancel=cancel
                )
            except (TransportError, Cancelled):
                return
            self._hub.post(events.SendersFound(host, frozenset(addresses)))

        self._jobs.submit(("senders", host), lookup)

    def reach(self, bound: Bound) -> None:
        """Find out whether the receiver accepts a connection from this computer."""

        def lookup(cancel: Cancel) -> None:
            try:
                reached = self._adapters.probes.listens(*bound, timeout_s=REACH_S, cancel=cancel)
            except Cancelled:
                return
            self._hub.post(events.ReceiverReached(*bound, reached))

        self._jobs.submit(("reach", bound), lookup)

    def find_holder(self, problem: ListenProblem) -> None:
        """Find out which program has the port, if one has."""
        if problem.code != "port_taken":
            return
        bound = (problem.host, problem.port)

        def lookup(_cancel: Cancel) -> None:
            holder = self._adapters.port_holder(*bound)
            if holder is not None:
                self._hub.post(events.PortHolderFound(*bound, holder))

        self._jobs.submit(("holder", bound), lookup)

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


RETRY_MS = 5000
"""Milliseconds after which a failed listen is repeated and this computer's addresses are listed
again: a socket gets no event when its address disappears."""


class ReceiverManager(QObject):
    """The commands of the window for event reports. GUI thread; no method blocks, except
    `close`."""

    def __init__(self, context: Context, jobs: Jobs) -> None:
        super().__init__()
        self.book = ReceivedReports()
        self._adapters = context.adapters
        self._hub = context.hub
        self._clock = context.clock
        self._exports = context.exports
        self._jobs = jobs
        self._lookups = ReportLookups(context, jobs)
        self._lookups.found.connect(self._arrange_slot)
        self._report_numbers = itertools.count(1)
        self._arranging = False
        self._wanted: set[str] = set()
        self._allowed: dict[str, frozenset[str]] = {}
        self._receivers: dict[Bound, Receiver] = {}
        self._problems: dict[Bound, ListenProblem] = {}
        self._since: dict[Bound, Moment] = {}
        self._retry = QTimer(self)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._try_again)
        self._hub.pbx_changed.connect(self._follow)
        self._hub.profiles_changed.connect(self._follow_all)
        self._hub.addresses_changed.connect(self._follow_addresses)
        self.book.added.connect(self._arrived)

    def receive(self, pbx_id: str, on: bool) -> None:
        """Listen where this PBX's profile sends its reports, or stop that."""
        if on == (pbx_id in self._wanted):
            return
        if on:
            self._wanted.add(pbx_id)
            self._lookups.find_senders(self._hub.state.profile(pbx_id), refresh=True)
        else:
            self._wanted.discard(pbx_id)
        self._arrange()

    def allow_sender(self, pbx_id: str, ip: str) -> None:
        """Accept this PBX's reports from that address, too, until the program ends."""
        self._allowed[pbx_id] = self._allowed.get(pbx_id, frozenset()) | {ip}
        self._arrange()

    @Slot(Path, list)
    def export(self, path: Path, reports: list[Report]) -> None:
        """Write reports to a file: CSV if its suffix is .csv, else JSON lines. A note follows."""
        snapshot = tuple(reports)

        def work(cancel: Cancel) -> None:
            to = csv_lines if path.suffix.lower() == ".csv" else json_lines
            code, values = "reports_exported", {"path": str(path), "count": str(len(snapshot))}
            try:
                self._adapters.write_file(path, _until(cancel, to(snapshot)))
            except Cancelled:
                return
            except OSError as error:
                code, values["detail"] = "reports_not_exported", error.strerror or ""
            self._hub.post(events.MessageShown(code, values=values))

        self._exports.submit(work)

    def close(self, timeout_s: float = 0.0) -> bool:
        """Stop all receivers and cancel exports; whether those ended within `timeout_s` seconds.

        May be called twice.
        """
        self._wanted.clear()
        self._retry.stop()
        while self._receivers:
            # Its signals while it closes call this object again.
            _bound, receiver = self._receivers.popitem()
            receiver.close()
        return self._exports.close(drain_s=max(timeout_s, 0.0))

    @Slot()
    def _follow_all(self) -> None:
        self._wanted &= self._hub.state.pbxs.keys()
        self._arrange()

    @Slot()
    def _follow_addresses(self) -> None:
        """Close receivers on addresses that this computer has lost; they listen again later."""
        ours = {literal_or_none(address.ip) for address in self._hub.state.addresses}
        for host, port in tuple(self._receivers):
            ip = literal_or_none(host)
            if ip and not (ip.is_loopback or ip.is_unspecified or ip in ours):
                self._receivers.pop((host, port)).close()
        self._follow_all()

    @Slot(str)
    def _follow(self, pbx_id: str) -> None:
        if pbx_id not in self._wanted:
            return
        self._lookups.find_senders(self._hub.state.profile(pbx_id))
        self._arrange()

    @Slot()
    def _try_again(self) -> None:
        self._jobs.find_addresses()
        if self._problems:
            self._problems.clear()
            self._arrange()

    # --- receivers and their addresses

    def _arrange(self) -> None:
        """Open and close receivers for the wanted PBXs, and update the state."""
        if self._arranging:
            # Its changes of the state call this method again.
            return
        self._arranging = True
        try:
            self._do_arrange()
        finally:
            self._arranging = False

    def _do_arrange(self) -> None:
        wanted: dict[Bound, list[Subscription]] = {}
        places: dict[str, ReceiverState | None] = {}
        for pbx_id in self._wanted:
            result = self._subscription(pbx_id)
            if result is None:
                places[pbx_id] = ReceiverState(NOWHERE, PLACE_UNKNOWN)
                continue
            bound, subscription = result
            wanted.setdefault(bound, []).append(subscription)
            senders = frozenset(map(plain_ip, subscription.senders or ()))
            places[pbx_id] = ReceiverState(subscription.place, bound=bound[0], senders=senders)
        for bound in self._receivers.keys() - wanted.keys():
            self._receivers.pop(bound).close()
        self._problems = {b: p for b, p in self._problems.items() if b in wanted}
        for bound, subscriptions in wanted.items():
            self._listen(bound, tuple(subscriptions))
        if not wanted:
            self._retry.stop()
        elif not self._retry.isActive():
            self._retry.start()
        for pbx_id in self._hub.state.pbxs:
            self._apply_state(pbx_id, places.get(pbx_id))

    def _subscription(self, pbx_id: str) -> tuple[Bound, Subscription] | None:
        state = self._hub.state
        profile, pbx = state.profile(pbx_id), state.pbxs[pbx_id]
        if profile is None:
            return None
        place = announced_place(profile, pbx, state.addresses)
        if place is None:
            return None
        senders = (
            senders_of(profile, self._lookups.senders.get(host_of(profile.pbx))) or frozenset()
        )
        senders |= self._allowed.get(pbx_id, frozenset())
        bound = (address_to_bind(place, pbx, state.addresses), place.port)
        # The serial number from the device query is more reliable than that of the first report.
        serial = (pbx.device.serial if pbx.device else "") or pbx.arrivals.serial
        return bound, Subscription(place, pbx_id, senders, serial)

    def _listen(self, bound: Bound, subscriptions: tuple[Subscription, ...]) -> None:
        receiver = self._receivers.get(bound)
        if receiver is None and bound not in self._problems:
            receiver = self._new_receiver()
            problem = receiver.listen(*bound)
            if problem is not None:
                self._problems[bound] = problem
                self._lookups.find_holder(problem)
                return
            self._lookups.holders.pop(bound, None)
            receiver.received.connect(self.book.add)
            receiver.refused_changed.connect(self._arrange_slot)
            self._receivers[bound] = receiver
            self._since[bound] = self._clock.now()
            self._lookups.reach(bound)
        if receiver is not None:
            receiver.set_subscriptions(subscriptions)

    def _new_receiver(self) -> Receiver:
        from hbgui.runtime.reports.receiver import Receiver

        return Receiver(self._clock, self._report_numbers, self._adapters.redactor.data)

    @Slot()
    def _arrange_slot(self) -> None:
        self._arrange()

    def _apply_state(self, pbx_id: str, receiving: ReceiverState | None) -> None:
        if receiving is not None:
            bound = (receiving.bound, receiving.place.port)
            problem, receiver = self._problems.get(bound), self._receivers.get(bound)
            receiving = replace(
                receiving,
                code=problem.code if problem else receiving.code,
                detail=problem.detail if problem else "",
                holder=self._lookups.holders.get(bound) if problem else None,
                since=self._since[bound] if receiver else None,
                refused=receiver.refused.total if receiver else 0,
                turned_away=receiver.refused.last if receiver else None,
                reachable=self._lookups.reached.get(bound) if receiver else None,
            )
        if receiving != self._hub.state.pbxs[pbx_id].receiving:
            self._hub.apply(events.ReceiverChanged(pbx_id, receiving))

    # --- arrived reports

    @Slot(list)
    def _arrived(self, reports: list[Report]) -> None:
        by_pbx: dict[str, list[Report]] = {}
        for report in reports:
            for pbx_id in self._pbxs_of(report):
                by_pbx.setdefault(pbx_id, []).append(report)
        for pbx_id, arrived in by_pbx.items():
            self._hub.apply(events.ReportsArrived(pbx_id, tuple(arrived)))

    def _pbxs_of(self, report: Report) -> list[str]:
        """The ids of the PBXs that a report concerns.

        A faulty report without a known PBX concerns every PBX that waits for reports. One from a
        wrong sender does not concern the PBX that has this address: it came to the place of
        another one. A correct report that may be of several PBXs concerns none.
        """
        pbxs = self._hub.state.pbxs
        if report.pbx_id:
            return [report.pbx_id] if report.pbx_id in pbxs else []
        if report.problem is None:
            return []
        if report.problem is not ReportProblem.WRONG_SENDER:
            return sorted(self._wanted)
        owns = {i for i, p in pbxs.items() if p.receiving and report.sender in p.receiving.senders}
        return sorted(self._wanted - owns)


def _until(cancel: Cancel, lines: Iterable[str]) -> Iterator[bytes]:
    for line in lines:
        if cancel.cancelled:
            raise Cancelled
        yield line.encode()
