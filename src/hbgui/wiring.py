"""What is loaded when it is first needed: loading it would delay the first paint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from hbgui.core.ports import Cancel, Clock, Network, Probes
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import PortHolder
from hbgui.texts.reports.receiving import not_listening_message

if TYPE_CHECKING:
    from hbgui.adapters.net.dns import Lookups
    from hbgui.runtime.reports.receiver import Receiver


def new_cancel() -> Cancel:
    """What ends a call of this program."""
    from hbgui.adapters.net.deadline import WireCancel

    return WireCancel()


def why_not_listening(receiving: ReceiverState) -> str:
    """Why a receiver does not listen, in words; empty when it does."""
    if receiving.listens:
        return ""
    return not_listening_message(receiving).title


@cache
def lookups() -> Lookups:
    """One for all: it bounds how many look-ups may hang."""
    from hbgui.adapters.net.dns import Lookups

    return Lookups()


def network() -> Network:
    """This computer's addresses."""
    from hbgui.adapters.net.local import SystemNetwork

    return SystemNetwork(lookups())


@cache
def probes() -> Probes:
    """The single links of a diagnosis."""
    from hbgui.adapters.net.probes import NetworkProbes

    return NetworkProbes(lookups())


def receiver(clock: Clock, numbers: Iterator[int], clean: Callable[[bytes], bytes]) -> Receiver:
    """One that listens nowhere yet. `numbers` count the reports of all receivers, `clean` hides
    secrets in what comes in."""
    from hbgui.runtime.reports.receiver import Receiver

    return Receiver(clock, numbers, clean)


def port_holder(host: str, port: int) -> PortHolder | None:
    """The program that has a port."""
    from hbgui.adapters.net import local as adapter

    return adapter.port_holder(host, port)
