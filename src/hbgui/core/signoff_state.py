"""A sign-off from what a running window knows of a PBX."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hbgui.core.address import AddressError, parse_pbx
from hbgui.core.attempt import Attempt
from hbgui.core.device import DeviceInfo
from hbgui.core.diagnosis import Diagnosis
from hbgui.core.history import RequestKind, Row
from hbgui.core.pbx_state import PbxState
from hbgui.core.profile import Profile
from hbgui.core.signoff import HistoryRead, SignOff, Who, chosen


def sign_off(
    profile: Profile,
    pbx: PbxState,
    rows: Sequence[Row] | None,
    at: datetime,
    who: Who,
    version: str,
    *,
    whole: bool = True,
) -> SignOff:
    """What is known at that moment. `rows` are those of the history, None when it cannot be read:
    then the heartbeats of this run are all there is. They are not the `whole` of it when its file
    could not be used, or was damaged and began anew."""
    address = _address(profile)
    route = pbx.route
    return SignOff(
        at,
        pbx.trusting(profile),
        who.bounded(),
        address,
        version,
        route.ip if route else "",
        route.adapter if route else "",
        _diagnosis(pbx, address),
        _told(pbx, address),
        chosen(_sent(pbx, rows), at, address),
        HistoryRead.READ if whole and rows is not None else HistoryRead.UNREADABLE,
        pbx.receiving,
        pbx.arrivals,
        pbx.transport,
        token_at=pbx.token_at.utc if pbx.token_at else None,
    )


def _address(profile: Profile) -> str:
    try:
        return parse_pbx(profile.pbx).url
    except AddressError:
        return ""


def _sent(pbx: PbxState, rows: Sequence[Row] | None) -> list[Attempt]:
    if rows is None:
        return [attempt for attempt in (pbx.accepted, pbx.asked) if attempt]
    return [row.attempt for row in rows if row.request is RequestKind.HEARTBEAT]


def _diagnosis(pbx: PbxState, address: str) -> Diagnosis | None:
    """The last one, unless it was of another address."""
    found = pbx.diagnosis.diagnosis
    return found if found and found.address == address else None


def _told(pbx: PbxState, address: str) -> DeviceInfo | None:
    """What the box at this address told, to a diagnosis or a check."""
    checked = pbx.diagnosis.checked
    if checked is not None and checked.attempt.address == address:
        return checked.device
    diagnosis = _diagnosis(pbx, address)
    return diagnosis.device if diagnosis else None
