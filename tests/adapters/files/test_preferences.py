"""The program's own settings in the settings file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from hbgui.core.settings import OnClose, Preferences

OTHER = Preferences(
    OnClose.QUIT,
    start_minimised=True,
    notifications=False,
    technician="A. Berger",
    company="Fernmeldebau",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


def test_they_come_back_as_they_were_saved(path: Path) -> None:
    ProfileFile(path).save(Settings((Profile("a"),), "a", OTHER))
    assert ProfileFile(path).load().settings.preferences == OTHER


@pytest.mark.parametrize("wrong", [None, 7, "yes", [], {"a": 1}])
def test_what_is_wrong_becomes_its_default_alone(path: Path, wrong: object) -> None:
    members = {"on_close": wrong, "start_minimised": wrong, "notifications": False}
    members |= {"company": None if wrong == "yes" else wrong}
    path.write_text(json.dumps({"version": 1, "profiles": [], "preferences": members}))
    assert ProfileFile(path).load().settings.preferences == Preferences(notifications=False)


@pytest.mark.parametrize("preferences", [{}, *({"preferences": w} for w in (None, 7, "yes", [1]))])
def test_without_any_the_defaults_hold(path: Path, preferences: dict[str, object]) -> None:
    path.write_text(json.dumps({"version": 1, "profiles": [{"id": "a"}], **preferences}))
    loaded = ProfileFile(path).load().settings
    assert loaded.preferences == Preferences()
    assert [p.id for p in loaded.profiles] == ["a"]
    ProfileFile(path).save(loaded)
    assert ProfileFile(path).load().settings.preferences == Preferences()


def test_members_of_another_version_are_written_back(path: Path) -> None:
    members = {"on_close": "quit", "colour": {"deep": ["blue"]}}
    path.write_text(json.dumps({"version": 1, "profiles": [], "preferences": members}))
    file = ProfileFile(path)
    loaded = file.load()
    file.save(Settings(preferences=OTHER, extra=loaded.settings.extra))
    assert read(path)["preferences"]["colour"] == {"deep": ["blue"]}
    assert read(path)["preferences"]["start_minimised"] is True
    # Somebody who did not read the file first must not lose them either.
    ProfileFile(path).save(Settings(preferences=Preferences()))
    assert read(path)["preferences"]["colour"] == {"deep": ["blue"]}
    assert read(path)["preferences"]["start_minimised"] is False
