"""Secrets and names as they come: with a mark of an editor, quotes, or what nobody sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import SOURCE, Shell, customised
from hbgui.simulator.server import Simulator

New = Callable[..., Simulator]

TOKEN = "0f" * 16
UNSEEN = {
    "zero width space": "\u200b",
    "word joiner": "\u2060",
    "soft hyphen": "\u00ad",
    "direction": "\u202e",
    "byte order": "\ufeff",
    "hangul filler": "\u3164",
    "variation": "\ufe0f",
    "tag": "\U000e0041",
    "escape": "\x1b",
    "bell": "\x07",
    "line separator": "\u2028",
    "narrow blank": "\u202f",
}


def run(shell: Shell, *arguments: str | bytes, data: bytes = b"", token: bytes | None = None):
    """With bytes for arguments, standard input and variable."""
    env: dict[bytes, bytes] = {
        b"HOME": os.fsencode(shell.home),
        b"PATH": os.environb[b"PATH"],
        b"PYTHONPATH": os.fsencode(SOURCE),
        b"LANG": b"C.UTF-8",
    }
    if token is not None:
        env[b"HBGUI_TOKEN"] = token
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-m", "hbgui", *arguments],
        env=env,
        input=data,
        capture_output=True,
        timeout=40,
    )


def login(shell: Shell, pbx: Simulator, *, user: str | bytes = "api", password: bytes = b"pw"):
    usual = ("login", "--pbx", pbx.url, "--password-stdin", "--print-token", "--json")
    return run(shell, *usual, "--user", user, data=password)


@pytest.mark.parametrize("mark", UNSEEN.values(), ids=UNSEEN.keys())
@pytest.mark.parametrize("where", ["{}api", "a{}pi", "api{}"])
def test_what_nobody_sees_is_in_no_user_name(
    shell: Shell, simulator: New, mark: str, where: str
) -> None:
    pbx = simulator(password="pw")
    ran = login(shell, pbx, user=where.format(mark))
    told = json.loads(ran.stdout)
    assert (ran.returncode, pbx.received) == (2, 0)
    assert f"U+{ord(mark):04X}" in told["message"]
    assert told["attempts_left"] is None


@pytest.mark.parametrize("mark", UNSEEN.values(), ids=UNSEEN.keys())
def test_nor_in_a_password_or_a_token(shell: Shell, simulator: New, mark: str) -> None:
    pbx = simulator(password="pw")
    ran = login(shell, pbx, password=f"p{mark}w".encode())
    assert ran.returncode == 2
    assert f"U+{ord(mark):04X}" in json.loads(ran.stdout)["message"]
    usual = ("send", "--pbx", pbx.url, "--ip", "10.1.1.1")
    for how in ({"data": f"{TOKEN[:9]}{mark}{TOKEN[9:]}".encode()}, {}):
        given = ("--token-stdin",) if how else ()
        token = None if how else f"{TOKEN[:9]}{mark}{TOKEN[9:]}".encode()
        ran = run(shell, *usual, *given, token=token, **how)
        assert ran.returncode == 2
        assert f"U+{ord(mark):04X}".encode() in ran.stderr
        assert TOKEN[9:].encode() not in ran.stderr
    assert pbx.received == 0


def test_bytes_of_another_encoding_are_refused(shell: Shell, simulator: New) -> None:
    pbx = simulator(password="pw")
    for ran in (
        login(shell, pbx, user="müller".encode("latin-1")),
        login(shell, pbx, password="pässwort".encode("latin-1")),
        run(shell, "send", "--pbx", pbx.url, "--ip", "10.1.1.1", "--json", token=b"\xfc" * 32),
    ):
        assert ran.returncode == 2
        assert "not UTF-8: 0x" in json.loads(ran.stdout)["message"]
    assert pbx.received == 0


def test_letters_that_can_be_seen_are_sent(shell: Shell, simulator: New) -> None:
    pbx = simulator(user="Jörg Müller", password="pä ß\u20ac日本")
    ran = login(shell, pbx, user=" Jörg Müller\n", password="pä ß\u20ac日本\r\n".encode())
    assert ran.returncode == 0, ran.stdout


def test_a_new_profile_gets_a_name_that_can_be_typed(shell: Shell, simulator: New) -> None:
    pbx = simulator(password="pw")
    usual = ("login", "--pbx", pbx.url, "--user", "api", "--password-stdin")
    ran = run(shell, *usual, "--profile", "Hotel\u200b", data=b"pw")
    assert (ran.returncode, pbx.received) == (2, 0)
    assert b"--profile" in ran.stderr
    assert b"U+200B" in ran.stderr


# --- from an editor or PowerShell


def test_one_byte_order_mark_is_no_part_of_a_secret(shell: Shell, simulator: New) -> None:
    pbx = simulator(token=TOKEN, password="pw")
    usual = ("send", "--pbx", pbx.url, "--ip", "10.1.1.1")
    data = b"\xef\xbb\xbf" + TOKEN.encode() + b"\r\n"
    assert run(shell, *usual, "--token-stdin", data=data).returncode == 0
    assert run(shell, *usual, token=data.strip()).returncode == 0
    assert [request.token for request in pbx.requests] == [TOKEN, TOKEN]
    assert login(shell, pbx, password=b"\xef\xbb\xbfpw\r\n").returncode == 0
    received = pbx.received
    twice = run(shell, *usual, "--token-stdin", data=b"\xef\xbb\xbf" + data)
    assert (twice.returncode, pbx.received) == (2, received)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_has_words_of_its_own(shell: Shell, simulator: New, encoding: str) -> None:
    pbx = simulator()
    data = f"{TOKEN}\r\n".encode(encoding)
    ran = run(shell, "send", "--pbx", pbx.url, "--ip", "10.1.1.1", "--token-stdin", data=data)
    assert ran.returncode == 2
    assert b"UTF-16" in ran.stderr
    ran = login(shell, pbx, password=data)
    assert ran.returncode == 2
    assert "--password-stdin" in json.loads(ran.stdout)["message"]
    assert "UTF-16" in json.loads(ran.stdout)["message"]
    assert pbx.received == 0


@pytest.mark.parametrize("password", [b"p\0w", b"\0\0", b"pw\0", b"\0pw1"])
def test_not_all_that_has_a_nul_is_called_utf_16(
    shell: Shell, simulator: New, password: bytes
) -> None:
    pbx = simulator()
    ran = login(shell, pbx, password=password)
    assert ran.returncode == 2
    assert "U+0000" in json.loads(ran.stdout)["message"]
    assert pbx.received == 0


def test_an_endless_input_ends(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    usual = ("send", "--pbx", pbx.url, "--ip", "10.1.1.1", "--token-stdin")
    with subprocess.Popen(["yes", "a" * 50], stdout=subprocess.PIPE) as endless:
        env = {"HOME": str(shell.home), "PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]}
        ran = subprocess.run(
            [sys.executable, "-m", "hbgui", *usual],
            env=env,
            stdin=endless.stdout,
            capture_output=True,
            text=True,
            timeout=40,
        )
        endless.kill()
    assert ran.returncode == 2
    assert "at most 1200" in ran.stderr
    assert pbx.received == 0


# --- quotes


@pytest.mark.parametrize("quotes", ['""', "''", "``", "“”", "«»", "„“", '"', "'"])
def test_quotes_around_a_token_are_taken_off_and_it_is_said(
    shell: Shell, simulator: New, quotes: str
) -> None:
    pbx = simulator(token=TOKEN)
    before, after = quotes[0], quotes[1:]
    given = f"{before}{TOKEN}{after}"
    code, told = shell.json("send", "--pbx", pbx.url, "--ip", "127.0.0.1", token=given)
    assert (code, pbx.requests[-1].token) == (0, TOKEN)
    assert any("quotation marks" in text for text in told["warnings"])


def test_quotes_around_another_token_are_named(shell: Shell, simulator: New) -> None:
    pbx = simulator(token='"short"')
    code, told = shell.json("send", "--pbx", pbx.url, "--ip", "127.0.0.1", token='"short"')
    assert (code, pbx.requests[-1].token) == (0, '"short"')
    assert any("quotation mark" in text for text in told["warnings"])


@pytest.mark.parametrize("command", ["send", "keep", "check", "diagnose", "logout"])
def test_an_unusual_token_is_said_by_every_command(
    shell: Shell, simulator: New, command: str
) -> None:
    pbx = simulator(token="short-one")
    more = ("--ip", "10.1.1.1", "--count", "1") if command == "keep" else ()
    ran = shell.run(command, "--pbx", pbx.url, *more, "--ip", "10.1.1.1", token="short-one")
    assert ran.returncode == 0
    assert "Unusual" in ran.stderr
    as_json = shell.run(
        *(command, "--pbx", pbx.url, *more, "--ip", "10.1.1.1", "--json"), token="short-one"
    )
    told = json.loads(as_json.stdout)
    assert as_json.stderr == ""
    assert any("Unusual" in text for text in told["warnings"])


# --- warnings in every object


LINK_LOCAL = """
from dataclasses import replace
from hbgui.adapters.net.local import SystemNetwork

