"""Changes that commands make to the stored profiles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from hbgui.cli.invocation import PbxInvocation
from hbgui.cli.memory import CommandAdapters, Memory
from hbgui.cli.streams import UsageError
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import Attempt
from hbgui.core.history import Row
from hbgui.core.pbx.address import same_pbx
from hbgui.core.pbx.destination import Announced
from hbgui.core.pbx.profile import Profile
from hbgui.core.settings import FileFault
from hbgui.core.values import iso
from hbgui.texts.notes import note_message
from hbgui.texts.settings import settings_file_sentences


@contextmanager
def _window_closed(adapters: CommandAdapters) -> Iterator[None]:
    """Hold the window's lock. Raises UsageError while a window is open."""
    with adapters.window_lock() as closed:
        if not closed:
            raise UsageError(
                "--profile: hbgui's window is open and holds the profiles. "
                "Do it there, or close it."
            )
        yield


def check_storable(job: PbxInvocation) -> None:
    """Find out early whether `store` would work. Raises UsageError."""
    if job.stored is not None and not same_pbx(job.stored.pbx, job.profile.pbx):
        raise UsageError(
            f"--pbx: the profile is of another PBX, {job.stored.pbx}. "
            "Change its address in the window, or use another name."
        )
    with _window_closed(job.adapters):
        problem = job.adapters.settings_file.load().problem
        if problem is not None and (problem.guessed or problem.fault is FileFault.TOO_MANY):
            # The settings in memory are not those that the person saved.
            sentences = settings_file_sentences(problem)
            raise UsageError(f"--profile: nothing can be saved. {sentences}")


def store(job: PbxInvocation, profile: Profile) -> None:
    """Save a profile in place of the one with its id, or as the last one. Raises UsageError."""
    file = job.adapters.settings_file
    with _window_closed(job.adapters):
        settings = file.load().settings
        profiles = [profile if p.id == profile.id else p for p in settings.profiles]
        if profile not in profiles:
            profiles.append(profile)
        try:
            file.save(replace(settings, profiles=tuple(profiles)))
            return
        except StorageError as error:
            failure = error
    message = note_message(failure.code, {"detail": failure.detail, "path": failure.path})
    raise UsageError(f"--profile: {message.text}")


def remember(job: PbxInvocation, attempt: Attempt) -> None:
    """Write a heartbeat to the history, and its target to the profile, in another thread.

    It neither raises nor waits: a slow file must not delay the next heartbeat.
    """
    if job.stored is None or not same_pbx(job.stored.pbx, job.profile.pbx):
        return
    if not attempt.outcome.contact_attempted:
        return  # The fault was on this computer: the PBX was not asked.
    row, memory = Row(job.stored.id, job.stored.label, attempt), job.adapters.memory
    memory.do(lambda: _record(row, memory))
    memory.do(lambda: _remember_target(job, attempt))


def _record(row: Row, memory: Memory) -> None:
    history = memory.history
    try:
        try:
            history.add(row)
        except StorageError as error:
            if error.code != "damaged":
                raise
            memory.restart_history()
            history.add(row)
        history.prune(row.attempt.sent.utc)
    except StorageError as error:
        code = "history_unreadable" if error.code == "damaged" else f"history_{error.code}"
        memory.add_trouble(code, error.detail)


def _remember_target(job: PbxInvocation, attempt: Attempt) -> None:
    """Save an accepted target in the profile, if it differs from the last one. The window asks
    before it moves reports away from it.

    Nothing is saved while the window is open: it keeps all profiles in memory.
    """
    adapters = job.adapters
    stored, target = job.stored, attempt.announced
    if stored is None or target is None or not attempt.outcome.accepted:
        return
    announced = Announced(iso(attempt.sent.utc), target, attempt.to_this_computer)
    if stored.with_announced(announced) is stored:
        return
    with adapters.window_lock() as closed:
        if not closed:
            return
        try:
            loaded = adapters.settings_file.load()
            profiles = tuple(
                p.with_announced(announced) if p.id == stored.id else p
                for p in loaded.settings.profiles
            )
            if not loaded.read_only and profiles != loaded.settings.profiles:
                adapters.settings_file.save(replace(loaded.settings, profiles=profiles))
        except StorageError as error:
            adapters.memory.add_trouble(error.code, error.detail)
