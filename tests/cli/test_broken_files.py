"""Every command says which file is broken and where; none moves reports by a guess."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Shell
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.simulator.server import Simulator

New = Callable[..., Simulator]

OLD = ServerAddress(AddressKind.FIXED, "10.1.1.1")
NEW = ServerAddress(AddressKind.FIXED, "10.2.2.2")


class Home:
    """The settings in a person's home, with a last good copy of another destination."""

    def __init__(self, shell: Shell, pbx: Simulator) -> None:
        self.pbx = pbx
        self.shell = shell
        self.file = shell.home / ".config/hbgui/settings.json"
        self.copy = self.file.with_name("settings.json.bak")
        self.history = shell.home / ".local/state/hbgui/history.db"
        saved = ProfileFile(self.file)
        for server in (OLD, NEW):
            saved.save(Settings((Profile("p1", "Hotel Post", pbx.url, server=server),)))

    def break_it(self) -> None:
        """One comma too many, at the end of the first profile."""
        text = self.file.read_text("utf-8")
        at = text.rindex("]")
        self.file.write_text(text[:at] + ",\n" + text[at:], "utf-8")

    def contents(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in self.file.parent.iterdir()}


@pytest.fixture
def home(shell: Shell, simulator: New) -> Home:
    return Home(shell, simulator())


MOVING = {
    "send": ("send",),
    "keep": ("keep", "--count", "1", "--every", "0.1s"),
    "login": ("login", "--user", "api", "--password-stdin"),
    "diagnose": ("diagnose", "--ip", "10.3.3.3"),
    "trust": ("trust", "--yes", "--tls", "insecure"),
}


def damage(home: Home, how: str) -> None:
    data = home.file.read_bytes()
    if how == "gone":
        home.file.unlink()
        return
    if how == "folder":
        home.file.unlink()
        home.file.mkdir()
        return
    home.file.write_bytes(
        {
            "empty": b"",
            "utf-16": data.decode().encode("utf-16"),
            "zero-padded": data + bytes(64),
            "truncated": data[:-30],
            "newer": data.replace(b'"version": 1', b'"version": 999'),
            "wrong value": data.replace(b'"8260"', b"[8260]"),
        }[how]
    )


@pytest.mark.parametrize("command", [c for c in MOVING if c != "trust"])
@pytest.mark.parametrize("with_copy", [True, False])
def test_no_report_is_moved_by_guessed_settings(home: Home, command: str, with_copy: bool) -> None:
    home.break_it()
    if not with_copy:
        home.copy.unlink()
    before = home.contents()
    arguments = (*MOVING[command], "--profile", "Hotel Post")
    for _again in range(2):
        ran = home.shell.run(*arguments, token=home.pbx.token, stdin=home.pbx.password)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert f"{home.file} is not JSON at line " in ran.stderr
        assert "none yet" not in ran.stderr
    ran = home.shell.run(*arguments, "--json", token=home.pbx.token, stdin=home.pbx.password)
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["outcome"], ran.stderr) == (2, "invalid", "")
    assert any(str(home.file) in text and "line" in text for text in told["problems"])
    assert home.pbx.received == 0
    assert home.contents() == before, "a command leaves it to its owner"


@pytest.mark.parametrize(
    "how",
    ["empty", "utf-16", "zero-padded", "truncated", "newer", "gone", "folder", "wrong value"],
)
def test_whatever_is_wrong_with_the_file(home: Home, how: str) -> None:
    damage(home, how)
    code, told = home.shell.json("send", "--profile", "Hotel Post", token=home.pbx.token)
    assert code == 2
    assert any(str(home.file) in text for text in told["problems"])
    assert home.pbx.received == 0


def test_a_member_that_occurs_twice_is_named_and_the_last_one_used(home: Home) -> None:
    text = home.file.read_text("utf-8")
    home.file.write_text(text.replace('"port":', '"port": "8261",\n"port":', 1), "utf-8")
    line = text[: text.index('"port":')].count("\n") + 2
    code, told = home.shell.json("send", "--profile", "Hotel Post", token=home.pbx.token)
    assert (code, told["report_target"]) == (0, "10.2.2.2:8260")
    (problem,) = told["problems"]
    assert str(home.file) in problem
    assert f"profiles[0].port (line {line})" in problem


