"""One heartbeat from profile to outcome: what goes out, what it announces, when it was sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hbgui.core.api.errors import TransportError
from hbgui.core.api.heartbeat import HttpAnswer, WireRequest
from hbgui.core.api.outcome import NEW_ADDRESS, AddressStatus, Attempt, OutcomeKind
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.pbx.destination import Announced, Guard, ReportTarget
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.pbx.validation import check
from hbgui.core.values import Moment, Secret
from hbgui.texts.outcomes import attempt_message

TOKEN = Secret("0f" * 16)
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
HERE, CUSTOMER = ReportTarget("192.168.5.20", 8260), ReportTarget("192.168.5.122", 8260)
FIXED = Profile("a", pbx="http://192.168.5.150", server=ServerAddress(AddressKind.FIXED, HERE.ip))
DOUBTED = AddressStatus(known=True, doubtful=True)

SUCCESS = HttpAnswer(200, b'{"status":"Success"}')
PORTAL = HttpAnswer(302, b"", "http://login.hotel.example/")
PAGE = HttpAnswer(200, b"<html><body>Welcome to the hotel")


def failed(errno: str) -> HttpAnswer:
    return HttpAnswer(200, json.dumps({"status": "Failed", "errno": errno}).encode())


NO_TOKEN = failed("20005")


@dataclass
class Clock:
    """Goes on only when it is told to."""

    elapsed_s: float = 0.0

    def now(self) -> Moment:
        return Moment(self.elapsed_s, NOON + timedelta(seconds=self.elapsed_s))


@dataclass
class Pbx:
    """Gives the answers one by one, the last again and again; each takes `takes_s`."""

    clock: Clock
    answers: list[HttpAnswer | Exception]
    takes_s: float = 0.0
    tokens: list[str] = field(default_factory=list)
    timeouts_s: list[float] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)

    def post(
        self,
        _address: object,
        request: WireRequest,
        token: Secret | None,
        *,
        timeout_s: float,
        **_: object,
    ) -> HttpAnswer:
        self.timeouts_s.append(timeout_s)
        self.clock.elapsed_s += self.takes_s
        self.tokens.append(token.reveal() if token else "")
        if request.body:
            self.announced.append(json.loads(request.body)["ipaddr"])
        answer = self.answers[min(len(self.tokens), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Network:
    clock: Clock
    error: TransportError | None = None
    takes_s: float = 0.0

    def local_addresses(self) -> tuple[LocalAddress, ...]:
        return (LocalAddress(HERE.ip, "eth0", 24),)

    def route_to(self, *_: object, **__: object) -> LocalAddress:
        self.clock.elapsed_s += self.takes_s
        if self.error is not None:
            raise self.error
        return self.local_addresses()[0]


def beat(
    *answers: HttpAnswer | Exception,
    profile: Profile = FIXED,
    guard: Guard | None = None,
    address_status: AddressStatus = NEW_ADDRESS,
    **timing: float,
) -> tuple[Attempt, Pbx]:
    clock = Clock()
    pbx = Pbx(clock, list(answers), timing.get("answer_s", 0.0))
    network = Network(clock, takes_s=timing.get("route_s", 0.0))
    return send(pbx, network, profile, guard, address_status), pbx


def send(
    pbx: Pbx,
    network: Network,
    profile: Profile,
    guard: Guard | None,
    address_status: AddressStatus = NEW_ADDRESS,
) -> Attempt:
    client = PbxClient(pbx, network, pbx.clock, None, str, str)
    return client.send_heartbeat(
        check(profile, None), TOKEN, None, guard=guard, address_status=address_status
    )


def test_an_attempt_is_of_the_moment_when_sending_began() -> None:
    """The token lives from then on: from the answer on would promise too much."""
    auto = replace(FIXED, server=ServerAddress())
    attempt, _pbx = beat(SUCCESS, profile=auto, route_s=2, answer_s=9)
    assert attempt.sent.elapsed_s == 2
    assert attempt.latency_ms == 9000


def test_a_list_of_addresses_that_cannot_be_had_takes_no_success_back() -> None:
    class Silent(Network):
        def local_addresses(self) -> tuple[LocalAddress, ...]:
            raise TransportError("connect_failed", "Too many open files")

    clock = Clock()
    attempt = send(Pbx(clock, [SUCCESS]), Silent(clock), FIXED, Guard())
    assert attempt.outcome.accepted
    assert attempt.announced == HERE
    assert not attempt.to_this_computer


@pytest.mark.parametrize(("route_s", "left_s"), [(0, 10), (2, 8), (12, 0)])
def test_finding_the_route_counts_against_the_deadline(route_s: float, left_s: float) -> None:
    auto = replace(FIXED, server=ServerAddress())
    _attempt, pbx = beat(SUCCESS, profile=auto, route_s=route_s)
    assert pbx.timeouts_s == [left_s]


# --- something else answers in its place

KNOWN = pytest.mark.parametrize(
    "known",
    [
        {"address_status": AddressStatus(known=True)},
        {"profile": replace(FIXED, announced=(Announced("2026-01-02T11:00:00Z", HERE),))},
    ],
    ids=["this run", "before"],
)


@KNOWN
@pytest.mark.parametrize(
    "answer",
    [
        PORTAL,
        replace(PORTAL, location=""),
        PAGE,
        HttpAnswer(404, b"no"),
        HttpAnswer(511, b"log in"),
        HttpAnswer(403, b"<html>"),
        TransportError("not_http"),
        TransportError("answer_too_large"),
        HttpAnswer(200, b"[]"),
    ],
)
def test_where_the_pbx_was_accepted_it_may_come_back(
    known: dict[str, object], answer: HttpAnswer | Exception
) -> None:
    attempt, _pbx = beat(answer, **known)
    assert attempt.outcome.may_pass
    assert attempt.outcome.doubtful
    assert attempt.outcome.kind in (OutcomeKind.REDIRECTED, OutcomeKind.UNCLEAR)
    assert attempt.outcome.another_answers
    assert "guest Wi-Fi?" in attempt_message(attempt).title


@KNOWN
@pytest.mark.parametrize(("status", "another"), [(499, True), (500, False), (503, False)])
def test_trouble_inside_the_web_server_may_be_the_pbxs_own(
    known: dict[str, object], status: int, another: bool
) -> None:
    attempt, _pbx = beat(HttpAnswer(status, b"busy"), **known)
    assert attempt.outcome.doubtful
    assert attempt.outcome.another_answers is another


def test_at_a_first_contact_a_redirect_waits_for_a_person() -> None:
    attempt, _pbx = beat(PORTAL)
    assert (attempt.outcome.may_pass, attempt.outcome.doubtful) == (False, False)


@KNOWN
@pytest.mark.parametrize("answer", [failed("20006"), failed("20008"), SUCCESS])
def test_what_the_pbx_says_is_no_doubt(known: dict[str, object], answer: HttpAnswer) -> None:
    assert not beat(answer, **known)[0].outcome.doubtful


def test_in_doubt_the_token_goes_out_only_after_the_pbx_has_shown_itself() -> None:
    attempt, pbx = beat(NO_TOKEN, SUCCESS, address_status=DOUBTED)
    assert attempt.outcome.accepted
    assert pbx.tokens == ["", TOKEN.reveal()]


@pytest.mark.parametrize(
    "answer",
    [
        PORTAL,
        PAGE,
        SUCCESS,
        HttpAnswer(302, NO_TOKEN.body + b"x", "http://login.hotel.example/"),
        failed("20004"),
        failed("20006"),
        failed("20002"),
        failed("99999"),
        failed("20010"),
        HttpAnswer(200, b'{"status":"Success","errno":"20005"}'),
        HttpAnswer(200, NO_TOKEN.body * 2),
        TransportError("timed_out"),
        TransportError("connection_refused"),
    ],
    ids=repr,
)
def test_any_other_answer_keeps_the_token_here_and_the_doubt(
    answer: HttpAnswer | Exception,
) -> None:
    attempt, pbx = beat(answer, address_status=DOUBTED)
    assert pbx.tokens == [""]
    outcome = attempt.outcome
    assert (outcome.accepted, outcome.token_lost) == (False, False)
    assert (outcome.may_pass, outcome.doubtful) == (True, True)


def test_a_fault_on_this_side_is_no_doubt() -> None:
    attempt, _pbx = beat(TransportError("certificate_changed"), address_status=DOUBTED)
    assert attempt.outcome.kind is OutcomeKind.UNTRUSTED
    assert not attempt.outcome.doubtful


# --- where reports are wanted cannot be found out

GONE = replace(FIXED, server=ServerAddress(AddressKind.ADAPTER, "gone0"))
ASKING = Guard(CUSTOMER, repeat_known=True, present=CUSTOMER)
NOT_ASKING = Guard(None, repeat_known=True, present=CUSTOMER)


@pytest.mark.parametrize(
    "guard",
    [ASKING, NOT_ASKING, Guard(CUSTOMER, repeat_known=True), replace(ASKING, repeat_known=False)],
)
def test_without_its_adapter_the_present_target_is_announced_once_more(guard: Guard) -> None:
    attempt, pbx = beat(SUCCESS, profile=GONE, guard=guard)
    assert attempt.outcome.accepted
    assert pbx.announced == [CUSTOMER.ip]
    assert (attempt.announced, attempt.withheld_target) == (CUSTOMER, None)
    assert attempt.fallback_reason == "adapter_down"


def test_nothing_is_made_up_where_no_target_is_known() -> None:
    for guard in (None, Guard(None, repeat_known=True)):
        attempt, pbx = beat(SUCCESS, profile=GONE, guard=guard)
        assert (attempt.outcome.code, pbx.announced) == ("adapter_down", [])


@pytest.mark.parametrize(
    "typed",
    [
        {"port": "82600"},
        {"port": ""},
        {"server": ServerAddress(AddressKind.FIXED, "192.168.5.")},
        {"server": ServerAddress(AddressKind.FIXED, "")},
    ],
)
def test_a_field_half_typed_does_not_cost_the_token(typed: dict[str, object]) -> None:
    wrong = replace(FIXED, **typed)
    attempt, pbx = beat(SUCCESS, profile=wrong, guard=ASKING)
    assert pbx.announced == [CUSTOMER.ip]
    assert attempt.fallback_reason
    # A click is another matter: it is about what the form says.
    attempt, pbx = beat(SUCCESS, profile=wrong, guard=replace(ASKING, repeat_known=False))
    assert (attempt.outcome.kind, pbx.announced) == (OutcomeKind.INVALID, [])


def test_a_wrong_pbx_address_is_not_mended_by_a_target() -> None:
    attempt, pbx = beat(SUCCESS, profile=replace(FIXED, pbx="192.168.5.150:0"), guard=ASKING)
    assert (attempt.outcome.kind, pbx.announced) == (OutcomeKind.INVALID, [])


def test_through_a_proxy_a_pbx_needs_no_route() -> None:
    clock = Clock()
    pbx = Pbx(clock, [SUCCESS])
    network = Network(clock, TransportError("name_unknown"))
    auto = replace(FIXED, server=ServerAddress())
    attempt = send(pbx, network, auto, ASKING)
    assert (attempt.outcome.code, pbx.announced) == ("name_unknown", [])
    attempt = send(pbx, network, replace(auto, proxy="http://10.0.0.1:3128"), ASKING)
    assert attempt.outcome.accepted
    assert (pbx.announced, attempt.fallback_reason) == ([CUSTOMER.ip], "name_unknown")


def test_a_move_that_nobody_has_allowed_is_held() -> None:
    attempt, pbx = beat(SUCCESS, guard=ASKING)
    assert pbx.announced == [CUSTOMER.ip]
    assert (attempt.announced, attempt.withheld_target) == (CUSTOMER, HERE)
    assert beat(SUCCESS, guard=replace(ASKING, allowed=HERE))[0].withheld_target is None


# --- a logout


def log_out(
    *answers: HttpAnswer, profile: Profile = FIXED, address_status: AddressStatus = NEW_ADDRESS
) -> Any:
    clock = Clock()
    pbx = Pbx(clock, list(answers))
    client = PbxClient(pbx, Network(clock), clock, None, str, str)
    return client.log_out(
        check(profile, None), TOKEN, None, address_status=address_status
    ), pbx.tokens


def test_a_logout_needs_no_report_target() -> None:
    for wrong in (replace(FIXED, port="82600"), GONE):
        attempt, tokens = log_out(SUCCESS, profile=wrong)
        assert (attempt.outcome.code, tokens) == ("logged_out", [TOKEN.reveal()])


def test_a_refusal_of_a_logout_is_no_logout() -> None:
    assert log_out(failed("20004"))[0].outcome.code == "refused"


@pytest.mark.parametrize("first", [NO_TOKEN, failed("20004")])
def test_in_doubt_a_logout_follows_any_word_of_the_api(first: HttpAnswer) -> None:
    attempt, tokens = log_out(first, SUCCESS, address_status=DOUBTED)
    assert (attempt.outcome.code, tokens) == ("logged_out", ["", TOKEN.reveal()])


def test_in_doubt_nothing_else_gets_the_token_of_a_logout() -> None:
    attempt, tokens = log_out(PORTAL, address_status=DOUBTED)
    assert (attempt.outcome.kind, attempt.target) == (OutcomeKind.REDIRECTED, "")
    assert tokens == [""]
