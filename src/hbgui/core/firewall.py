"""The rule that lets reports through this computer's firewall, to copy."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass

from hbgui.core.address import literal_or_none


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """`firewall` is a proper name; `command` is for a terminal with the rights that it needs."""

    firewall: str
    command: str


def firewall_rules(
    platform: str, port: int, sender: str = "", program: str = ""
) -> tuple[FirewallRule, ...]:
    """The rules for a platform, as `sys.platform` names it: which firewall runs, only the person
    knows. With `sender`, an IP address, for that one only. `program` is the path of the program
    that listens; macOS has rules for programs and not for ports."""
    ip = literal_or_none(sender)
    if platform == "win32":
        return (FirewallRule("Windows", _windows(port, str(ip or ""))),)
    if platform == "darwin":
        return (FirewallRule("macOS", _macos(program)),) if program else ()
    return (
        FirewallRule("ufw", _ufw(port, str(ip or ""))),
        FirewallRule("firewalld", _firewalld(port, str(ip or ""), ip.version if ip else 4)),
    )


def rule(port: int, sender: str = "", platform: str = sys.platform) -> str:
    """All of them to copy at once, each below the name of its firewall."""
    rules = firewall_rules(platform, port, sender, sys.executable)
    return "\n".join(f"# {rule.firewall}\n{rule.command}" for rule in rules)


def _ufw(port: int, sender: str) -> str:
    if sender:
        return f"sudo ufw allow proto tcp from {sender} to any port {port}"
    return f"sudo ufw allow {port}/tcp"


def _firewalld(port: int, sender: str, version: int) -> str:
    """For now only; with --permanent it would last, and be there after the next reload only."""
    if not sender:
        return f"sudo firewall-cmd --add-port={port}/tcp"
    rule = (
        f'rule family="ipv{version}" source address="{sender}" '
        f'port port="{port}" protocol="tcp" accept'
    )
    return f"sudo firewall-cmd --add-rich-rule={shlex.quote(rule)}"


def _windows(port: int, sender: str) -> str:
    remote = f" -RemoteAddress {sender}" if sender else ""
    return (
        f'New-NetFirewallRule -DisplayName "hbgui reports {port}" -Direction Inbound '
        f"-Protocol TCP -LocalPort {port}{remote} -Action Allow"
    )


def _macos(program: str) -> str:
    tool = "/usr/libexec/ApplicationFirewall/socketfilterfw"
    path = shlex.quote(program)
    return f"sudo {tool} --add {path} --unblockapp {path}"
