"""Names, folders and clocks that cannot be: a sentence and a code, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Shell, customised
from hbgui.adapters.files.history_db import read_heartbeats
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from hbgui.simulator.server import Simulator

New = Callable[..., Simulator]


@pytest.fixture
def place(shell: Shell, tmp_path: Path) -> Path:
    """A folder with links that lead nowhere; the report's PBX is not asked for long."""
    ProfileFile(shell.home / ".config/hbgui/settings.json").save(
        Settings((Profile("p1", "Hotel Post", "http://127.0.0.1:1"),))
    )
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "there").symlink_to("back")
    (folder / "back").symlink_to("there")
    (folder / "file").write_text("kept")
    return folder


ODD = [
    "~nosuch/x",
    "~nosuch",
    "a" * 300,
    "x/" * 2500 + "y",
    "loop",
    "loop/x",
    "there",
    "there/x",
    "file/x",
    "no/such/x",
    "/dev/null",
    "/dev/null/x",
    ".",
    "",
    " ",
]


@pytest.mark.parametrize("out", ODD, ids=range(len(ODD)))
def test_a_report_to_an_odd_place(shell: Shell, place: Path, out: str) -> None:
    arguments = ("report", "--profile", "p1", "--out", out)
    ran = shell.run(*arguments, token="0f" * 16, cwd=place)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("hbgui: --out: ")
    assert "Traceback" not in ran.stderr
    told = json.loads(shell.run(*arguments, "--json", token="0f" * 16, cwd=place).stdout)
    assert told["outcome"] == "invalid"
    assert (place / "loop").is_symlink()
    assert sorted(path.name for path in place.iterdir()) == ["back", "file", "loop", "there"]


def test_a_link_to_a_file_that_is_not_there_yet(shell: Shell, place: Path) -> None:
    (place / "link").symlink_to("new")
    ran = shell.run("report", "--profile", "p1", "--out", "link", token="0f" * 16, cwd=place)
    assert ran.returncode == 3, "that is the diagnosis"
    assert (place / "link").is_symlink()
    assert (place / "new").read_text("utf-8").startswith("<!")


GONE = """
import os
os.mkdir("gone")
os.chdir("gone")
os.rmdir("../gone")
"""


