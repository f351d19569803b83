"""A PBX on loopback, for demo, rehearsal and tests: it speaks the wire and knows no client."""

from hbgui.simulator.faults import FAULTS, fault_named
from hbgui.simulator.pbx import Target
from hbgui.simulator.request import Request
from hbgui.simulator.server import Simulator

__all__ = ["FAULTS", "Request", "Simulator", "Target", "fault_named"]
