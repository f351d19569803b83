"""What was sent for a PBX of the window, kept where the window keeps it."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from hbgui.cli.job import Job
from hbgui.cli.world import World
from hbgui.core.address import same_pbx
from hbgui.core.errors import StorageError
from hbgui.core.events import Attempt
from hbgui.core.history import Row
from hbgui.core.moment import iso
from hbgui.core.profile import Profile
from hbgui.core.target import Announced


def remember(job: Job, attempt: Attempt, world: World) -> None:
    """Keep a heartbeat in the history, and its target with the profile. It never fails by this."""
    if job.stored is None or not same_pbx(job.stored.pbx, job.profile.pbx):
        return
    _record(job.stored, attempt, world)
    _remember_target(job, attempt, world)


def _record(stored: Profile, attempt: Attempt, world: World) -> None:
    from hbgui.adapters.history_db import HistoryDb

    history = HistoryDb(world.history_file, world.redactor.text)
    history.open()
    # Without a file there is nothing to keep it in, and nobody to tell: the heartbeat counts.
    with contextlib.suppress(StorageError):
        history.add(Row(stored.id, stored.label, attempt))
        history.prune(attempt.sent.utc)
    history.close()


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
    from hbgui.runtime.named_lock import WINDOW, NamedLock  # it loads Qt, and is seldom needed

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
    except StorageError:
        pass
    finally:
        lock.release()