def test_a_working_folder_that_is_gone(
    shell: Shell, simulator: New, place: Path, tmp_path: Path
) -> None:
    pbx = simulator()
    env = customised(tmp_path / "site", GONE)
    report = ("report", "--profile", "p1", "--out")
    ran = shell.run(*report, "here", token="0f" * 16, env=env, cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("hbgui: --out: ")
    ran = shell.run(*report, str(place / "r"), token="0f" * 16, env=env, cwd=tmp_path)
    assert ran.returncode == 3
    assert (place / "r").exists()
    usual = ("--pbx", pbx.url, "--ip", "10.1.1.1")
    for command in ("send", "check", "diagnose"):
        ran = shell.run(command, *usual, token=pbx.token, env=env, cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr


NO_USER = """
import pwd

def nobody(_number):
    raise KeyError("uid not found")

pwd.getpwuid = nobody
"""


def test_a_user_without_a_home_folder(shell: Shell, simulator: New, tmp_path: Path) -> None:
    pbx = simulator()
    env = customised(tmp_path / "site", NO_USER)
    folder = tmp_path / "cwd"
    folder.mkdir()

    def run(*arguments: str):
        return Homeless(shell.home).run(*arguments, token=pbx.token, env=env, cwd=folder)

    usual = ("--pbx", pbx.url, "--ip", "10.1.1.1")
    for arguments in (("send", *usual), ("keep", *usual, "--count", "1"), ("selftest",)):
        ran = run(*arguments)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "HOME" in ran.stderr
        assert "Traceback" not in ran.stderr
        told = json.loads(run(*arguments, "--json").stdout)
        assert told["outcome"] == "invalid"
    window = Homeless(shell.home).run(env={**env, "QT_QPA_PLATFORM": "offscreen"}, cwd=folder)
    assert (window.returncode, window.stdout) == (2, "")
    assert "HOME" in window.stderr
    assert list(folder.iterdir()) == [], "nothing is made in a folder called ~"
    assert run("--version").returncode == 0
    assert pbx.received == 0


class Homeless(Shell):
    """The same without a variable."""

    def start(self, *arguments: str, **kwargs):
        unset = 'unset HOME; exec "$@"'
        return super().start(*arguments, prefix=("sh", "-c", unset, "sh"), **kwargs)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
@pytest.mark.parametrize("zone", ["", "Z", "+14:00", "-14:00"])
@pytest.mark.parametrize("member", ["last", "locked_until"])
def test_an_odd_time_in_the_count_of_logins(
    shell: Shell, simulator: New, when: str, zone: str, member: str
) -> None:
    pbx = simulator(password="pw")
    file = shell.home / ".local/state/hbgui/logins.json"
    file.parent.mkdir(parents=True)
    host = pbx.url.removeprefix("http://")
    file.write_text(json.dumps({host: {"wrong": 3, member: when + zone}}))
    login = ("login", "--pbx", pbx.url, "--user", "api", "--password-stdin", "--print-token")
    wrong = shell.run(*login, stdin="wrong", env={"TZ": "Pacific/Kiritimati"})
    assert (wrong.returncode, pbx.received) == (1, 1), wrong.stderr
    right = shell.run(*login, stdin="pw", env={"TZ": "Pacific/Pago_Pago"})
    assert right.returncode == 0, right.stderr


def test_folders_that_the_session_names_are_used(
    shell: Shell, simulator: New, tmp_path: Path
) -> None:
    pbx, config, state = simulator(), tmp_path / "c", tmp_path / "s"
    file = config / "hbgui/settings.json"
    ProfileFile(file).save(Settings((Profile("p1", "Hotel Post", pbx.url),)))
    usual = ("send", "--profile", "p1", "--ip", "10.1.1.1")
    env = {"XDG_CONFIG_HOME": str(config), "XDG_STATE_HOME": str(state)}
    ran = shell.run(*usual, token=pbx.token, env=env)
    assert ran.returncode == 0, ran.stderr
    (profile,) = ProfileFile(file).load().settings.profiles
    assert profile.announced
    assert read_heartbeats(state / "hbgui/history.db", "p1", 9)
    assert not list(shell.home.glob(".[cl]o*"))


def limited() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_files_that_cannot_grow(shell: Shell, simulator: New) -> None:
    """The heartbeat counts; what could not be kept is said."""
    pbx = simulator()
    ProfileFile(shell.home / ".config/hbgui/settings.json").save(
        Settings((Profile("p1", "Hotel Post", pbx.url),))
    )
    usual = ("send", "--profile", "p1", "--ip", "10.1.1.1", "--json")
    ran = shell.run(*usual, token=pbx.token, preexec_fn=limited)
    told = json.loads(ran.stdout)
    assert (ran.returncode, pbx.received, told["outcome"]) == (0, 1, "accepted")
    assert told["problems"]
    assert "Traceback" not in ran.stderr


def test_a_name_is_found_in_a_locale_without_its_letters(
    shell: Shell, simulator: New, tmp_path: Path
) -> None:
    pbx = simulator()
    ProfileFile(shell.home / ".config/hbgui/settings.json").save(
        Settings((Profile("p1", "Büro ☎", pbx.url), Profile("p2", "other", pbx.url)))
    )
    env = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    usual = ("--profile", "Büro ☎")
    ran = shell.run("send", *usual, "--ip", "10.1.1.1", token=pbx.token, env=env)
    assert (ran.returncode, pbx.received) == (0, 1), ran.stderr
    out = tmp_path / "report.html"
    more = ("--customer", "Müller", "--out", str(out))
    ran = shell.run("report", *usual, *more, token=pbx.token, env=env)
    assert ran.returncode == 0
    assert "Müller" in out.read_text("utf-8")
