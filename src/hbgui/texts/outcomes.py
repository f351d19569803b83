"""How a heartbeat ended: what happened, why, what to do next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hbgui.core.api.errors import IN_HANDSHAKE, TRANSPORT_CODES
from hbgui.core.api.outcome import Attempt, Outcome, OutcomeKind
from hbgui.texts.errnos import ERRNOS, OTHER_ERRNO, OTHER_MEANINGS, UNKNOWN_ERRNO
from hbgui.texts.keyring import KEYRING
from hbgui.texts.problems import problem_sentence
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate
from hbgui.texts.transport import TRANSPORT

_Texts = tuple[str, str, str]

_ANSWERS: dict[str, _Texts] = {
    "accepted": (
        QT_TRANSLATE_NOOP("texts", "The PBX accepted the heartbeat"),
        QT_TRANSLATE_NOOP("texts", "Its reports go to {target}. The token is good for 30 minutes."),
        "",
    ),
    "redirected": (
        QT_TRANSLATE_NOOP("texts", "The answer sends us on to another address"),
        QT_TRANSLATE_NOOP("texts", "{address} points to {location}. Nothing was delivered."),
        QT_TRANSLATE_NOOP("texts", "If you know that address, enter it as the PBX's host."),
    ),
    "redirected_nowhere": (
        QT_TRANSLATE_NOOP("texts", "The answer sends us on, but does not say where to"),
        QT_TRANSLATE_NOOP("texts", "{address} answered with HTTP {status}. Nothing was delivered."),
        QT_TRANSLATE_NOOP("texts", "Try https and port 8088, the PBX's usual ones."),
    ),
    "logged_in": (
        QT_TRANSLATE_NOOP("texts", "Logged in: there is a new token"),
        QT_TRANSLATE_NOOP("texts", "{address} gave it, good for 30 minutes from now."),
        "",
    ),
    "logged_out": (
        QT_TRANSLATE_NOOP("texts", "Logged out: the token has ended"),
        QT_TRANSLATE_NOOP("texts", "{address} takes it no more and sends no reports for it."),
        "",
    ),
    "token_alive": (
        QT_TRANSLATE_NOOP("texts", "The token is alive"),
        QT_TRANSLATE_NOOP(
            "texts",
            "{address} takes it, and its reports go where they went. Asking may not prolong it: "
            "only the heartbeat is documented to do so on every version.",
        ),
        "",
    ),
    "question_unknown": (
        QT_TRANSLATE_NOOP("texts", "This PBX cannot be asked about itself"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} does not know the question, or that API version (error {errno})."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Send a heartbeat: its answer tells whether the token is alive."
        ),
    ),
    "login_without_token": (
        QT_TRANSLATE_NOOP("texts", "The PBX says Success, but gave no token"),
        QT_TRANSLATE_NOOP("texts", "The answer of {address} has none that can be used."),
        QT_TRANSLATE_NOOP("texts", "Check port and API version."),
    ),
    "token_shared": (
        QT_TRANSLATE_NOOP("texts", "Two programs seem to share this API account"),
        QT_TRANSLATE_NOOP("texts", "The token was lost again within five minutes (error {errno})."),
        QT_TRANSLATE_NOOP(
            "texts", "End the other program, or let it keep the token; then send again."
        ),
    ),
    "login_refused_before": (
        QT_TRANSLATE_NOOP("texts", "The token was lost, and the last login was refused"),
        QT_TRANSLATE_NOOP(
            "texts", "So hbgui did not log in by itself again: five wrong logins block."
        ),
        QT_TRANSLATE_NOOP("texts", "Get a new token with the right user name and password."),
    ),
    "login_count_unknown": (
        QT_TRANSLATE_NOOP("texts", "The token was lost; hbgui did not log in by itself"),
        QT_TRANSLATE_NOOP(
            "texts",
            "How many logins were wrong cannot be read from {detail}. Five wrong ones block.",
        ),
        QT_TRANSLATE_NOOP("texts", "Repair or delete that file, then get a new token."),
    ),
    "answer_without_token": (
        QT_TRANSLATE_NOOP("texts", "Something else answers"),
        QT_TRANSLATE_NOOP(
            "texts",
            "Asked without the token, {address} said {detail}; a PBX says error 20005 to that.",
        ),
        "",
    ),
    "internal_fault": (
        QT_TRANSLATE_NOOP("texts", "hbgui itself made a mistake"),
        QT_TRANSLATE_NOOP("texts", "Whether the PBX took the request is not known."),
        QT_TRANSLATE_NOOP("texts", "Please report this, with what the program printed."),
    ),
    "answer_empty": (
        QT_TRANSLATE_NOOP("texts", "The answer is empty"),
        QT_TRANSLATE_NOOP("texts", "{address} said HTTP {status} and nothing else."),
        QT_TRANSLATE_NOOP("texts", "Check the port; if it is right, restart the PBX's API."),
    ),
    "answer_not_json": (
        QT_TRANSLATE_NOOP("texts", "The answer is none that the API gives"),
        QT_TRANSLATE_NOOP("texts", "{address} sent something that is no JSON object."),
        QT_TRANSLATE_NOOP("texts", "Check that this is the PBX's address and web port."),
    ),
    "answer_web_page": (
        QT_TRANSLATE_NOOP("texts", "The answer is a web page, not one of the API"),
        QT_TRANSLATE_NOOP(
            "texts", "It came from {address}, or from something in between, as a guest Wi-Fi."
        ),
        QT_TRANSLATE_NOOP("texts", "Check the port; behind a guest Wi-Fi, log in there first."),
    ),
    "answer_several": (
        QT_TRANSLATE_NOOP("texts", "The answer is unclear: there is more than one"),
        QT_TRANSLATE_NOOP("texts", "{address} sent another JSON object after the first."),
        QT_TRANSLATE_NOOP("texts", "Do not count on it. Try again."),
    ),
    "answer_has_more": (
        QT_TRANSLATE_NOOP("texts", "The answer is unclear: something follows the Success"),
        QT_TRANSLATE_NOOP("texts", "{address} sent more after the end of its answer."),
        QT_TRANSLATE_NOOP("texts", "Do not count on it. Check for a proxy on the way."),
    ),
    "other_series": (
        QT_TRANSLATE_NOOP("texts", "This PBX answers as a P-Series does"),
        QT_TRANSLATE_NOOP(
            "texts",
            "The API of the P-Series has no heartbeat; hbgui is for the S-Series. "
            "{address} did not keep any token alive.",
        ),
        QT_TRANSLATE_NOOP("texts", "Use the P-Series' own API for this PBX, or check the address."),
    ),
    "failed_without_errno": (
        QT_TRANSLATE_NOOP("texts", "The PBX says that it failed, but not why"),
        QT_TRANSLATE_NOOP(
            "texts", "The answer of {address} has no error number, or none that can be read."
        ),
        QT_TRANSLATE_NOOP("texts", "Send another; if it stays so, restart the PBX's API."),
    ),
    "answer_repeats": (
        QT_TRANSLATE_NOOP("texts", "The answer is unclear"),
        QT_TRANSLATE_NOOP("texts", "{address} gave its status or its error number more than once."),
        QT_TRANSLATE_NOOP("texts", "Do not count on it. Send another."),
    ),
    "status_unclear": (
        QT_TRANSLATE_NOOP("texts", "The answer is unclear"),
        QT_TRANSLATE_NOOP("texts", "{address} said neither exactly Success nor Failed."),
        QT_TRANSLATE_NOOP("texts", "Do not count on it. Check port and API version."),
    ),
    "no_api_here": (
        QT_TRANSLATE_NOOP("texts", "There is no such API at this address"),
        QT_TRANSLATE_NOOP("texts", "{address} answered with HTTP 404, not found."),
        QT_TRANSLATE_NOOP(
            "texts",
            "API v2.0.0 needs firmware 30.13.0.30: try v1.1.0. S20 and S412 have no API at all.",
        ),
    ),
    "http_status_407": (
        QT_TRANSLATE_NOOP("texts", "A proxy wants a login"),
        QT_TRANSLATE_NOOP(
            "texts",
            "HTTP 407 came back for {address}: a proxy on the way says it, and hbgui cannot log "
            "in to one.",
        ),
        QT_TRANSLATE_NOOP("texts", "Use a proxy without a login, or none, for this PBX."),
    ),
    "http_status_proxy": (
        QT_TRANSLATE_NOOP("texts", "The answer is not as the API's"),
        QT_TRANSLATE_NOOP(
            "texts",
            "HTTP {status} came back instead of 200. Whether {address} said it or the proxy is not "
            "known.",
        ),
        QT_TRANSLATE_NOOP("texts", "Check the address and its port, or use no proxy for it."),
    ),
    "http_status": (
        QT_TRANSLATE_NOOP("texts", "The web server does not answer as the API does"),
        QT_TRANSLATE_NOOP("texts", "{address} answered with HTTP {status} instead of 200."),
        QT_TRANSLATE_NOOP("texts", "Check the port; if it is right, restart the PBX's API."),
    ),
}

_SHOWN = frozenset(
    {
        "answer_not_json",
        "answer_web_page",
        "answer_several",
        "answer_has_more",
        "answer_cut_off",
        "other_series",
        "failed_without_errno",
        "answer_repeats",
        "status_unclear",
        "http_status",
        "no_api_here",
    }
)
"""Answers that a person may understand better than we do."""

_SHOWN_MAX = 120
_PROXY_LOGIN, _OF_SERVER = 407, 500

_ANOTHER_ANSWERS = (
    QT_TRANSLATE_NOOP("texts", "Something else answers in its place (guest Wi-Fi?)"),
    QT_TRANSLATE_NOOP("texts", "At {address} the PBX has accepted heartbeats before."),
    QT_TRANSLATE_NOOP(
        "texts",
        "In a guest Wi-Fi, log in there or leave it; else check the PBX's address. Until the PBX "
        "answers again it is asked without the token.",
    ),
)

_OUTCOMES = _ANSWERS | TRANSPORT | KEYRING

_UNKNOWN: _Texts = (
    QT_TRANSLATE_NOOP("texts", "Something that this version of hbgui does not know"),
    QT_TRANSLATE_NOOP("texts", "It says: {detail}."),
    "",
)
"""For what a newer version has written into the history."""

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


def message(attempt: Attempt, outcome: Outcome | None = None) -> Message:
    """What to say of a request's end, or instead of another `outcome` that belongs to it."""
    said = outcome_message(outcome or attempt.outcome, attempt.address, attempt.target)
    if attempt.renewed is None:
        return said
    anew = QT_TRANSLATE_NOOP("texts", "The token was lost; hbgui logged in and got a new one.")
    return replace(said, why=f"{translate('texts', anew)} {said.why}")


