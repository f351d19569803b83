"""`hbgui report` as a process against the simulator: what it writes, and what it leaves alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import ASIDE, Shell
from hbgui.adapters.files.history_db import HistoryDb
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.history import Row
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.settings import Preferences
from hbgui.core.values import Moment
from hbgui.simulator.server import Simulator
from keyring_session import KeyringSession
from leaks import leaks

New = Callable[..., Simulator]
MEMBERS = {
    "outcome",
    "pbx",
    "verdict",
    "written",
    "message",
    "failed",
    "open",
    "not_tested",
} | ASIDE
TARGET = ReportTarget("192.0.2.10", 8260)
ANNOUNCED = (Announced("2026-01-02T11:00:00Z", TARGET),)
CANARY = "c4n4ry%2B<&\"'>7f3a91"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "home").mkdir()
    return Shell(tmp_path / "home")


def known(shell: Shell, url: str, **members: Any) -> Profile:
    """A PBX of the window that is at this address."""
    fixed = ServerAddress(AddressKind.FIXED, TARGET.ip)
    profile = Profile("post", "Hotel Post", url, server=fixed, announced=ANNOUNCED, **members)
    file = shell.home / ".config" / "hbgui" / "settings.json"
    preferences = Preferences(technician="A. Berger", company="Fernmeldebau")
    ProfileFile(file).save(Settings((profile,), preferences=preferences))
    return profile


def history(shell: Shell) -> Path:
    return shell.home / ".local" / "state" / "hbgui" / "history.db"


def sent(shell: Shell, url: str, *outcomes: Outcome) -> None:
    """Heartbeats in the history, the last one a minute ago."""
    with closing(HistoryDb(history(shell), str)) as store:
        assert store.open() == []
        for number, outcome in enumerate(outcomes):
            at = datetime.now(UTC) - timedelta(minutes=10 * (len(outcomes) - 1 - number) + 1)
            attempt = Attempt(Moment(0, at), outcome, url, str(TARGET), 41.5)
            store.add(Row("post", "Hotel Post", attempt))


def made(shell: Shell, *more: str, **kwargs: Any) -> tuple[int, dict[str, Any], str]:
    """Run it with --json; exit code, the one object, the text of the page."""
    out = shell.home / "report.html"
    ran = shell.run(
        "report", "--profile", "Hotel Post", "--out", str(out), "--json", *more, **kwargs
    )
    (line,) = ran.stdout.splitlines()
    assert ran.stderr == ""
    told = json.loads(line)
    assert set(told) == MEMBERS
    return ran.returncode, told, page(out.read_text("utf-8")) if out.exists() else ""


def page(html: str) -> str:
    tree = ElementTree.fromstring(html.partition("\n")[2])
    return " ".join(" ".join(tree.itertext()).split())


def test_it_writes_what_is_known_and_what_is_not(shell: Shell, simulator: New) -> None:
    pbx = simulator(serial="369160000123")
    known(shell, pbx.url)
    sent(shell, pbx.url, ACCEPTED, Outcome(OutcomeKind.UNREACHABLE, "timed_out"), ACCEPTED)
    code, told, said = made(shell, "--customer", "Hotel <Post>, Lindau", token=pbx.token)
    assert (code, told["outcome"], told["pbx"]) == (0, "accepted", pbx.url)
    assert told["verdict"] == "passed_with_open_points"
    assert told["written"] == str(shell.home / "report.html")
    assert told["failed"] == []
    assert told["not_tested"][0].startswith("Arrival of reports. This report was made by a command")
    for words in (
        "Passed with open points",
        "That its reports arrive is not proven",
        "A. Berger",
        "Fernmeldebau",
        "Hotel <Post>, Lindau",
        "369160000123",
        "http://192.0.2.10:8260",
        "Of 3 heartbeats 2 were accepted",
        "✕ Not reached",
        "Arrival of reports. This report was made by a command, which receives none",
        "None was received by hbgui on this computer.",
    ):
        assert words in said, words


def test_it_moves_nothing_and_sends_no_heartbeat(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    profile = known(shell, pbx.url)
    sent(shell, pbx.url, ACCEPTED)
    settings = shell.home / ".config" / "hbgui" / "settings.json"
    before = settings.read_bytes(), history(shell).read_bytes()
    assert made(shell, token=pbx.token)[0] == 0
    assert {r.path.rpartition("/")[2] for r in pbx.requests} == {"query"}
    assert pbx.targets == {}
    assert (settings.read_bytes(), history(shell).read_bytes()) == before
    assert ProfileFile(settings).load().settings.profiles == (profile,)


def test_who_tested_can_be_said(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    said = made(shell, "--technician", "C. Doe", "--company", "", "--note", "Bell at the door")[2]
    assert "C. Doe" in said
    assert "Fernmeldebau" not in said
    assert "Bell at the door" in said


@pytest.mark.parametrize("beaten", [True, False])
def test_the_first_broken_link_gives_the_code_and_the_file_is_there(
    shell: Shell, simulator: New, beaten: bool
) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    if beaten:
        sent(shell, pbx.url, ACCEPTED)
    code, told, said = made(shell, token="0" * 32)
    assert (code, told["outcome"], told["verdict"]) == (1, "refused", "not_passed")
    assert "Not passed" in said
    assert "no such token" in said.lower() or "does not know" in said
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        known(shell, f"http://127.0.0.1:{free.getsockname()[1]}")
        code, told, said = made(shell, token=pbx.token)
    assert (code, told["outcome"], told["verdict"]) == (3, "unreachable", "not_passed")
    assert "Links after the broken one (Connection)" in said


def test_without_a_token_it_says_so(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    sent(shell, pbx.url, ACCEPTED)
    code, told, said = made(shell)
    assert (code, told["outcome"], told["verdict"]) == (5, "no_secret", "passed_with_open_points")
    assert "The diagnosis had no token to ask with" in said
    assert "Model not asked" in said


def test_heartbeats_to_another_address_do_not_count(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    sent(shell, "http://192.168.5.150:80", ACCEPTED)
    code, told, said = made(shell, token=pbx.token)
    assert (code, told["verdict"]) == (0, "not_passed")
    assert "There is no heartbeat that the PBX accepted." in said


def test_a_damaged_history_is_told_and_left(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    history(shell).parent.mkdir(parents=True)
    history(shell).write_bytes(b"broken" * 1000)
    said = made(shell, token=pbx.token)[2]
    assert "The history of this computer could not be read." in said
    assert "Whether the PBX accepted a heartbeat is not known" in said
    assert "no heartbeat that the PBX accepted" not in said
    assert history(shell).read_bytes() == b"broken" * 1000


def test_on_standard_output(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    ran = shell.run("report", "--profile", "post", "--out", "-", token=pbx.token)
    assert ran.returncode == 0
    assert "Sign-off report" in page(ran.stdout)
    assert "\nHotel Post: Not passed\n" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--profile", "nobody", "--out", "{home}/x.html"), "no PBX of that name"),
        (("--profile", "post", "--out", "{home}"), "no name of a file"),
        (("--profile", "post", "--out", "{home}/pipe"), "no name of a file"),
        (("--profile", "post", "--out", ""), "no name of a file"),
        (("--profile", "post", "--out", "-", "--json"), "--json"),
        (("--profile", "post", "--out", "{home}/file/x.html"), "there is no folder"),
        (("--profile", "post", "--out", "{home}/missing/x.html"), "there is no folder"),
        (("--profile", "post"), "--out"),
        (("--out", "x"), "--profile"),
        (("--profile", "post", "--out", "{home}/x.html", "--timeout", "0"), "--timeout"),
    ],
)
def test_bad_input(shell: Shell, simulator: New, arguments: tuple[str, ...], words: str) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    (shell.home / "file").write_text("mine")
    os.mkfifo(shell.home / "pipe")
    given = [a.replace("{home}", str(shell.home)) for a in arguments]
    ran = shell.run("report", *given, token=pbx.token)
    assert ran.returncode == 2
    assert words in ran.stderr + ran.stdout
    assert not list(shell.home.glob("**/*.html"))
    assert (shell.home / "file").read_text() == "mine"
    assert (shell.home / "pipe").is_fifo()


def test_a_file_that_was_there_is_replaced_as_a_whole(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    (shell.home / "report.html").write_text("old" * 100_000)
    assert made(shell, token=pbx.token)[2].startswith("Sign-off report")
    assert sorted(p.name for p in shell.home.iterdir() if not p.name.startswith(".")) == [
        "report.html"
    ]


def test_what_a_link_leads_to_is_replaced(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    (shell.home / "report.html").symlink_to(shell.home / "archive.html")
    assert made(shell, token=pbx.token)[2].startswith("Sign-off report")
    assert (shell.home / "report.html").is_symlink()
    assert (shell.home / "archive.html").is_file()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder that takes no files")
def test_a_folder_that_takes_no_file_is_said(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    known(shell, pbx.url)
    ran = shell.run("report", "--profile", "post", "--out", "/proc/x.html", token=pbx.token)
    assert ran.returncode == 2
    assert "cannot be written" in ran.stderr


def test_a_signal_ends_it_and_writes_nothing(shell: Shell, simulator: New) -> None:
    pbx = simulator(fault="hang")
    known(shell, pbx.url)
    out = shell.home / "report.html"
    arguments = ("report", "--profile", "post", "--out", str(out))
    with shell.start(*arguments, token=pbx.token) as process:
        end_s = time.monotonic() + 20
        while not pbx.received and time.monotonic() < end_s:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert not out.exists()


def test_the_token_is_nowhere_in_it(shell: Shell, simulator: New, keyring: KeyringSession) -> None:
    """It is in the keyring, in what the PBX says of itself, in the history and in a name."""
    pbx = simulator(token=CANARY, serial=CANARY)
    profile = known(shell, pbx.url, notes=CANARY)
    store = ("store", "--label", "hbgui", "service", "hbgui", "username", profile.id)
    keyring.secret_tool(*store, given=CANARY)
    odd = Outcome(OutcomeKind.REFUSED, "refused", CANARY, 200, detail=CANARY)
    sent(shell, pbx.url, odd, ACCEPTED)
    address = keyring.environment["DBUS_SESSION_BUS_ADDRESS"]
    out = shell.home / "report.html"
    ran = shell.run(
        *("report", "--profile", "post", "--out", str(out), "--note", f"token: {CANARY}"),
        *("--customer", CANARY),
        env={"DBUS_SESSION_BUS_ADDRESS": address},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {r.token for r in pbx.requests if r.token} == {CANARY}
    html = out.read_text("utf-8")
    assert "***" in html
    for text in (html, ran.stdout, ran.stderr):
        assert leaks(text, CANARY) == []
