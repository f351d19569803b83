"""What a diagnosis finds at each link: observation, cause, cure. Of a link that a heartbeat would
fail on, the sentences are those of the heartbeat."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hbgui.core.diagnosis import Diagnosis, DiagnosisStep, StepId, StepVerdict
from hbgui.core.pbx.connection import spelled_fingerprint
from hbgui.texts.outcomes import Message, outcome_message
from hbgui.texts.problems import problem_sentence
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

FINDINGS: dict[str, tuple[str, str, str]] = {
    "running": (QT_TRANSLATE_NOOP("texts", "Looking…"), "", ""),
    "not_tried": (
        QT_TRANSLATE_NOOP("texts", "Not tried, since “{broken}” is broken."),
        "",
        "",
    ),
    "name_literal": (
        QT_TRANSLATE_NOOP("texts", "{host} is an IP address: nothing to look up."),
        "",
        "",
    ),
    "name_found": (QT_TRANSLATE_NOOP("texts", "{host} is {addresses}."), "", ""),
    "name_of_proxy": (
        QT_TRANSLATE_NOOP("texts", "The way leads through the proxy {host}, which is {addresses}."),
        "",
        "",
    ),
    "route_found": (
        QT_TRANSLATE_NOOP("texts", "Packets leave from {ip} (adapter {adapter})."),
        "",
        "",
    ),
    "route_found_nameless": (QT_TRANSLATE_NOOP("texts", "Packets leave from {ip}."), "", ""),
    "announced_doubtful": (
        QT_TRANSLATE_NOOP("texts", "Packets leave from {ip}; reports shall go to {announced}."),
        "{problem}",
        QT_TRANSLATE_NOOP(
            "texts", "Announce an address under which the PBX reaches the application server."
        ),
    ),
    "tcp_open": (QT_TRANSLATE_NOOP("texts", "{ip} takes connections on port {port}."), "", ""),
    "tls_none": (
        QT_TRANSLATE_NOOP("texts", "Nothing is encrypted: the address begins with http."),
        QT_TRANSLATE_NOOP("texts", "Whoever is on the way can read the token, and use it."),
        QT_TRANSLATE_NOOP("texts", "Use the PBX's https port, usually 8088."),
    ),
    "tls_agreed": (
        QT_TRANSLATE_NOOP(
            "texts",
            "{version}, {cipher}. Certificate of {subject}, good until {until} ({days} days left).",
        ),
        "",
        "",
    ),
    "tls_pinned": (
        QT_TRANSLATE_NOOP(
            "texts",
            "{version}, {cipher}. It is the trusted certificate, of {subject}, good until {until}.",
        ),
        "",
        "",
    ),
    "tls_expires": (
        QT_TRANSLATE_NOOP(
            "texts",
            "{version}, {cipher}. The certificate of {subject} ends on {until}: {days} days left.",
        ),
        QT_TRANSLATE_NOOP("texts", "Once it has ended this computer does not believe the PBX."),
        QT_TRANSLATE_NOOP("texts", "Renew the certificate on the PBX before that day."),
    ),
    "tls_outdated": (
        QT_TRANSLATE_NOOP("texts", "{version}, {cipher}. Certificate of {subject}."),
        QT_TRANSLATE_NOOP("texts", "This version of TLS is outdated: others may read along."),
        QT_TRANSLATE_NOOP(
            "texts", "On the PBX: Settings > System > Security > Service, security level High."
        ),
    ),
    "tls_unchecked": (
        QT_TRANSLATE_NOOP(
            "texts", "{version}, {cipher}. Certificate of {subject}, which nobody checked."
        ),
        QT_TRANSLATE_NOOP("texts", "This PBX's settings believe anybody who answers."),
        QT_TRANSLATE_NOOP("texts", "Look at the certificate, and trust it for this PBX."),
    ),
    "http_answers": (
        QT_TRANSLATE_NOOP("texts", "A web server answers: HTTP {status}, no redirect."),
        "",
        "",
    ),
    "http_answers_named": (
        QT_TRANSLATE_NOOP("texts", "A web server ({server}) answers: HTTP {status}, no redirect."),
        "",
        "",
    ),
    "api_answers": (
        QT_TRANSLATE_NOOP("texts", "It is the API: to a question without a token it said {said}."),
        "",
        "",
    ),
    "version_supported": (
        QT_TRANSLATE_NOOP("texts", "Firmware {firmware} has API {api}, which came with {needed}."),
        "",
        "",
    ),
    "version_answers": (
        QT_TRANSLATE_NOOP("texts", "The API takes questions under {api}."),
        "",
        "",
    ),
    "version_answers_firmware": (
        QT_TRANSLATE_NOOP("texts", "The API takes questions under {api}; firmware {firmware}."),
        "",
        "",
    ),
    "version_early": (
        QT_TRANSLATE_NOOP(
            "texts", "Firmware {firmware} answers under {api}, which came with {needed}."
        ),
        QT_TRANSLATE_NOOP("texts", "By the maker's documents it is too old for that version."),
        QT_TRANSLATE_NOOP("texts", "Update the PBX's firmware, if the maker still has one."),
    ),
    "version_missing": (
        QT_TRANSLATE_NOOP("texts", "This PBX does not have API {api} (error 10003)."),
        QT_TRANSLATE_NOOP(
            "texts", "It came with firmware {needed}. S20 and S412 have no API at all."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Choose the other version of the API, or update the PBX's firmware."
        ),
    ),
    "version_not_told": (
        QT_TRANSLATE_NOOP(
            "texts", "The question about itself, which moves nothing, is not known here (10003)."
        ),
        QT_TRANSLATE_NOOP("texts", "Heartbeats under {api} were not refused that way."),
        QT_TRANSLATE_NOOP("texts", "Only a heartbeat can tell whether the token is alive."),
    ),
    "token_alive": (
        QT_TRANSLATE_NOOP("texts", "The PBX takes the token. Nothing was moved by asking."),
        "",
        "",
    ),
    "token_not_asked": (
        QT_TRANSLATE_NOOP("texts", "There is a token; this PBX cannot be asked about it."),
        "",
        "",
    ),
    "clock_right": (
        QT_TRANSLATE_NOOP("texts", "The PBX's clock says {time}, {seconds} s from this one."),
        "",
        "",
    ),
    "clock_ahead": (
        QT_TRANSLATE_NOOP("texts", "The PBX's clock says {time}: {seconds} s ahead of this one."),
        QT_TRANSLATE_NOOP("texts", "The PBX's clock is wrong, or this computer's."),
        QT_TRANSLATE_NOOP(
            "texts", "Let both take the time from a server. Times in reports are the PBX's."
        ),
    ),
    "clock_behind": (
        QT_TRANSLATE_NOOP("texts", "The PBX's clock says {time}: {seconds} s behind this one."),
        QT_TRANSLATE_NOOP("texts", "The PBX's clock is wrong, or this computer's."),
        QT_TRANSLATE_NOOP(
            "texts", "Let both take the time from a server. Times in reports are the PBX's."
        ),
    ),
    "clock_zone": (
        QT_TRANSLATE_NOOP("texts", "The PBX's clock says {time}: {hours} h from this one."),
        QT_TRANSLATE_NOOP(
            "texts", "A difference of that size is mostly a wrong time zone or summer time."
        ),
        QT_TRANSLATE_NOOP("texts", "Check the time zone on the PBX, and on this computer."),
    ),
    "clock_not_told": (QT_TRANSLATE_NOOP("texts", "The PBX did not tell its time."), "", ""),
    "heartbeat_accepted": (
        QT_TRANSLATE_NOOP("texts", "The PBX accepted a heartbeat. Its reports go to {target}."),
        "",
        "",
    ),
    "heartbeat_not_sent": (
        QT_TRANSLATE_NOOP(
            "texts", "Not sent: it would tell the PBX to send its reports to {target}."
        ),
        "",
        QT_TRANSLATE_NOOP("texts", "Send a heartbeat if that is what you want."),
    ),
    "receiver_elsewhere": (
        QT_TRANSLATE_NOOP("texts", "Not checked here: {target} is not this computer."),
        "",
        "",
    ),
    "receiver_listens": (
        QT_TRANSLATE_NOOP("texts", "A program on this computer takes connections at {target}."),
        "",
        "",
    ),
    "receiver_absent": (
        QT_TRANSLATE_NOOP("texts", "Nothing on this computer takes connections at {target}."),
        QT_TRANSLATE_NOOP(
            "texts",
            "Reports that the PBX sends there find nobody. Mostly their program does not run; "
            "this computer's firewall may be in between, too.",
        ),
        QT_TRANSLATE_NOOP("texts", "Start the program that takes the reports, or check the port."),
    ),
    "receiver_reachable": (
        QT_TRANSLATE_NOOP(
            "texts", "hbgui's receiver is reachable at {target} from this computer's own address."
        ),
        "",
        "",
    ),
    "receiver_failed": (
        QT_TRANSLATE_NOOP("texts", "hbgui's receiver does not listen at {place}."),
        "{error}",
        QT_TRANSLATE_NOOP("texts", "Mend that, or let it listen on another port."),
    ),
    "receiver_other_place": (
        QT_TRANSLATE_NOOP(
            "texts", "hbgui's receiver listens at {place}, the PBX sends its reports to {target}."
        ),
        QT_TRANSLATE_NOOP("texts", "They will not meet, unless a forwarding is in between."),
        QT_TRANSLATE_NOOP("texts", "Let both be the same, then send a heartbeat."),
    ),
    "receiver_unreachable": (
        QT_TRANSLATE_NOOP("texts", "hbgui's receiver runs, but does not answer at {target}."),
        QT_TRANSLATE_NOOP("texts", "It listens on another address only, or a firewall is between."),
        QT_TRANSLATE_NOOP("texts", "Let it listen on that address, and open the firewall for it."),
    ),
    "reports_not_received": (
        QT_TRANSLATE_NOOP("texts", "Not checked here: hbgui does not receive the reports."),
        "",
        "",
    ),
    "reports_seen": (
        QT_TRANSLATE_NOOP("texts", "Reports so far: {count}. The last one came {seconds} s ago."),
        "",
        "",
    ),
    "reports_none_yet": (
        QT_TRANSLATE_NOOP("texts", "None so far; the receiver runs for {seconds} s only."),
        "",
        QT_TRANSLATE_NOOP("texts", "Lift a monitored handset: that makes a report."),
    ),
    "reports_none_so_far": (
        QT_TRANSLATE_NOOP("texts", "None so far."),
        "",
        QT_TRANSLATE_NOOP("texts", "Lift a monitored handset: that makes a report."),
    ),
    "reports_none": (
        QT_TRANSLATE_NOOP("texts", "None since the receiver was started {seconds} s ago."),
        QT_TRANSLATE_NOOP(
            "texts",
            "Nothing has happened on the PBX, or: report method TCP instead of HTTP, monitors "
            "unticked, a firewall or NAT on the way, another target.",
        ),
        QT_TRANSLATE_NOOP(
            "texts",
            "Lift a monitored handset. On the PBX: Settings > PBX > General > API, report method "
            "HTTP, Status Monitor ticked.",
        ),
    ),
    "reports_refused": (
        QT_TRANSLATE_NOOP("texts", "Reports came, but none that was taken: {refused} were not."),
        QT_TRANSLATE_NOOP(
            "texts", "They were of another sender, path or PBX, or no reports at all."
        ),
        QT_TRANSLATE_NOOP("texts", "Look at them in the list of reports: each says why."),
    ),
}


_NAMES = {
    StepId.NAME: QT_TRANSLATE_NOOP("texts", "Name"),
    StepId.ROUTE: QT_TRANSLATE_NOOP("texts", "Route"),
    StepId.TCP: QT_TRANSLATE_NOOP("texts", "Connection"),
    StepId.TLS: QT_TRANSLATE_NOOP("texts", "Encryption"),
    StepId.HTTP: QT_TRANSLATE_NOOP("texts", "Web server"),
    StepId.API: QT_TRANSLATE_NOOP("texts", "API"),
    StepId.VERSION: QT_TRANSLATE_NOOP("texts", "Version"),
    StepId.TOKEN: QT_TRANSLATE_NOOP("texts", "Token"),
    StepId.CLOCK: QT_TRANSLATE_NOOP("texts", "Clock"),
    StepId.HEARTBEAT: QT_TRANSLATE_NOOP("texts", "Heartbeat"),
    StepId.RECEIVER: QT_TRANSLATE_NOOP("texts", "Receiver"),
    StepId.REPORTS: QT_TRANSLATE_NOOP("texts", "Reports"),
}

_VERDICTS = {
    StepVerdict.OK: QT_TRANSLATE_NOOP("texts", "ok"),
    StepVerdict.WARNING: QT_TRANSLATE_NOOP("texts", "warning"),
    StepVerdict.BROKEN: QT_TRANSLATE_NOOP("texts", "broken"),
    StepVerdict.SKIPPED: QT_TRANSLATE_NOOP("texts", "not tried"),
    StepVerdict.RUNNING: QT_TRANSLATE_NOOP("texts", "running"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of a link: what was seen, why, what to do; the last two may be empty."""

    observation: str
    cause: str = ""
    cure: str = ""