def outcome_message(outcome: Outcome, address: str, target: str = "") -> Message:
    """What to say of an outcome at the PBX `address`, with reports meant for `target`."""
    if outcome.kind is OutcomeKind.INVALID:
        title = translate("texts", QT_TRANSLATE_NOOP("texts", "Nothing was sent"))
        advice = QT_TRANSLATE_NOOP("texts", "Correct the marked field and send again.")
        why = problem_sentence(outcome.code, {"character": outcome.detail})
        return Message(title, why, translate("texts", advice))
    texts = _texts_of(outcome)
    values = {
        "address": address,
        "target": target,
        "location": outcome.location,
        "status": str(outcome.http_status or ""),
        "errno": outcome.errno or "",
        "meaning": _meaning(outcome.errno or ""),
        "detail": outcome.detail or translate("texts", QT_TRANSLATE_NOOP("texts", "nothing")),
    }
    title, why, advice = (translate("texts", text, values) if text else "" for text in texts)
    if outcome.another_answers:
        title, before, advice = (translate("texts", text, values) for text in _ANOTHER_ANSWERS)
        why = f"{before} {why}"
    if outcome.code in _SHOWN and outcome.detail:
        begins = QT_TRANSLATE_NOOP("texts", "It begins: {answer}")
        why += " " + translate("texts", begins, {"answer": outcome.detail[:_SHOWN_MAX]})
    if outcome.proxy and not outcome.accepted:
        through = QT_TRANSLATE_NOOP("texts", "The way leads through the proxy {proxy}.")
        why += " " + translate("texts", through, {"proxy": outcome.proxy})
    if outcome.level:
        works = QT_TRANSLATE_NOOP("texts", "With the TLS level “{level}” it would work.")
        advice = translate("texts", works, {"level": outcome.level})
    return Message(title, why, advice)


