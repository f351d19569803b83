"""How a request to the PBX ended: what happened, why, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hbgui.core.api.errors import IN_HANDSHAKE, TRANSPORT_CODES
from hbgui.core.api.outcome import Attempt, Outcome, OutcomeKind
from hbgui.texts.errnos import ERRNOS, OTHER_ERRNO, OTHER_MEANINGS, UNKNOWN_ERRNO
from hbgui.texts.keyring import KEYRING
from hbgui.texts.problems import problem_code_sentence
from hbgui.texts.translation import T, translate
from hbgui.texts.transport import TRANSPORT

Texts = tuple[str, str, str]
"""Title, cause and advice before translation; all but the title may be empty."""

_ANSWERS: dict[str, Texts] = {
    "accepted": (
        T("The PBX accepted the heartbeat"),
        T("Its reports go to {target}. The token is good for 30 minutes."),
        "",
    ),
    "redirected": (
        T("The answer sends us on to another address"),
        T("{address} points to {location}. Nothing was delivered."),
        T("If you know that address, enter it as the PBX's host."),
    ),
    "redirected_nowhere": (
        T("The answer sends us on, but does not say where to"),
        T("{address} answered with HTTP {status}. Nothing was delivered."),
        T("Try https and port 8088, the PBX's usual ones."),
    ),
    "logged_in": (
        T("Logged in: there is a new token"),
        T("{address} gave it, good for 30 minutes from now."),
        "",
    ),
    "logged_out": (
        T("Logged out: the token has ended"),
        T("{address} takes it no more and sends no reports for it."),
        "",
    ),
    "token_alive": (
        T("The token is alive"),
        T(
            "{address} takes it, and its reports go where they went. Asking may not prolong it: "
            "only the heartbeat is documented to do so on every version."
        ),
        "",
    ),
    "question_unknown": (
        T("This PBX cannot be asked about itself"),
        T("{address} does not know the question, or that API version (error {errno})."),
        T("Send a heartbeat: its answer tells whether the token is alive."),
    ),
    "login_without_token": (
        T("The PBX says Success, but gave no token"),
        T("The answer of {address} has none that can be used."),
        T("Check port and API version."),
    ),
    "token_shared": (
        T("Two programs seem to share this API account"),
        T("The token was lost again within five minutes (error {errno})."),
        T("End the other program, or let it keep the token; then send again."),
    ),
    "login_refused_before": (
        T("The token was lost, and the last login was refused"),
        T("So hbgui did not log in by itself again: five wrong logins block."),
        T("Get a new token with the right user name and password."),
    ),
    "login_count_unknown": (
        T("The token was lost; hbgui did not log in by itself"),
        T("How many logins were wrong cannot be read from {detail}. Five wrong ones block."),
        T("Repair or delete that file, then get a new token."),
    ),
    "answer_without_token": (
        T("Something else answers"),
        T("Asked without the token, {address} said {detail}; a PBX says error 20005 to that."),
        "",
    ),
    "internal_fault": (
        T("hbgui itself made a mistake"),
        T("Whether the PBX took the request is not known."),
        T("Please report this, with what the program printed."),
    ),
    "answer_empty": (
        T("The answer is empty"),
        T("{address} said HTTP {status} and nothing else."),
        T("Check the port; if it is right, restart the PBX's API."),
    ),
    "answer_not_json": (
        T("The answer is none that the API gives"),
        T("{address} sent something that is no JSON object."),
        T("Check that this is the PBX's address and web port."),
    ),
    "answer_web_page": (
        T("The answer is a web page, not one of the API"),
        T("It came from {address}, or from something in between, as a guest Wi-Fi."),
        T("Check the port; behind a guest Wi-Fi, log in there first."),
    ),
    "answer_several": (
        T("The answer is unclear: there is more than one"),
        T("{address} sent another JSON object after the first."),
        T("Do not count on it. Try again."),
    ),
    "answer_has_more": (
        T("The answer is unclear: something follows the Success"),
        T("{address} sent more after the end of its answer."),
        T("Do not count on it. Check for a proxy on the way."),
    ),
    "other_series": (
        T("This PBX answers as a P-Series does"),
        T(
            "The API of the P-Series has no heartbeat; hbgui is for the S-Series. {address} did "
            "not keep any token alive."
        ),
        T("Use the P-Series' own API for this PBX, or check the address."),
    ),
    "failed_without_errno": (
        T("The PBX says that it failed, but not why"),
        T("The answer of {address} has no error number, or none that can be read."),
        T("Send another; if it stays so, restart the PBX's API."),
    ),
    "answer_repeats": (
        T("The answer is unclear"),
        T("{address} gave its status or its error number more than once."),
        T("Do not count on it. Send another."),
    ),
    "status_unclear": (
        T("The answer is unclear"),
        T("{address} said neither exactly Success nor Failed."),
        T("Do not count on it. Check port and API version."),
    ),
    "no_api_here": (
        T("There is no such API at this address"),
        T("{address} answered with HTTP 404, not found."),
        T("API v2.0.0 needs firmware 30.13.0.30: try v1.1.0. S20 and S412 have no API at all."),
    ),
    "http_status_407": (
        T("A proxy wants a login"),
        T(
            "HTTP 407 came back for {address}: a proxy on the way says it, and hbgui cannot log in "
            "to one."
        ),
        T("Use a proxy without a login, or none, for this PBX."),
    ),
    "http_status_proxy": (
        T("The answer is not as the API's"),
        T(
            "HTTP {status} came back instead of 200. Whether {address} said it or the proxy is not "
            "known."
        ),
        T("Check the address and its port, or use no proxy for it."),
    ),
    "http_status": (
        T("The web server does not answer as the API does"),
        T("{address} answered with HTTP {status} instead of 200."),
        T("Check the port; if it is right, restart the PBX's API."),
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
"""Codes of outcomes whose message shows the answer itself: a person may understand it."""

_SHOWN_MAX = 120
_PROXY_LOGIN, _OF_SERVER = 407, 500

_ANOTHER_ANSWERS = (
    T("Something else answers in its place (guest Wi-Fi?)"),
    T("At {address} the PBX has accepted heartbeats before."),
    T(
        "In a guest Wi-Fi, log in there or leave it; else check the PBX's address. Until the PBX "
        "answers again it is asked without the token."
    ),
)

_REPORTS_STAY = (
    T("The reports stay where they are: you decide"),
    T(
        "Your settings mean {wanted}, but reports go to {target}. The heartbeat announced that "
        "once more, so that the token lives."
    ),
    T("Move them, or correct the settings."),
)

_OUTCOMES = _ANSWERS | TRANSPORT | KEYRING

_UNKNOWN: Texts = (
    T("Something that this version of hbgui does not know"),
    T("It says: {detail}."),
    "",
)
"""The texts for unknown codes: a newer version may have written them into the history."""

_RESULT_WORDS = {
    OutcomeKind.ACCEPTED: T("Accepted"),
    OutcomeKind.REFUSED: T("Refused"),
    OutcomeKind.UNCLEAR: T("Unclear"),
    OutcomeKind.REDIRECTED: T("Redirected"),
    OutcomeKind.UNREACHABLE: T("Not reached"),
    OutcomeKind.UNTRUSTED: T("Not trusted"),
    OutcomeKind.NO_SECRET: T("No token"),
    OutcomeKind.INVALID: T("Not sent"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message in three parts. `advice` may be empty, when there is nothing to do."""

    title: str
    why: str
    advice: str

    @property
    def cause(self) -> str:
        """Title and cause as one text."""
        return f"{self.title}. {self.why}".strip()

    @property
    def text(self) -> str:
        """All three parts as one text."""
        return f"{self.cause} {self.advice}".strip()

    @classmethod
    def of(cls, texts: Texts, values: Mapping[str, str] | None = None) -> Message:
        """The translated message of three texts, with `values` for their placeholders."""
        return cls(*(translate(text, values) for text in texts))


