"""What a diagnosis finds at each link: observation, cause, cure.

Of a link that a heartbeat would fail on, the sentences are those of the heartbeat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hbgui.core.diagnosis import Diagnosis, DiagnosisStep, StepId, StepVerdict
from hbgui.core.pbx.connection import spelled_fingerprint
from hbgui.texts.outcomes import Message, outcome_message
from hbgui.texts.problems import problem_code_sentence
from hbgui.texts.translation import T, translate

FINDINGS: dict[str, tuple[str, str, str]] = {
    "running": (T("Looking…"), "", ""),
    "not_tried": (T("Not tried, since “{broken}” is broken."), "", ""),
    "name_literal": (T("{host} is an IP address: nothing to look up."), "", ""),
    "name_found": (T("{host} is {addresses}."), "", ""),
    "name_of_proxy": (T("The way leads through the proxy {host}, which is {addresses}."), "", ""),
    "route_found": (T("Packets leave from {ip} (adapter {adapter})."), "", ""),
    "route_found_nameless": (T("Packets leave from {ip}."), "", ""),
    "announced_doubtful": (
        T("Packets leave from {ip}; reports shall go to {announced}."),
        "{problem}",
        T("Announce an address under which the PBX reaches the application server."),
    ),
    "tcp_open": (T("{ip} takes connections on port {port}."), "", ""),
    "tls_none": (
        T("Nothing is encrypted: the address begins with http."),
        T("Whoever is on the way can read the token, and use it."),
        T("Use the PBX's https port, usually 8088."),
    ),
    "tls_agreed": (
        T("{version}, {cipher}. Certificate of {subject}, good until {until} ({days} days left)."),
        "",
        "",
    ),
    "tls_pinned": (
        T("{version}, {cipher}. It is the trusted certificate, of {subject}, good until {until}."),
        "",
        "",
    ),
    "tls_expires": (
        T("{version}, {cipher}. The certificate of {subject} ends on {until}: {days} days left."),
        T("Once it has ended this computer does not believe the PBX."),
        T("Renew the certificate on the PBX before that day."),
    ),
    "tls_outdated": (
        T("{version}, {cipher}. Certificate of {subject}."),
        T("This version of TLS is outdated: others may read along."),
        T("On the PBX: Settings > System > Security > Service, security level High."),
    ),
    "tls_unchecked": (
        T("{version}, {cipher}. Certificate of {subject}, which nobody checked."),
        T("This PBX's settings believe anybody who answers."),
        T("Look at the certificate, and trust it for this PBX."),
    ),
    "http_answers": (T("A web server answers: HTTP {status}, no redirect."), "", ""),
    "http_answers_named": (
        T("A web server ({server}) answers: HTTP {status}, no redirect."),
        "",
        "",
    ),
    "api_answers": (T("It is the API: to a question without a token it said {said}."), "", ""),
    "version_supported": (
        T("Firmware {firmware} has API {api}, which came with {needed}."),
        "",
        "",
    ),
    "version_answers": (T("The API takes questions under {api}."), "", ""),
    "version_answers_firmware": (
        T("The API takes questions under {api}; firmware {firmware}."),
        "",
        "",
    ),
    "version_early": (
        T("Firmware {firmware} answers under {api}, which came with {needed}."),
        T("By the maker's documents it is too old for that version."),
        T("Update the PBX's firmware, if the maker still has one."),
    ),
    "version_missing": (
        T("This PBX does not have API {api} (error 10003)."),
        T("It came with firmware {needed}. S20 and S412 have no API at all."),
        T("Choose the other version of the API, or update the PBX's firmware."),
    ),
    "version_not_told": (
        T("The question about itself, which moves nothing, is not known here (10003)."),
        T("Heartbeats under {api} were not refused that way."),
        T("Only a heartbeat can tell whether the token is alive."),
    ),
    "token_alive": (T("The PBX takes the token. Nothing was moved by asking."), "", ""),
    "token_not_asked": (T("There is a token; this PBX cannot be asked about it."), "", ""),
    "clock_right": (T("The PBX's clock says {time}, {seconds} s from this one."), "", ""),
    "clock_ahead": (
        T("The PBX's clock says {time}: {seconds} s ahead of this one."),
        T("The PBX's clock is wrong, or this computer's."),
        T("Let both take the time from a server. Times in reports are the PBX's."),
    ),
    "clock_behind": (
        T("The PBX's clock says {time}: {seconds} s behind this one."),
        T("The PBX's clock is wrong, or this computer's."),
        T("Let both take the time from a server. Times in reports are the PBX's."),
    ),
    "clock_zone": (
        T("The PBX's clock says {time}: {hours} h from this one."),
        T("A difference of that size is mostly a wrong time zone or summer time."),
        T("Check the time zone on the PBX, and on this computer."),
    ),
    "clock_not_told": (T("The PBX did not tell its time."), "", ""),
    "heartbeat_accepted": (T("The PBX accepted a heartbeat. Its reports go to {target}."), "", ""),
    "heartbeat_not_sent": (
        T("Not sent: it would tell the PBX to send its reports to {target}."),
        "",
        T("Send a heartbeat if that is what you want."),
    ),
    "receiver_elsewhere": (T("Not checked here: {target} is not this computer."), "", ""),
    "receiver_listens": (T("A program on this computer takes connections at {target}."), "", ""),
    "receiver_absent": (
        T("Nothing on this computer takes connections at {target}."),
        T(
            "Reports that the PBX sends there find nobody. Mostly their program does not run; this "
            "computer's firewall may be in between, too."
        ),
        T("Start the program that takes the reports, or check the port."),
    ),
    "receiver_reachable": (
        T("hbgui's receiver is reachable at {target} from this computer's own address."),
        "",
        "",
    ),
    "receiver_failed": (
        T("hbgui's receiver does not listen at {place}."),
        "{error}",
        T("Mend that, or let it listen on another port."),
    ),
    "receiver_other_place": (
        T("hbgui's receiver listens at {place}, the PBX sends its reports to {target}."),
        T("They will not meet, unless a forwarding is in between."),
        T("Let both be the same, then send a heartbeat."),
    ),
    "receiver_unreachable": (
        T("hbgui's receiver runs, but does not answer at {target}."),
        T("It listens on another address only, or a firewall is between."),
        T("Let it listen on that address, and open the firewall for it."),
    ),
    "reports_not_received": (T("Not checked here: hbgui does not receive the reports."), "", ""),
    "reports_seen": (T("Reports so far: {count}. The last one came {seconds} s ago."), "", ""),
    "reports_none_yet": (
        T("None so far; the receiver runs for {seconds} s only."),
        "",
        T("Lift a monitored handset: that makes a report."),
    ),
    "reports_none_so_far": (
        T("None so far."),
        "",
        T("Lift a monitored handset: that makes a report."),
    ),
    "reports_none": (
        T("None since the receiver was started {seconds} s ago."),
        T(
            "Nothing has happened on the PBX, or: report method TCP instead of HTTP, monitors "
            "unticked, a firewall or NAT on the way, another target."
        ),
        T(
            "Lift a monitored handset. On the PBX: Settings > PBX > General > API, report method "
            "HTTP, Status Monitor ticked."
        ),
    ),
    "reports_refused": (
        T("Reports came, but none that was taken: {refused} were not."),
        T("They were of another sender, path or PBX, or no reports at all."),
        T("Look at them in the list of reports: each says why."),
    ),
}


_NAMES = {
    StepId.NAME: T("Name"),
    StepId.ROUTE: T("Route"),
    StepId.TCP: T("Connection"),
    StepId.TLS: T("Encryption"),
    StepId.HTTP: T("Web server"),
    StepId.API: T("API"),
    StepId.VERSION: T("Version"),
    StepId.TOKEN: T("Token"),
    StepId.CLOCK: T("Clock"),
    StepId.HEARTBEAT: T("Heartbeat"),
    StepId.RECEIVER: T("Receiver"),
    StepId.REPORTS: T("Reports"),
}

_VERDICTS = {
    StepVerdict.OK: T("ok"),
    StepVerdict.WARNING: T("warning"),
    StepVerdict.BROKEN: T("broken"),
    StepVerdict.SKIPPED: T("not tried"),
    StepVerdict.RUNNING: T("running"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The texts of a link: what was observed, its cause, its cure. The last two may be empty."""

    observation: str
    cause: str = ""
    cure: str = ""


