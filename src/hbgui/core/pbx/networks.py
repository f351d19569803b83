"""This computer's addresses, and whether the PBX can send reports to an announced one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from hbgui.core.pbx.address import IpAddress, literal_or_none, unmapped


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """An address of this computer: `prefix` is the length of its network in bits."""

    ip: str
    adapter: str
    prefix: int

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        """The network that this address is in."""
        return ipaddress.ip_network(f"{self.ip.partition('%')[0]}/{self.prefix}", strict=False)


def adapter_ip(adapter: str, pbx_host: str, local: tuple[LocalAddress, ...]) -> str | None:
    """An address of that adapter, preferably of the PBX's IP version; None without an address."""
    addresses = [a.ip for a in local if a.adapter == adapter]
    v6 = ":" in pbx_host
    return min(addresses, key=lambda ip: (":" in ip) != v6, default=None)


def address_warnings(
    ip: str, pbx_host: str | None, local: tuple[LocalAddress, ...]
) -> Iterator[str]:
    """Codes of warnings about announcing `ip` to the PBX. A host name is not checked."""
    announced = literal_or_none(ip)
    if announced is None:
        if ip.casefold().rstrip(".") == "localhost":
            yield "ip_loopback"
        return
    pbx = literal_or_none(pbx_host.partition("%")[0]) if pbx_host else None
    kind = _kind(announced) or _not_a_host(announced, local)
    on_this_computer = pbx is not None and pbx.is_loopback and announced.is_loopback
    if kind and not on_this_computer:
        yield kind
    if pbx is None:
        return
    if pbx == announced and not on_this_computer:
        yield "ip_is_pbx"
    elif kind is None and _other_subnet(announced, pbx, local):
        yield "ip_other_subnet"


def _kind(ip: IpAddress) -> str | None:
    ip = unmapped(ip)
    if ip.is_loopback:
        return "ip_loopback"
    if ip.is_link_local:
        return "ip_link_local"
    if ip.is_unspecified:
        return "ip_unspecified"
    if ip.is_multicast:
        return "ip_multicast"
    return None


def _not_a_host(ip: IpAddress, local: tuple[LocalAddress, ...]) -> str | None:
    """The warning for reserved addresses and the first and last address of a local network."""
    ends = (
        (network.network_address, network.broadcast_address)
        for network in (address.network for address in local)
        if network.version == 4 and network.num_addresses > 2
    )
    none = ip.version == 4 and (ip.is_reserved or any(ip in pair for pair in ends))
    return "ip_unspecified" if none else None


def _other_subnet(announced: IpAddress, pbx: IpAddress, local: tuple[LocalAddress, ...]) -> bool:
    if announced.version != pbx.version:
        return True
    if not pbx.is_private:
        return announced.is_private
    for address in local:
        if pbx in address.network:
            return announced not in address.network
    # The PBX's network is unknown: most private networks are /24 or /64.
    usual = 24 if pbx.version == 4 else 64
    return announced not in ipaddress.ip_network(f"{str(pbx).partition('%')[0]}/{usual}", False)
