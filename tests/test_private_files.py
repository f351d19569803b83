"""Files and folders of hbgui are this user's alone, whatever the umask says."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from simulated import simulator  # noqa: F401 - a fixture

SOURCE = Path(__file__).resolve().parents[1] / "src"
WINDOW = """
import os, sys
os.umask(int(sys.argv[1], 8))
from hbgui.app import build
program = build([])
program.start()
program.services.supervisor.add_pbx()
program.app.processEvents()
program.window.end()
program.app.processEvents()
program.close()
"""
COMMAND = """
import os, sys
os.umask(int(sys.argv[1], 8))
from hbgui.app import main
sys.exit(main(sys.argv[2:]))
"""
umasks = pytest.mark.parametrize("umask", ["000", "022", "077", "277"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir(0o755)
    return made


def run(home: Path, script: str, *arguments: str, **more: str) -> None:
    env = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "QT_QPA_PLATFORM": "offscreen",
        "LANG": "C.UTF-8",
        **more,
    }
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def modes(folder: Path) -> dict[str, str]:
    """All that is below the folder, and who may do what with it."""
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.lstat().st_mode))
        for path in folder.rglob("*")
        if not path.is_socket()
    }


def check(home: Path, *expected: str) -> None:
    found = {name: mode for name, mode in modes(home).items() if not name.startswith(".cache")}
    for name in expected:
        assert name in found
    wrong = {
        name: mode
        for name, mode in found.items()
        if mode != ("0o700" if (home / name).is_dir() else "0o600")
    }
    assert wrong == {}


@umasks
def test_what_the_window_makes(home: Path, umask: str) -> None:
    run(home, WINDOW, umask)
    check(
        home,
        ".config/hbgui/settings.json",
        ".local/state/hbgui/window.ini",
        ".local/state/hbgui/history.db",
        ".local/state/hbgui/locks",
    )


@umasks
def test_what_a_command_makes(home: Path, simulator, umask: str) -> None:  # noqa: F811
    pbx = simulator()
    known = home / ".config/hbgui/settings.json"
    ProfileFile(known).save(Settings((Profile("a", "Post", pbx.url),), "a"))
    options = ("--profile", "Post", "--ip", "127.0.0.1")
    run(home, COMMAND, umask, "send", *options, HBGUI_TOKEN=pbx.token)
    check(home, ".local/state/hbgui/history.db", ".config/hbgui/settings.json.bak")


def test_what_an_earlier_version_made_for_everybody_is_closed(home: Path) -> None:
    state = home / ".local/state/hbgui"
    state.mkdir(parents=True)
    window = state / "window.ini"
    window.write_text("[General]\ntoolbar=true\n")
    for path, mode in ((state, 0o777), (window, 0o644)):
        path.chmod(mode)
    run(home, WINDOW, "000")
    assert modes(state)["window.ini"] == "0o600"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert "toolbar=true" in window.read_text()
