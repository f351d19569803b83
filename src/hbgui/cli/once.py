"""One request with a token, and its outcome as text or JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hbgui.cli.job import BadInputError, Invocation, prepare, token_for, warn_of_address
from hbgui.cli.memory import CommandAdapters
from hbgui.cli.output import EXIT_CODES, Output
from hbgui.cli.parser import USAGE
from hbgui.cli.running import INTERRUPTED, call, stopped_by_signals
from hbgui.core.api.errors import Cancelled
from hbgui.core.api.outcome import Attempt
from hbgui.core.client.device_query import Asked
from hbgui.core.ports import Cancel
from hbgui.core.values import Secret


def _nothing(_job: Invocation, _token: Secret, _attempt: Attempt) -> None:
    pass


def once(
    args: argparse.Namespace,
    adapters: CommandAdapters,
    send: Callable[[Invocation, Secret, Cancel], Attempt | Asked],
    after: Callable[[Invocation, Secret, Attempt], None] = _nothing,
    *,
    announces: bool = False,
) -> int:
    """Send, do what comes `after`, and say what the PBX answered; the exit code."""
    output = Output(as_json=args.json, redact=adapters.redactor.text, command=args.command)
    try:
        job = prepare(args, adapters, output, announces=announces)
    except BadInputError:
        return USAGE
    token = token_for(args, job, adapters)
    if isinstance(token, int):
        return token
    with stopped_by_signals() as stop:
        try:
            got = call(lambda cancel: send(job, token, cancel), stop, adapters.new_cancel())
        except Cancelled:
            return INTERRUPTED
    attempt, device = (got.attempt, got.device) if isinstance(got, Asked) else (got, None)
    # Before the result is told: it may say something of it, and nobody may be reading.
    after(job, token, attempt)
    warn_of_address(job, attempt, adapters)
    output.attempt(attempt, job.name, device)
    return EXIT_CODES[attempt.outcome.kind]