def attempt_message(attempt: Attempt, outcome: Outcome | None = None) -> Message:
    """The message on a request's outcome; with `outcome` on that one in its place."""
    message = outcome_message(outcome or attempt.outcome, attempt.address, attempt.target)
    if attempt.renewed is None:
        return message
    renewal = translate(T("The token was lost; hbgui logged in and got a new one."))
    return replace(message, why=f"{renewal} {message.why}")


def outcome_message(outcome: Outcome, address: str, target: str = "") -> Message:
    """The message on an outcome at the PBX `address`; `target` is where reports were announced."""
    if outcome.kind is OutcomeKind.INVALID:
        title = translate(T("Nothing was sent"))
        why = problem_code_sentence(outcome.code, {"character": outcome.detail})
        return Message(title, why, translate(T("Correct the marked field and send again.")))
    values = {
        "address": address,
        "target": target,
        "location": outcome.location,
        "status": str(outcome.http_status or ""),
        "errno": outcome.errno or "",
        "meaning": translate(OTHER_MEANINGS.get(outcome.errno or "", "")),
        "detail": outcome.detail or translate(T("nothing")),
    }
    message = Message.of(_texts_of(outcome), values)
    why, advice = message.why, message.advice
    if outcome.another_answers:
        message = Message.of(_ANOTHER_ANSWERS, values)
        why, advice = f"{message.why} {why}", message.advice
    if outcome.code in _SHOWN and outcome.detail:
        why += " " + translate(T("It begins: {answer}"), {"answer": outcome.detail[:_SHOWN_MAX]})
    if outcome.proxy and not outcome.accepted:
        why += " " + translate(
            T("The way leads through the proxy {proxy}."), {"proxy": outcome.proxy}
        )
    if outcome.level:
        advice = translate(
            T("With the TLS level “{level}” it would work."), {"level": outcome.level}
        )
    return Message(message.title, why, advice)


