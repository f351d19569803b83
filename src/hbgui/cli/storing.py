"""Changes to the profiles from outside the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from hbgui import texts
from hbgui.cli.job import BadInputError, Job
from hbgui.cli.output import Output
from hbgui.cli.world import World
from hbgui.core.address import same_pbx
from hbgui.core.errors import StorageError
from hbgui.core.file_problem import FileFault
from hbgui.core.profile import Profile
from hbgui.runtime.named_lock import WINDOW, NamedLock


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
    told = texts.note(failure.code, {"detail": failure.detail, "path": failure.path})
    output.usage(f"--profile: {told.title}. {told.why} {told.advice}", "")
    raise BadInputError
