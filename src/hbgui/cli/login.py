"""`hbgui login`: a token for the API's user name and password."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from hbgui.cli.job import BadInputError, Invocation, ask_for, prepare
from hbgui.cli.memory import CommandAdapters
from hbgui.cli.output import EXIT_CODES, Output
from hbgui.cli.parser import USAGE
from hbgui.cli.running import INTERRUPTED, call, stopped_by_signals
from hbgui.cli.storing import check_storable, store
from hbgui.core.api.errors import Cancelled, SecretError
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome
from hbgui.core.client.pbx_client import LoggedIn
from hbgui.core.pbx.address import host_of
from hbgui.core.pbx.validation import BLANKS, Field, check_password, check_user
from hbgui.core.values import Secret
from hbgui.texts.access import login_attempts_sentence, report_transport_sentence


def run(args: argparse.Namespace, adapters: CommandAdapters) -> int:
    """Log in once, and keep or print the token; the exit code."""
    output = Output(as_json=args.json, redact=adapters.redactor.text, command=args.command)
    try:
        job = _prepared(args, adapters, output)
        password = _password(args, adapters, output)
        return _Login(args, adapters, output, job).run(password)
    except BadInputError:
        return USAGE


def _prepared(args: argparse.Namespace, adapters: CommandAdapters, output: Output) -> Invocation:
    if args.profile is None and not args.print_token:
        output.usage(
            "the token needs a place: --profile NAME keeps it in the keyring, "
            "--print-token prints it",
            "hbgui login",
        )
        raise BadInputError
    job = prepare(args, adapters, output, new=True, announces=True)
    if problems := check_user(_user(args, job)):
        output.invalid(problems)
        raise BadInputError
    if args.profile is not None:
        check_storable(job, adapters)
    return job


def _user(args: argparse.Namespace, job: Invocation) -> str:
    user: str = job.profile.user if args.user is None else args.user
    return user.strip(BLANKS)


def _password(args: argparse.Namespace, adapters: CommandAdapters, output: Output) -> Secret:
    if not args.password_stdin and not sys.stdin.isatty():
        output.usage("--password-stdin: without a terminal to ask at it is needed", "hbgui login")
        raise BadInputError
    typed = ask_for(Field.PASSWORD, "API password: ", output)
    password, problems = check_password(typed.removesuffix("\n").removesuffix("\r"))
    if password is None:
        output.invalid(problems)
        raise BadInputError
    adapters.redactor.add(password)
    return password


class _Login:
    def __init__(
        self, args: argparse.Namespace, adapters: CommandAdapters, output: Output, job: Invocation
    ) -> None:
        self._args = args
        self._adapters = adapters
        self._output = output
        self._job = job
        self._user = _user(args, job)

    def run(self, password: Secret) -> int:
        """The exit code. Raises BadInputError when the profile could not be written."""
        account = self._job.profile.id
        if self._args.profile is not None and (failure := self._keyring(account)):
            # Before the PBX is asked: a token with no place to keep it would only be lost.
            return self._told(None, failure)
        checked, standing = self._job.checked, self._job.standing
        before = self._adapters.client.login_count(self._job.profile.authority)
        if before.unknown:
            told = login_attempts_sentence(before, self._adapters.clock.now().utc)
            self._output.problem(told)
        with stopped_by_signals() as stop:
            try:
                logged_in = call(
                    lambda cancel: self._adapters.client.log_in(
                        checked, self._user, password, cancel, self._args.timeout, standing
                    ),
                    stop,
                    self._adapters.new_cancel(),
                )
            except Cancelled:
                return INTERRUPTED
        failure = None
        if logged_in.token is not None and self._args.profile is not None:
            failure = self._keep(account, logged_in.token)
        return self._told(logged_in, failure)

    def _keyring(self, account: str) -> Outcome | None:
        try:
            self._adapters.secrets.get(account)
        except SecretError as error:
            return error.outcome
        return None

    def _keep(self, account: str, token: Secret) -> Outcome | None:
        """Store token and profile; what went wrong with the keyring."""
        try:
            self._adapters.secrets.put(account, token)
        except SecretError as error:
            return error.outcome
        profile = self._job.stored or self._job.profile
        kept = replace(profile, user=self._user, token_host=host_of(profile.pbx))
        if kept != self._job.stored:
            store(kept, self._adapters, self._output)
        return None

    def _told(self, logged_in: LoggedIn | None, failure: Outcome | None) -> int:
        """Say how it ended. `failure` is what went wrong with the keyring."""
        now = self._adapters.clock.now()
        attempt = logged_in.attempt if logged_in else Attempt(now, failure or ACCEPTED)
        outcome = failure or attempt.outcome
        message = self._output.message(attempt, outcome)
        authority = self._job.profile.authority
        count = logged_in.count if logged_in else self._adapters.client.login_count(authority)
        # An unknown count is a problem, which was told already.
        more = [] if count.unknown else [login_attempts_sentence(count, now.utc)]
        if logged_in:
            more.append(report_transport_sentence(logged_in.transport))
        advice = " ".join(part for part in (message.advice, *more) if part)
        token = logged_in.token if logged_in and self._args.print_token else None
        if self._args.json:
            told = {
                "outcome": outcome.kind,
                "errno": outcome.errno,
                "message": f"{message.title}. {message.why}".strip(),
                "advice": advice or None,
                "transport": (logged_in.transport if logged_in else "") or None,
                "attempts_left": None if count.unknown else count.at(now.utc).left,
            }
            self._output.members(told, token)
        else:
            head = f"{self._job.name}: {message.title}"
            self._output.lines(head, message.why, advice, to_stderr=self._args.print_token)
            if token is not None:
                self._output.gather()
                self._output.say(token.reveal())
        return EXIT_CODES[outcome.kind]
