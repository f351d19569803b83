"""Which announced address can work: this computer's addresses against the PBX's."""

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
    """An address of that adapter, of the PBX's family if it has one; None: it has no address."""
    addresses = [a.ip for a in local if a.adapter == adapter]
    v6 = ":" in pbx_host
    return min(addresses, key=lambda ip: (":" in ip) != v6, default=None)


def address_warnings(
    ip: str, pbx_host: str | None, local: tuple[LocalAddress, ...]
) -> Iterator[str]:
    """Codes of what speaks against announcing `ip` to the PBX. A host name is not judged."""
    announced = literal_or_none(ip)
    if announced is None:
        if ip.casefold().rstrip(".") == "localhost":
            yield "ip_loopback"
        return
    pbx = literal_or_none(pbx_host.partition("%")[0]) if pbx_host else None
    kind = _kind(announced) or _of_no_computer(announced, local)
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


def _of_no_computer(ip: IpAddress, local: tuple[LocalAddress, ...]) -> str | None:
    """The addresses of all, of a future use, and the first and the last of a network."""
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
    # Nothing is known of the PBX's network: private networks are mostly /24 and /64.
    usual = 24 if pbx.version == 4 else 64
    return announced not in ipaddress.ip_network(f"{str(pbx).partition('%')[0]}/{usual}", False)
