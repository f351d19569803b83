"""Where reports go, kept with the profile: the window asks before it moves them from there."""

from __future__ import annotations

from dataclasses import replace

from hbgui.cli.job import Job
from hbgui.cli.world import World
from hbgui.core.address import same_pbx
from hbgui.core.errors import StorageError
from hbgui.core.events import Attempt
from hbgui.core.moment import iso
from hbgui.core.target import Announced


def remember_target(job: Job, attempt: Attempt, world: World) -> None:
    """Keep an accepted target, if it is another than before. A heartbeat never fails by this.

    While the window is open it holds the profiles: then nothing is kept.
    """
    stored, target = job.stored, attempt.announced
    if stored is None or target is None or not attempt.outcome.accepted:
        return
    announced = Announced(iso(attempt.sent.utc), target, attempt.here)
    if not same_pbx(stored.pbx, job.profile.pbx) or stored.with_announced(announced) is stored:
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
