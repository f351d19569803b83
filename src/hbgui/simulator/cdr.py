"""The record of a call that has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hbgui.simulator.events import Event, Members, Value


@dataclass(frozen=True, slots=True)
class Cdr:
    """What a NewCdr tells; durations in seconds. `kind` is Internal, Inbound or Outbound.

    `trunk_field` is the name under v1 of the trunk that was called through: documents know three,
    and real receivers read this one.
    """

    callid: str
    start: datetime
    caller: str
    callee: str
    call_s: int
    talk_s: int
    status: str = "ANSWERED"
    kind: str = "Internal"
    source_trunk: str = ""
    trunk: str = ""
    did: str = ""
    recording: str = ""
    pincode: str = ""
    agent_ring_s: int = 0
    trunk_field: str = "dsttrcunkname"

    @property
    def event(self) -> Event:
        """NewCdr under both versions."""
        v1: Members = (("action", "NewCdr"), *self._fields(self.trunk_field))
        v2: Members = (("event", "NewCdr"), *self._fields("dsttrcunkname"))
        return Event((v1,), (v2,))

    def _fields(self, trunk_field: str) -> tuple[tuple[str, Value], ...]:
        return (
            ("callid", self.callid),
            ("timestart", f"{self.start:%Y-%m-%d %H:%M:%S}"),
            ("callfrom", self.caller),
            ("callto", self.callee),
            ("callduraction", str(self.call_s)),
            ("talkduraction", str(self.talk_s)),
            ("srctrunkname", self.source_trunk),
            (trunk_field, self.trunk),
            ("pincode", self.pincode),
            ("status", self.status),
            ("type", self.kind),
            ("recording", self.recording),
            ("didnumber", self.did),
            ("agentringtime", str(self.agent_ring_s)),
        )
