"""The firewall rule to copy: one command of a shell, for this port and this sender."""

from __future__ import annotations

import shlex

import pytest

from hbgui.core.reports.receiving import firewall_rules, rule

ALL_PLATFORMS = ("linux", "darwin", "win32", "freebsd14")
PROGRAM = "/opt/my hbgui"


@pytest.mark.parametrize("sender", ["", "192.168.5.150", "fd00::5"])
@pytest.mark.parametrize("platform", ALL_PLATFORMS)
def test_a_rule_names_what_it_lets_in(platform: str, sender: str) -> None:
    found = firewall_rules(platform, 8260, sender, PROGRAM)
    assert found
    for each in found:
        if platform == "darwin":  # its rules are for programs
            assert shlex.split(each.command).count(PROGRAM) == 2
        else:
            assert "8260" in each.command
            assert sender in each.command


@pytest.mark.parametrize("platform", ALL_PLATFORMS)
def test_what_is_no_address_never_reaches_a_command(platform: str) -> None:
    for found in firewall_rules(platform, 8260, '1.2.3.4"; rm -rf / #', "/x"):
        assert "rm" not in shlex.split(found.command)
        assert "1.2.3.4" not in found.command


@pytest.mark.parametrize(("sender", "family"), [("10.0.0.9", "ipv4"), ("fd00::5", "ipv6")])
def test_a_rich_rule_is_one_word_of_its_family(sender: str, family: str) -> None:
    command = firewall_rules("linux", 8260, sender)[1].command
    _sudo, _tool, option = shlex.split(command)
    assert option.startswith(f'--add-rich-rule=rule family="{family}" ')


@pytest.mark.parametrize("platform", ALL_PLATFORMS)
def test_all_of_them_to_copy(platform: str) -> None:
    lines = rule(8260, platform=platform).splitlines()
    assert len(lines) == 2 * len(firewall_rules(platform, 8260, program=PROGRAM))
    assert all(line.startswith("# ") for line in lines[0::2])
