"""What an observation means for a step of a diagnosis. It makes no observations itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from hbgui.core.api import errnos
from hbgui.core.api.device import DeviceInfo, needed, supports
from hbgui.core.api.errors import TransportError
from hbgui.core.api.outcome import Outcome, OutcomeKind
from hbgui.core.client.device_query import DeviceReply
from hbgui.core.diagnosis import DiagnosisStep, ReceiverFacts, StepId, StepVerdict, broken
from hbgui.core.pbx.address import bracketed, literal_or_none
from hbgui.core.pbx.connection import Certificate, ConnectionSettings, TlsMode
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import ApiVersion

EXPIRES_SOON_DAYS = 30
CLOCK_OFF_S = 120.0
"""Seconds by which two clocks may differ without a warning."""

_ZONE_STEP_S = 1800.0
"""Nearly all time zones differ by multiples of half an hour."""

_OUTDATED = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})


def tls(seen: Certificate, link: ConnectionSettings, now: datetime, address: str) -> DiagnosisStep:
    """Judge the TLS handshake and the certificate by the profile's own TLS settings."""
    days = (seen.not_after - now).days if seen.not_after else None
    values = {
        "address": address,
        "version": seen.tls_version,
        "cipher": seen.cipher,
        "subject": seen.subject or "–",
        "sha256": seen.sha256,
        "until": seen.not_after.date().isoformat() if seen.not_after else "–",
        "days": "–" if days is None else str(days),
    }
    fault = _fault(seen, link)
    if fault:
        return broken(StepId.TLS, TransportError(fault, seen.sha256).outcome, values)
    if seen.tls_version in _OUTDATED:
        return DiagnosisStep(StepId.TLS, StepVerdict.WARNING, "tls_outdated", values)
    if link.tls is TlsMode.INSECURE:
        return DiagnosisStep(StepId.TLS, StepVerdict.WARNING, "tls_unchecked", values)
    if link.tls is TlsMode.PINNED:
        return DiagnosisStep(StepId.TLS, StepVerdict.OK, "tls_pinned", values)
    if days is not None and days < EXPIRES_SOON_DAYS:
        return DiagnosisStep(StepId.TLS, StepVerdict.WARNING, "tls_expires", values)
    return DiagnosisStep(StepId.TLS, StepVerdict.OK, "tls_agreed", values)


def _fault(seen: Certificate, link: ConnectionSettings) -> str:
    match link.tls:
        case TlsMode.SYSTEM:
            return seen.fault
        case TlsMode.PINNED:
            return link.why_not_pinned(seen.sha256)
        case TlsMode.INSECURE:
            return ""


def http(without_token: DeviceReply) -> DiagnosisStep:
    """Whether a web server answers at that address, to a request without a token."""
    outcome, answer = without_token.attempt.outcome, without_token.answer
    values = {"address": without_token.attempt.address}
    in_trouble = outcome.kind is OutcomeKind.UNCLEAR and answer and answer.status >= 500
    if answer is None or outcome.kind is OutcomeKind.REDIRECTED or in_trouble:
        return broken(StepId.HTTP, outcome, values)
    values |= {"status": str(answer.status), "server": answer.server}
    code = "http_answers_named" if answer.server else "http_answers"
    return DiagnosisStep(StepId.HTTP, StepVerdict.OK, code, values)


def api(without_token: DeviceReply) -> DiagnosisStep:
    """Whether the API answers: it refuses a request without a token in a known form."""
    outcome = without_token.attempt.outcome
    if outcome.kind is OutcomeKind.UNCLEAR or outcome.errno in errnos.OF_THE_API:
        return broken(StepId.API, outcome, {"address": without_token.attempt.address})
    word = f"errno {outcome.errno}" if outcome.errno else "Success"
    return DiagnosisStep(StepId.API, StepVerdict.OK, "api_answers", {"said": word})


def version(
    wanted: ApiVersion,
    without_token: DeviceReply,
    with_token: DeviceReply | None,
    heartbeats: Outcome | None = None,
) -> DiagnosisStep:
    """Whether the PBX has the version of the API that is `wanted`.

    `without_token` and `with_token` are the answers to the device query, the second one None if
    there is no token. `heartbeats` is the outcome of `knows_heartbeats`, which is needed when the
    device query does not show whether the version is known.
    """
    last = with_token or without_token
    firmware = last.device.firmware if last.device else ""
    values = {
        "api": wanted.value,
        "needed": needed(wanted),
        "firmware": firmware,
        "address": without_token.attempt.address,
    }
    if heartbeats is not None and heartbeats.errno == errnos.NOT_SUPPORTED:
        return replace(broken(StepId.VERSION, heartbeats, values), code="version_missing")
    if unsupported(last):
        return DiagnosisStep(StepId.VERSION, StepVerdict.WARNING, "version_not_told", values)
    match supports(firmware, wanted):
        case True:
            return DiagnosisStep(StepId.VERSION, StepVerdict.OK, "version_supported", values)
        case False:
            return DiagnosisStep(StepId.VERSION, StepVerdict.WARNING, "version_early", values)
    code = "version_answers_firmware" if firmware else "version_answers"
    return DiagnosisStep(StepId.VERSION, StepVerdict.OK, code, values)


def unsupported(reply: DeviceReply) -> bool:
    """Whether the PBX does not know the device query."""
    return reply.attempt.outcome.errno == errnos.NOT_SUPPORTED


