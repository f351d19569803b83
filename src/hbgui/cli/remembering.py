"""What was sent for a PBX of the window, kept where the window keeps it."""

from __future__ import annotations

from dataclasses import replace

from hbgui.cli.job import Job
from hbgui.cli.world import World
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import Attempt
from hbgui.core.history import Row
from hbgui.core.pbx.address import same_pbx
from hbgui.core.pbx.destination import Announced
from hbgui.core.values import iso


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
