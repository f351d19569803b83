"""Summaries of PBX states: notifications of changes, the sidebar's list in its order."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hbgui.core.api.schedule import AMBER_S
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.typed import name_key
from hbgui.core.state.app_state import WORST_FIRST, AppState
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Moment

FAILURES_TO_NOTIFY = 2
"""The failures in a row that cause a notification: a single one often passes by itself."""

LATE_S = 60.0
"""Seconds that a heartbeat may be late before it causes a notification."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification. `code` is a key of the texts, `values` fill in its placeholders."""

    code: str
    values: dict[str, str] = field(default_factory=dict)


def of_change(before: PbxState, after: PbxState) -> Notice | None:
    """The notification for a change of a PBX, once per incident: its schedule fails, stops or
    recovers, or its certificate has changed. None for anything else."""
    if after.last is None or after.last is before.last:
        return None
    if after.certificate_changed and not before.certificate_changed:
        return Notice("certificate_changed")
    if not before.keeping:
        return None
    if not after.keeping:
        outcome = after.last.outcome
        return None if outcome.accepted else Notice("stopped")
    if after.failures == FAILURES_TO_NOTIFY and before.failures < FAILURES_TO_NOTIFY:
        return Notice("failing")
    lost = before.outage
    if lost is not None and after.outage is None and lost.missed >= FAILURES_TO_NOTIFY:
        minutes = max(1, round(after.last.sent.since(lost.since) / 60))
        return Notice("recovered", {"minutes": str(minutes), "missed": str(lost.missed)})
    return None


def expires(pbx: PbxState, now: Moment) -> bool:
    """Whether the token expires within ten minutes although the schedule runs. False if the next
    heartbeat comes in time: with a long interval the token is always this old before it."""
    left_s = pbx.token_left_s(now)
    dying = pbx.keeping and left_s is not None and 0 < left_s < AMBER_S
    return dying and not _comes_in_time(pbx, now, left_s or 0.0)


def _comes_in_time(pbx: PbxState, now: Moment, left_s: float) -> bool:
    if pbx.failures or pbx.due_s is None:
        return pbx.sending and not pbx.failures
    wait_s = max(pbx.due_s, pbx.paused_until_s) - now.elapsed_s
    return -LATE_S < wait_s < left_s


SEARCH_FROM = 8
"""The number of PBXs from which on the sidebar has a search field."""


class SortOrder(StrEnum):
    """How the sidebar is sorted."""

    ADDED = "added"
    NAME = "name"
    STATE = "state"


def listed(state: AppState, query: str, order: SortOrder, now: Moment) -> list[str]:
    """The ids of the PBXs whose name, host and notes contain every word of `query`, sorted."""
    words = name_key(query).split()
    searched = {p.id: _searched(p) for p in state.profiles} if words else {}
    found = [p for p in state.profiles if all(word in searched[p.id] for word in words)]
    match order:
        case SortOrder.NAME:
            found.sort(key=lambda p: (p.label == "", name_key(p.label)))
        case SortOrder.STATE:
            found.sort(key=lambda p: _urgency(state, p, now))
        case SortOrder.ADDED:
            pass
    return [profile.id for profile in found]


def _searched(profile: Profile) -> str:
    return name_key("\n".join((profile.name, profile.pbx, profile.notes)))


def _urgency(state: AppState, profile: Profile, now: Moment) -> tuple[int, float]:
    """The most urgent phase first; within a phase, the token that expires first."""
    pbx = state.pbxs[profile.id]
    left_s = pbx.token_left_s(now)
    # Whole minutes only: otherwise two tokens of nearly the same age would swap all the time.
    minutes = float("inf") if left_s is None else left_s // 60
    return WORST_FIRST.index(pbx.phase(now)), minutes
