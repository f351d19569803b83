"""A settings file that is not in order: which, where, what was done, and what is in use."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.api.errors import StorageError
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Loaded, Settings
from hbgui.core.settings import FileFault, FileProblem, Place, SettingsFrom
from hbgui.texts.settings import settings_file_sentences, settings_notes

OLD = Settings((Profile("old", "old"),), "old")
NEW = Settings((Profile("new", "new"),), "new")
GOOD = '{\n  "version": 1,\n  "profiles": [\n    {"id": "one", "name": "Zü"}\n  ]\n}\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "hbgui"
    folder.mkdir()
    return folder / "settings.json"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def problem_of(loaded: Loaded) -> FileProblem:
    assert loaded.problem is not None
    return loaded.problem


def at(text: str) -> tuple[str, Place]:
    """The text without its mark |, and where that stands."""
    before, after = text.split("|")
    return before + after, Place(before.count("\n") + 1, len(before.rsplit("\n", 1)[-1]) + 1)


BROKEN_BY_HAND = {
    "comma behind the last member": '{\n  "profiles": [\n    {"id": "one"|,}\n  ]\n}',
    "comma at the end of a line": '{\n  "version": 1|,\n}',
    "comma behind the last entry": '{"profiles": [\n  {"id": "one"}|,\n\n]}',
    "two commas": '{\n  "version": 1,|,\n  "profiles": []\n}',
    "no comma": '{\n  "version": 1\n  |"profiles": []\n}',
    "no quotation mark": '{\n  "profiles": [{"id": "one|\n  }]\n}',
    "comment": '{\n  |// mine\n  "version": 1\n}',
    "wide letters before": '{\n  "profiles": [{"name": "Züü"|,}]\n}',
    "two objects": "{}\n|{}\n",
    "windows line ends": '{\r\n  "version": 1,\r\n  |,\r\n}',
}


@pytest.mark.parametrize("marked", BROKEN_BY_HAND.values(), ids=BROKEN_BY_HAND.keys())
def test_a_mistake_of_the_hand_is_named_with_its_place(path: Path, marked: str) -> None:
    text, place = at(marked)
    path.write_bytes(text.encode())
    problem = problem_of(ProfileFile(path).load())
    assert (problem.fault, problem.place) == (FileFault.SYNTAX, place)
    assert problem.path == path
    assert problem.detail


UTF8 = GOOD.encode()
CUT = UTF8[: UTF8.index(b'", "name')]
DAMAGED: dict[str, tuple[bytes, FileFault, Place | None]] = {
    "empty": (b"", FileFault.EMPTY, None),
    "blank": (b"\xef\xbb\xbf \r\n\n", FileFault.EMPTY, None),
    "zero bytes": (bytes(4096), FileFault.ZERO_BYTES, Place(1, 1)),
    "zero-padded": (UTF8 + bytes(512), FileFault.ZERO_BYTES, Place(7, 1)),
    "cut and zero-padded": (CUT + bytes(512), FileFault.ZERO_BYTES, Place(4, 16)),
    "cut in a text": (CUT, FileFault.CUT_OFF, Place(4, 16)),
    "cut behind a member": (UTF8[: UTF8.index(b"  ]")], FileFault.CUT_OFF, Place(4, 32)),
    "cut in a word": (b'{"a": tru', FileFault.CUT_OFF, Place(1, 10)),
    "cut in an escape": (b'{"a": "\\u00', FileFault.CUT_OFF, Place(1, 12)),
    "utf-16": (GOOD.encode("utf-16"), FileFault.UTF16, None),
    "utf-16 without a mark": (GOOD.encode("utf-16-le"), FileFault.UTF16, None),
    "utf-16, big end first": (GOOD.encode("utf-16-be"), FileFault.UTF16, None),
    "utf-32": (GOOD.encode("utf-32"), FileFault.UTF16, None),
    "latin-1": (GOOD.encode("latin-1"), FileFault.NOT_UTF8, Place(4, 29)),
    "no object": (b"[1, 2]", FileFault.NOT_SETTINGS, Place(1, 1)),
    "profiles no list": (b'{\n  "profiles": {}\n}', FileFault.NOT_SETTINGS, Place(2, 3)),
    "bottomless": (b"[" * 200_000, FileFault.TOO_DEEP, None),
    "too large": (b" " * 2_000_000 + b"{}", FileFault.TOO_LARGE, None),
}
damaged = pytest.mark.parametrize(
    ("content", "fault", "place"), DAMAGED.values(), ids=DAMAGED.keys()
)


@damaged
def test_the_owner_moves_it_aside_and_uses_the_copy(
    path: Path, content: bytes, fault: FileFault, place: Place | None
) -> None:
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    path.write_bytes(content)
    loaded = ProfileFile(path).load()
    problem = problem_of(loaded)
    assert (problem.fault, problem.place) == (fault, place)
    assert problem.moved_to is not None
    assert problem.moved_to.read_bytes() == content
    assert (problem.used, problem.guessed) == (SettingsFrom.BACKUP, True)
    assert loaded.settings == OLD


@damaged
def test_a_command_leaves_it_in_its_place_and_says_so_each_time(
    path: Path, content: bytes, fault: FileFault, place: Place | None
) -> None:
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    path.write_bytes(content)
    before = contents(path.parent)
    for _ in range(2):
        file = ProfileFile(path, moves_damaged=False)
        loaded = file.load()
        problem = problem_of(loaded)
        assert (problem.fault, problem.place, problem.moved_to) == (fault, place, None)
        assert (problem.used, problem.guessed) == (SettingsFrom.BACKUP, True)
        assert loaded.settings == OLD
    with pytest.raises(StorageError):
        file.save(NEW)
    assert contents(path.parent) == before


@pytest.mark.parametrize("owner", [True, False])
def test_without_a_copy_the_settings_are_lost_and_it_is_said_until_there_are_new_ones(
    path: Path, owner: bool
) -> None:
    path.write_bytes(CUT)
    loaded = ProfileFile(path, moves_damaged=owner).load()
    problem = problem_of(loaded)
    assert (problem.used, problem.guessed) == (SettingsFrom.NOWHERE, True)
    assert (problem.backup_fault, problem.backup.name) == (FileFault.MISSING, "settings.json.bak")
    assert (loaded.settings, loaded.read_only) == (Settings(), False)
    again = problem_of(ProfileFile(path, moves_damaged=owner).load())
    assert again.fault is (FileFault.MISSING if owner else FileFault.CUT_OFF)
    assert (again.moved_to, again.guessed) == (problem.moved_to, True)
    ProfileFile(path).save(NEW)
    assert ProfileFile(path).load().problem is None


def test_a_file_that_is_gone_is_told_when_its_copy_is_there(path: Path) -> None:
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    path.unlink()
    loaded = ProfileFile(path).load()
    problem = problem_of(loaded)
    assert (problem.fault, problem.moved_to) == (FileFault.MISSING, None)
    assert (problem.used, problem.guessed) == (SettingsFrom.BACKUP, True)


@pytest.mark.parametrize("main", [None, CUT])
def test_a_copy_that_is_damaged_too_is_told_and_kept(path: Path, main: bytes | None) -> None:
    backup = path.with_name("settings.json.bak")
    backup.write_bytes(b"{torn")
    if main is not None:
        path.write_bytes(main)
    loaded = ProfileFile(path).load()
    problem = problem_of(loaded)
    assert (problem.used, problem.backup_fault) == (SettingsFrom.NOWHERE, FileFault.SYNTAX)
    assert loaded.notes[-1] == ("profiles_copy_unreadable", {"path": str(backup)})
    for settings in (OLD, NEW):
        ProfileFile(path).save(settings)
    assert b"{torn" in contents(path.parent).values()


def test_a_copy_of_a_newer_version_is_told(path: Path) -> None:
    path.with_name("settings.json.bak").write_bytes(b'{"version": 2}')
    loaded = ProfileFile(path).load()
    problem = problem_of(loaded)
    assert (problem.used, problem.backup_fault) == (SettingsFrom.BACKUP, FileFault.NEWER)
    assert (problem.guessed, loaded.read_only) == (True, True)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (Path.mkdir, FileFault.NOT_A_FILE),
        (os.mkfifo, FileFault.NOT_A_FILE),
        (link_to_itself, FileFault.UNREADABLE),
    ],
)
def test_what_cannot_be_read_is_left_and_the_system_is_quoted(
    path: Path, make: Any, fault: FileFault
) -> None:
    path.with_name("settings.json.bak").write_bytes(UTF8)
    make(path)
    loaded = ProfileFile(path).load()
    problem = problem_of(loaded)
    assert (problem.fault, problem.moved_to, problem.used) == (fault, None, SettingsFrom.NOWHERE)
    assert problem.detail
    assert (problem.guessed, loaded.read_only) == (True, True)
    assert os.path.lexists(path)


def test_a_newer_file_may_mean_something_else(path: Path) -> None:
    path.write_bytes(b'{"version": 2, "profiles": [{"id": "one"}]}')
    problem = problem_of(ProfileFile(path).load())
    assert (problem.fault, problem.used) == (FileFault.NEWER, SettingsFrom.FILE)
    assert problem.guessed


def test_more_pbxs_than_are_taken_are_no_guess(path: Path) -> None:
    path.write_text(json.dumps({"version": 1, "profiles": [{"id": f"p{n}"} for n in range(501)]}))
    problem = problem_of(ProfileFile(path).load())
    assert (problem.fault, problem.used) == (FileFault.TOO_MANY, SettingsFrom.FILE)
    assert not problem.guessed


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({"server": "10.0.0.7"}, ("server",)),
        ({"server": {"kind": "fixd", "value": "10.0.0.7"}}, ("server",)),
        ({"port": ["8260"], "url_mode": "Relative"}, ("port", "url_mode")),
        ({"port": 8260.0, "interval_min": "7", "renew": "yes"}, ("port", "interval_min", "renew")),
        ({"tls": True, "pin": "ab:cd", "earlier": {}}, ("tls", "pin", "earlier")),
        ({"announced": [{}], "ask_before_moving": 0}, ("ask_before_moving", "announced")),
    ],
)
def test_members_that_cannot_be_used_are_named(
    path: Path, members: dict[str, Any], wrong: tuple[str, ...]
) -> None:
    path.write_text(json.dumps({"version": 1, "profiles": [{"id": "a"}, {"id": "b", **members}]}))
    loaded = ProfileFile(path).load()
    problem = problem_of(loaded)
    assert problem.fault is FileFault.WRONG_VALUES
    assert problem.wrong_values == {"b": wrong}
    assert loaded.settings.profiles[1].server == ServerAddress()


def test_an_entry_that_is_none_is_named(path: Path) -> None:
    path.write_text(json.dumps({"version": 1, "profiles": [{"id": "a"}, "b", None]}))
    loaded = ProfileFile(path).load()
    assert problem_of(loaded).wrong_values == {"entry 2": ("entry",), "entry 3": ("entry",)}
    assert [p.id for p in loaded.settings.profiles] == ["a"]


def test_a_file_that_is_in_order_or_was_never_there_is_no_problem(path: Path) -> None:
    assert ProfileFile(path).load().problem is None
    path.write_bytes(b"\xef\xbb\xbf" + UTF8)
    assert ProfileFile(path).load().problem is None
    ProfileFile(path).save(NEW)
    assert ProfileFile(path).load().problem is None


def test_members_that_nest_too_deeply_do_not_end_the_program(path: Path) -> None:
    for depth in range(600, 1000):
        deep = b"[" * depth + b"]" * depth
        path.write_bytes(b'{"profiles": [{"id": %b, "earlier": {"ip": %b}}]}' % (deep, deep))
        loaded = ProfileFile(path, moves_damaged=False).load()
        assert loaded.problem is not None


def test_entries_that_are_no_pbx_are_named(path: Path) -> None:
    path.write_text('{"version": 1, "profiles": [{"id": "a"}, 7, null]}')
    problem = problem_of(ProfileFile(path).load())
    assert problem.fault is FileFault.WRONG_VALUES
    assert problem.wrong_values == {"entry 2": ("entry",), "entry 3": ("entry",)}
    assert not problem.guessed_for("a")


@pytest.mark.parametrize("version", ["2", "1.1", "99"])
def test_a_newer_version_in_quotation_marks_is_not_written_over(path: Path, version: str) -> None:
    path.write_text(json.dumps({"version": version, "profiles": [{"id": "a"}]}))
    before = path.read_bytes()
    file = ProfileFile(path)
    assert problem_of(file.load()).fault is FileFault.NEWER
    with pytest.raises(StorageError):
        file.save(NEW)
    assert path.read_bytes() == before


def test_a_number_with_too_many_digits_is_named_with_its_place(path: Path) -> None:
    path.write_text('{\n  "version": ' + "9" * 5000 + "\n}")
    problem = problem_of(ProfileFile(path).load())
    assert (problem.fault, problem.place) == (FileFault.SYNTAX, Place(2, 14))
    assert "sys." not in problem.detail


def test_a_link_to_a_file_that_is_gone_is_told(path: Path) -> None:
    path.symlink_to(path.parent / "not mounted" / "settings.json")
    problem = problem_of(ProfileFile(path).load())
    assert (problem.fault, problem.used) == (FileFault.MISSING, SettingsFrom.NOWHERE)
    assert problem.path == path.parent / "not mounted" / "settings.json"


REPEATED = """{
  "version": 1,
  "selected": "a",
  "selected": "b",
  "profiles": [
    {"id": "a", "port": "1,{", "notes": "\\"port\\": [", "port": "2"},
    {"id": "b", "pbx": "first", "x": [[], {"y": 1, "y": 2}],
     "server": {"kind": "auto", "kind": "fixed", "value": "192.0.2.9"},
     "pb\\u0078": "second", "pbx": "third"}
  ]
}"""
NAMED = [
    ("selected", 4, '"selected": "b"'),
    ("profiles[0].port", 6, '"port": "2"'),
    ("profiles[1].x[1].y", 7, '"y": 2'),
    ("profiles[1].server.kind", 8, '"kind": "fixed"'),
    ("profiles[1].pbx", 9, '"pb'),
]


def test_members_that_occur_twice_are_named_and_the_last_one_is_kept(path: Path) -> None:
    path.write_text(REPEATED)
    loaded = ProfileFile(path).load()
    problem = problem_of(loaded)
    assert (problem.fault, problem.used) == (FileFault.REPEATED, SettingsFrom.FILE)
    lines = REPEATED.splitlines()
    named = [(name, Place(line, lines[line - 1].index(at) + 1)) for name, line, at in NAMED]
    assert [(one.name, one.place) for one in problem.repeated] == named
    first, second = loaded.settings.profiles
    assert (loaded.settings.selected, first.port, second.pbx) == ("b", "2", "third")
    assert second.server == ServerAddress(AddressKind.FIXED, "192.0.2.9")
    assert (loaded.read_only, problem.guessed, problem.guessed_for("b")) == (False, False, False)
    said = settings_file_sentences(problem)
    assert "profiles[1].pbx (line 9)" in said
    assert "The last of each is used." in said
    ((_code, values),) = settings_notes(loaded)
    assert values == {"told": said}
    ProfileFile(path).save(loaded.settings)
    assert ProfileFile(path).load() == Loaded(loaded.settings)
    assert path.with_name("settings.json.bak").read_text() == REPEATED


def test_members_that_occur_twice_are_told_beside_another_fault(path: Path) -> None:
    path.write_text('{"version": 1, "profiles": [{"id": "a", "port": "1", "port": []}]}')
    problem = problem_of(ProfileFile(path).load())
    assert (problem.fault, problem.wrong_values) == (FileFault.WRONG_VALUES, {"a": ("port",)})
    assert "profiles[0].port (line 1)" in settings_file_sentences(problem)
    path.write_text('{"version": 1, "version": 2, "profiles": []}')
    problem = problem_of(ProfileFile(path).load())
    assert problem.fault is FileFault.NEWER
    assert "version (line 1)" in settings_file_sentences(problem)
    path.write_text("{")
    path.with_name("settings.json.bak").write_text('{"profiles": [], "profiles": []}')
    problem = problem_of(ProfileFile(path, moves_damaged=False).load())
    assert (problem.fault, problem.used) == (FileFault.CUT_OFF, SettingsFrom.BACKUP)
    assert "profiles (line 1)" in settings_file_sentences(problem)


def test_of_very_many_members_that_occur_twice_the_first_are_named(path: Path) -> None:
    names = [f'"{"x" * 1000}{n % 300}": 1' for n in range(900)]
    path.write_text("{" + ",".join(names) + "}")
    said = settings_file_sentences(problem_of(ProfileFile(path).load()))
    assert "x" * 40 in said
    assert len(said) < 2000
