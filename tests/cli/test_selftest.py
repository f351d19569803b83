"""`hbgui selftest`: the first thing that a support person asks for."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import SOURCE, Shell
from keyring_session import keyring_session

MEMBERS = {
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
        ({"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, "would not keep"),
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