def test_a_certificate_is_not_trusted_in_guessed_settings(shell: Shell, simulator: New) -> None:
    home = Home(shell, simulator(tls=True))
    home.break_it()
    before = home.contents()
    ran = shell.run(*MOVING["trust"], "--profile", "Hotel Post")
    assert ran.returncode == 2
    assert str(home.file) in ran.stderr
    assert home.contents() == before


@pytest.mark.parametrize("command", ["send", "keep", "check", "diagnose", "logout", "login"])
def test_without_a_profile_it_is_said_and_goes_on(home: Home, command: str) -> None:
    home.break_it()
    usual = ("--pbx", home.pbx.url, "--json")
    more = {
        "keep": ("--ip", "10.3.3.3", "--count", "1", "--every", "0.1s"),
        "send": ("--ip", "10.3.3.3"),
        "login": ("--user", "api", "--password-stdin", "--print-token"),
    }.get(command, ())
    ran = home.shell.run(command, *usual, *more, token=home.pbx.token, stdin=home.pbx.password)
    told = json.loads(ran.stdout)
    assert ran.returncode == 0, told
    assert any(str(home.file) in text for text in told["problems"])


@pytest.mark.parametrize("command", ["check", "diagnose", "logout"])
def test_what_moves_nothing_uses_the_copy_and_says_so(home: Home, command: str) -> None:
    home.break_it()
    ran = home.shell.run(command, "--profile", "Hotel Post", token=home.pbx.token)
    assert ran.returncode == 0, ran.stdout
    assert f"last good copy is used instead, {home.copy}" in ran.stderr
    assert all("/heartbeat" not in request.path for request in home.pbx.requests)


def test_a_report_says_it(home: Home, tmp_path: Path) -> None:
    home.break_it()
    out = tmp_path / "report.html"
    ran = home.shell.run(
        *("report", "--profile", "Hotel Post", "--out", str(out), "--json"), token=home.pbx.token
    )
    told = json.loads(ran.stdout)
    assert out.exists()
    assert any(str(home.file) in text for text in told["problems"])


def test_selftest_and_receive_say_it(home: Home) -> None:
    home.break_it()
    home.history.parent.mkdir(parents=True)
    home.history.write_bytes(b"no database at all, and long enough to be looked at" * 20)
    told = json.loads(home.shell.run("selftest", "--json").stdout)
    assert any(str(home.file) in text and "line" in text for text in told["problems"])
    assert any("history" in text for text in told["problems"])
    with home.shell.start("receive", "--port", "0", "--json") as process:
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert any(str(home.file) in text for text in told["problems"])
    assert any("history" in text for text in told["problems"])
    assert told["warnings"]
    assert home.file.exists()


# --- the history


def test_a_damaged_history_is_said_beside_the_result(home: Home) -> None:
    home.history.parent.mkdir(parents=True)
    for command, more in (("check", ()), ("send", ())):
        home.history.write_bytes(b"no database at all, and long enough to be looked at" * 20)
        ran = home.shell.run(command, "--profile", "p1", *more, "--json", token=home.pbx.token)
        told = json.loads(ran.stdout)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert any("history" in text for text in told["problems"]), command
    assert home.pbx.requests[-1].path.endswith("/heartbeat")


def test_a_history_that_cannot_be_is_said_by_each_command_that_keeps_one(home: Home) -> None:
    home.history.mkdir(parents=True)
    for command in (("send",), MOVING["keep"]):
        ran = home.shell.run(*command, "--profile", "p1", token=home.pbx.token)
        assert ran.returncode == 0
        assert "history" in ran.stderr
        ran = home.shell.run(*command, "--profile", "p1", "--json", token=home.pbx.token)
        told = json.loads(ran.stdout)
        assert any("history" in text for text in told["problems"])


def test_all_is_well_is_said_by_nothing(home: Home) -> None:
    code, told = home.shell.json("send", "--profile", "p1", token=home.pbx.token)
    assert (code, told["problems"]) == (0, [])