def _texts_of(outcome: Outcome) -> _Texts:
    if outcome.code == "refused":
        return _errno_texts(outcome.errno or "")
    return _OUTCOMES.get(_key(outcome), _UNKNOWN)


def _key(outcome: Outcome) -> str:
    """The key of the texts: of some codes the HTTP status tells who says what, or the detail
    when it was."""
    code, status = outcome.code, outcome.http_status or 0
    if code == "timed_out" and outcome.detail == IN_HANDSHAKE:
        return "timed_out_in_handshake"
    if code not in ("proxy_refused", "http_status"):
        return code
    if status == _PROXY_LOGIN:
        return f"{code}_407"
    if code == "proxy_refused":
        return f"{code}_5xx" if status >= _OF_SERVER else code
    return f"{code}_proxy" if outcome.proxy else code


def outcome_title(code: str, errno: str = "") -> str:
    """The first of the sentences on an outcome of that code, empty when there is none."""
    known = _errno_texts(errno) if code == "refused" else _OUTCOMES.get(code)
    return translate("texts", known[0], {"errno": errno}) if known else ""


def _errno_texts(errno: str) -> _Texts:
    return ERRNOS.get(errno, OTHER_ERRNO if errno in OTHER_MEANINGS else UNKNOWN_ERRNO)


