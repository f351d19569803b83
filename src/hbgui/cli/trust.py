"""`hbgui trust`: what a PBX's certificate says, and a pin for it."""

from __future__ import annotations

import argparse
from dataclasses import replace

from hbgui.cli.job import BadInputError, Invocation, prepare
from hbgui.cli.memory import CommandAdapters
from hbgui.cli.output import EXIT_CODES, Output
from hbgui.cli.parser import USAGE
from hbgui.cli.running import INTERRUPTED, call, stopped_by_signals
from hbgui.cli.storing import check_storable, store
from hbgui.core.api.errors import Cancelled, TransportError
from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.pbx.connection import Certificate, Pin, TlsMode, spelled_fingerprint
from hbgui.core.values import iso
from hbgui.texts.access import certificate_message
from hbgui.texts.outcomes import attempt_message


def run(args: argparse.Namespace, adapters: CommandAdapters) -> int:
    """Show the certificate; with --profile and --yes trust it from now on; the exit code."""
    output = Output(as_json=args.json, redact=adapters.redactor.text, command=args.command)
    try:
        job = _prepared(args, adapters, output)
        return _look(args, adapters, job)
    except BadInputError:
        return USAGE


def _prepared(args: argparse.Namespace, adapters: CommandAdapters, output: Output) -> Invocation:
    if args.yes and args.profile is None:
        output.usage("--yes: needs --profile NAME, which keeps what is trusted", "hbgui trust")
        raise BadInputError
    job = prepare(args, adapters, output, new=args.yes)
    if job.checked.address is None or job.checked.address.scheme != "https":
        output.usage("--pbx: only https has certificates", "")
        raise BadInputError
    if args.yes:
        check_storable(job, adapters)
    return job


def _look(args: argparse.Namespace, adapters: CommandAdapters, job: Invocation) -> int:
    address, transport = job.checked.address, adapters.client.transport
    assert address is not None, "it was checked"
    with stopped_by_signals() as stop:
        try:
            seen = call(
                lambda cancel: transport.certificate(
                    address, link=job.profile.link, timeout_s=args.timeout, cancel=cancel
                ),
                stop,
                adapters.new_cancel(),
            )
        except Cancelled:
            return INTERRUPTED
        except TransportError as error:
            failure = error.outcome
        else:
            _show(job, seen, stored=_trusted(args, adapters, job, seen))
            return 0
    attempt = Attempt(adapters.clock.now(), failure, address.url)
    message = attempt_message(attempt)
    if args.json:
        told: dict[str, object] = {"outcome": failure.kind, "pbx": address.url}
        told |= {"message": f"{message.title}. {message.why}", "advice": message.advice or None}
        job.output.members(told)
    else:
        job.output.attempt(attempt, job.name)
    return EXIT_CODES[failure.kind]


def _trusted(
    args: argparse.Namespace, adapters: CommandAdapters, job: Invocation, seen: Certificate
) -> bool:
    if not args.yes:
        return False
    today = adapters.clock.now().utc.date().isoformat()
    profile = job.stored or job.profile
    pin = Pin(seen.sha256, job.profile.authority, today)
    store(replace(profile, tls=TlsMode.PINNED, pin=pin), adapters, job.output)
    return True


def _show(job: Invocation, seen: Certificate, *, stored: bool) -> None:
    pinned = job.profile.tls is TlsMode.PINNED and job.profile.link.pin
    pin = job.profile.pin if pinned else None
    believed = pin.sha256 == seen.sha256 if pin else not seen.fault
    message = certificate_message(seen, pin, stored=stored)
    advice = message.advice
    told: dict[str, object] = {
        "outcome": OutcomeKind.ACCEPTED,
        "pbx": job.pbx_url,
        "message": f"{message.title}. {message.why}".strip(),
        "advice": advice or None,
        "subject": seen.subject or None,
        "issuer": seen.issuer or None,
        "not_before": iso(seen.not_before) if seen.not_before else None,
        "not_after": iso(seen.not_after) if seen.not_after else None,
        "key": seen.key or None,
        "names": list(seen.names),
        "sha256": seen.sha256,
        "tls_version": seen.tls_version,
        "cipher": seen.cipher,
        "trusted": stored or believed,
        "stored": stored,
    }
    if job.output.as_json:
        job.output.members(told)
        return
    facts = (f"{name:<13}{value}" for name, value in _facts(seen))
    job.output.lines(f"{job.name}: {message.title}", *facts, message.why, advice)


def _facts(seen: Certificate) -> list[tuple[str, str]]:
    unknown = "(cannot be read)"
    dates = [d.strftime("%Y-%m-%d") if d else unknown for d in (seen.not_before, seen.not_after)]
    return [
        ("Subject", seen.subject or unknown),
        ("Issuer", seen.issuer or unknown),
        ("Valid", " to ".join(dates)),
        ("Key", seen.key or unknown),
        ("Names", ", ".join(seen.names) or "none"),
        ("SHA-256", spelled_fingerprint(seen.sha256)),
        ("Encryption", f"{seen.tls_version}, {seen.cipher}"),
    ]
