"""Wrong logins of several programs and threads: none is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hbgui.adapters.files.login_counts import LoginCountFile
from hbgui.core.api.login import LoginCount
from patience import HANG_S

SOURCE = Path(__file__).resolve().parents[2] / "src"
NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
COUNTING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from hbgui.adapters.files.login_counts import LoginCountFile
from hbgui.core.api.login import LoginCount
now = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
counts = LoginCountFile(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    counts.update("one", lambda count: LoginCount((count.wrong + 1) % 5, now))
    counts.update(f"{sys.argv[2]}-{number}", lambda count: LoginCount(1, now))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "logins.json"


def one_more(count: LoginCount) -> LoginCount:
    return LoginCount(count.wrong + 1, NOW)


def test_programs_that_count_at_once_lose_nothing(path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(SOURCE)}
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, str(path), name],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b", "c")
    ]
    for each in programs:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in programs:
        each.communicate("\n", timeout=120)
        assert each.returncode == 0
    kept = json.loads(path.read_bytes())
    assert len(kept) == 75  # 75 of one program each; 75 modulo 5 is none of "one"
    assert "one" not in kept


def test_threads_that_count_at_once_lose_nothing(path: Path) -> None:
    files = [LoginCountFile(path) for _ in range(4)]
    threads = [threading.Thread(target=files[n].update, args=("x", one_more)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert LoginCountFile(path).get("x").wrong == 4


def test_what_another_program_counted_is_seen_at_once(path: Path) -> None:
    window, command = LoginCountFile(path), LoginCountFile(path)
    assert window.update("x", one_more).wrong == 1
    assert command.update("x", one_more).wrong == 2
    assert window.get("x").wrong == 2
    window.put("x", LoginCount())
    assert command.get("x") == LoginCount()


def test_what_cannot_be_written_is_counted_beside_what_others_write(path: Path) -> None:
    window, command = LoginCountFile(path), LoginCountFile(path)
    command.update("other", one_more)
    path.rename(path.with_name("away"))
    path.mkdir()  # nothing can be written there
    assert window.update("x", one_more).wrong == 1
    assert window.update("x", one_more).wrong == 2
    path.rmdir()
    path.with_name("away").rename(path)
    command.update("other", one_more)
    assert (window.get("x").wrong, window.get("other").wrong) == (2, 2)
    assert window.update("x", one_more).wrong == 3
    assert LoginCountFile(path).get("x").wrong == 3
    assert LoginCountFile(path).get("other").wrong == 2


@pytest.mark.parametrize(
    "last",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59Z",
        "1e300",
        "2026-99-01",
        "",
    ],
)
def test_a_time_from_the_ends_of_the_calendar_is_none(path: Path, last: str) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"x": {"wrong": 2, "last": last, "locked_until": last}}))
    count = LoginCountFile(path).get("x")
    assert (count.wrong, count.last, count.locked_until) == (2, None, None)
    assert LoginCountFile(path).update("x", one_more).wrong == 3


def test_a_pipe_in_its_place_is_not_waited_for(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    counts = LoginCountFile(path)
    done = threading.Thread(target=counts.update, args=("x", one_more), daemon=True)
    done.start()
    done.join(HANG_S)
    assert not done.is_alive()
    assert LoginCountFile(path).get("x").wrong == 1
