"""Requests to a PBX, from a validated profile to an outcome: heartbeat, login, logout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hbgui.core.api import heartbeat, login
from hbgui.core.api.errors import MoveWithheld, SecretError, TransportError
from hbgui.core.api.heartbeat import (
    TOTAL_TIMEOUT_S,
    WITHOUT_ERRNO,
    HttpAnswer,
    WireRequest,
    is_pbx_answer,
    judged_at_known_address,
    judged_without_token,
)
from hbgui.core.api.login import LoginAnswer, LoginCount
from hbgui.core.api.outcome import (
    NEW_ADDRESS,
    AddressStatus,
    Attempt,
    Outcome,
    OutcomeKind,
    invalid,
)
from hbgui.core.pbx.address import storable
from hbgui.core.pbx.destination import Guard, ReportTarget
from hbgui.core.pbx.networks import LocalAddress, adapter_ip
from hbgui.core.pbx.profile import AddressKind
from hbgui.core.pbx.validation import (
    Field,
    Problem,
    ValidatedProfile,
    check_password,
    check_token,
    check_user,
    errors_of,
)
from hbgui.core.ports import Cancel, Clock, LoginCounts, Network, Transport
from hbgui.core.values import Moment, Secret

_TARGET_FIELDS = frozenset({Field.IP, Field.PORT, Field.URL})

_UNUSED_TARGET = ReportTarget("127.0.0.1", 8260)


def _without_target(checked: ValidatedProfile) -> ValidatedProfile:
    """The profile for a request that moves no reports: its report target may be invalid."""
    problems = tuple(p for p in checked.problems if p.field not in _TARGET_FIELDS)
    return replace(checked, problems=problems, target=_UNUSED_TARGET)


def ip_of_adapter(checked: ValidatedProfile, local: tuple[LocalAddress, ...]) -> str:
    """The address of the adapter that the profile names, preferably of the PBX's IP version. Raises
    TransportError "adapter_down" if the adapter has no address."""
    pbx_host = checked.address.host if checked.address else ""
    found = adapter_ip(checked.profile.server.value, pbx_host, local)
    if found is None:
        raise TransportError("adapter_down")
    return found


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The result of a login. `count` are the wrong logins including this one; `transport` is one of
    `login.TRANSPORTS`, empty if the answer has none."""

    attempt: Attempt
    count: LoginCount
    token: Secret | None = None
    transport: str = ""


@dataclass(frozen=True)
class Renewal:
    """How a lost token is replaced by a login.

    `last` is the time of the last renewal, None without one. `password` returns the API password
    or raises SecretError; `keep` is called with the new token before that is used. Both are called
    in the thread that sends, and may block.
    """

    last: Moment | None
    password: Callable[[], Secret]
    keep: Callable[[Secret], None]


