"""The invocation of a command: its options, its output, and for most the PBX it concerns."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hbgui.cli.output import Output, bad_input
from hbgui.cli.streams import UsageError
from hbgui.core.api.errors import StorageError, TransportError
from hbgui.core.api.outcome import AddressStatus, Attempt
from hbgui.core.pbx.address import same_pbx
from hbgui.core.pbx.connection import Pin, TlsMode
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import MEMBERS, AddressKind, Profile, ServerAddress, new_id
from hbgui.core.pbx.typed import blanks_alike, name_key, trimmed, unsendable
from hbgui.core.pbx.validation import ValidatedProfile, check
from hbgui.core.ports import Loaded
from hbgui.process import ctrl_c_ends_process
from hbgui.texts.notes import note_message
from hbgui.texts.settings import settings_file_sentences

if TYPE_CHECKING:
    from hbgui.cli.memory import CommandAdapters


class Invocation:
    """The options of a command and its output."""

    def __init__(self, args: argparse.Namespace, output: Output) -> None:
        self.args = args
        self.output = output

    @cached_property
    def adapters(self) -> CommandAdapters:
        """The adapters. Raises UsageError when the system names no home folder."""
        try:
            with ctrl_c_ends_process():
                from hbgui.cli.memory import CommandAdapters

                adapters = CommandAdapters()
        except StorageError as error:
            message = note_message(error.code)
            raise UsageError(f"{message.text}") from None
        self.output.redact = adapters.redactor.text
        return adapters

    def close(self) -> None:
        """Finish the writes of the command."""
        if "adapters" in vars(self):
            self.adapters.memory.close()


@dataclass(frozen=True)
class PbxInvocation:
    """An invocation that concerns a PBX. `stored` is the profile of the window, None without
    one; `profile` is the same with the options merged in."""

    args: argparse.Namespace
    adapters: CommandAdapters
    output: Output
    profile: Profile
    stored: Profile | None
    checked: ValidatedProfile
    loaded: Loaded
    """The window's settings, and what is wrong with them."""

    @property
    def name(self) -> str:
        """The name of the PBX in lines of text: its profile's, else its address."""
        return self.profile.name or self.pbx_url

    @property
    def pbx_url(self) -> str:
        """The address that is used."""
        return self.checked.pbx_url

    @property
    def address_status(self) -> AddressStatus:
        """Whether the PBX was accepted at this address before; a single command cannot know
        whether it still answers there."""
        stored = self.stored
        same = stored is not None and same_pbx(stored.pbx, self.profile.pbx)
        known = same and bool(self.profile.announced)
        return AddressStatus(known, doubtful=known)


def load_settings(invocation: Invocation) -> Loaded:
    """The settings of the window. Problems of their file or of the history go to the output."""
    adapters, output = invocation.adapters, invocation.output
    output.late_problems = adapters.memory.troubles
    loaded = adapters.settings_file.load()
    if loaded.problem is not None:
        output.problem(settings_file_sentences(loaded.problem))
    return loaded


def prepare(invocation: Invocation, *, new: bool = False, announces: bool = False) -> PbxInvocation:
    """Merge the options into the profile and check the result. Raises UsageError.

    With `new` a missing profile is made, but not saved, if the options have an address. A command
    that `announces` where reports shall go is refused where the stored settings are uncertain.
    """
    loaded = load_settings(invocation)
    args, adapters, output = invocation.args, invocation.adapters, invocation.output
    stored = None
    if args.profile is not None:
        stored = _stored(args.profile, loaded, needed=not (new and args.pbx))
    problem = loaded.problem
    if stored is None and args.profile and (wrong := unsendable(args.profile)):
        raise UsageError(f"--profile: the name has a character that nobody can see: {wrong}")
    if announces and stored is not None and problem and problem.guessed_for(stored.id):
        raise UsageError(
            "--profile: nothing was sent: these may not be your settings, and reports would be "
            "moved by them. Mend the settings file, or say all by options without --profile."
        )
    blank = Profile(new_id() if new else "", name=args.profile or "")
    profile = merged(args, stored or blank)
    checked = check(profile, None, _local_addresses(adapters))
    output.warn(checked.problems)
    if checked.errors:
        raise bad_input(checked.errors)
    return PbxInvocation(args, adapters, output, profile, stored, checked, loaded)


def _local_addresses(adapters: CommandAdapters) -> tuple[LocalAddress, ...]:
    """This computer's addresses, for warnings; empty when the system does not list them."""
    try:
        return adapters.network.local_addresses()
    except TransportError:
        return ()


def warn_of_address(job: PbxInvocation, attempt: Attempt) -> None:
    """Warn about the address that was found for the application server."""
    if job.profile.server.kind is AddressKind.FIXED or attempt.announced is None:
        return
    validated = job.checked.with_ip(attempt.announced.ip, _local_addresses(job.adapters))
    job.output.warn(p for p in validated.problems if p not in job.checked.problems)


def merged(args: argparse.Namespace, profile: Profile) -> Profile:
    """The profile with the given options in place of its own values.

    An option whose name is that of a member gives that member its value; not every command has
    each of them.
    """
    options = vars(args)
    given = {name: options[name] for name in MEMBERS if options.get(name) is not None}
    if "url" in given and "url_mode" not in given:
        given["url_mode"] = UrlMode.RELATIVE
    if (ip := options.get("ip")) is not None:
        given["server"] = ServerAddress() if is_auto(ip) else ServerAddress(AddressKind.FIXED, ip)
    if trimmed(given.get("proxy", "")).lower() == "none":
        given["proxy"] = ""
    tls = given.pop("tls", None)
    return _with_tls(tls, replace(profile, **given))


def is_auto(ip: str) -> bool:
    """Whether --ip asks for the address on the route to the PBX."""
    return trimmed(ip).lower() == "auto"


def _with_tls(tls: tuple[TlsMode, str] | None, profile: Profile) -> Profile:
    if tls is None:
        return profile
    mode, sha256 = tls
    if mode is not TlsMode.PINNED:
        return replace(profile, tls=mode)
    return replace(profile, tls=mode, pin=Pin(sha256, profile.authority))


def _stored(name: str, loaded: Loaded, *, needed: bool) -> Profile | None:
    profiles = loaded.settings.profiles
    wanted = name.strip()
    criteria: tuple[Callable[[Profile], bool], ...] = (
        lambda p: p.name.strip() == wanted,
        lambda p: blanks_alike(p.name) == blanks_alike(wanted),
        lambda p: name_key(p.name) == name_key(wanted),
        lambda p: p.id == wanted,
    )
    for matches_name in criteria:
        matches = [p for p in profiles if matches_name(p)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            ids = ", ".join(p.id for p in matches)
            raise UsageError(f"--profile: several PBXs have this name; use an id: {ids}")
    if not needed and wanted:
        return None
    problem = loaded.problem
    if problem is not None and problem.guessed:
        # It may be in the file that could not be read.
        sentences = settings_file_sentences(problem)
        raise UsageError(f"--profile: no PBX of that name is known. {sentences}")
    names = ", ".join(p.label for p in profiles) or "none yet"
    raise UsageError(f"--profile: there is no PBX of that name. Allowed: {names}")
