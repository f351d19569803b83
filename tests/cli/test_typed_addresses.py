"""Addresses, names and numbers as they are typed and pasted: what goes out, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from cli.conftest import Shell
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.simulator.server import Simulator

New = Callable[..., Simulator]

TOKEN = "0f" * 16


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--ip", "büro.example"], {"ipaddr": "xn--bro-hoa.example", "port": "8260"}),
        (["--ip", "fe80::3%eth0"], {"ipaddr": "fe80::3", "port": "8260"}),
        (
            ["--ip", "\u200b10.0.0.9\u00a0", "--port", "\ufeff8261"],
            {"ipaddr": "10.0.0.9", "port": "8261"},
        ),
        (
            [
                *("--ip", "10.0.0.9", "--url-mode", "absolute"),
                *("--url", "http://[fe80::3%25eth0]:8260/r"),
            ],
            {"ipaddr": "10.0.0.9", "port": "8260", "url": "[fe80::3]:8260/r", "urlflag": "1"},
        ),
    ],
)
def test_what_others_can_use_goes_out(
    shell: Shell, simulator: New, options: list[str], wanted: dict
) -> None:
    pbx = simulator()
    ran = shell.run("send", "--pbx", f"\u200e{pbx.url}\u200f", *options, token=pbx.token)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(pbx.requests[-1].body) == wanted


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--ip", "192.168.5.１２２"], "--ip: １ (U+FF11 FULLWIDTH DIGIT ONE)"),
        (["--ip", "192.168.5.122:8260"], "--port"),
        (["--ip", "192.168\u202e.5.122"], "U+202E RIGHT-TO-LEFT OVERRIDE"),
        (["--port", "８２６０"], "--port: ８ (U+FF18 FULLWIDTH DIGIT EIGHT)"),
        (["--pbx", "https//127.0.0.1"], "colon"),
        (["--pbx", "127.0.0.1:"], "8088"),
        (["--pbx", "127.0.0.1。"], "U+3002"),
        (["--pbx", TOKEN], "looks like a token"),
        (["--ip", TOKEN], "looks like a token"),
        (["--url-mode", "absolute", "--url", "10.0.0.９/r"], "U+FF19"),
        (["--proxy", "http://10.0.0.１:3128"], "U+FF11"),
        (["--timeout", "１０"], "--timeout"),
    ],
)
def test_what_only_looks_right_is_refused_before_anything_is_sent(
    shell: Shell, simulator: New, options: list[str], words: str
) -> None:
    pbx = simulator()
    usual = ["--pbx", pbx.url, "--ip", "10.0.0.9"]
    ran = shell.run("send", *usual, *options, token=pbx.token)
    assert ran.returncode == 2
    assert words in ran.stderr
    assert TOKEN not in ran.stderr + ran.stdout
    assert pbx.received == 0


def test_a_url_that_looks_absolute_is_sent_with_a_warning(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    options = ["--pbx", pbx.url, "--ip", "10.0.0.9", "--url", "192.168.5.122:8260/report"]
    ran = shell.run("send", *options, token=pbx.token)
    assert ran.returncode == 0
    assert "--url-mode absolute" in ran.stderr
    assert json.loads(pbx.requests[-1].body)["urlflag"] == "0"


@pytest.mark.parametrize("name", ["Bu\u0308ro\u00a0Post", "\u200bbüro  post", "Büro Post"])
def test_a_profile_is_found_by_its_name_however_it_is_spelled(
    shell: Shell, simulator: New, name: str
) -> None:
    pbx = simulator()
    server = ServerAddress(AddressKind.FIXED, "10.0.0.9")
    post = Profile("a", "Büro Post", pbx.url, server=server)
    other = Profile("b", "Büro-Post", "127.0.0.1:1", server=server)
    file = ProfileFile(shell.home / ".config/hbgui/settings.json")
    file.save(Settings((post, other)))
    ran = shell.run("send", "--profile", name, token=pbx.token)
    assert ran.returncode == 0, ran.stderr
    assert pbx.received == 1


def test_two_names_that_only_look_alike_are_told_apart_by_their_id(
    shell: Shell, simulator: New
) -> None:
    pbx = simulator()
    server = ServerAddress(AddressKind.FIXED, "10.0.0.9")
    one = Profile("a", "Post\u00a01", pbx.url, server=server)
    two = Profile("b", "Post  1", "127.0.0.1:1", server=server)
    file = ProfileFile(shell.home / ".config/hbgui/settings.json")
    file.save(Settings((one, two)))
    ran = shell.run("send", "--profile", "Post 1", token=pbx.token)
    assert (ran.returncode, "a, b" in ran.stderr) == (2, True)
    assert shell.run("send", "--profile", "Post\u00a01", token=pbx.token).returncode == 0