@dataclass(frozen=True)
class PbxClient:
    """Sends heartbeats, logs in and out. Blocking; safe to use from several threads at once.

    `learn` is called with each new token first, so that `clean`, which hides secrets in a text,
    knows it. Nothing is sent if the profile or the secret is invalid. Each request may take
    `timeout_s` seconds including name look-ups; the check of who answers may take as long again.
    Every method raises Cancelled once its `cancel` is used; only methods with a `guard` raise
    MoveWithheld.
    """

    transport: Transport
    network: Network
    clock: Clock
    counts: LoginCounts
    learn: Callable[[Secret], None]
    clean: Callable[[str], str]

    def send_heartbeat(
        self,
        checked: ValidatedProfile,
        token: Secret,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
        guard: Guard | None = None,
        address_status: AddressStatus = NEW_ADDRESS,
        renewal: Renewal | None = None,
    ) -> Attempt:
        """Send one heartbeat and return how it ended.

        Without a `guard` reports may be moved without a question, and the attempt does not record
        the announced target. If the address is doubtful, a heartbeat without the token is sent
        first. With a `renewal`, and if the profile allows it, a lost token is replaced by one
        login, and the heartbeat is sent once more.

        Raises Cancelled, and MoveWithheld if the guard demands that the user confirms the target.
        """
        if address_status.doubtful:
            other = self._who_answers(checked, cancel, timeout_s, guard)
            if other is not None:
                return other
        call = _Call(self, self.clock.now(), checked, token, cancel, timeout_s)
        attempt = call.send_heartbeat(guard)
        if address_status.known or checked.profile.announced:
            attempt = replace(attempt, outcome=judged_at_known_address(attempt.outcome))
        if renewal is not None and checked.profile.renew and attempt.outcome.token_lost:
            return self._renew(call, guard, attempt, renewal)
        return attempt

    def ask_without_token(
        self, checked: ValidatedProfile, cancel: Cancel, timeout_s: float = TOTAL_TIMEOUT_S
    ) -> Attempt | None:
        """Send a heartbeat that has no token and moves no reports. None if the PBX answers it, else
        what answered instead, or that nothing answered. Raises Cancelled only."""
        other = self._who_answers(_without_target(checked), cancel, timeout_s, None)
        return replace(other, target="") if other else None

    def _who_answers(
        self, checked: ValidatedProfile, cancel: Cancel, timeout_s: float, guard: Guard | None
    ) -> Attempt | None:
        call = _Call(self, self.clock.now(), checked, None, cancel, timeout_s)
        attempt = call.send_heartbeat(guard)
        if is_pbx_answer(attempt.outcome):
            return None
        return replace(attempt, outcome=judged_without_token(attempt.outcome))

    def log_in(
        self,
        checked: ValidatedProfile,
        user: str,
        password: Secret,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
        address_status: AddressStatus = NEW_ADDRESS,
    ) -> LoggedIn:
        """Log in once. If the address is doubtful, a heartbeat without a secret is sent first, and
        the login only if the PBX answered. Raises Cancelled only."""
        authority = checked.address.authority if checked.address else ""
        if wrong := (*check_user(user), *check_password(password.reveal())[1]):
            not_sent = _not_sent(self.clock.now(), checked, wrong[0])
            return LoggedIn(not_sent, self.login_count(authority))
        if other := self._impostor(checked, address_status, cancel, timeout_s):
            return LoggedIn(other, self.login_count(authority))
        call = _Call(self, self.clock.now(), checked, None, cancel, timeout_s)
        attempt, answer = call.log_in(user, password)
        now = self.clock.now().utc
        count = self.counts.update(authority, lambda count: count.after(answer.outcome, now))
        if answer.token is not None:
            self.learn(answer.token)
        return LoggedIn(
            replace(attempt, outcome=answer.outcome), count, answer.token, answer.transport
        )

    def login_count(self, authority: str) -> LoginCount:
        """The wrong logins at the PBX `host:port` so far. Reads a small file."""
        return self.counts.get(authority).at(self.clock.now().utc)

    def log_out(
        self,
        checked: ValidatedProfile,
        token: Secret,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
        address_status: AddressStatus = NEW_ADDRESS,
    ) -> Attempt:
        """End the token on the PBX, by the same rules as for `log_in`. Raises Cancelled only."""
        if other := self._impostor(checked, address_status, cancel, timeout_s):
            return other
        request = login.build_logout(checked.profile.api)
        attempt, _answer = self.ask(checked, request, token, cancel, timeout_s)
        if not attempt.outcome.accepted:
            return attempt
        return replace(attempt, outcome=replace(attempt.outcome, code="logged_out"))

    def ask(
        self,
        checked: ValidatedProfile,
        request: WireRequest,
        token: Secret | None,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
    ) -> tuple[Attempt, HttpAnswer | None]:
        """Send a request that moves no reports. Returns the attempt, judged like a heartbeat, and
        the answer itself. Raises Cancelled only."""
        call = _Call(self, self.clock.now(), _without_target(checked), token, cancel, timeout_s)
        if wrong := call.errors:
            return _not_sent(call.began, checked, wrong[0]), None
        return call.send(request)

    def _renew(self, call: _Call, guard: Guard | None, lost: Attempt, renewal: Renewal) -> Attempt:
        checked, cancel, timeout_s = call.checked, call.cancel, call.timeout_s
        refusal, detail = self._why_not_renewed(checked, lost, renewal.last)
        if refusal:
            return replace(lost, outcome=replace(lost.outcome, code=refusal, detail=detail))
        try:
            password = renewal.password()
        except SecretError as error:
            return replace(lost, outcome=replace(error.outcome, errno=lost.outcome.errno))
        user = checked.profile.user.strip()
        logged_in = self.log_in(checked, user, password, cancel, timeout_s)
        if logged_in.token is None:
            return _not_renewed(logged_in.attempt, lost.outcome)
        renewal.keep(logged_in.token)
        attempt = self.send_heartbeat(checked, logged_in.token, cancel, timeout_s, guard)
        if attempt.outcome.token_lost:
            attempt = replace(attempt, outcome=replace(attempt.outcome, code="token_shared"))
        at = logged_in.attempt.sent
        return replace(attempt, renewed=at, transport=logged_in.transport)

    def _why_not_renewed(
        self, checked: ValidatedProfile, lost: Attempt, last: Moment | None
    ) -> tuple[str, str]:
        """The code and the detail of why no login is tried; both are empty if one may be tried."""
        if last is not None and lost.sent.since(last) < login.RENEWALS_APART_S:
            return "token_shared", ""
        assert checked.address is not None, "the PBX has answered"
        # After a refused login only a person may try again: five wrong ones block this computer.
        count = self.counts.get(checked.address.authority).at(lost.sent.utc)
        if count.wrong:
            return "login_refused_before", ""
        return ("login_count_unknown", count.unknown) if count.unknown else ("", "")

    def _impostor(
        self,
        checked: ValidatedProfile,
        address_status: AddressStatus,
        cancel: Cancel,
        timeout_s: float,
    ) -> Attempt | None:
        """What answers at the PBX's address in its place, None if the address is not doubtful or
        the API answers. An API error number counts as the API: the real request shows why."""
        if not address_status.doubtful:
            return None
        other = self.ask_without_token(checked, cancel, timeout_s)
        return None if other is None or _refused(other.outcome) else other