def step_name(step: StepId) -> str:
    """The link in a word or two."""
    return translate("texts", _NAMES[step])


def verdict_word(verdict: StepVerdict) -> str:
    """The verdict in a word or two: never by colour alone."""
    return translate("texts", _VERDICTS[verdict])


def finding(step: DiagnosisStep) -> Finding:
    """What to say of a link."""
    said = _finding(step)
    if not step.outcome or not step.values.get("cipher"):
        return said
    text = QT_TRANSLATE_NOOP(
        "texts", "Seen: {version}, {cipher}, certificate of {subject}, SHA-256 {begin}…"
    )
    begin = spelled_fingerprint(step.values["sha256"])[:23]
    seen = translate("texts", text, {**step.values, "begin": begin})
    return replace(said, observation=f"{said.observation} {seen}")


def _finding(step: DiagnosisStep) -> Finding:
    values = dict(step.values)
    if step.outcome and step.code not in FINDINGS:
        address, target = values.get("address", ""), values.get("target", "")
        message = outcome_message(step.outcome, address, target)
        return Finding(f"{message.title}.", message.why, message.advice)
    if "problem" in values:
        values["problem"] = problem_sentence(values["problem"], {"ip": values["announced"]})
    if "broken" in values:
        values["broken"] = step_name(StepId(values["broken"]))
    texts = FINDINGS[step.code]
    return Finding(*(translate("texts", text, values) if text else "" for text in texts))


def diagnosis_message(diagnosis: Diagnosis) -> Message:
    """The whole in one message: the first broken link, else how well the chain holds."""
    broken = diagnosis.first_broken
    if broken is not None:
        said = _finding(broken)
        return Message(_headline(broken, said), said.cause, said.cure)
    if diagnosis.warnings:
        first = diagnosis.warnings[0]
        said = finding(first)
        title = QT_TRANSLATE_NOOP("texts", "No link is broken; worth a look: {names}")
        names = ", ".join(step_name(step.id) for step in diagnosis.warnings)
        why = f"{_headline(first, said)}. {said.cause}".strip()
        return Message(translate("texts", title, {"names": names}), why, said.cure)
    title = QT_TRANSLATE_NOOP("texts", "Every link that was tried holds")
    said = finding(diagnosis.step(StepId.HEARTBEAT))
    return Message(translate("texts", title), said.observation, said.cure)


def _headline(step: DiagnosisStep, said: Finding) -> str:
    # With a colon, what comes after “Token” would be taken for one, and hidden.
    return f"{step_name(step.id)} – {said.observation.removesuffix('.')}"
