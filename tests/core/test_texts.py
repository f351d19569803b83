"""Every code has its sentence, and a sentence never becomes a template of the wire."""

from datetime import UTC, datetime

import pytest

from hbgui.core.api import errnos
from hbgui.core.api.errors import SECRET_CODES, TRANSPORT_CODES, SecretError, TransportError
from hbgui.core.api.heartbeat import HttpAnswer, read_answer
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.pbx import address
from hbgui.core.values import Moment
from hbgui.texts.outcomes import Message, attempt_message, result_word, secret_message
from hbgui.texts.problems import problem_code_sentence
from hbgui.texts.translation import install_translator

NOW = Moment(0, datetime(2026, 1, 2, tzinfo=UTC))


def attempt(outcome: Outcome) -> Attempt:
    return Attempt(NOW, outcome, "https://192.168.5.150:8088", "192.168.5.20:8260")


@pytest.mark.parametrize("code", sorted(TRANSPORT_CODES))
def test_each_failure_has_what_why_and_what_to_do(code: str) -> None:
    message = attempt_message(attempt(TransportError(code).outcome))
    assert message.title
    assert message.why
    assert message.advice
    assert "{" not in message.title + message.why + message.advice


@pytest.mark.parametrize("code", sorted(SECRET_CODES))
def test_each_keyring_failure_has_its_own_sentence(code: str) -> None:
    message = attempt_message(attempt(SecretError(code, "backend x").outcome))
    assert message == secret_message(code, "backend x")
    others = {secret_message(c).title for c in SECRET_CODES - {code}}
    assert message.title not in others


NAMED = {name: number for name, number in vars(errnos).items() if isinstance(number, str)}
ERRNOS = {name: number for name, number in NAMED.items() if number.isdecimal()}


@pytest.mark.parametrize("name", sorted(ERRNOS))
def test_each_errno_has_its_own_sentences_and_says_its_number(name: str) -> None:
    def told(errno: str) -> Message:
        return attempt_message(attempt(Outcome(OutcomeKind.REFUSED, "refused", errno, 200)))

    number = ERRNOS[name]
    message = told(number)
    assert number in message.why
    assert message.advice
    unknown = told("99999")
    assert message.title != unknown.title.replace("99999", number)
    assert message.why != unknown.why


def test_there_are_as_many_errnos_as_a_heartbeat_can_meet() -> None:
    assert len(ERRNOS) >= 17


@pytest.mark.parametrize("number", sorted(errnos.KNOWN))
def test_each_documented_errno_is_told_by_its_meaning(number: str) -> None:
    refused = Outcome(OutcomeKind.REFUSED, "refused", number, 200)
    message = attempt_message(attempt(refused))
    assert number in message.title + message.why
    assert "do not list" not in message.why
    assert "“”" not in message.why


def test_of_an_errno_with_two_documented_meanings_neither_is_told_as_the_one() -> None:
    said = attempt_message(attempt(Outcome(OutcomeKind.REFUSED, "refused", "30001", 200)))
    assert "memory" not in said.title
    assert "an error of the API, or a lack of memory" in said.why


@pytest.mark.parametrize("number", ["10034", "20022", "30002", "0", "-1", "Success"])
def test_an_undocumented_errno_is_told_as_that(number: str) -> None:
    said = attempt_message(attempt(Outcome(OutcomeKind.REFUSED, "refused", number, 200)))
    assert "do not list this number" in said.why


def test_an_unknown_errno_is_shown_as_it_came() -> None:
    refused = Outcome(OutcomeKind.REFUSED, "refused", "99999", 200)
    assert "99999" in attempt_message(attempt(refused)).title


@pytest.mark.parametrize("body", [b"", b"x", b"{}", b'{"status":"Failed"}'])
@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_each_answer_has_a_message(body: bytes, status: int) -> None:
    assert attempt_message(attempt(read_answer(HttpAnswer(status, body)))).title


def test_words_from_the_wire_are_no_template() -> None:
    odd = Outcome(OutcomeKind.REDIRECTED, "redirected", None, 302, location="{target} {address}")
    assert "{target} {address}" in attempt_message(attempt(odd)).why


def test_accepted_says_where_reports_go() -> None:
    assert "192.168.5.20:8260" in attempt_message(attempt(ACCEPTED)).why


def test_another_language_reaches_every_sentence() -> None:
    install_translator(lambda _context, text: f"«{text}»")
    try:
        message = attempt_message(attempt(ACCEPTED))
        assert message.title.startswith("«")
        assert "192.168.5.20:8260" in message.why
        assert result_word(OutcomeKind.REFUSED).startswith("«")
    finally:
        install_translator(None)


def test_an_unclear_answer_is_shown_as_it_came() -> None:
    message = attempt_message(attempt(read_answer(HttpAnswer(200, b"<html>{target} Log in"))))
    assert message.why.endswith("It begins: <html>{target} Log in")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("pbx one", "letters, digits, hyphens and dots only"),
        ("a" * 64, "1 to 63 characters between dots"),
        ("pbx..example", "1 to 63 characters between dots"),
        (".".join(["a" * 60] * 5), "253 in all"),
        ("-pbx", "no hyphen beside a dot or at an end"),
        ("pbx-.example", "no hyphen beside a dot or at an end"),
        ("[192.168.5.150]", "Brackets are for IPv6 addresses"),
        ("[fe80::1", "Brackets are for IPv6 addresses"),
        ("192.168.5.300", "no IPv4 address"),
        ("fe80::g", "no IPv6 address"),
        ("ftp://pbx.example", "https:// or http://"),
        ("pbx.example:0", "Ports go from 1 to 65535"),
        ("pbx.example:99999", "Ports go from 1 to 65535"),
    ],
)
def test_a_mistyped_host_is_told_what_is_wrong_with_it(typed: str, says: str) -> None:
    with pytest.raises(address.AddressError) as caught:
        address.parse_pbx(typed)
    assert says in problem_code_sentence(caught.value.code, caught.value.values)


@pytest.mark.parametrize("code", ["redirected", "redirected_nowhere"])
def test_a_redirect_may_be_something_elses(code: str) -> None:
    outcome = Outcome(OutcomeKind.REDIRECTED, code, None, 302, location="https://portal.example/")
    assert "The PBX" not in attempt_message(attempt(outcome)).title
