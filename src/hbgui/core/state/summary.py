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

SECOND = 2
"""Failures in a row before anything is said: one alone is often gone by itself."""


LATE_S = 60.0
"""A heartbeat may be this late before anything is said of it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification. `code` is a key of the texts, `values` fill its blanks."""

    code: str
    values: dict[str, str] = field(default_factory=dict)


def of_change(before: PbxState, after: PbxState) -> Notice | None:
    """The notification that a change of a PBX deserves, once for each incident: a failure of its
    running schedule, its end, a changed certificate. None for a success."""
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


SEARCH_FROM = 8
"""From this number of PBXs on there is a search field."""


class SortOrder(StrEnum):
    """How the sidebar is sorted."""

    ADDED = "added"
    NAME = "name"
    STATE = "state"


def listed(state: AppState, query: str, order: SortOrder, now: Moment) -> list[str]:
    """The ids of the PBXs whose name, host and notes hold every word of `query`."""
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
    """The worst state first; of the same state, the token that dies first."""
    pbx = state.pbxs[profile.id]
    left_s = pbx.token_left_s(now)
    # To the minute: else two that live equally long would change places for ever.
    minutes = float("inf") if left_s is None else left_s // 60
    return WORST_FIRST.index(pbx.phase(now)), minutes
