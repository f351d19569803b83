"""`hbgui trust`: what a PBX's certificate says, and a pin for it."""

from __future__ import annotations

import argparse
from dataclasses import replace

from hbgui.cli.invocation import Invocation, PbxInvocation, prepare
from hbgui.cli.options import CODES_EPILOG, Command, add_pbx
from hbgui.cli.output import EXIT_CODES
from hbgui.cli.running import call_until_signal
from hbgui.cli.storing import check_storable, store
from hbgui.cli.streams import UsageError
from hbgui.core.api.errors import TransportError
from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.pbx.connection import Certificate, Pin, TlsMode, spelled_fingerprint
from hbgui.core.values import iso
from hbgui.texts.access import certificate_message
from hbgui.texts.outcomes import attempt_message


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_pbx(parser)
    parser.add_argument("--yes", action="store_true", help="with --profile: trust what is shown")


def _run(invocation: Invocation) -> int:
    """Show the certificate; with --profile and --yes trust it from now on; the exit code."""
    if invocation.args.yes and invocation.args.profile is None:
        raise UsageError("--yes: needs --profile NAME, which keeps what is trusted", "hbgui trust")
    job = prepare(invocation, new=invocation.args.yes)
    address = job.checked.address
    if address is None or address.scheme != "https":
        raise UsageError("--pbx: only https has certificates")
    if job.args.yes:
        check_storable(job)
    transport = job.adapters.client.transport
    try:
        certificate = call_until_signal(
            lambda cancel: transport.certificate(
                address, link=job.profile.link, timeout_s=job.args.timeout, cancel=cancel
            ),
            job.adapters.new_cancel,
        )
    except TransportError as error:
        failure = error.outcome
    else:
        if job.args.yes:
            _trust(job, certificate)
        _show(job, certificate, stored=job.args.yes)
        return 0
    attempt = Attempt(job.adapters.clock.now(), failure, address.url)
    message = attempt_message(attempt)
    if job.output.as_json:
        members: dict[str, object] = {"outcome": failure.kind, "pbx": address.url}
        members |= {"message": message.cause, "advice": message.advice or None}
        job.output.members(members)
    else:
        job.output.attempt(attempt, job.name)
    return EXIT_CODES[failure.kind]


def _trust(job: PbxInvocation, certificate: Certificate) -> None:
    today = job.adapters.clock.now().utc.date().isoformat()
    pin = Pin(certificate.sha256, job.profile.authority, today)
    store(job, replace(job.stored or job.profile, tls=TlsMode.PINNED, pin=pin))


def _show(job: PbxInvocation, certificate: Certificate, *, stored: bool) -> None:
    pinned = job.profile.tls is TlsMode.PINNED and job.profile.link.pin
    pin = job.profile.pin if pinned else None
    believed = pin.sha256 == certificate.sha256 if pin else not certificate.fault
    message = certificate_message(certificate, pin, stored=stored)
    advice = message.advice
    members: dict[str, object] = {
        "outcome": OutcomeKind.ACCEPTED,
        "pbx": job.pbx_url,
        "message": message.cause,
        "advice": advice or None,
        "subject": certificate.subject or None,
        "issuer": certificate.issuer or None,
        "not_before": iso(certificate.not_before) if certificate.not_before else None,
        "not_after": iso(certificate.not_after) if certificate.not_after else None,
        "key": certificate.key or None,
        "names": list(certificate.names),
        "sha256": certificate.sha256,
        "tls_version": certificate.tls_version,
        "cipher": certificate.cipher,
        "trusted": stored or believed,
        "stored": stored,
    }
    if job.output.as_json:
        job.output.members(members)
        return
    facts = (f"{name:<13}{value}" for name, value in _facts(certificate))
    job.output.lines(f"{job.name}: {message.title}", *facts, message.why, advice)


def _facts(certificate: Certificate) -> list[tuple[str, str]]:
    unknown = "(cannot be read)"
    dates = [
        d.strftime("%Y-%m-%d") if d else unknown
        for d in (certificate.not_before, certificate.not_after)
    ]
    return [
        ("Subject", certificate.subject or unknown),
        ("Issuer", certificate.issuer or unknown),
        ("Valid", " to ".join(dates)),
        ("Key", certificate.key or unknown),
        ("Names", ", ".join(certificate.names) or "none"),
        ("SHA-256", spelled_fingerprint(certificate.sha256)),
        ("Encryption", f"{certificate.tls_version}, {certificate.cipher}"),
    ]


TRUST = Command(
    _add_options,
    _run,
    CODES_EPILOG,
    (
        *("outcome", "pbx", "message", "advice", "subject", "issuer", "not_before", "not_after"),
        *("key", "names", "sha256", "tls_version", "cipher", "trusted", "stored"),
    ),
)
