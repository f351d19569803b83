"""How a heartbeat ended: what happened, why, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from hbgui.core.events import Attempt
from hbgui.core.outcome import Outcome, OutcomeKind
from hbgui.texts.errnos import ERRNOS, UNKNOWN_ERRNO
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.problems import problem_sentence

_Texts = tuple[str, str, str]

_OUTCOMES: dict[str, _Texts] = {
    "accepted": (
        QT_TRANSLATE_NOOP("texts", "The PBX accepted the heartbeat"),
        QT_TRANSLATE_NOOP("texts", "Its reports go to {target}. The token is good for 30 minutes."),
        "",
    ),
    "redirected": (
        QT_TRANSLATE_NOOP("texts", "The PBX sends us on to another address"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} points to {location}. The heartbeat was not delivered."
        ),
        QT_TRANSLATE_NOOP("texts", "If you know that address, enter it as the PBX's host."),
    ),
    "redirected_nowhere": (
        QT_TRANSLATE_NOOP("texts", "The PBX sends us on, but does not say where to"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} answered with HTTP {status}. The heartbeat was not delivered."
        ),
        QT_TRANSLATE_NOOP("texts", "Try https and port 8088, the PBX's usual ones."),
    ),
    "name_unknown": (
        QT_TRANSLATE_NOOP("texts", "The PBX's name is not known here"),
        QT_TRANSLATE_NOOP("texts", "This computer found no address for {address}."),
        QT_TRANSLATE_NOOP("texts", "Check the spelling, or enter the PBX's IP address."),
    ),
    "connection_refused": (
        QT_TRANSLATE_NOOP("texts", "Nothing listens on that port"),
        QT_TRANSLATE_NOOP("texts", "{address} answered, but refused the connection."),
        QT_TRANSLATE_NOOP(
            "texts", "Check the port of the PBX's web page: usually 8088 with https, 80 with http."
        ),
    ),
    "no_route": (
        QT_TRANSLATE_NOOP("texts", "There is no way to the PBX"),
        QT_TRANSLATE_NOOP("texts", "This computer has no route to {address}."),
        QT_TRANSLATE_NOOP("texts", "Check the network cable, Wi-Fi or VPN."),
    ),
    "adapter_down": (
        QT_TRANSLATE_NOOP("texts", "The chosen network adapter has no address"),
        QT_TRANSLATE_NOOP("texts", "So there is no address to announce to {address}."),
        QT_TRANSLATE_NOOP("texts", "Plug the adapter in, or choose another address."),
    ),
    "connect_timed_out": (
        QT_TRANSLATE_NOOP("texts", "The PBX did not answer"),
        QT_TRANSLATE_NOOP(
            "texts", "No connection to {address} came about in time: the packets vanish."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Check the address, the network or VPN, and firewalls on the way."
        ),
    ),
    "timed_out": (
        QT_TRANSLATE_NOOP("texts", "The PBX did not finish its answer"),
        QT_TRANSLATE_NOOP("texts", "{address} took the connection, but was not done in time."),
        QT_TRANSLATE_NOOP(
            "texts", "Whether it took the heartbeat is not known. Try again; restart the PBX's API."
        ),
    ),
    "connection_lost": (
        QT_TRANSLATE_NOOP("texts", "The connection was cut before an answer came"),
        QT_TRANSLATE_NOOP("texts", "{address} or a firewall ended it."),
        QT_TRANSLATE_NOOP(
            "texts",
            "Is this computer blocked? On the PBX: Settings > System > Security > "
            "IP Auto Defense > Blocked IP Address.",
        ),
    ),
    "connection_cut_in_handshake": (
        QT_TRANSLATE_NOOP("texts", "The connection was cut while encryption was agreed"),
        QT_TRANSLATE_NOOP("texts", "{address} or a firewall ended it. Nothing was sent."),
        QT_TRANSLATE_NOOP(
            "texts",
            "Is this computer blocked? On the PBX: Settings > System > Security > "
            "IP Auto Defense > Blocked IP Address.",
        ),
    ),
    "tls_too_old": (
        QT_TRANSLATE_NOOP("texts", "The PBX only offers outdated encryption"),
        QT_TRANSLATE_NOOP("texts", "{address} knows no TLS 1.2. Nothing was sent."),
        QT_TRANSLATE_NOOP(
            "texts", "On the PBX: Settings > System > Security > Service, security level High."
        ),
    ),
    "tls_no_common_cipher": (
        QT_TRANSLATE_NOOP("texts", "No common encryption"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} and this computer found no method that both know. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP("texts", "Update the PBX's firmware, or use http inside a safe network."),
    ),
    "tls_failed": (
        QT_TRANSLATE_NOOP("texts", "Encryption could not be agreed"),
        QT_TRANSLATE_NOOP("texts", "The TLS handshake with {address} failed. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "Check that this is the PBX's https port, usually 8088."),
    ),
    "tls_client_certificate": (
        QT_TRANSLATE_NOOP("texts", "The PBX asks for a client certificate"),
        QT_TRANSLATE_NOOP("texts", "{address} wants one, and hbgui has none to show."),
        QT_TRANSLATE_NOOP("texts", "Check that this is the PBX's web port, usually 8088."),
    ),
    "plain_http_on_this_port": (
        QT_TRANSLATE_NOOP("texts", "No encryption on this port"),
        QT_TRANSLATE_NOOP("texts", "{address} speaks plain http. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "https is usually on port 8088; or write http:// before it."),
    ),
    "tls_on_this_port": (
        QT_TRANSLATE_NOOP("texts", "This port wants https"),
        QT_TRANSLATE_NOOP("texts", "{address} expects encryption and did not read the heartbeat."),
        QT_TRANSLATE_NOOP("texts", "Write https:// before the PBX's address."),
    ),
    "not_http": (
        QT_TRANSLATE_NOOP("texts", "Something else answers on that port"),
        QT_TRANSLATE_NOOP("texts", "What came back from {address} is not HTTP."),
        QT_TRANSLATE_NOOP("texts", "Check the port of the PBX's web page, usually 8088."),
    ),
    "answer_too_large": (
        QT_TRANSLATE_NOOP("texts", "The answer is far too large"),
        QT_TRANSLATE_NOOP("texts", "{address} sent more than any PBX does; reading was stopped."),
        QT_TRANSLATE_NOOP("texts", "Check that this is the PBX's web port, usually 8088."),
    ),
    "answer_cut_off": (
        QT_TRANSLATE_NOOP("texts", "The answer was cut off"),
        QT_TRANSLATE_NOOP("texts", "{address} ended the connection in the middle of it."),
        QT_TRANSLATE_NOOP("texts", "Whether it took the heartbeat is not known. Send another."),
    ),
    "answer_compressed": (
        QT_TRANSLATE_NOOP("texts", "The answer came in a form that was not asked for"),
        QT_TRANSLATE_NOOP("texts", "{address} compressed it; a PBX does not do that."),
        QT_TRANSLATE_NOOP("texts", "Check for a proxy on the way, and the port."),
    ),
    "internal_fault": (
        QT_TRANSLATE_NOOP("texts", "hbgui itself made a mistake"),
        QT_TRANSLATE_NOOP("texts", "Whether the PBX took the heartbeat is not known."),
        QT_TRANSLATE_NOOP("texts", "Please report this, with what the program printed."),
    ),
    "answer_empty": (
        QT_TRANSLATE_NOOP("texts", "The answer is empty"),
        QT_TRANSLATE_NOOP("texts", "{address} said HTTP {status} and nothing else."),
        QT_TRANSLATE_NOOP("texts", "Check the port; if it is right, restart the PBX's API."),
    ),
    "answer_not_json": (
        QT_TRANSLATE_NOOP("texts", "The answer is not from the API"),
        QT_TRANSLATE_NOOP("texts", "{address} sent something else, for instance a web page."),
        QT_TRANSLATE_NOOP("texts", "Check the port; behind a guest Wi-Fi, log in there first."),
    ),
    "failed_without_errno": (
        QT_TRANSLATE_NOOP("texts", "The PBX says that it failed, but not why"),
        QT_TRANSLATE_NOOP("texts", "The answer of {address} has no error number."),
        QT_TRANSLATE_NOOP("texts", "Look at the answer in the details, and send another."),
    ),
    "status_unclear": (
        QT_TRANSLATE_NOOP("texts", "The answer is unclear"),
        QT_TRANSLATE_NOOP("texts", "{address} said neither exactly Success nor Failed."),
        QT_TRANSLATE_NOOP("texts", "Look at the answer in the details; do not count on it."),
    ),
    "no_api_here": (
        QT_TRANSLATE_NOOP("texts", "There is no such API at this address"),
        QT_TRANSLATE_NOOP("texts", "{address} answered with HTTP 404, not found."),
        QT_TRANSLATE_NOOP(
            "texts",
            "API v2.0.0 needs firmware 30.13.0.30: try v1.1.0. S20 and S412 have no API at all.",
        ),
    ),
    "http_status": (
        QT_TRANSLATE_NOOP("texts", "The web server of the PBX is in trouble"),
        QT_TRANSLATE_NOOP("texts", "{address} answered with HTTP {status} instead of 200."),
        QT_TRANSLATE_NOOP("texts", "Check the port; if it is right, restart the PBX's API."),
    ),
    "certificate_self_signed": (
        QT_TRANSLATE_NOOP("texts", "The certificate is not trusted"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} shows a certificate that it made itself. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Usual for PBXs. If you are sure of the network, choose “Do not check”."
        ),
    ),
    "certificate_unknown_issuer": (
        QT_TRANSLATE_NOOP("texts", "The certificate is not trusted"),
        QT_TRANSLATE_NOOP(
            "texts",
            "This computer does not know who issued the one of {address}. Nothing was sent.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Install the issuer's certificate on this computer, or choose “Do not check”."
        ),
    ),
    "certificate_expired": (
        QT_TRANSLATE_NOOP("texts", "The certificate has run out"),
        QT_TRANSLATE_NOOP("texts", "That of {address} is past its date. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "Check this computer's date first; then renew it on the PBX."),
    ),
    "certificate_not_yet_valid": (
        QT_TRANSLATE_NOOP("texts", "The certificate is not valid yet"),
        QT_TRANSLATE_NOOP("texts", "That of {address} begins in the future. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "Usually this computer's clock is wrong: check it."),
    ),
    "certificate_wrong_name": (
        QT_TRANSLATE_NOOP("texts", "The certificate is for another name"),
        QT_TRANSLATE_NOOP("texts", "It does not name {address}. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "Use the name in the certificate, or choose “Do not check”."),
    ),
    "certificate_too_weak": (
        QT_TRANSLATE_NOOP("texts", "The certificate is too weak"),
        QT_TRANSLATE_NOOP("texts", "The key of {address} is too short to prove anything."),
        QT_TRANSLATE_NOOP("texts", "Install a new certificate on the PBX."),
    ),
    "certificate_untrusted": (
        QT_TRANSLATE_NOOP("texts", "The certificate is not trusted"),
        QT_TRANSLATE_NOOP("texts", "That of {address} did not pass the check. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "Install the issuer's certificate, or choose “Do not check”."),
    ),
    "keyring_none": (
        QT_TRANSLATE_NOOP("texts", "This computer has no keyring for the token"),
        QT_TRANSLATE_NOOP("texts", "No password store of the system answers."),
        QT_TRANSLATE_NOOP("texts", "Enter the token; it is kept until you close the program."),
    ),
    "keyring_locked": (
        QT_TRANSLATE_NOOP("texts", "The system keyring is locked"),
        QT_TRANSLATE_NOOP("texts", "The token in it is safe, but cannot be read now."),
        QT_TRANSLATE_NOOP("texts", "Unlock the keyring, or enter a token for this session only."),
    ),
    "keyring_hung": (
        QT_TRANSLATE_NOOP("texts", "The system keyring does not answer"),
        QT_TRANSLATE_NOOP("texts", "It may wait for a password in another window."),
        QT_TRANSLATE_NOOP("texts", "Answer it there, or enter a token for this session only."),
    ),
    "keyring_refused_backend": (
        QT_TRANSLATE_NOOP("texts", "The configured keyring would not keep the token safe"),
        QT_TRANSLATE_NOOP("texts", "It is {detail}. hbgui does not use it."),
        QT_TRANSLATE_NOOP("texts", "Enter the token; it is kept until you close the program."),
    ),
    "keyring_not_kept": (
        QT_TRANSLATE_NOOP("texts", "The keyring did not keep the token"),
        QT_TRANSLATE_NOOP("texts", "It took the token, but did not give it back."),
        QT_TRANSLATE_NOOP("texts", "Enter a token for this session only, and check the keyring."),
    ),
    "keyring_failed": (
        QT_TRANSLATE_NOOP("texts", "The system keyring reports a fault"),
        QT_TRANSLATE_NOOP("texts", "{detail}"),
        QT_TRANSLATE_NOOP(
            "texts", "Nothing is wrong with the PBX. Enter a token for this session."
        ),
    ),
    "token_not_stored": (
        QT_TRANSLATE_NOOP("texts", "There is no token yet"),
        QT_TRANSLATE_NOOP("texts", "The keyring holds none for this PBX."),
        QT_TRANSLATE_NOOP("texts", "Enter the token that the PBX gave at login."),
    ),
}

_RESULT_WORDS = {
    OutcomeKind.ACCEPTED: QT_TRANSLATE_NOOP("texts", "Accepted"),
    OutcomeKind.REFUSED: QT_TRANSLATE_NOOP("texts", "Refused"),
    OutcomeKind.UNCLEAR: QT_TRANSLATE_NOOP("texts", "Unclear"),
    OutcomeKind.REDIRECTED: QT_TRANSLATE_NOOP("texts", "Redirected"),
    OutcomeKind.UNREACHABLE: QT_TRANSLATE_NOOP("texts", "Not reached"),
    OutcomeKind.UNTRUSTED: QT_TRANSLATE_NOOP("texts", "Not trusted"),
    OutcomeKind.NO_SECRET: QT_TRANSLATE_NOOP("texts", "No token"),
    OutcomeKind.INVALID: QT_TRANSLATE_NOOP("texts", "Not sent"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message in three parts. `advice` may be empty, when there is nothing to do."""

    title: str
    why: str
    advice: str


