"""Changes to the profiles from outside the window."""

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
from hbgui.runtime.named_lock import WINDOW, NamedLock
from hbgui.texts.notes import note_message
from hbgui.texts.settings import settings_file_sentences


@contextmanager
def _window_closed(adapters: CommandAdapters) -> Iterator[None]:
    """An open window holds all profiles and would write over what is changed here."""
    lock = NamedLock(adapters.lock_folder, WINDOW)
    if not lock.acquire():
        raise UsageError(
            "--profile: hbgui's window is open and holds the profiles. Do it there, or close it."
        )
    try:
        yield
    finally:
        lock.release()


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
            # What would be written is not what the person saved.
            said = settings_file_sentences(problem)
            raise UsageError(f"--profile: nothing can be saved. {said}")


def store(job: PbxInvocation, profile: Profile) -> None:
    """Put a profile in the place of the one with its id, or at the end. Raises UsageError."""
    file = job.adapters.settings_file
    with _window_closed(job.adapters):
        settings = file.load().settings
        kept = [profile if p.id == profile.id else p for p in settings.profiles]
        if profile not in kept:
            kept.append(profile)
        try:
            file.save(replace(settings, profiles=tuple(kept)))
            return
        except StorageError as error:
            failure = error
    told = note_message(failure.code, {"detail": failure.detail, "path": failure.path})
    raise UsageError(f"--profile: {told.title}. {told.why} {told.advice}")


def remember(job: PbxInvocation, attempt: Attempt) -> None:
    """Keep a heartbeat in the history, and its target with the profile, some time soon.

    It never fails and never waits: the next heartbeat is not held up by a file.
    """
    if job.stored is None or not same_pbx(job.stored.pbx, job.profile.pbx):
        return
    if not attempt.outcome.contact_attempted:
        return  # A fault on this side: nothing that the PBX had to do with.
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
            memory.begin_history_anew()
            history.add(row)
        history.prune(row.attempt.sent.utc)
    except StorageError as error:
        code = "history_unreadable" if error.code == "damaged" else f"history_{error.code}"
        memory.tell(code, error.detail)


def _remember_target(job: PbxInvocation, attempt: Attempt) -> None:
    """Keep an accepted target, if it is another than before: the window asks before it moves
    reports from there.

    While the window is open it holds the profiles: then nothing is kept.
    """
    adapters = job.adapters
    stored, target = job.stored, attempt.announced
    if stored is None or target is None or not attempt.outcome.accepted:
        return
    announced = Announced(iso(attempt.sent.utc), target, attempt.to_this_computer)
    if stored.with_announced(announced) is stored:
        return
    lock = NamedLock(adapters.lock_folder, WINDOW)
    if not lock.acquire():
        return
    try:
        loaded = adapters.settings_file.load()
        kept = tuple(
            p.with_announced(announced) if p.id == stored.id else p
            for p in loaded.settings.profiles
        )
        if not loaded.read_only and kept != loaded.settings.profiles:
            adapters.settings_file.save(replace(loaded.settings, profiles=kept))
    except StorageError as error:
        adapters.memory.tell(error.code, error.detail)
    finally:
        lock.release()
