"""Where a command gets a token or a password from: standard input, a variable, the keyring."""

from __future__ import annotations

import codecs
import os
import sys

from hbgui.cli.invocation import PbxInvocation
from hbgui.cli.output import bad_input
from hbgui.core.api.errors import SecretError
from hbgui.core.api.outcome import Attempt
from hbgui.core.pbx.address import host_of
from hbgui.core.pbx.validation import TOKEN_MAX, Field, Problem, Severity, check_token
from hbgui.core.values import Secret

READ_MAX = 8 * TOKEN_MAX
"""The most bytes that a secret can have in any encoding; more is not read."""


def read_secret(field: Field, prompt: str) -> str:
    """The text on standard input, empty when nothing can be read. At a terminal a person is
    asked with `prompt`, and the input is not shown.

    Bytes that are not UTF-8 become surrogates. Raises UsageError for UTF-16, in which older
    PowerShells write files.
    """
    if not sys.stdin.isatty():
        try:
            data = sys.stdin.buffer.read(READ_MAX)
        except OSError:  # it was opened for writing only, or is a folder
            return ""
        if _is_utf16(data):
            raise bad_input([Problem(field, Severity.ERROR, "secret_utf16")])
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    import getpass  # both cost time
    import warnings

    with warnings.catch_warnings():
        # Without a terminal that can hide it, getpass would show the token.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt)
        except (EOFError, getpass.GetPassWarning, OSError):
            return ""


def _is_utf16(data: bytes) -> bool:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    return len(data) % 2 == 0 and any(data[::2]) != any(data[1::2])  # every other byte is zero


TOKEN_VARIABLE = "HBGUI_TOKEN"  # noqa: S105 - the name of a variable


def token_for(job: PbxInvocation) -> Secret | None:
    """The token from standard input, the environment or the keyring. When there is none, the
    output says why and None is returned. Raises UsageError when the input cannot be a token."""
    try:
        return typed_token(job) or stored_token(job)
    except SecretError as error:
        attempt = Attempt(job.adapters.clock.now(), error.outcome, job.pbx_url)
    job.output.attempt(attempt, job.name)
    return None


def typed_token(job: PbxInvocation) -> Secret | None:
    """The token from standard input or the environment; None when neither was used.

    Raises SecretError when the input is empty, UsageError when it cannot be a token.
    """
    # Scripts pass an unset variable on as an empty one.
    typed = os.environ.pop(TOKEN_VARIABLE, "").strip().removeprefix("\ufeff") or None
    if job.args.token_stdin:
        typed = read_secret(Field.TOKEN, "Token: ")
    if typed is None:
        return None
    token, problems = check_token(typed)
    if token is not None:
        job.adapters.redactor.add(token)
        job.output.warn(problems)
        return token
    if typed.strip():
        raise bad_input(problems)
    raise SecretError("token_not_given")


def stored_token(job: PbxInvocation) -> Secret:
    """The profile's token from the keyring. Raises SecretError."""
    if job.stored is None:
        raise SecretError("token_not_given")
    if given_for := foreign_host(job):
        raise SecretError("token_of_other_host", given_for)
    stored = job.adapters.secrets.get(job.stored.id)
    if stored is None:
        raise SecretError("token_not_stored")
    job.adapters.redactor.add(stored)
    token, problems = check_token(stored.reveal())
    job.output.warn(problems, where="The token in the keyring")
    return token or stored  # the client refuses a token that cannot be sent


def foreign_host(job: PbxInvocation) -> str:
    """The host that the profile's secrets were given for, if it is not the one that is used."""
    if job.stored is None:
        return ""
    given_for = job.stored.token_host or host_of(job.stored.pbx)
    return "" if given_for == host_of(job.profile.pbx) else given_for
