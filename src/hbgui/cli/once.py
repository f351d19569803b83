"""`hbgui send`, `check` and `logout`: one request with a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hbgui.cli.invocation import Invocation, PbxInvocation, prepare, warn_of_address
from hbgui.cli.options import ATTEMPT, Command, add_target_with_token
from hbgui.cli.output import EXIT_CODES
from hbgui.cli.running import call_until_signal
from hbgui.cli.secrets import token_for
from hbgui.cli.storing import remember
from hbgui.core.api.errors import SecretError
from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.pbx.destination import ALLOW_ALL
from hbgui.core.ports import Cancel
from hbgui.core.values import Secret
from hbgui.texts.outcomes import secret_message

if TYPE_CHECKING:
    from hbgui.core.api.device import DeviceInfo

    _Answer = tuple[Attempt, DeviceInfo | None]


def _send(invocation: Invocation) -> int:
    job = prepare(invocation, announces=True)
    return _once(
        job,
        lambda token, cancel: (
            job.adapters.client.send_heartbeat(
                job.checked, token, cancel, job.args.timeout, ALLOW_ALL
            ),
            None,
        ),
        lambda _token, attempt: remember(job, attempt),
    )


def _check(invocation: Invocation) -> int:
    job = prepare(invocation)

    def ask(token: Secret, cancel: Cancel) -> _Answer:
        from hbgui.core.client.device_query import query_device

        client, timeout_s = job.adapters.client, job.args.timeout
        answer = query_device(client, job.checked, token, cancel, timeout_s)
        return answer.attempt, answer.device

    return _once(job, ask)


def _log_out(invocation: Invocation) -> int:
    job = prepare(invocation)

    def forget(token: Secret, attempt: Attempt) -> None:
        if attempt.outcome.accepted or attempt.outcome.token_lost:
            _delete_from_keyring(job, token)

    return _once(
        job,
        lambda token, cancel: (
            job.adapters.client.log_out(
                job.checked, token, cancel, job.args.timeout, job.address_status
            ),
            None,
        ),
        forget,
    )


def _delete_from_keyring(job: PbxInvocation, token: Secret) -> None:
    """Delete the profile's entry if it holds that token."""
    if job.stored is None:
        return
    secrets = job.adapters.secrets
    try:
        if secrets.get(job.stored.id) == token:
            secrets.delete(job.stored.id)
    except SecretError as error:
        message = secret_message(error.code, error.detail)
        job.output.problem(f"{job.name}: {message.cause}")


def _once(
    job: PbxInvocation,
    send: Callable[[Secret, Cancel], _Answer],
    after: Callable[[Secret, Attempt], None] = lambda _token, _attempt: None,
) -> int:
    """Send, call `after`, and write what the PBX answered; the exit code."""
    token = token_for(job)
    if token is None:
        return EXIT_CODES[OutcomeKind.NO_SECRET]
    attempt, device = call_until_signal(lambda cancel: send(token, cancel), job.adapters.new_cancel)
    # Before the result is written: this may add notes to it, and writing may fail.
    after(token, attempt)
    warn_of_address(job, attempt)
    job.output.attempt(attempt, job.name, device)
    return EXIT_CODES[attempt.outcome.kind]


SEND = Command(add_target_with_token, _send)
CHECK = Command(add_target_with_token, _check, members=(*ATTEMPT, "device"))
LOGOUT = Command(add_target_with_token, _log_out)
