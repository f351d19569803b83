"""What deserves a word on the desktop: changes only, once for each incident."""

from __future__ import annotations

from dataclasses import dataclass, field

from hbgui.core.moment import Moment
from hbgui.core.schedule import AMBER_S
from hbgui.core.state import PbxState

SECOND = 2
"""Failures in a row before anything is said: one alone is often gone by itself."""


LATE_S = 60.0
"""By so much a heartbeat may be late before that is worth a word."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`code` is a key of the texts, `values` fill its blanks."""

    code: str
    values: dict[str, str] = field(default_factory=dict)


def of_change(before: PbxState, after: PbxState) -> Notice | None:
    """What the change of a PBX is worth: what its running schedule meets, never a success, and a
    certificate that is another."""
    if after.last is None or after.last is before.last:
        return None
    if after.certificate_changed and not before.certificate_changed:
        return Notice("certificate_changed")
    if not before.keeping:
        return None
    if not after.keeping:
        outcome = after.last.outcome
        return None if outcome.accepted else Notice("stopped")
    if after.failures == SECOND and before.failures < SECOND:
        return Notice("failing")
    lost = before.outage
    if lost is not None and after.outage is None and lost.missed >= SECOND:
        minutes = max(1, round(after.last.sent.since(lost.since) / 60))
        return Notice("recovered", {"minutes": str(minutes), "missed": str(lost.missed)})
    return None


def expires(pbx: PbxState, now: Moment) -> bool:
    """Whether its token dies within ten minutes, although its schedule runs. Not while the next
    heartbeat is on its way as planned: with a long interval that is how it always is."""
    left_s = pbx.token_left_s(now)
    dying = pbx.keeping and left_s is not None and 0 < left_s < AMBER_S
    return dying and not _comes_in_time(pbx, now, left_s or 0.0)


def _comes_in_time(pbx: PbxState, now: Moment, left_s: float) -> bool:
    if pbx.failures or pbx.due_s is None:
        return pbx.sending and not pbx.failures
    wait_s = max(pbx.due_s, pbx.paused_until_s) - now.elapsed_s
    return -LATE_S < wait_s < left_s
