"""The file of the profiles: what is on disk, what comes back, and what never gets lost."""

import json
import os
import random
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hbgui.adapters import atomic_write
from hbgui.adapters.profile_file import ProfileFile
from hbgui.core.errors import StorageError
from hbgui.core.ports import Settings
from hbgui.core.profile import (
    AddressKind,
    ApiVersion,
    Profile,
    ServerAddress,
    TlsMode,
    UrlField,
    UrlMode,
)

SRC = Path(__file__).resolve().parents[2] / "src"

FULL = Profile(
    id="one",
    name="Zürich",
    pbx="https://192.168.5.150:8088",
    api=ApiVersion.V2,
    url_field=UrlField.BOTH,
    tls=TlsMode.INSECURE,
    server=ServerAddress(AddressKind.ADAPTER, "eth0"),
    port="8261",
    url_mode=UrlMode.RELATIVE,
    url="reports",
    interval_min=7,
)
OLD = Settings((Profile("old", "old"),), "old")
NEW = Settings((Profile("new", "new"),), "new")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hbgui" / "settings.json"


def raw(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_every_member_is_in_the_file_in_readable_json(path: Path) -> None:
    ProfileFile(path).save(Settings((FULL,), "one"))
    assert json.loads(path.read_text("utf-8")) == {
        "version": 1,
        "selected": "one",
        "profiles": [
            {
                "id": "one",
                "name": "Zürich",
                "pbx": "https://192.168.5.150:8088",
                "api": "v2.0.0",
                "url_field": "both",
                "tls": "insecure",
                "server": {"kind": "adapter", "value": "eth0"},
                "port": "8261",
                "url_mode": "relative",
                "url": "reports",
                "interval_min": 7,
            }
        ],
    }
    assert '\n      "name": "Zürich",\n' in path.read_text("utf-8")
    assert ProfileFile(path).load().settings == Settings((FULL,), "one")


def test_nothing_there_is_an_empty_list_and_makes_no_file(path: Path) -> None:
    loaded = ProfileFile(path).load()
    assert (loaded.settings, list(loaded.notes), loaded.read_only) == (Settings(), [], False)
    assert not path.parent.exists()


def test_only_this_user_can_read_it(path: Path) -> None:
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {p.name: oct(stat.S_IMODE(p.stat().st_mode)) for p in path.parent.iterdir()}
    assert modes == {"settings.json": "0o600", "settings.json.bak": "0o600"}


texts = st.text(max_size=40)
profiles = st.builds(
    Profile,
    id=st.uuids().map(str),
    name=texts,
    pbx=texts,
    api=st.sampled_from(ApiVersion),
    url_field=st.none() | st.sampled_from(UrlField),
    tls=st.sampled_from(TlsMode),
    server=st.builds(ServerAddress, st.sampled_from(AddressKind), texts),
    port=texts,
    url_mode=st.sampled_from(UrlMode),
    url=texts,
    interval_min=st.integers(-5, 100),
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(profiles, max_size=4, unique_by=lambda p: p.id), st.integers(0, 4))
def test_whatever_is_typed_comes_back(path: Path, typed: list[Profile], selected: int) -> None:
    from hbgui.core.address import storable

    given_ = Settings(tuple(typed), typed[selected].id if selected < len(typed) else "")
    ProfileFile(path).save(given_)
    kept = tuple(replace(p, pbx=storable(p.pbx)) for p in typed)
    assert ProfileFile(path).load().settings == replace(given_, profiles=kept)


@pytest.mark.parametrize(
    "pasted", ["https://u:canary@pbx/", "pbx:8088/api?token=canary", "p#canary"]
)
def test_a_secret_pasted_with_the_address_is_not_stored(path: Path, pasted: str) -> None:
    file = ProfileFile(path)
    file.save(Settings((Profile("one", pbx=pasted),)))
    file.save(Settings((Profile("one", "changed", pbx=pasted),)))
    assert all(b"canary" not in p.read_bytes() for p in path.parent.iterdir())


def test_half_a_surrogate_pair_is_saved_and_comes_back(path: Path) -> None:
    settings = Settings((Profile("one", "a\ud800b\udcff"),), "one")
    ProfileFile(path).save(settings)
    path.read_text("utf-8")
    assert ProfileFile(path).load().settings == settings


def test_what_a_later_version_adds_is_kept(path: Path) -> None:
    entry = {"id": "one", "name": "A", "pin": "ab:cd", "deep": {"x": [1, None]}}
    raw(path, {"version": 1, "profiles": [entry, {"id": "two"}], "theme": {"dark": True}})
    file = ProfileFile(path)
    first = file.load().settings.profiles[0]
    file.save(Settings((Profile("two"),)))
    file.save(Settings((Profile("two"), replace(first, name="B"))))
    saved = json.loads(path.read_bytes())
    assert saved["theme"] == {"dark": True}
    assert saved["profiles"][1].items() >= {"name": "B", "pin": "ab:cd"}.items()
    assert saved["profiles"][1]["deep"] == {"x": [1, None]}
    assert "pin" not in saved["profiles"][0]


def test_wrong_types_cost_one_member_and_no_profile(path: Path) -> None:
    entry = {
        "id": "one", "name": ["x"], "pbx": None, "api": "v9", "url_field": 1, "tls": True,
        "server": "eth0", "port": 8300, "url_mode": {}, "url": "kept", "interval_min": "7",
    }  # fmt: skip
    raw(path, {"version": "x", "selected": 5, "profiles": [entry, 7, {"server": {"kind": 1}}]})
    loaded = ProfileFile(path).load()
    assert (list(loaded.notes), loaded.read_only) == ([], False)
    first, second = loaded.settings.profiles
    assert first == Profile("one", port="8300", url="kept")
    assert second == Profile(second.id)
    assert loaded.settings.selected == ""


@pytest.mark.parametrize("interval", [True, 1.5, float("nan"), None])
def test_an_interval_is_a_whole_number(path: Path, interval: object) -> None:
    raw(path, {"version": 1, "profiles": [{"id": "one", "interval_min": interval}]})
    assert ProfileFile(path).load().settings.profiles == (Profile("one"),)


def test_every_profile_has_an_id_of_its_own_that_lasts(path: Path) -> None:
    ids = ["a", "a", "", None, "../../x", 5, "a"]
    raw(path, {"version": 1, "profiles": [{"id": i, "name": str(n)} for n, i in enumerate(ids)]})
    first = ProfileFile(path).load().settings.profiles
    assert first[0].id == "a"
    assert len({p.id for p in first}) == len(ids)
    assert [p.name for p in first] == [str(n) for n in range(len(ids))]
    assert all("/" not in p.id and p.id for p in first)
    assert ProfileFile(path).load().settings.profiles == first


DAMAGED = {
    "empty": b"",
    "torn": b'{"version": 1, "profiles": [{"id": "o',
    "not text": b"\xff\xfe\x00\x80",
    "no object": b"[1, 2]",
    "profiles no list": b'{"version": 1, "profiles": {}}',
    "zeros": bytes(4096),
    "bottomless": b"[" * 200_000,
    "50 MB": b" " * 50_000_000 + b"{}",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_kept_and_the_last_good_copy_used(path: Path, content: bytes) -> None:
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    raw(path, content)
    loaded = ProfileFile(path).load()
    assert loaded.settings == OLD
    assert not loaded.read_only
    (damaged, values), backup = loaded.notes
    assert (damaged, backup) == ("profiles_damaged", ("profiles_from_backup", {}))
    kept = Path(values["kept"])
    assert kept.read_bytes() == content
    assert kept.name.startswith("settings.json.damaged-2")
    # The next start finds it as well, saved meanwhile or not.
    again = ProfileFile(path).load()
    assert (again.settings, list(again.notes)) == (OLD, [("profiles_from_backup", {})])
    ProfileFile(path).save(NEW)
    assert (ProfileFile(path).load().settings, ProfileFile(path).load().notes) == (NEW, ())
    assert kept.exists()


def test_a_damaged_file_without_a_copy_is_kept_too(path: Path) -> None:
    for content in (b"one", b"two"):
        raw(path, content)
        loaded = ProfileFile(path).load()
        assert loaded.settings == Settings()
        assert [code for code, _ in loaded.notes] == ["profiles_damaged"]
    assert sorted(p.read_bytes() for p in path.parent.iterdir()) == [b"one", b"two"]


def test_a_file_damaged_while_the_program_runs_is_not_taken_for_a_good_copy(path: Path) -> None:
    file = ProfileFile(path)
    file.save(OLD)
    file.save(NEW)
    raw(path, b"{torn")
    file.save(OLD)
    assert file.load().settings == OLD
    assert (path.parent / "settings.json.bak").read_bytes().startswith(b"{\n")
    assert [n for n in names(path.parent) if "damaged" in n]


@pytest.mark.parametrize("version", [2, 99, 1.5])
def test_a_newer_file_is_shown_and_never_written(path: Path, version: float) -> None:
    raw(path, {"version": version, "profiles": [{"id": "one", "name": "A"}]})
    before = path.read_bytes()
    file = ProfileFile(path)
    loaded = file.load()
    assert loaded.settings.profiles == (Profile("one", "A"),)
    assert (list(loaded.notes), loaded.read_only) == ([("profiles_newer_version", {})], True)
    with pytest.raises(StorageError):
        file.save(NEW)
    assert path.read_bytes() == before
    assert names(path.parent) == ["settings.json"]


def test_a_newer_file_that_means_nothing_here_is_left_alone(path: Path) -> None:
    raw(path, {"version": 2, "profiles": {"by": "id"}})
    loaded = ProfileFile(path).load()
    assert (loaded.settings.profiles, loaded.read_only) == ((), True)
    assert names(path.parent) == ["settings.json"]


def test_more_profiles_than_fit_are_not_cut_off_on_disk(path: Path) -> None:
    raw(path, {"version": 1, "profiles": [{"id": f"p{n}"} for n in range(501)]})
    before = path.read_bytes()
    file = ProfileFile(path)
    loaded = file.load()
    assert (len(loaded.settings.profiles), loaded.read_only) == (500, True)
    with pytest.raises(StorageError):
        file.save(loaded.settings)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["x" * 1_200_000, ""], ids=["too large", "too many"])
def test_what_could_not_be_loaded_again_is_not_saved(path: Path, name: str) -> None:
    ProfileFile(path).save(OLD)
    many = tuple(Profile(f"p{n}") for n in range(1 if name else 501))
    with pytest.raises(StorageError) as failure:
        ProfileFile(path).save(Settings((replace(many[0], name=name), *many[1:])))
    assert failure.value.code == "storage_failed"
    assert ProfileFile(path).load().settings == OLD


def test_500_profiles_fit(path: Path) -> None:
    many = Settings(tuple(Profile(f"p{n}", "a usual name", "192.168.5.150") for n in range(500)))
    ProfileFile(path).save(many)
    assert ProfileFile(path).load().settings == many


def test_unknown_members_may_nest_deeply(path: Path) -> None:
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    raw(path, b'{"version": 1, "deep": ' + deep + b"}")
    file = ProfileFile(path)
    file.load()
    file.save(NEW)
    assert deep in path.read_bytes().replace(b" ", b"").replace(b"\n", b"")


def test_a_byte_order_mark_does_not_matter(path: Path) -> None:
    raw(path, b"\xef\xbb\xbf" + b'{"version": 1, "profiles": [{"id": "one"}]}')
    loaded = ProfileFile(path).load()
    assert (loaded.settings.profiles, loaded.notes) == ((Profile("one"),), ())


def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "pbxs.json"
    real.parent.mkdir()
    path.parent.mkdir()
    path.symlink_to(real)
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    assert path.is_symlink()
    assert names(real.parent) == ["pbxs.json", "pbxs.json.bak"]
    assert names(path.parent) == ["settings.json"]
    assert ProfileFile(path).load().settings == NEW


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, link_to_itself])
def test_what_is_no_file_is_said_and_left(path: Path, make: Any) -> None:
    path.parent.mkdir()
    make(path)
    file = ProfileFile(path)
    loaded = file.load()
    assert loaded.read_only
    ((code, values),) = loaded.notes
    assert code == "profiles_unreadable"
    assert values["detail"]
    with pytest.raises(StorageError):
        file.save(NEW)
    assert names(path.parent) == ["settings.json"]


