"""How the window's program starts and ends as a process: beside another one, with odd lock files,
without a display."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hbgui.runtime.named_lock import WINDOW, NamedLock
from hbgui.runtime.single_instance import SingleInstance, shown_by_first
from leaks import ending

SOURCE = Path(__file__).resolve().parents[1] / "src"
WAIT_S = 60.0


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
        # No keyring: none of the tests needs one.
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
    }


@contextmanager
def started(env: dict[str, str], *command: str) -> Iterator[subprocess.Popen[str]]:
    """hbgui, or Python with these arguments."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    arguments = command or ("-m", "hbgui")
    process = subprocess.Popen([sys.executable, *arguments], env=env, text=True, **pipes)
    with ending(process):
        yield process


def settings_file(env: dict[str, str]) -> Path:
    return Path(env["HOME"]) / ".config/hbgui/settings.json"


def lock_folder(env: dict[str, str]) -> Path:
    return Path(env["HOME"]) / ".local/state/hbgui/locks"


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def window(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The program with its window open, hearing of later starts."""
    with started(env) as process:
        until(lambda: process.poll() is not None or settings_file(env).exists())
        assert process.poll() is None, process.communicate()
        yield process


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and standard error of a process that ends by itself."""
    _out, err = process.communicate(timeout=WAIT_S)
    return process.returncode, err


def everything(env: dict[str, str]) -> dict[str, tuple[int, int, bytes]]:
    """Every file of the home folder with its number, time and content."""
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
        for path in Path(env["HOME"]).rglob("*")
        if path.is_file() and ".cache" not in path.parts
    }


def test_a_second_start_shows_the_first_and_touches_nothing(env: dict[str, str]) -> None:
    history = Path(env["HOME"]) / ".local/state/hbgui/history.db"
    with window(env) as first:
        until(history.exists)
        with started(env) as second:
            assert ended(second) == (0, "")
        # As when the first is about to put them in place, and a history that looks damaged.
        config = settings_file(env).parent
        (config / ".settings.json.new-abc").write_text("half")
        (config / "settings.json").write_text("{,}")
        before = everything(env)
        with started(env) as second:
            assert ended(second) == (0, "")
        assert everything(env) == before
        assert first.poll() is None


BUILT = """
import sys
import tempfile
from hbgui.app import build
program = build([])
print("built", flush=True)
sys.stdin.readline()
sys.exit(0 if program.shown_by_another() else program.run())
"""


SAID = """
import time
from PySide6.QtWidgets import QLabel
from hbgui.app import build
program = build([])
program.start()
bar = program.window.findChild(QLabel, "messageBar")
end = time.monotonic() + 30
while not bar.text() and time.monotonic() < end:
    program.app.processEvents()
print(bar.text())
program.window.end()
program.close()
"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{\n  "version": 1,\n  "profiles": [],\n}', "line 3, column 17"),
        ('{"profiles": [{"id": "a", "port": []}]}', "port (a)"),
        ("", "is empty"),
    ],
)
def test_the_window_says_what_is_wrong_with_its_settings_and_where(
    env: dict[str, str], content: str, words: str
) -> None:
    settings_file(env).parent.mkdir(parents=True)
    settings_file(env).write_text(content)
    with started(env, "-c", SAID) as program:
        out, err = program.communicate(timeout=60)
    assert program.returncode == 0, err
    assert str(settings_file(env)) in out
    assert words in out


def test_what_the_first_saves_meanwhile_stays(env: dict[str, str]) -> None:
    with window(env), started(env, "-c", BUILT) as second:
        assert second.stdout is not None
        assert second.stdout.readline() == "built\n"
        saved = json.loads(settings_file(env).read_text("utf-8"))
        saved["profiles"][0]["name"] = "Saved a moment ago"
        settings_file(env).write_text(json.dumps(saved))
        _out, err = second.communicate("\n", timeout=WAIT_S)
        assert (second.returncode, err) == (0, "")
        assert "Saved a moment ago" in settings_file(env).read_text("utf-8")


NEVER_SHOWN = """
from hbgui.app import build
program = build([])
assert program.close()
"""


def test_a_program_that_was_never_shown_saves_nothing(env: dict[str, str]) -> None:
    with started(env, "-c", NEVER_SHOWN) as process:
        assert ended(process) == (0, "")
    assert everything(env) == {}


BROKEN = """
import sys
import tempfile
import hbgui.app.window
from hbgui import app

