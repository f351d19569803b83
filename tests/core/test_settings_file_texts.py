"""Which file is broken, where, and what was done: in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hbgui.core.ports import Loaded, Settings
from hbgui.core.settings import FileFault, FileProblem, Place, SettingsFrom
from hbgui.texts.notes import note_message
from hbgui.texts.settings import settings_file_sentences, settings_notes

FILE, COPY = Path("/home/me/settings.json"), Path("/home/me/settings.json.bak")
BROKEN = FileProblem(FILE, FileFault.SYNTAX, Place(7, 3), "expected a value", backup=COPY)


@pytest.mark.parametrize("fault", FileFault)
@pytest.mark.parametrize("used", SettingsFrom)
def test_every_fault_is_told_with_its_file_and_no_blank_is_left(fault, used) -> None:
    if used is SettingsFrom.FILE and fault not in (
        FileFault.NEWER,
        FileFault.TOO_MANY,
        FileFault.WRONG_VALUES,
    ):
        return
    said = settings_file_sentences(replace(BROKEN, fault=fault, used=used))
    assert str(FILE) in said
    assert "{" not in said
    assert said.endswith(".")


def test_the_line_and_the_copy_are_named() -> None:
    said = settings_file_sentences(replace(BROKEN, used=SettingsFrom.BACKUP))
    assert "line 7, column 3: expected a value." in said
    assert "left as it is" in said
    assert f"last good copy is used instead, {COPY}" in said
    moved = replace(BROKEN, moved_to=Path("/home/me/kept"), backup_fault=FileFault.EMPTY)
    said = settings_file_sentences(moved)
    assert "kept as /home/me/kept" in said
    assert f"{COPY}, cannot be used either" in said
    assert "No saved PBX is known" in said
    wrong = replace(
        BROKEN,
        fault=FileFault.WRONG_VALUES,
        used=SettingsFrom.FILE,
        wrong_values={"p1": ("port", "url")},
    )
    assert "port, url (p1)" in settings_file_sentences(wrong)


CODES = ("damaged", "from_backup", "copy_unreadable", "newer_version", "unreadable")


def test_the_window_says_the_same_under_each_title() -> None:
    codes = [f"profiles_{code}" for code in CODES]
    loaded = Loaded(Settings(), [(code, {}) for code in codes], problem=BROKEN)
    told = settings_notes(loaded)
    assert [code for code, _values in told] == codes
    said = [str(note_message(code, values)) for code, values in told]
    assert "{" not in "".join(said)
    assert all("line 7, column 3" in each for each in said)
    assert settings_notes(Loaded(Settings())) == []
    wrong = replace(BROKEN, fault=FileFault.WRONG_VALUES, used=SettingsFrom.FILE)
    ((code, _),) = settings_notes(Loaded(Settings(), problem=wrong))
    assert code == "profiles_wrong_values"
