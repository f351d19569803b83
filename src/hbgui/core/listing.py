"""Which PBXs the sidebar shows, and in what order."""

from __future__ import annotations

from enum import StrEnum

from hbgui.core.moment import Moment
from hbgui.core.profile import Profile
from hbgui.core.state import WORST_FIRST, AppState
from hbgui.core.typed import name_key

SEARCH_FROM = 8
"""PBXs from which on a search is worth its room."""


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