def broken(*_):
    raise RuntimeError("a mistake")

# By then the heartbeats' thread runs.
hbgui.app.window.FirstPaint = broken
sys.exit(app.main([]))
"""


def test_a_fault_while_it_is_built_has_its_code_and_saves_nothing(env: dict[str, str]) -> None:
    with started(env, "-c", BROKEN) as process:
        code, told = ended(process)
    assert code == 70
    assert "fault in hbgui itself: RuntimeError" in told
    assert len(told.splitlines()) == 1
    assert not settings_file(env).exists()


THIS_HOST = socket.gethostname()
LEFT = {
    "empty": "",
    "garbage": "\0\xff nobody\n" * 1000,
    "living process": f"{os.getpid()}\npython3\n{THIS_HOST}\n",
    "first process": f"1\nhbgui\n{THIS_HOST}\n",
    "other computer": "4711\nhbgui\nsome-other-computer\n",
    "negative": f"-1\nhbgui\n{THIS_HOST}\n",
    "digits of another script": "１２\nhbgui\nx\n",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_a_lock_file_says_keeps_nobody_out(env: dict[str, str], text: str) -> None:
    lock_folder(env).mkdir(parents=True)
    (lock_folder(env) / "window.lock").write_text(text, "utf-8")
    with window(env) as process:
        process.terminate()
        assert ended(process) == (0, "")


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether the process does something of its own on that signal."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    (mask,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(mask, 16) >> (number - 1) & 1)


def told_and_stopped(process: subprocess.Popen[str]) -> tuple[int, str]:
    """What a start says when it gives up; its dialog is closed by the signal."""
    assert process.stderr is not None
    told = process.stderr.readline()
    until(lambda: process.poll() is not None or catches(process.pid, signal.SIGTERM))
    process.terminate()
    code, rest = ended(process)
    return code, told + rest


def test_a_first_window_that_hangs_is_named(env: dict[str, str]) -> None:
    with window(env) as first:
        first.send_signal(signal.SIGSTOP)
        try:
            with started(env) as second:
                code, told = told_and_stopped(second)
        finally:
            first.send_signal(signal.SIGCONT)
    assert code == 3
    assert f"hbgui runs already (process {first.pid}) but does not answer" in told


SIGNED = {
    "this one": (None, f"hbgui runs already (process {os.getpid()}) but does not answer"),
    "nobody": ("", "hbgui runs already but does not answer"),
    "another computer": (
        "4711\nhbgui\nattic\n",
        "hbgui runs already on the computer attic (process 4711)",
    ),
}


@pytest.mark.parametrize(("text", "words"), SIGNED.values(), ids=SIGNED)
def test_a_holder_that_nobody_hears_is_told(
    env: dict[str, str], text: str | None, words: str
) -> None:
    lock = NamedLock(lock_folder(env), WINDOW)
    assert lock.acquire()
    if text is not None:
        (lock_folder(env) / "window.lock").write_text(text)
    before = everything(env)
    with started(env) as second:
        code, told = told_and_stopped(second)
    lock.release()
    assert code == 3
    assert words in told
    assert {name for name in before if "window.lock" not in name} == set()
    assert not settings_file(env).exists()


def test_a_lock_that_is_given_back_soon_is_waited_for(env: dict[str, str]) -> None:
    lock = NamedLock(lock_folder(env), WINDOW)
    assert lock.acquire()
    with started(env, "-c", BUILT) as second:
        # By then it has found the lock taken, or will find it free.
        time.sleep(1)
        lock.release()
        assert second.stdout is not None
        assert second.stdout.readline() == "built\n"
        assert second.stdin is not None
        second.stdin.write("\n")
        second.stdin.flush()
        until(settings_file(env).exists)
        second.terminate()
        assert ended(second) == (0, "")


@pytest.mark.parametrize(
    "without",
    [
        {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":977"},
        {"QT_QPA_PLATFORM": "", "DISPLAY": ":977"},
        {"QT_QPA_PLATFORM": "", "DISPLAY": "127.0.0.1:977"},
        {"QT_QPA_PLATFORM": "", "DISPLAY": "nonsense"},
        {"QT_QPA_PLATFORM": "", "WAYLAND_DISPLAY": "wayland-977"},
        {"QT_QPA_PLATFORM": ""},
    ],
)
def test_without_a_display_it_says_so(env: dict[str, str], without: dict[str, str]) -> None:
    env = env | {"XDG_RUNTIME_DIR": env["HOME"]} | without
    with started(env) as process:
        code, told = ended(process)
    assert code == 2
    assert "hbgui: there is no display to open a window on." in told
    assert "“hbgui send” and “hbgui keep” work without one" in told
    assert len(told.splitlines()) == 1
    assert not settings_file(env).exists()


def test_what_else_is_wrong_with_a_window_is_not_called_a_missing_display(
    env: dict[str, str],
) -> None:
    with started(env | {"QT_QPA_PLATFORM": "nosuch"}) as process:
        code, told = ended(process)
    assert code == 2
    assert "hbgui: no window can be opened here. Qt says: " in told
    assert "nosuch" in told
    assert "no display" not in told


def test_a_word_of_qt_at_the_very_end_is_no_crash(env: dict[str, str]) -> None:
    with window(env | {"QT_DEBUG_PLUGINS": "1"}) as process:
        process.terminate()
        code, _told = ended(process)
    assert code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order(env: dict[str, str], number: signal.Signals) -> None:
    with window(env) as process:
        process.send_signal(number)
        assert ended(process) == (0, "")
    assert not list(lock_folder(env).glob("*.lock")), "the lock is given back"


def test_nohup_is_obeyed(env: dict[str, str]) -> None:
    script = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + BUILT
    with started(env, "-c", script) as process:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        until(settings_file(env).exists)
        process.send_signal(signal.SIGHUP)
        with started(env) as second:
            assert ended(second) == (0, ""), "the first is still there and answers"
        process.terminate()
        assert ended(process)[0] == 0


def test_no_other_user_can_ask_the_window_to_show_itself(qtbot: QtBot) -> None:
    before = os.umask(0)
    try:
        with tempfile.TemporaryDirectory() as short:
            made = SingleInstance(Path(short))
            (heard,) = Path(short).iterdir()
            assert stat.S_IMODE(heard.stat().st_mode) & 0o077 == 0
            made.close()
    finally:
        os.umask(before)


def test_a_window_that_is_there_and_does_not_answer_does_not_count(qtbot: QtBot) -> None:
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as deaf:
        first, folder = NamedLock(Path(short), WINDOW), Path(short)
        assert first.acquire()
        deaf.bind(str(folder / "window.socket"))
        deaf.listen()
        assert not shown_by_first(NamedLock(folder, WINDOW), folder, 0.2)
        first.release()


ODD_MEMORY: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "huge": lambda path: path.write_bytes(b"[window]\nx=" + b"y" * 50_000_000),
}


@pytest.mark.parametrize("make", ODD_MEMORY.values(), ids=ODD_MEMORY)
def test_what_is_in_place_of_the_windows_file_holds_up_no_start(
    env: dict[str, str], make: Callable[[Path], None]
) -> None:
    path = lock_folder(env).parent / "window.ini"
    path.parent.mkdir(parents=True)
    make(path)
    before = path.stat()
    with window(env) as process:
        process.terminate()
        assert ended(process) == (0, "")
    assert (path.stat().st_mode, path.stat().st_size) == (before.st_mode, before.st_size)
