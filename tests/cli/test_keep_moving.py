"""`hbgui keep` moves reports by a person's word only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Shell, customised
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.simulator.server import Simulator

New = Callable[..., Simulator]

ANOTHER_NETWORK = """
from dataclasses import replace
from hbgui.adapters.net.local import SystemNetwork

route_to, asked = SystemNetwork.route_to, []

def moved(self, *args, **more):
    asked.append(1)
    found = route_to(self, *args, **more)
    return found if len(asked) <= 2 else replace(found, ip="10.77.0.9")

SystemNetwork.route_to = moved
"""
"""From the third heartbeat on this computer has another address."""


def targets(pbx: Simulator) -> list[str]:
    return [json.loads(request.body)["ipaddr"] for request in pbx.requests]


def keep(shell: Shell, *arguments: str, **how):
    usual = ("keep", "--every", "0.05s")
    return shell.run(*usual, *arguments, **how)


def test_a_new_address_moves_nothing_and_is_said(
    shell: Shell, simulator: New, tmp_path: Path
) -> None:
    pbx = simulator()
    env = customised(tmp_path / "site", ANOTHER_NETWORK)
    arguments = ("--pbx", pbx.url, "--ip", "auto", "--count", "5")
    ran = keep(shell, *arguments, token=pbx.token, env=env)
    assert ran.returncode == 0, ran.stderr
    assert targets(pbx) == ["127.0.0.1"] * 5
    assert ran.stderr.count("10.77.0.9:8260") == 1, "said once"
    assert "--move" in ran.stderr
    ran = keep(shell, *arguments, "--json", token=pbx.token, env=env)
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {each["report_target"] for each in told} == {"127.0.0.1:8260"}
    said = ["--move" in " ".join(each["warnings"]) for each in told]
    assert said == [False, False, True, True, True]


def test_move_moves(shell: Shell, simulator: New, tmp_path: Path) -> None:
    pbx = simulator()
    env = customised(tmp_path / "site", ANOTHER_NETWORK)
    arguments = ("--pbx", pbx.url, "--ip", "auto", "--count", "4", "--move")
    ran = keep(shell, *arguments, token=pbx.token, env=env)
    assert ran.returncode == 0
    assert targets(pbx) == ["127.0.0.1"] * 2 + ["10.77.0.9"] * 2
    assert "--move" not in ran.stderr


CUSTOMER = ReportTarget("192.168.5.122", 8260)


@pytest.mark.parametrize(
    ("more", "announced"),
    [
        ((), CUSTOMER.ip),
        (("--ip", "auto"), CUSTOMER.ip),
        (("--move",), "10.1.1.1"),
        (("--ip", "auto", "--move"), "127.0.0.1"),
        (("--ip", "10.2.2.2"), "10.2.2.2"),
    ],
)
def test_what_the_window_would_ask_is_not_moved(
    shell: Shell, simulator: New, more: tuple[str, ...], announced: str
) -> None:
    """The PBX was told of the customer's server; the form says another address meanwhile."""
    pbx = simulator()
    profile = Profile(
        "p1",
        "Hotel Post",
        pbx.url,
        server=ServerAddress(AddressKind.FIXED, "10.1.1.1"),
        announced=(Announced("2026-11-01T00:00:00Z", CUSTOMER),),
    )
    ProfileFile(shell.home / ".config/hbgui/settings.json").save(Settings((profile,)))
    ran = keep(shell, "--profile", "p1", "--count", "2", *more, token=pbx.token)
    assert ran.returncode == 0, ran.stdout
    assert targets(pbx) == [announced] * 2
    assert ("With --move" in ran.stderr) is (announced == CUSTOMER.ip)