@dataclass(frozen=True)
class _Call:
    """One request: its data and its time limit."""

    client: PbxClient
    began: Moment
    checked: ValidatedProfile
    token: Secret | None
    cancel: Cancel
    timeout_s: float

    def send_heartbeat(self, guard: Guard | None) -> Attempt:
        profile = self.checked.profile
        target, fallback_reason = self._find_target(guard)
        if isinstance(target, Attempt):
            return target
        announced = guard.announces(target) if guard else target
        if announced is None:
            raise MoveWithheld(target)
        request = heartbeat.build(profile.api, profile.wire_url_field, announced)
        attempt, answer = self.send(request)
        text = heartbeat.answer_text(answer) if answer is not None else ""
        attempt = replace(
            attempt, target=str(announced), fallback_reason=fallback_reason, answer=text
        )
        if guard is None:
            return attempt
        withheld = None if announced is target else target
        return replace(
            attempt,
            announced=announced,
            to_this_computer=self._is_this_computer(announced),
            withheld_target=withheld,
        )

    def log_in(self, user: str, password: Secret) -> tuple[Attempt, LoginAnswer]:
        target, _reason = self._find_target(None)
        if isinstance(target, Attempt):
            return target, LoginAnswer(target.outcome)
        # A login contains no address; the next heartbeat announces the report target.
        request = login.build(self.checked.profile.api, target, user, password)
        attempt, answer = self.send(request)
        if answer is None:
            return attempt, LoginAnswer(attempt.outcome)
        return attempt, login.read_answer(answer, self.client.clean)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that prevent sending."""
        token = check_token(self.token.reveal())[1] if self.token is not None else ()
        return (*errors_of(token), *self.checked.errors)

    def send(self, request: WireRequest) -> tuple[Attempt, HttpAnswer | None]:
        """Send the request and judge its answer like a heartbeat's. `errors` must be empty."""
        checked, clock = self.checked, self.client.clock
        assert checked.address is not None, "there are no errors"
        sent, answer = clock.now(), None
        try:
            answer = self.client.transport.post(
                checked.address,
                request,
                self.token,
                link=checked.profile.link,
                timeout_s=max(0.0, self.timeout_s - sent.since(self.began)),
                cancel=self.cancel,
            )
            outcome = heartbeat.read_answer(answer)
        except TransportError as error:
            outcome = error.outcome
        latency_ms = clock.now().since(sent) * 1000
        return Attempt(sent, outcome, checked.pbx_url, latency_ms=latency_ms), answer

    def _find_target(self, guard: Guard | None) -> tuple[ReportTarget | Attempt, str]:
        """The target to announce, or the failed attempt if nothing can be sent. If only the wanted
        target is unknown, the current target and the code of the reason are returned, so that the
        token does not expire because an adapter is down."""
        present = guard.fallback if guard else None
        if wrong := self.errors:
            # The user may still be typing the target.
            only_target = all(problem.field in _TARGET_FIELDS for problem in wrong)
            if only_target and present is not None and guard is not None and guard.repeat_known:
                return present, wrong[0].code
            return _not_sent(self.began, self.checked, wrong[0]), ""
        try:
            return self._wanted_target(), ""
        except TransportError as error:
            # Without a proxy, a PBX without a route cannot be reached with any target.
            reached = error.code == "adapter_down" or self.checked.profile.proxy.strip()
            if present is not None and reached:
                return present, error.code
            return Attempt(self.began, error.outcome, self.checked.pbx_url), ""

    def _wanted_target(self) -> ReportTarget:
        """Raises TransportError, Cancelled."""
        checked, network = self.checked, self.client.network
        server, address = checked.profile.server, checked.address
        assert address is not None, "there are no errors"
        if checked.target is None and server.kind is AddressKind.ADAPTER:
            checked = checked.with_ip(ip_of_adapter(checked, network.local_addresses()))
        elif checked.target is None:
            route = network.route_to(
                address.host, address.port, timeout_s=self.timeout_s, cancel=self.cancel
            )
            checked = checked.with_ip(route.ip)
        assert checked.target is not None, "the system gives addresses only"
        return checked.target

    def _is_this_computer(self, target: ReportTarget) -> bool:
        try:
            return any(target.host == ip.ip for ip in self.client.network.local_addresses())
        except TransportError:  # unknown, which does not make the heartbeat fail
            return False


def _not_sent(now: Moment, checked: ValidatedProfile, problem: Problem) -> Attempt:
    address = storable(checked.profile.pbx)
    return Attempt(now, invalid(problem), address, problem=problem.field)


def _refused(outcome: Outcome) -> bool:
    """Whether a request without a token was answered with an API error number."""
    if outcome.code == "answer_without_token":
        return outcome.detail != WITHOUT_ERRNO
    return outcome.kind is OutcomeKind.REFUSED


def _not_renewed(attempt: Attempt, lost: Outcome) -> Attempt:
    """The attempt after a failed renewal. An unreadable answer may have been a refusal, so a person
    must act before the next login. If the login did not reach the PBX, the refusal of the token,
    `lost`, still counts."""
    outcome = replace(attempt.outcome, final=attempt.outcome.kind is OutcomeKind.UNCLEAR)
    if not outcome.contact_attempted:
        outcome = replace(outcome, errno=lost.errno)
    return replace(attempt, outcome=outcome)
