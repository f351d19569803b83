"""A PBX on loopback, for demo, rehearsal and tests: it speaks the wire and knows no client."""

from hbgui.simulator.documented import DOCUMENTED, documented, event_named
from hbgui.simulator.events import Event
from hbgui.simulator.faults import FAULTS, fault_named
from hbgui.simulator.post import STYLES
from hbgui.simulator.report import Report, ReportCounts, Ways
from hbgui.simulator.request import Request
from hbgui.simulator.server import Simulator
from hbgui.simulator.steps import Step, list_steps, office_steps
from hbgui.simulator.target import Target

__all__ = [
    "DOCUMENTED",
    "FAULTS",
    "STYLES",
    "Event",
    "Report",
    "ReportCounts",
    "Request",
    "Simulator",
    "Step",
    "Target",
    "Ways",
    "documented",
    "event_named",
    "fault_named",
    "list_steps",
    "office_steps",
]
