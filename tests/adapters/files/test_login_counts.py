"""Wrong logins of several programs and threads: none is lost."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hbgui.adapters.files.login_counts import SIZE_MAX, LoginCountFile
from hbgui.core.api.login import LoginCount
from hbgui.core.api.outcome import Outcome, OutcomeKind
from patience import HANG_S

SOURCE = Path(__file__).resolve().parents[3] / "src"
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


DAMAGED = {
    "empty": b"",
    "cut off": b'{"x": {"wrong": 3',
    "a list": b"[]",
    "no UTF-8": b'{"x": "\xff"}',
    "a number too long": b'{"x": ' + b"9" * 5000 + b"}",
    "nested too deeply": b"[" * 60_000,
    "too large": b'{"x": {"wrong": 3}}' + b" " * SIZE_MAX,
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_told_and_kept_and_nothing_is_taken_for_no_wrong_login(
    path: Path, data: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    counts = LoginCountFile(path)
    unknown = counts.get("x").unknown
    assert str(path) in unknown
    assert "damaged" in unknown
    refused = Outcome(OutcomeKind.REFUSED, "refused", "20003", 200)
    after = counts.update("x", lambda count: count.after(refused, NOW))
    assert (after.wrong, after.unknown) == (1, unknown)
    assert LoginCountFile(path).get("x").wrong == 1
    (kept,) = path.parent.glob("logins.json.damaged-*")
    assert kept.read_bytes() == data


def test_a_login_that_told_nothing_leaves_a_damaged_file_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"{")
    counts = LoginCountFile(path)
    mute = Outcome(OutcomeKind.UNREACHABLE, "timed_out")
    assert counts.update("x", lambda count: count.after(mute, NOW)).unknown
    assert path.read_bytes() == b"{"
    assert counts.get("x").unknown


@pytest.mark.parametrize(
    "members", ["5", "null", "{}", '{"wrong": "3"}', '{"wrong": null}', '{"wrong": true}']
)
def test_a_damaged_count_is_told_and_no_other(path: Path, members: str) -> None:
    path.parent.mkdir()
    path.write_text(f'{{"x": {members}, "y": {{"wrong": 2}}}}')
    counts = LoginCountFile(path)
    assert str(path) in counts.get("x").unknown
    assert counts.get("y") == LoginCount(2)
    assert counts.get("z") == LoginCount()


def test_what_cannot_be_read_is_told_and_not_replaced(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path)
    counts = LoginCountFile(path)
    assert os.strerror(errno.ELOOP) in counts.get("x").unknown
    refused = Outcome(OutcomeKind.REFUSED, "refused", "20003", 200)
    after = counts.update("x", lambda count: count.after(refused, NOW))
    assert (after.wrong, bool(after.unknown)) == (1, True)
    assert counts.update("x", lambda count: count.after(refused, NOW)).wrong == 2
    assert path.is_symlink()
    accepted = Outcome(OutcomeKind.ACCEPTED, "accepted")
    assert counts.update("x", lambda count: count.after(accepted, NOW)) == LoginCount()
    assert counts.get("x") == LoginCount()
    assert counts.get("y").unknown


def test_a_state_folder_that_is_a_file_is_told(path: Path) -> None:
    path.parent.write_bytes(b"")
    assert os.strerror(errno.ENOTDIR) in LoginCountFile(path).get("x").unknown


def test_where_nothing_was_counted_nothing_is_told(path: Path) -> None:
    assert LoginCountFile(path).get("x") == LoginCount()
    path.parent.mkdir()
    path.write_text("{}\n")
    assert LoginCountFile(path).get("x") == LoginCount()
