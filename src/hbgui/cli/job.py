"""From options and profile to what shall be sent, with which token."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

from hbgui import texts
from hbgui.cli.output import EXIT_CODES, Output
from hbgui.cli.world import World
from hbgui.core.errors import SecretError
from hbgui.core.events import Attempt
from hbgui.core.outcome import Outcome, OutcomeKind
from hbgui.core.profile import AddressKind, Profile, ServerAddress, TlsMode, UrlMode
from hbgui.core.secret import Secret
from hbgui.core.validation import Checked, check, check_token

TOKEN_VARIABLE = "HBGUI_TOKEN"  # noqa: S105 - the name of a variable


class BadInputError(Exception):
    """Something was said that cannot be; already told to the person."""


@dataclass(frozen=True)
class Job:
    """What a command works on. `stored` is the profile of the window, None without one."""

    profile: Profile
    stored: Profile | None
    checked: Checked
    output: Output

    @property
    def name(self) -> str:
        """What to call the PBX in a line of text."""
        return self.profile.name or (self.checked.address.url if self.checked.address else "")

    @property
    def pbx_url(self) -> str:
        """The address that is used."""
        return self.checked.address.url if self.checked.address else ""


def prepare(args: argparse.Namespace, world: World) -> Job:
    """Put options over the profile and check the whole. Raises BadInputError."""
    output = Output(as_json=args.json, redact=world.redactor.text)
    stored = _stored(args.profile, world, output) if args.profile is not None else None
    profile = _merged(args, stored or Profile(""))
    checked = check(profile, None)
    if checked.errors:
        output.invalid(checked.errors)
        raise BadInputError
    output.warn(checked.problems)
    return Job(profile, stored, checked, output)


def _merged(args: argparse.Namespace, profile: Profile) -> Profile:
    given: dict[str, object] = {
        name: value
        for name, value in (
            ("pbx", args.pbx),
            ("port", args.port),
            ("url", args.url),
            ("url_mode", args.url_mode),
            ("url_field", args.url_field),
            ("api", args.api),
        )
        if value is not None
    }
    if args.url is not None and args.url_mode is None:
        given["url_mode"] = UrlMode.RELATIVE
    if args.ip is not None:
        auto = args.ip.strip().lower() == "auto"
        given["server"] = ServerAddress() if auto else ServerAddress(AddressKind.FIXED, args.ip)
    if args.insecure:
        given["tls"] = TlsMode.INSECURE
    return replace(profile, **given)  # type: ignore[arg-type]


def _stored(name: str, world: World, output: Output) -> Profile:
    profiles = world.load().settings.profiles
    wanted = name.strip()
    ways: tuple[Callable[[Profile], bool], ...] = (
        lambda p: p.name.strip() == wanted,
        lambda p: p.name.strip().casefold() == wanted.casefold(),
        lambda p: p.id == wanted,
    )
    for fits in ways:
        found = [p for p in profiles if fits(p)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(p.id for p in found)
            output.usage(f"--profile: several PBXs have this name; use an id: {ids}", "")
            raise BadInputError
    names = ", ".join(p.label for p in profiles) or "none yet"
    output.usage(f"--profile: there is no PBX of that name. Allowed: {names}", "")
    raise BadInputError


def token_for(args: argparse.Namespace, job: Job, world: World) -> Secret | int:
    """The token, from stdin, the environment or the keyring; the exit code when there is none."""
    # An empty variable is what scripts make of one that is not set.
    typed = os.environ.pop(TOKEN_VARIABLE, "").strip() or None
    if args.token_stdin:
        typed = _read_token()
    if typed is not None:
        token, problems = check_token(typed)
        if token is not None:
            world.redactor.add(token)
            return token
        if typed.strip():
            job.output.invalid(problems)
            return EXIT_CODES[OutcomeKind.INVALID]
        return _without_token("token_not_given", job, world)
    if job.stored is None:
        return _without_token("token_not_given", job, world)
    return _from_keyring(job.stored.id, job, world)


def _from_keyring(account: str, job: Job, world: World) -> Secret | int:
    try:
        token = world.secrets.get(account)
    except SecretError as error:
        return _without_token(error.code, job, world, error.detail)
    if token is None:
        return _without_token("token_not_stored", job, world)
    world.redactor.add(token)
    return token


def _without_token(code: str, job: Job, world: World, detail: str = "") -> int:
    outcome = Outcome(OutcomeKind.NO_SECRET, code, detail=detail)
    job.output.attempt(Attempt(world.clock.now(), outcome, job.pbx_url), job.name)
    return EXIT_CODES[OutcomeKind.NO_SECRET]


def _read_token() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.read()
    with warnings.catch_warnings():
        # Without a terminal that can hide it, getpass would show the token.
        warnings.simplefilter("error", getpass.GetPassWarning)
        return getpass.getpass(texts.translate("texts", "Token: "))