def _texts_of(outcome: Outcome) -> Texts:
    if outcome.code == "refused":
        return _errno_texts(outcome.errno or "")
    return _OUTCOMES.get(_key(outcome), _UNKNOWN)


def _key(outcome: Outcome) -> str:
    """The key of the outcome's texts. HTTP status or detail decide for some codes."""
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
    """The title of an outcome with that code, empty when there is none."""
    texts = _errno_texts(errno) if code == "refused" else _OUTCOMES.get(code)
    return translate(texts[0], {"errno": errno}) if texts else ""


def _errno_texts(errno: str) -> Texts:
    return ERRNOS.get(errno, OTHER_ERRNO if errno in OTHER_MEANINGS else UNKNOWN_ERRNO)


def codes_matching(text: str) -> frozenset[str]:
    """Codes, error numbers and kinds of outcomes whose title or word contains the text."""
    text = text.casefold()
    titles = {code: texts[0] for code, texts in (_OUTCOMES | ERRNOS).items()}
    words = {kind.value: word for kind, word in _RESULT_WORDS.items()}
    return frozenset(
        key for key, title in (titles | words).items() if text in translate(title).casefold()
    )


def secret_message(code: str, detail: str = "") -> Message:
    """The message on a keyring that returned no token; `code` is one of `SECRET_CODES`."""
    return Message.of(_OUTCOMES[code], {"detail": detail})


def result_word(kind: OutcomeKind) -> str:
    """The outcome in a word or two, for a table."""
    return translate(_RESULT_WORDS[kind])


def reports_unmoved_message(attempt: Attempt) -> Message:
    """The message when the wanted target is unknown, so that reports stay where they are."""
    code = attempt.fallback_reason
    reason = outcome_title(code) or problem_code_sentence(code, {})
    advice = T("Correct the application server's address, port or URL.")
    if code == "adapter_down":
        advice = T("Plug the adapter in, or choose another address.")
    elif code in TRANSPORT_CODES:
        # The PBX can still be reached through the proxy.
        advice = T("Enter the application server's address yourself.")
    sentence = translate(
        T("So the heartbeat announced {target} once more, where reports go now: the token lives."),
        {"target": attempt.target},
    )
    return Message(reason, sentence, translate(advice))


def reports_stay_sentence(attempt: Attempt) -> str:
    """The same as `reports_stay_message`, for `hbgui keep`."""
    return translate(
        T(
            "Reports stay at {target}, though they would go to {wanted} now: keep moves none by "
            "itself. The token lives. With --move they are moved."
        ),
        {"wanted": str(attempt.withheld_target), "target": attempt.target},
    )


def reports_stay_message(attempt: Attempt) -> Message:
    """The message when a scheduled heartbeat left the reports where they are."""
    values = {"wanted": str(attempt.withheld_target), "target": attempt.target}
    return Message.of(_REPORTS_STAY, values)