def _meaning(errno: str) -> str:
    said = OTHER_MEANINGS.get(errno)
    return translate("texts", said) if said else ""


def codes_saying(text: str) -> frozenset[str]:
    """Codes, error numbers and kinds of outcomes whose title or word holds the text."""
    text = text.casefold()
    titles = {code: texts[0] for code, texts in (_OUTCOMES | ERRNOS).items()}
    words = {kind.value: word for kind, word in _RESULT_WORDS.items()}
    return frozenset(
        key for key, said in (titles | words).items() if text in translate("texts", said).casefold()
    )


def secret_message(code: str, detail: str = "") -> Message:
    """What to say of a keyring that gave no token; `code` is one of `SECRET_CODES`."""
    return Message(*(translate("texts", text, {"detail": detail}) for text in _OUTCOMES[code]))


def result_word(kind: OutcomeKind) -> str:
    """The outcome in a word or two, for a table."""
    return translate("texts", _RESULT_WORDS[kind])


def instead(attempt: Attempt) -> Message:
    """What to say when nobody knows where the reports are wanted, and they stay where they are."""
    code = attempt.instead
    reason = outcome_title(code) or problem_sentence(code, {})
    why = QT_TRANSLATE_NOOP(
        "texts",
        "So the heartbeat announced {target} once more, where reports go now: the token lives.",
    )
    advice = QT_TRANSLATE_NOOP("texts", "Correct the application server's address, port or URL.")
    if code == "adapter_down":
        advice = QT_TRANSLATE_NOOP("texts", "Plug the adapter in, or choose another address.")
    elif code in TRANSPORT_CODES:
        # Behind a proxy the PBX is reached all the same.
        advice = QT_TRANSLATE_NOOP("texts", "Enter the application server's address yourself.")
    said = translate("texts", why, {"target": attempt.target})
    return Message(reason, said, translate("texts", advice))


def held_by_keep(attempt: Attempt) -> str:
    """The same as `held` for `hbgui keep`."""
    text = QT_TRANSLATE_NOOP(
        "texts",
        "Reports stay at {target}, though they would go to {wanted} now: keep moves none by "
        "itself. The token lives. With --move they are moved.",
    )
    return translate("texts", text, {"wanted": str(attempt.held), "target": attempt.target})


def held(attempt: Attempt) -> Message:
    """What to say when a heartbeat of the schedule left the reports where they are."""
    title = QT_TRANSLATE_NOOP("texts", "The reports stay where they are: you decide")
    why = QT_TRANSLATE_NOOP(
        "texts",
        "Your settings mean {wanted}, but reports go to {target}. The heartbeat announced that "
        "once more, so that the token lives.",
    )
    advice = QT_TRANSLATE_NOOP("texts", "Move them, or correct the settings.")
    values = {"wanted": str(attempt.held), "target": attempt.target}
    return Message(
        translate("texts", title),
        translate("texts", why, values),
        translate("texts", advice),
    )
