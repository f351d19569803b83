"""The firewall rule to copy."""

from __future__ import annotations

import shlex

import pytest

from hbgui.core.reports.receiving import firewall_rules, rule

ALL_PLATFORMS = ("linux", "darwin", "win32", "freebsd14")


@pytest.mark.parametrize(
    ("platform", "sender", "rules"),
    [
        ("linux", "", ["sudo ufw allow 8260/tcp", "sudo firewall-cmd --add-port=8260/tcp"]),
        (
            "linux",
            "192.168.5.150",
            [
                "sudo ufw allow proto tcp from 192.168.5.150 to any port 8260",
                'sudo firewall-cmd --add-rich-rule=\'rule family="ipv4" source '
                'address="192.168.5.150" port port="8260" protocol="tcp" accept\'',
            ],
        ),
        (
            "win32",
            "192.168.5.150",
            [
                'New-NetFirewallRule -DisplayName "hbgui reports 8260" -Direction Inbound '
                "-Protocol TCP -LocalPort 8260 -RemoteAddress 192.168.5.150 -Action Allow"
            ],
        ),
        (
            "darwin",
            "",
            [
                "sudo /usr/libexec/ApplicationFirewall/socketfilterfw --add '/opt/my hbgui' "
                "--unblockapp '/opt/my hbgui'"
            ],
        ),
    ],
)
def test_rules(platform: str, sender: str, rules: list[str]) -> None:
    found = firewall_rules(platform, 8260, sender, "/opt/my hbgui")
    assert [rule.command for rule in found] == rules


@pytest.mark.parametrize("platform", ALL_PLATFORMS)
def test_what_is_no_address_never_reaches_a_command(platform: str) -> None:
    for found in firewall_rules(platform, 8260, '1.2.3.4"; rm -rf / #', "/x"):
        assert "rm" not in shlex.split(found.command)
        assert "1.2.3.4" not in found.command


def test_ipv6_is_its_own_family() -> None:
    commands = [rule.command for rule in firewall_rules("linux", 8260, "fd00::5")]
    assert 'family="ipv6"' in commands[1]
    assert "from fd00::5 " in commands[0]


def test_all_of_them_to_copy() -> None:
    lines = rule(8260, "linux").splitlines()
    assert lines[0::2] == ["# ufw", "# firewalld"]
    assert lines[1] == "sudo ufw allow 8260/tcp"
