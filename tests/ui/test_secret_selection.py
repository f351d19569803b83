"""What a secret field leaves on a real X server, as another program sees it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from e2e.desktop import Desktop, desktop, wait_for
from session_bus import end

HERE = Path(__file__).parent
SECRET = "swordfish-0815"


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with desktop(tmp_path_factory.mktemp("desktop"), keyring=False) as ready:
        yield ready


class Holder:
    """The program with the field, and another one's eyes."""

    def __init__(self, screen: Desktop, process: subprocess.Popen[str]) -> None:
        self.screen, self.process = screen, process
        self._answered()

    def _answered(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def do(self, *words: str) -> Any:
        """Say these words to it; what it answered to the last one."""
        assert self.process.stdin is not None
        answer = None
        for word in words:
            self.process.stdin.write(word + "\n")
            self.process.stdin.flush()
            answer = self._answered()
        return answer

    def seen(self) -> dict[str, Any]:
        ran = self.screen.run(sys.executable, str(HERE / "clipboard_reader.py"))
        assert ran.returncode == 0, ran.stderr
        return dict(json.loads(ran.stdout))


@contextmanager
def running(screen: Desktop, clear_after_ms: int = 60_000) -> Iterator[Holder]:
    process = subprocess.Popen(
        [sys.executable, str(HERE / "secret_holder.py"), str(clear_after_ms)],
        env=screen.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Holder(screen, process)
    finally:
        end(process)


@pytest.mark.parametrize("leaving", ["hide", "wipe", "leave", "vanish", "hide window"])
def test_the_selection_goes_with_the_text(screen: Desktop, leaving: str) -> None:
    with running(screen) as holder:
        holder.do("show", "sweep")
        seen = holder.seen()
        assert (seen["primary"], seen["primary_hint"]) == (SECRET, "secret")
        holder.do(leaving)
        assert holder.seen()["primary"] == ""


def test_bullets_are_neither_selected_nor_copied(screen: Desktop) -> None:
    with running(screen) as holder:
        holder.do("sweep", "copy")
        seen = holder.seen()
        assert (seen["primary"], seen["clipboard"]) == ("", "")


def test_the_selection_of_another_field_stays(screen: Desktop) -> None:
    with running(screen) as holder:
        holder.do("show", "sweep", "other", "hide", "wipe", "vanish")
        assert holder.seen()["primary"] == "not so secret"


@pytest.mark.parametrize("key", ["copy", "cut all"])
def test_a_copy_is_marked_and_goes_in_time(screen: Desktop, key: str) -> None:
    with running(screen, clear_after_ms=6000) as holder:
        holder.do("show", "sweep", key)
        seen = holder.seen()
        assert (seen["clipboard"], seen["clipboard_hint"]) == (SECRET, "secret")
        wait_for(lambda: holder.seen()["clipboard"] == "")


def test_a_program_that_has_the_clipboard_and_hangs_is_not_waited_for(screen: Desktop) -> None:
    with running(screen) as holder, running(screen) as other:
        holder.do("show", "sweep", "copy")
        other.do("other")

        def copied() -> bool:
            # A key of a person: the server passes over a program whose clock is behind.
            assert screen.run("xdotool", "key", "ctrl+c").returncode == 0
            return bool(other.do("owns") and not holder.do("owns"))

        wait_for(copied)
        other.process.send_signal(signal.SIGSTOP)
        try:
            assert holder.process.stdin is not None
            holder.process.stdin.write("quit\n")
            holder.process.stdin.flush()
            # Qt would wait for 15 seconds.
            assert holder.process.wait(60) == 0
        finally:
            other.process.send_signal(signal.SIGCONT)
        assert other.seen()["clipboard"] == "not so secret"


def test_the_note_ends_when_the_program_copies_something_else(screen: Desktop) -> None:
    with running(screen) as holder:
        assert holder.do("show", "sweep", "copy", "note").startswith("Copied.")
        assert holder.do("copy other", "note") == ""


def test_it_cannot_be_dragged_out(screen: Desktop) -> None:
    with running(screen) as holder:
        (x, y), (to_x, to_y) = holder.do("show", "sweep", "where")
        steps = [f"mousemove {x - 20 + step} {y}" for step in range(0, 40, 4)]
        steps += [f"mousemove {to_x} {to_y + step}" for step in range(-4, 5)]
        for step in (f"mousemove {x - 20} {y}", "mousedown 1", *steps, "mouseup 1"):
            assert screen.run("xdotool", *step.split()).returncode == 0
        assert holder.do("other text") == "not so secret"
