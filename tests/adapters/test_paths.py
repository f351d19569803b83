"""Where files are, as the environment says."""

from pathlib import Path

import pytest

from hbgui.adapters.files.paths import Paths

pytestmark = pytest.mark.skipif("sys.platform != 'linux'", reason="XDG variables are Linux's")


def test_xdg_folders_are_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    paths = Paths.for_user()
    assert paths.settings_file == tmp_path / "c/hbgui/settings.json"
    assert paths.window_file == tmp_path / "s/hbgui/window.ini"
    assert paths.lock_folder == tmp_path / "s/hbgui/locks"
    assert list(tmp_path.iterdir()) == []


def test_without_xdg_the_home_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    paths = Paths.for_user()
    assert paths.settings_file == tmp_path / ".config/hbgui/settings.json"
    assert paths.window_file == tmp_path / ".local/state/hbgui/window.ini"


def test_a_folder_of_its_own_holds_everything(tmp_path: Path) -> None:
    paths = Paths.in_folder(tmp_path)
    places = (paths.settings_file, paths.window_file, paths.lock_folder)
    assert [p.parent for p in places] == [tmp_path] * 3
