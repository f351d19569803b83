"""packaging/setup.sh on computers that lack something.

Nothing is installed here: the commands that would do it are stand-ins that note their calls.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ["cat", "cksum", "dirname", "env", "grep", "id", "mktemp", "rm", "sed", "sh", "tail"]
TOOLS += ["timeout", "true", "uname"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the script is for Linux")


class Computer:
    """A checkout in a folder with a blank, and a PATH with nothing on it but what is put there."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "my checkout"
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        (self.checkout / "packaging").mkdir(parents=True)
        self.bin.mkdir()
        self.calls.touch()
        shutil.copy(ROOT / "pyproject.toml", self.checkout)
        shutil.copy(ROOT / "packaging" / "setup.sh", self.checkout / "packaging")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, tool
            (self.bin / tool).symlink_to(found)
        self.command("id", "echo 1000")
        self.command("dpkg-query", "exit 1")
        self.command("apt-get", 'echo "apt-get $*" >>"$CALLS"')

    def command(self, name: str, script: str) -> None:
        """Put a stand-in on the PATH."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def python(self, name: str = "python3") -> None:
        """Put this Python on the PATH, which only notes that it should make an environment."""
        python = f'"{sys.executable}" "$@"'
        self.command(
            name,
            f"""case "$*" in
                "-m venv"*) echo "$0 $*" >>"$CALLS"; exit 1 ;;
                *_base_executable*) {python} >/dev/null && echo "$0" ;;
                *) exec {python} ;;
            esac""",
        )

    def set_up(self, goal: str) -> subprocess.CompletedProcess[str]:
        """Run the script with no environment but the PATH."""
        return subprocess.run(
            ["/bin/sh", str(self.checkout / "packaging" / "setup.sh"), goal],
            env={"PATH": str(self.bin), "CALLS": str(self.calls)},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def called(self) -> list[str]:
        """What the stand-ins were asked to do."""
        return self.calls.read_text().splitlines()


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def test_without_root_it_prints_the_command_and_stops(computer: Computer) -> None:
    computer.python()
    ran = computer.set_up("run")
    assert ran.returncode == 1
    line = next(line for line in ran.stderr.splitlines() if "apt-get" in line)
    assert line.strip().startswith("sudo apt-get update && sudo apt-get install ")
    assert {"libxcb-cursor0", "libgl1", "libegl1"} <= set(line.split())
    assert "xvfb" not in line
    assert computer.called == []


def test_the_tests_need_more_packages(computer: Computer) -> None:
    computer.python()
    ran = computer.set_up("test")
    assert {"libxcb-cursor0", "xvfb", "openbox", "gnome-keyring", "nginx-light"} <= set(
        ran.stderr.split()
    )


def test_only_what_is_missing_is_named(computer: Computer) -> None:
    """A library under its new name is there, one that was removed is not."""
    computer.python()
    computer.command(
        "dpkg-query",
        """for name; do case $name in
            -*|'${'*|libxcb-cursor0|*t64) ;;
            libgl1) echo "$name rc " ;;
            libglib2.0-0) echo "${name}t64 ii " ;;
            libegl1) echo "$name hi " ;;
            *) echo "$name ii " ;;
        esac; done; exit 1""",
    )
    ran = computer.set_up("run")
    line = next(line for line in ran.stderr.splitlines() if "apt-get" in line)
    names = line.partition("--no-install-recommends ")[2].split()
    assert sorted(n for n in names if not n.endswith("-venv")) == ["libgl1", "libxcb-cursor0"]


def test_with_sudo_it_installs_and_fetches_the_lists_only_when_needed(computer: Computer) -> None:
    computer.python()
    computer.command("sudo", 'shift; exec "$@"')
    ran = computer.set_up("run")
    assert "Installing system packages" in ran.stdout
    assert len([call for call in computer.called if "apt-get" in call]) == 1
    computer.calls.write_text("")
    computer.command(
        "apt-get", 'echo "apt-get $*" >>"$CALLS"; [ "$(grep -c . "$CALLS")" -ge 2 ] || exit 100'
    )
    computer.set_up("run")
    apt = [call for call in computer.called if "apt-get" in call]
    assert ["update" in call for call in apt] == [False, True, False]


def test_another_distribution_gets_its_own_command(computer: Computer) -> None:
    computer.python()
    for name in ("apt-get", "dpkg-query"):
        (computer.bin / name).unlink()
    computer.command("dnf", 'echo "dnf $*" >>"$CALLS"')
    ran = computer.set_up("test")
    assert ran.returncode == 1
    assert "sudo dnf install " in ran.stderr
    assert "xorg-x11-server-Xvfb" in ran.stderr
    assert "nginx" in ran.stderr.split()
    assert computer.called == []


def test_pythons_that_answer_wrongly_are_skipped(computer: Computer) -> None:
    computer.command("python3", "echo 'python3: command not found' >&2; exit 127")
    old = "import sys; sys.version_info = (3, 10, 12)"
    computer.command("python3.11", f'exec "{sys.executable}" -c "{old}$2"')
    computer.python("python3.12")
    computer.command("dpkg-query", 'for name; do echo "$name ii "; done')
    ran = computer.set_up("run")
    assert ran.returncode == 1, "the stand-in makes no environment"
    assert "No virtual environment could be made" in ran.stderr
    assert computer.called == [f"{computer.bin}/python3.12 -m venv --clear .venv"]


def test_no_python_at_all(computer: Computer) -> None:
    computer.command("python3", "echo 3.9; exit 1")
    ran = computer.set_up("run")
    assert ran.returncode == 1
    assert "Python 3.11 or newer" in ran.stderr
    assert computer.called == []


def test_the_second_run_does_nothing(computer: Computer) -> None:
    computer.python()
    computer.command("dpkg-query", 'for name; do echo "$name ii "; done')
    venv = computer.checkout / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").write_text('#!/bin/sh\ncase "$*" in *pip*) exit 9;; esac\n')
    (venv / "bin" / "python").chmod(0o755)
    sums = subprocess.run(
        ["cksum"],
        input=(computer.checkout / "pyproject.toml").read_bytes(),
        capture_output=True,
        check=True,
    )
    (venv / "checkout").write_text(f"{computer.checkout}\n")
    stamp = f"{os.fsdecode(sums.stdout).strip()} {computer.checkout}\n"
    (venv / "installed-test").write_text(stamp)
    for goal in ("run", "test"):
        ran = computer.set_up(goal)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    (computer.checkout / "pyproject.toml").write_text("# changed\n")
    ran = computer.set_up("run")
    assert ran.returncode == 1
    assert "could not be installed into .venv" in ran.stderr, "pip was asked again"