def token(reply: DeviceReply) -> DiagnosisStep:
    """Whether the PBX accepts the token."""
    outcome = reply.attempt.outcome
    if outcome.accepted:
        return DiagnosisStep(StepId.TOKEN, StepVerdict.OK, "token_alive")
    if unsupported(reply):
        return DiagnosisStep(StepId.TOKEN, StepVerdict.SKIPPED, "token_not_asked")
    return broken(StepId.TOKEN, outcome, {"address": reply.attempt.address})


def clock(device: DeviceInfo | None, now: datetime) -> DiagnosisStep:
    """Compare the PBX's clock with `now`, the time of this computer."""
    if device is None or device.system_time is None:
        return DiagnosisStep(StepId.CLOCK, StepVerdict.SKIPPED, "clock_not_told")
    ahead_s = (device.system_time - now).total_seconds()
    difference_s = abs(ahead_s)
    values: Mapping[str, str] = {
        "time": f"{device.system_time:%Y-%m-%d %H:%M:%S %Z}",
        "seconds": f"{difference_s:.0f}",
        "hours": f"{difference_s / 3600:.2f}".rstrip("0").rstrip("."),
    }
    if difference_s <= CLOCK_OFF_S:
        return DiagnosisStep(StepId.CLOCK, StepVerdict.OK, "clock_right", values)
    remainder_s = abs(difference_s - _ZONE_STEP_S * round(difference_s / _ZONE_STEP_S))
    if difference_s < 15 * 3600 and remainder_s <= CLOCK_OFF_S:
        return DiagnosisStep(StepId.CLOCK, StepVerdict.WARNING, "clock_zone", values)
    code = "clock_ahead" if ahead_s > 0 else "clock_behind"
    return DiagnosisStep(StepId.CLOCK, StepVerdict.WARNING, code, values)


PATIENCE_S = 60.0
"""Seconds after which missing reports become a warning."""


def is_this_computer(target: ReportTarget, local: Iterable[LocalAddress]) -> bool:
    """Whether the target is this computer. A target with a host name never counts as this one."""
    ip = literal_or_none(target.host)
    if ip is None:
        return False
    return ip.is_loopback or any(literal_or_none(address.ip) == ip for address in local)


def receiver(
    target: ReportTarget, to_this_computer: bool, listens: bool, facts: ReceiverFacts | None
) -> DiagnosisStep:
    """Who receives the reports. `to_this_computer`: whether `target` is this computer; then
    `listens` tells whether it accepts connections. `facts` describe hbgui's own receiver, None
    while that is off."""
    values = {"target": str(target)}
    if facts is not None:
        return _own_receiver(target, to_this_computer, listens, facts, values)
    if not to_this_computer:
        return DiagnosisStep(StepId.RECEIVER, StepVerdict.SKIPPED, "receiver_elsewhere", values)
    if listens:
        return DiagnosisStep(StepId.RECEIVER, StepVerdict.OK, "receiver_listens", values)
    return DiagnosisStep(StepId.RECEIVER, StepVerdict.WARNING, "receiver_absent", values)


def _own_receiver(
    target: ReportTarget,
    to_this_computer: bool,
    listens: bool,
    facts: ReceiverFacts,
    values: dict[str, str],
) -> DiagnosisStep:
    values["place"] = f"{bracketed(facts.host)}:{facts.port}{facts.path}"
    if facts.error:
        outcome = Outcome(OutcomeKind.UNREACHABLE, "receiver_failed", detail=facts.error)
        return broken(StepId.RECEIVER, outcome, values | {"error": facts.error})
    if not to_this_computer or not _listens_at(target, facts):
        return DiagnosisStep(StepId.RECEIVER, StepVerdict.WARNING, "receiver_other_place", values)
    if not listens:
        outcome = Outcome(OutcomeKind.UNREACHABLE, "receiver_unreachable")
        return broken(StepId.RECEIVER, outcome, values)
    return DiagnosisStep(StepId.RECEIVER, StepVerdict.OK, "receiver_reachable", values)


def _listens_at(target: ReportTarget, facts: ReceiverFacts) -> bool:
    host, port, path = target.place
    bound, wanted = literal_or_none(facts.host), literal_or_none(host)
    everywhere = bound is None or bound.is_unspecified
    return (everywhere or bound == wanted) and (facts.port, facts.path or "/") == (port, path)


def reports(facts: ReceiverFacts | None, now: datetime) -> DiagnosisStep:
    """Whether reports have arrived so far; it does not wait for one."""
    if facts is None:
        return DiagnosisStep(StepId.REPORTS, StepVerdict.SKIPPED, "reports_not_received")
    if facts.last is not None:
        values = {"count": str(facts.count), "seconds": _since(facts.last, now)}
        return DiagnosisStep(StepId.REPORTS, StepVerdict.OK, "reports_seen", values)
    if facts.refused:
        values = {"refused": str(facts.refused)}
        return DiagnosisStep(StepId.REPORTS, StepVerdict.WARNING, "reports_refused", values)
    if facts.since is None:
        return DiagnosisStep(StepId.REPORTS, StepVerdict.SKIPPED, "reports_none_so_far")
    values = {"seconds": _since(facts.since, now)}
    if (now - facts.since).total_seconds() < PATIENCE_S:
        return DiagnosisStep(StepId.REPORTS, StepVerdict.SKIPPED, "reports_none_yet", values)
    return DiagnosisStep(StepId.REPORTS, StepVerdict.WARNING, "reports_none", values)


def _since(earlier: datetime, now: datetime) -> str:
    return f"{max(0.0, (now - earlier).total_seconds()):.0f}"
