"""Where to listen for the reports of a PBX: what its form announces, on this computer."""

from __future__ import annotations

from hbgui.core.pbx.address import host_of, literal_or_none
from hbgui.core.pbx.networks import LocalAddress, adapter_ip
from hbgui.core.pbx.profile import AddressKind, Profile
from hbgui.core.pbx.validation import check
from hbgui.core.reports.receiving import Place, place_of
from hbgui.core.state.pbx_state import PbxState


def announced_place(
    profile: Profile, pbx: PbxState, local: tuple[LocalAddress, ...]
) -> Place | None:
    """Where a heartbeat would tell the PBX to send its reports; None while that is not known."""
    ip: str | None = None
    match profile.server.kind:
        case AddressKind.AUTO:
            ip = pbx.route.ip if pbx.route else None
        case AddressKind.ADAPTER:
            ip = adapter_ip(profile.server.value, host_of(profile.pbx), local)
    checked = check(profile, ip, local)
    return None if checked.target is None or checked.errors else place_of(checked.target)


def address_to_bind(place: Place, pbx: PbxState, local: tuple[LocalAddress, ...]) -> str:
    """This computer's address on which reports for a place come in.

    A router's address or a name leads to the address from which the PBX is reached. Without that
    it is the place's own, which the system may refuse.
    """
    literal = literal_or_none(place.host)
    loopback = literal is not None and literal.is_loopback
    if loopback or any(place.host == address.ip for address in local) or pbx.route is None:
        return place.host
    return pbx.route.ip


def senders_of(profile: Profile, found: frozenset[str] | None) -> frozenset[str] | None:
    """The addresses of a PBX: its own, or those that its name was `found` to have. None while
    that is not known."""
    host = host_of(profile.pbx)
    if literal_or_none(host) is not None:
        return frozenset({host})
    return found