def step_name(step: StepId) -> str:
    """The link in a word or two."""
    return translate(_NAMES[step])


def verdict_word(verdict: StepVerdict) -> str:
    """The verdict in a word or two, since colour alone is not enough."""
    return translate(_VERDICTS[verdict])


def step_finding(step: DiagnosisStep) -> Finding:
    """The texts of a step, with the TLS connection where there was one."""
    finding = _finding(step)
    if not step.outcome or not step.values.get("cipher"):
        return finding
    fingerprint = spelled_fingerprint(step.values["sha256"])[:23]
    connection = translate(
        T("Seen: {version}, {cipher}, certificate of {subject}, SHA-256 {begin}…"),
        {**step.values, "begin": fingerprint},
    )
    return replace(finding, observation=f"{finding.observation} {connection}")


def _finding(step: DiagnosisStep) -> Finding:
    values = dict(step.values)
    if step.outcome and step.code not in FINDINGS:
        address, target = values.get("address", ""), values.get("target", "")
        message = outcome_message(step.outcome, address, target)
        return Finding(f"{message.title}.", message.why, message.advice)
    if "problem" in values:
        values["problem"] = problem_code_sentence(values["problem"], {"ip": values["announced"]})
    if "broken" in values:
        values["broken"] = step_name(StepId(values["broken"]))
    return Finding(*(translate(text, values) for text in FINDINGS[step.code]))


def diagnosis_message(diagnosis: Diagnosis) -> Message:
    """The diagnosis in one message: the first broken link, else the warnings, else success."""
    broken = diagnosis.first_broken
    if broken is not None:
        finding = _finding(broken)
        return Message(_headline(broken, finding), finding.cause, finding.cure)
    if diagnosis.warnings:
        first = diagnosis.warnings[0]
        finding = step_finding(first)
        names = ", ".join(step_name(step.id) for step in diagnosis.warnings)
        why = f"{_headline(first, finding)}. {finding.cause}".strip()
        return Message(
            translate(T("No link is broken; worth a look: {names}"), {"names": names}),
            why,
            finding.cure,
        )
    finding = step_finding(diagnosis.step(StepId.HEARTBEAT))
    return Message(
        translate(T("Every link that was tried holds")), finding.observation, finding.cure
    )


def _headline(step: DiagnosisStep, finding: Finding) -> str:
    # No colon: the redactor takes text after “Token:” for a token, and hides it.
    return f"{step_name(step.id)} – {finding.observation.removesuffix('.')}"
