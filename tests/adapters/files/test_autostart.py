"""Starting with the session: the file that desktops read."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hbgui.adapters.files.paths import XdgAutostart
from hbgui.core.api.errors import StorageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "autostart" / "hbgui.desktop"


def test_on_and_off(tmp_path: Path, file: Path) -> None:
    start = XdgAutostart(tmp_path, ["/usr/bin/hbgui", "--minimized"])
    assert not start.is_on()
    start.turn(True)
    assert start.is_on()
    assert "Exec=/usr/bin/hbgui --minimized\n" in file.read_text()
    start.turn(False)
    start.turn(False)
    assert not start.is_on()
    assert not file.exists()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled = false"])
def test_what_the_desktop_has_switched_off_is_off(tmp_path: Path, file: Path, line: str) -> None:
    start = XdgAutostart(tmp_path, ["hbgui"])
    start.turn(True)
    file.write_text(file.read_text() + line + "\n")
    assert not start.is_on()
    start.turn(True)
    assert start.is_on()


@pytest.mark.parametrize(
    "word", ["/opt/my apps/hbgui", "/opt/100%/hbgui", '/a"b$c', "/a\\b", "/`id`", "/it's; #1 ~ (&)"]
)
def test_every_path_starts_what_it_names(tmp_path: Path, file: Path, word: str) -> None:
    """As the desktop entry specification reads it: a value, then words as a shell has them, then
    fields."""
    XdgAutostart(tmp_path, [word, "--minimized"]).turn(True)
    (line,) = (each for each in file.read_text().splitlines() if each.startswith("Exec="))
    value = line.removeprefix("Exec=").replace("\\\\", "\\")
    said = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {value}"], capture_output=True, text=True, check=True
    )
    assert said.stdout.replace("%%", "%").splitlines() == [word, "--minimized"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file")
    start = XdgAutostart(tmp_path, ["hbgui"])
    with pytest.raises(StorageError):
        start.turn(True)
    with pytest.raises(StorageError):
        start.is_on()