def message(attempt: Attempt) -> Message:
    """What to say of a heartbeat."""
    outcome = attempt.outcome
    if outcome.kind is OutcomeKind.INVALID:
        title = translate("texts", QT_TRANSLATE_NOOP("texts", "The heartbeat was not sent"))
        advice = QT_TRANSLATE_NOOP("texts", "Correct the marked field and send again.")
        return Message(title, problem_sentence(outcome.code, {}), translate("texts", advice))
    texts = _refused(outcome) if outcome.kind is OutcomeKind.REFUSED else _OUTCOMES[outcome.code]
    values = {
        "address": attempt.address,
        "target": attempt.target,
        "location": outcome.location,
        "status": str(outcome.http_status or ""),
        "errno": outcome.errno or "",
        "detail": outcome.detail,
    }
    return Message(*(translate("texts", text, values) if text else "" for text in texts))


def _refused(outcome: Outcome) -> _Texts:
    return ERRNOS.get(outcome.errno or "", UNKNOWN_ERRNO)


def secret_message(code: str, detail: str = "") -> Message:
    """What to say of a keyring that gave no token; `code` is one of `SECRET_CODES`."""
    return Message(*(translate("texts", text, {"detail": detail}) for text in _OUTCOMES[code]))


def result_word(kind: OutcomeKind) -> str:
    """The outcome in a word or two, for a table."""
    return translate("texts", _RESULT_WORDS[kind])
