"""What a command leaves behind for the window: files are written in a thread of their own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from hbgui import texts
from hbgui.cli.job import BadInputError, Job
from hbgui.cli.output import Output
from hbgui.cli.world import World
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import Attempt
from hbgui.core.history import Row
from hbgui.core.pbx.address import same_pbx
from hbgui.core.pbx.destination import Announced
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Cancel
from hbgui.core.settings import FileFault
from hbgui.core.values import iso
from hbgui.runtime.pool import Pool
from hbgui.runtime.single_instance import WINDOW, NamedLock

if TYPE_CHECKING:
    from hbgui.adapters.files.history_db import HistoryDb


WAITING_MAX = 200
"""Writes that may wait for a file that hangs; what comes on top is not kept."""

CLOSE_S = 2.0
"""Seconds that the end of a command waits for its files."""

Trouble = tuple[str, dict[str, str]]
"""A code of the notes, with the values that fill it."""


class Memory:
    """`do` never waits and never fails. Nothing is opened before the first of it, and the history
    once. `new_history` makes it, unopened. `try_history` looks whether there is one that cannot be
    read, and raises StorageError then.
    """

    def __init__(
        self,
        new_history: Callable[[], HistoryDb],
        try_history: Callable[[], object],
        new_cancel: Callable[[], Cancel],
    ) -> None:
        self._new_history = new_history
        self._try_history = try_history
        self._troubles: deque[Trouble] = deque()
        self._hung = False
        self._looked = False
        self._pool = Pool("memory", 1, new_cancel)
        self._room = threading.BoundedSemaphore(WAITING_MAX)
        self._history: HistoryDb | None = None

    @property
    def history(self) -> HistoryDb:
        """The history, open; for what is done here only."""
        if self._history is None:
            self._history = self._new_history()
            self._troubles.extend(self._history.open())
        return self._history

    def begin_history_anew(self) -> None:
        """It was damaged; for what is done here only."""
        self._troubles.extend(self.history.begin_anew())

    def tell(self, code: str, detail: str = "") -> None:
        """Something could not be kept. Any thread."""
        self._troubles.append((code, {"detail": detail}))

    def troubles(self, timeout_s: float) -> list[Trouble]:
        """What went wrong with files since it was asked last. What was begun before has so long
        to end; a history that nothing was written to is looked at then, too."""
        if timeout_s > 0 and not self._hung:
            done = threading.Event()
            if self._pool.submit(lambda _cancel: self._look(done)):
                self._hung = not done.wait(timeout_s)
        if self._hung:
            self.tell("history_hangs")
        found = []
        while self._troubles:
            found.append(self._troubles.popleft())
        return found

    def do(self, work: Callable[[], None]) -> None:
        """Do it soon, in the order of the calls."""
        if self._room.acquire(blocking=False):
            self._pool.submit(partial(self._do, work))

    def close(self) -> None:
        """Finish what waits, for two seconds at most. May be called twice."""
        self._pool.submit(self._close_history)
        self._pool.close(drain_s=0.0 if self._hung else CLOSE_S, abort=False)

    def _do(self, work: Callable[[], None], _cancel: Cancel) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - nothing that is kept may disturb the work
            self.tell("history_storage_failed", type(error).__name__)
        finally:
            self._room.release()

    def _look(self, done: threading.Event) -> None:
        try:
            if self._history is None and not self._looked:
                self._looked = True
                self._try_history()
        except StorageError as error:
            self.tell("history_unreadable", error.detail)
        finally:
            done.set()

    def _close_history(self, _cancel: Cancel) -> None:
        if self._history is not None:
            self._history.close()


@contextmanager
def _window_closed(world: World, output: Output) -> Iterator[None]:
    """An open window holds all profiles and would write over what is changed here."""
    lock = NamedLock(world.lock_folder, WINDOW)
    if not lock.acquire():
        output.usage(
            "--profile: hbgui's window is open and holds the profiles. Do it there, or close it.",
            "",
        )
        raise BadInputError
    try:
        yield
    finally:
        lock.release()


def check_storable(job: Job, world: World) -> None:
    """Find out early whether `store` would work. Raises BadInputError, told already."""
    output = job.output
    if job.stored is not None and not same_pbx(job.stored.pbx, job.profile.pbx):
        output.usage(
            f"--pbx: the profile is of another PBX, {job.stored.pbx}. "
            "Change its address in the window, or use another name.",
            "",
        )
        raise BadInputError
    with _window_closed(world, output):
        problem = world.settings.load().problem
        if problem is not None and (problem.guessed or problem.fault is FileFault.TOO_MANY):
            # What would be written is not what the person saved.
            output.usage(
                "--profile: nothing can be saved. " + texts.settings_file_sentences(problem), ""
            )
            raise BadInputError


def store(profile: Profile, world: World, output: Output) -> None:
    """Put a profile in the place of the one with its id, or at the end.

    Raises BadInputError, told already.
    """
    with _window_closed(world, output):
        settings = world.settings.load().settings
        kept = [profile if p.id == profile.id else p for p in settings.profiles]
        if profile not in kept:
            kept.append(profile)
        try:
            world.settings.save(replace(settings, profiles=tuple(kept)))
            return
        except StorageError as error:
            failure = error
    _refuse(output, failure.code, failure.detail)


def _refuse(output: Output, code: str, detail: str) -> None:
    told = texts.note(code, {"detail": detail})
    output.usage(f"--profile: {told.title}. {told.why} {told.advice}", "")
    raise BadInputError


def remember(job: Job, attempt: Attempt, world: World) -> None:
    """Keep a heartbeat in the history, and its target with the profile, some time soon.

    It never fails and never waits: the next heartbeat is not held up by a file.
    """
    if job.stored is None or not same_pbx(job.stored.pbx, job.profile.pbx):
        return
    if not attempt.outcome.asked:
        return  # A fault on this side: nothing that the PBX had to do with.
    row = Row(job.stored.id, job.stored.label, attempt)
    world.memory.do(lambda: _record(row, world))
    world.memory.do(lambda: _remember_target(job, attempt, world))


def _record(row: Row, world: World) -> None:
    history = world.memory.history
    try:
        try:
            history.add(row)
        except StorageError as error:
            if error.code != "damaged":
                raise
            world.memory.begin_history_anew()
            history.add(row)
        history.prune(row.attempt.sent.utc)
    except StorageError as error:
        code = "history_unreadable" if error.code == "damaged" else f"history_{error.code}"
        world.memory.tell(code, error.detail)


def _remember_target(job: Job, attempt: Attempt, world: World) -> None:
    """Keep an accepted target, if it is another than before: the window asks before it moves
    reports from there.

    While the window is open it holds the profiles: then nothing is kept.
    """
    stored, target = job.stored, attempt.announced
    if stored is None or target is None or not attempt.outcome.accepted:
        return
    announced = Announced(iso(attempt.sent.utc), target, attempt.here)
    if stored.with_announced(announced) is stored:
        return
    from hbgui.runtime.single_instance import WINDOW, NamedLock  # it loads Qt, and is seldom needed

    lock = NamedLock(world.lock_folder, WINDOW)
    if not lock.acquire():
        return
    try:
        loaded = world.settings.load()
        kept = tuple(
            p.with_announced(announced) if p.id == stored.id else p
            for p in loaded.settings.profiles
        )
        if not loaded.read_only and kept != loaded.settings.profiles:
            world.settings.save(replace(loaded.settings, profiles=kept))
    except StorageError as error:
        world.memory.tell(error.code, error.detail)
    finally:
        lock.release()
