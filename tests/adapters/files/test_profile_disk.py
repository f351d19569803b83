"""Saving while the power goes, the disk is full, or somebody else has the file."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adapters.small_disk import mounted
from hbgui.adapters.files import atomic_write
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.api.errors import StorageError
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings

SRC = Path(__file__).resolve().parents[3] / "src"
OLD = Settings((Profile("old", "old"),), "old")
NEW = Settings((Profile("new", "new"),), "new")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hbgui" / "settings.json"


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_that_may_not_be_read_is_left(path: Path) -> None:
    """Run as another user when root, whom no mode keeps out."""
    ProfileFile(path).save(OLD)
    before = path.read_bytes()
    path.chmod(0)
    script = """
import os, sys
from pathlib import Path
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.api.errors import StorageError
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
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.ports import Settings
from hbgui.core.pbx.profile import Profile
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
        path.write_bytes(b"{torn")
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
