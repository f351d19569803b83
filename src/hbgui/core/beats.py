"""The last heartbeats of a PBX, one mark for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hbgui.core.outcome import OutcomeKind

BEATS_MAX = 100
"""As many as are ever shown at once."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat that was tried: `at` is when it was sent, aware UTC."""

    at: datetime
    kind: OutcomeKind
    latency_ms: float | None = None
    code: str = ""


def joined(*parts: tuple[Beat, ...]) -> tuple[Beat, ...]:
    """The newest of them in the order of time, each once."""
    known = {beat.at: beat for part in parts for beat in part}
    return tuple(known[at] for at in sorted(known))[-BEATS_MAX:]
