"""`hbgui selftest`: the first thing that a support person asks for."""

from __future__ import annotations

import json
import ssl
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import SOURCE, Shell
from keyring_session import keyring_session

MEMBERS = {
    "warnings",
    "hbgui",
    "system",
    "python",
    "packages",
    "keyring_backend",
    "keyring_ok",
    "keyring_message",
    "tls_library",
    "tls_1_0",
    "pyside",
    "qt",
    "qt_platform",
    "tray",
    "color_scheme",
    "fonts",
    "folders",
    "pbxs",
    "settings_read_only",
    "problems",
}
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


def selftest(shell: Shell, **env: str) -> tuple[int, dict[str, Any]]:
    ran = shell.run("selftest", "--json", env=env)
    assert ran.stderr == ""
    told = json.loads(ran.stdout)
    assert set(told) == MEMBERS
    return ran.returncode, told


def test_a_computer_with_a_keyring(shell: Shell, tmp_path: Path) -> None:
    with keyring_session(tmp_path / "session") as session:
        address = session.environment["DBUS_SESSION_BUS_ADDRESS"]
        code, told = selftest(shell, DBUS_SESSION_BUS_ADDRESS=address, **OFFSCREEN)
        left = session.secret_tool("search", "--all", "service", "hbgui")
    assert (code, told["keyring_ok"], told["keyring_message"]) == (0, True, None)
    assert told["keyring_backend"] == "Secret Service"
    assert left == ""
    assert told["tls_library"] == ssl.OPENSSL_VERSION
    assert told["problems"] == []