route_to = SystemNetwork.route_to
SystemNetwork.route_to = lambda *a, **more: replace(route_to(*a, **more), ip="169.254.1.9")
"""


def test_a_warning_of_the_address_that_was_found_out(
    shell: Shell, simulator: New, tmp_path: Path
) -> None:
    pbx = simulator()
    usual = ("--pbx", pbx.url, "--ip", "auto")
    env = customised(tmp_path / "site", LINK_LOCAL)
    for command in (("send",), ("keep", "--count", "1")):
        ran = shell.run(*command, *usual, token=pbx.token, env=env)
        assert "makeshift" in ran.stderr
        ran = shell.run(*command, *usual, "--json", token=pbx.token, env=env)
        assert any("makeshift" in text for text in json.loads(ran.stdout)["warnings"])


def test_every_warning_is_in_the_object(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    usual = ("--pbx", pbx.url, "--json")
    for ip, word in (("0.0.0.0", "--ip"), ("224.0.0.1", "group")):
        code, told = shell.json("send", *usual[:2], "--ip", ip, token=pbx.token)
        assert code == 0
        assert any(word in text for text in told["warnings"]), (ip, told["warnings"])
    arguments = ("keep", *usual, "--ip", "0.0.0.0", "--every", "30m", "--count", "1")
    told = json.loads(shell.run(*arguments, token=pbx.token).stdout)
    assert any("--ip" in text for text in told["warnings"])
    assert any("--every" in text for text in told["warnings"])
    code, told = shell.json(
        *("send", *usual[:2], "--ip", "0.0.0.0", "--port", "0"), token=pbx.token
    )
    assert (code, len(told["warnings"])) == (2, 1)
    # What is refused may have deserved a warning, too.
    code, told = shell.json("send", *usual[:2], "--ip", "0.0.0.0", token=TOKEN)
    assert (code, len(told["warnings"])) == (1, 1)
