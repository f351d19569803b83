"""What can happen to the reports of a PBX, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from hbgui.core.arrivals import Receiving
from hbgui.core.receiving import PortHolder
from hbgui.core.report import Report


@dataclass(frozen=True, slots=True)
class ReceiverChanged:
    """The receiver of a PBX was switched on or off, or listens elsewhere; None: it is off."""

    pbx_id: str
    receiving: Receiving | None


@dataclass(frozen=True, slots=True)
class ReportsArrived:
    """Reports of a PBX came in, in this order."""

    pbx_id: str
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class SendersFound:
    """The addresses of a PBX that is known by a name: its reports come from there."""

    host: str
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class PortHolderFound:
    """The program that holds a port on which reports were to be received."""

    host: str
    port: int
    holder: PortHolder


@dataclass(frozen=True, slots=True)
class ReceiverReached:
    """Whether the receiver at this address and port takes connections from this computer."""

    host: str
    port: int
    reached: bool
