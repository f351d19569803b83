"""`hbgui login`: a token for the API's user name and password."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from hbgui.cli.invocation import Invocation, PbxInvocation, prepare
from hbgui.cli.options import CODES_EPILOG, Command, add_target
from hbgui.cli.output import EXIT_CODES, bad_input
from hbgui.cli.running import call_until_signal
from hbgui.cli.secrets import read_secret
from hbgui.cli.storing import check_storable, store
from hbgui.cli.streams import UsageError
from hbgui.core.api.errors import SecretError
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome
from hbgui.core.client.pbx_client import LoggedIn
from hbgui.core.pbx.address import host_of
from hbgui.core.pbx.typed import as_utf8
from hbgui.core.pbx.validation import BLANKS, Field, check_password, check_user
from hbgui.core.values import Secret
from hbgui.texts.access import login_attempts_sentence, report_transport_sentence


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_target(parser)
    add = parser.add_argument
    add("--user", type=as_utf8, metavar="NAME", help="user name of the API, not of the web page")
    add("--password-stdin", action="store_true", help="read the password from standard input")
    add("--print-token", action="store_true", help="print the token: whoever sees it can use it")


def _run(invocation: Invocation) -> int:
    """Log in once, and store or print the token; the exit code."""
    job = _prepared(invocation)
    password = _password(job)
    return _Login(job).run(password)


def _prepared(invocation: Invocation) -> PbxInvocation:
    args = invocation.args
    if args.profile is None and not args.print_token:
        raise UsageError(
            "the token needs a place: --profile NAME keeps it in the keyring, "
            "--print-token prints it",
            "hbgui login",
        )
    job = prepare(invocation, new=True, announces=True)
    if problems := check_user(job.profile.user):
        raise bad_input(problems)
    if args.profile is not None:
        check_storable(job)
    return job


def _password(job: PbxInvocation) -> Secret:
    if not job.args.password_stdin and not sys.stdin.isatty():
        raise UsageError(
            "--password-stdin: without a terminal to ask at it is needed", "hbgui login"
        )
    typed = read_secret(Field.PASSWORD, "API password: ")
    password, problems = check_password(typed.removesuffix("\n").removesuffix("\r"))
    if password is None:
        raise bad_input(problems)
    job.adapters.redactor.add(password)
    return password


class _Login:
    def __init__(self, job: PbxInvocation) -> None:
        self._args = job.args
        self._adapters = job.adapters
        self._output = job.output
        self._job = job
        self._user = job.profile.user.strip(BLANKS)

    def run(self, password: Secret) -> int:
        """The exit code. Raises UsageError when the profile could not be written."""
        account = self._job.profile.id
        if self._args.profile is not None and (failure := self._keyring(account)):
            # Checked before the login: a token that cannot be stored would be lost.
            return self._tell(None, failure)
        checked, address_status = self._job.checked, self._job.address_status
        before = self._adapters.client.login_count(self._job.profile.authority)
        if before.unknown:
            sentence = login_attempts_sentence(before, self._adapters.clock.now().utc)
            self._output.problem(sentence)
        logged_in = call_until_signal(
            lambda cancel: self._adapters.client.log_in(
                checked, self._user, password, cancel, self._args.timeout, address_status
            ),
            self._adapters.new_cancel,
        )
        failure = None
        if logged_in.token is not None and self._args.profile is not None:
            failure = self._keep(account, logged_in.token)
        return self._tell(logged_in, failure)

    def _keyring(self, account: str) -> Outcome | None:
        try:
            self._adapters.secrets.get(account)
        except SecretError as error:
            return error.outcome
        return None

    def _keep(self, account: str, token: Secret) -> Outcome | None:
        """Store token and profile. Returns what went wrong with the keyring, None if nothing did.
        Raises UsageError when the profile cannot be saved."""
        try:
            self._adapters.secrets.put(account, token)
        except SecretError as error:
            return error.outcome
        profile = self._job.stored or self._job.profile
        updated = replace(profile, user=self._user, token_host=host_of(profile.pbx))
        if updated != self._job.stored:
            store(self._job, updated)
        return None

    def _tell(self, logged_in: LoggedIn | None, failure: Outcome | None) -> int:
        """Write the result; the exit code. `failure` is that of the keyring."""
        now = self._adapters.clock.now()
        attempt = logged_in.attempt if logged_in else Attempt(now, failure or ACCEPTED)
        outcome = failure or attempt.outcome
        message = self._output.message(attempt, outcome)
        authority = self._job.profile.authority
        count = logged_in.count if logged_in else self._adapters.client.login_count(authority)
        # `run` has reported an unknown count as a problem.
        more = [] if count.unknown else [login_attempts_sentence(count, now.utc)]
        if logged_in:
            more.append(report_transport_sentence(logged_in.transport))
        advice = " ".join(part for part in (message.advice, *more) if part)
        token = logged_in.token if logged_in and self._args.print_token else None
        if self._args.json:
            members = {
                "outcome": outcome.kind,
                "errno": outcome.errno,
                "message": message.cause,
                "advice": advice or None,
                "transport": (logged_in.transport if logged_in else "") or None,
                "attempts_left": None if count.unknown else count.at(now.utc).left,
            }
            self._output.members(members, token)
        else:
            head = f"{self._job.name}: {message.title}"
            self._output.lines(head, message.why, advice, to_stderr=self._args.print_token)
            if token is not None:
                self._output.add_late_problems()
                self._output.say(token.reveal())
        return EXIT_CODES[outcome.kind]


LOGIN = Command(
    _add_options,
    _run,
    """\
password:
  of the API account (Settings > PBX > General > API), not of the web page. From
  --password-stdin, else asked for. The PBX blocks a computer after 5 wrong ones.

token:
  goes into the keyring under --profile, which is made if need be, and nowhere else;
  without --profile it is printed, which --print-token must allow.

"""
    + CODES_EPILOG,
    ("outcome", "errno", "message", "advice", "transport", "attempts_left"),
)