def test_what_qt_finds(shell: Shell) -> None:
    told = selftest(shell, **OFFSCREEN)[1]
    assert (told["qt_platform"], told["tray"]) == ("offscreen", False)
    assert told["fonts"]["families"] > 0
    assert told["fonts"]["ui"]
    assert told["qt"].startswith("6.")
    assert told["folders"]["settings"] == {
        "path": str(shell.home / ".config" / "hbgui"),
        "writable": True,
    }


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({}, "no keyring"),
        ({"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, "keeps nothing"),
        ({"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}, "would not keep"),
    ],
)
def test_without_a_keyring_the_code_is_5(shell: Shell, env: dict[str, str], words: str) -> None:
    code, told = selftest(shell, **env)
    assert (code, told["keyring_ok"], told["keyring_backend"]) == (5, False, None)
    assert words in told["keyring_message"]
    assert told["keyring_message"] in told["problems"]


@pytest.mark.parametrize("env", [{}, {"DISPLAY": ":4711"}, {"QT_QPA_PLATFORM": "nonsense"}])
def test_without_a_display_it_says_so_and_goes_on(shell: Shell, env: dict[str, str]) -> None:
    told = selftest(shell, **env)[1]
    assert (told["qt"], told["fonts"], told["tray"]) == (None, None, None)
    assert any("display" in p or "Qt" in p for p in told["problems"])
    for value in env.values():
        assert any(value in p for p in told["problems"]), "Qt's own reason is not told"


def test_in_words_and_without_secrets(shell: Shell) -> None:
    ran = shell.run("selftest", env=OFFSCREEN, token="0f" * 16)
    assert ran.returncode == 5
    for word in ("OpenSSL", "offscreen", "Keyring", str(shell.home), "Problem"):
        assert word in ran.stdout
    assert "0f0f" not in ran.stdout + ran.stderr


def test_the_child_gets_no_token(shell: Shell, tmp_path: Path) -> None:
    spy = tmp_path / "spy"
    spy.mkdir()
    (spy / "sitecustomize.py").write_text(
        "import os, sys\n"
        f"open({str(spy / 'seen')!r}, 'a').write('HBGUI_TOKEN' in os.environ and 'T' or 'n')\n"
    )
    ran = shell.run(
        "selftest", "--json", token="0f" * 16, env={**OFFSCREEN, "PYTHONPATH": f"{spy}:{SOURCE}"}
    )
    assert json.loads(ran.stdout)["qt_platform"] == "offscreen"
    assert (spy / "seen").read_text() == "Tn"


def test_a_folder_that_cannot_be_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    there = tmp_path / "file" / "x"
    told = selftest(shell, XDG_CONFIG_HOME=str(there))[1]
    assert told["folders"]["settings"] == {"path": str(there / "hbgui"), "writable": False}
    assert any(str(there) in problem for problem in told["problems"])


@pytest.mark.parametrize("where", ["/proc", "dangling", "a" * 300])
def test_writable_is_tried_out(shell: Shell, tmp_path: Path, where: str) -> None:
    """An administrator has all rights, and still cannot write there."""
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere" / "at all")
    told = selftest(shell, XDG_CONFIG_HOME=str(tmp_path / where))[1]
    assert told["folders"]["settings"]["writable"] is False
    assert any(where in problem for problem in told["problems"])


def test_a_disk_that_takes_no_byte(shell: Shell, tmp_path: Path) -> None:
    """A file can be made there, as on a full disk, but not filled."""
    (tmp_path / "sitecustomize.py").write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
    )
    told = selftest(shell, PYTHONPATH=f"{tmp_path}:{SOURCE}")[1]
    assert {folder["writable"] for folder in told["folders"].values()} == {False}


def test_trying_out_leaves_nothing(shell: Shell) -> None:
    selftest(shell, **OFFSCREEN)
    assert [p for p in shell.home.rglob("*") if p.name not in ("fontconfig", ".cache")] == []


def test_a_damaged_file_is_told_with_its_new_name(shell: Shell) -> None:
    folder = shell.home / ".config" / "hbgui"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text("{broken")
    told = selftest(shell)[1]
    (kept,) = folder.iterdir()
    assert any(str(kept) in problem for problem in told["problems"])


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_no_token_in_anything_that_is_told(shell: Shell, options: list[str]) -> None:
    """Not in a path, nor in what Qt prints, at whatever depth of the object."""
    token = "0f" * 16
    env = {"XDG_CONFIG_HOME": str(shell.home / token), "QT_QPA_PLATFORM": token}
    ran = shell.run("selftest", *options, env=env, token=token)
    assert "***" in ran.stdout
    assert "0f0f" not in ran.stdout + ran.stderr


def test_letters_that_the_output_has_not(shell: Shell) -> None:
    env = {"XDG_CONFIG_HOME": str(shell.home / "ж"), "PYTHONIOENCODING": "ascii"}
    ran = shell.run("selftest", env=env)
    assert (ran.returncode, ran.stderr) == (5, "")
    assert "\\u0436" in ran.stdout


def test_a_bad_pair_of_versions_is_a_problem(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import PySide6\nPySide6.__version__ = '6.12.0'\n")
    told = selftest(shell, PYTHONPATH=f"{tmp_path}:{SOURCE}", **OFFSCREEN)[1]
    named = any("6.12.0" in problem for problem in told["problems"])
    assert named is (sys.version_info < (3, 12))


def test_a_locked_keyring(shell: Shell, tmp_path: Path) -> None:
    with keyring_session(tmp_path / "session", unlocked=False) as session:
        address = session.environment["DBUS_SESSION_BUS_ADDRESS"]
        code, told = selftest(shell, DBUS_SESSION_BUS_ADDRESS=address)
    assert (code, told["keyring_ok"]) == (5, False)
    assert "locked" in told["keyring_message"]


def test_an_entry_is_deleted_even_when_it_was_not_kept(shell: Shell, tmp_path: Path) -> None:
    """A keyring that gives back something else than it was given."""
    (tmp_path / "forgetful.py").write_text(
        "import pathlib\n"
        "from keyring.backend import KeyringBackend\n"
        f"FOLDER = pathlib.Path({str(tmp_path / 'entries')!r})\n"
        "class Keyring(KeyringBackend):\n"
        "    priority = 1\n"
        "    def set_password(self, service, name, password):\n"
        "        FOLDER.mkdir(exist_ok=True)\n"
        "        (FOLDER / name).write_text('other')\n"
        "    def get_password(self, service, name):\n"
        "        return 'other' if (FOLDER / name).exists() else None\n"
        "    def delete_password(self, service, name):\n"
        "        (FOLDER / name).unlink()\n"
    )
    env = {"PYTHON_KEYRING_BACKEND": "forgetful.Keyring", "PYTHONPATH": f"{tmp_path}:{SOURCE}"}
    code, told = selftest(shell, **env)
    assert (code, told["keyring_ok"]) == (5, False)
    assert "did not keep" in told["keyring_message"]
    assert list((tmp_path / "entries").iterdir()) == []


def test_a_hung_keyring_ends(shell: Shell, tmp_path: Path) -> None:
    with keyring_session(tmp_path / "session") as session:
        address = session.environment["DBUS_SESSION_BUS_ADDRESS"]
        with session.frozen_daemon():
            code, told = selftest(shell, DBUS_SESSION_BUS_ADDRESS=address)
    assert (code, told["keyring_ok"]) == (5, False)
    assert "does not answer" in told["keyring_message"]