def test_a_file_that_may_not_be_read_is_left(path: Path) -> None:
    """Run as another user when root, whom no mode keeps out."""
    ProfileFile(path).save(OLD)
    before = path.read_bytes()
    path.chmod(0)
    script = """
import os, sys
from pathlib import Path
from hbgui.adapters.profile_file import ProfileFile
from hbgui.core.errors import StorageError
from hbgui.core.ports import Settings
if os.geteuid() == 0:
    os.chdir(sys.argv[1])
    os.setuid(65534)
file = ProfileFile(Path("settings.json"))
loaded = file.load()
print(loaded.read_only, loaded.notes)
try:
    file.save(Settings())
except StorageError as error:
    print(error.code, error.__context__)
"""
    path.parent.chmod(0o777)
    for folder in path.parent.parents:
        if folder.owner() != "root" or folder == path.parent.parent:
            folder.chmod(folder.stat().st_mode | 0o755)
    done = run(script, str(path.parent), at=path.parent)
    assert done.splitlines() == [
        "True [('profiles_unreadable', {'detail': 'Permission denied'})]",
        "not_permitted None",
    ]
    path.chmod(0o600)
    assert path.read_bytes() == before


def run(script: str, *arguments: str, at: Path) -> str:
    env = {**os.environ, "PYTHONPATH": str(SRC), "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=env, cwd=at, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


SAVING = """
import sys
from pathlib import Path
from hbgui.adapters.profile_file import ProfileFile
from hbgui.core.ports import Settings
from hbgui.core.profile import Profile
file = ProfileFile(Path(sys.argv[1]))
n = 0
while True:
    profiles = tuple(Profile(f"p{i}", f"{n} " + "x" * 50) for i in range(100))
    file.save(Settings(profiles, "p0"))
    print(n, flush=True)
    n += 1
"""


def test_kill_at_any_moment_leaves_the_old_or_the_new_file(path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    seed = random.Random(5)
    for _ in range(40):
        command = [sys.executable, "-c", SAVING, str(path)]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(seed.uniform(0, 0.05))
            process.kill()
            told = process.stdout.read().split()
        loaded = ProfileFile(path).load()
        assert loaded.notes == ()
        assert len(loaded.settings.profiles) == 100
        (number,) = {int(p.name.split()[0]) for p in loaded.settings.profiles}
        last = int(told[-1]) if told else 0
        assert number in (last, last + 1)
    ProfileFile(path).save(NEW)
    assert names(path.parent) == ["settings.json", "settings.json.bak"]


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small disk of memory in `folder`."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False, timeout=10)
    if done.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True, timeout=10)


def test_a_full_disk_leaves_the_old_file(path: Path) -> None:
    with mounted(path.parent, "size=64k"):
        file = ProfileFile(path)
        file.save(OLD)
        large = Settings((Profile("new", "x" * 60_000),))
        with pytest.raises(StorageError) as failure:
            file.save(large)
        assert failure.value.code == "disk_full"
        assert failure.value.__context__ is None
        assert names(path.parent) == ["settings.json", "settings.json.bak"]
        assert file.load().settings == OLD
        file.save(NEW)
        assert file.load().settings == NEW


def test_a_read_only_disk_is_named(path: Path) -> None:
    with mounted(path.parent, "size=1m"):
        file = ProfileFile(path)
        file.save(OLD)
        remount = ["mount", "-o", "remount,ro", str(path.parent)]
        subprocess.run(remount, check=True, timeout=10)
        with pytest.raises(StorageError) as failure:
            file.save(NEW)
        assert failure.value.code == "read_only"
        loaded = file.load()
        assert (loaded.settings, loaded.read_only) == (OLD, False)


def test_a_damaged_file_on_a_read_only_disk_stays_where_it_is(path: Path) -> None:
    with mounted(path.parent, "size=1m"):
        raw(path, b"{torn")
        remount = ["mount", "-o", "remount,ro", str(path.parent)]
        subprocess.run(remount, check=True, timeout=10)
        loaded = ProfileFile(path).load()
        assert loaded.read_only
        assert [code for code, _ in loaded.notes] == ["profiles_unreadable"]
        assert path.read_bytes() == b"{torn"


@pytest.mark.parametrize(("windows", "replaced"), [(True, True), (False, False)])
def test_windows_is_given_time_while_somebody_reads_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, windows: bool, replaced: bool
) -> None:
    """Only Windows refuses so; here the refusal is played."""
    real, free_at = Path.replace, time.monotonic() + 1

    def refusing(self: Path, target: Path) -> Path:
        if time.monotonic() < free_at:
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("new")
    target.write_text("old")
    if replaced:
        atomic_write.replace_patiently(source, target, windows=windows)
    else:
        with pytest.raises(PermissionError):
            atomic_write.replace_patiently(source, target, windows=windows)
    assert target.read_text() == ("new" if replaced else "old")
