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
    doubted,
    is_back,
    still_doubtful,
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

_NOWHERE = ReportTarget("127.0.0.1", 8260)


def _without_target(checked: ValidatedProfile) -> ValidatedProfile:
    """The profile for a request that moves no reports: what is wrong with its report target must
    not stop it."""
    problems = tuple(p for p in checked.problems if p.field not in _TARGET_FIELDS)
    return replace(checked, problems=problems, target=_NOWHERE)


def ip_of_adapter(checked: ValidatedProfile, local: tuple[LocalAddress, ...]) -> str:
    """The address of the adapter that the profile names, of the PBX's family if it has one. Raises
    TransportError adapter_down when it has none."""
    pbx_host = checked.address.host if checked.address else ""
    found = adapter_ip(checked.profile.server.value, pbx_host, local)
    if found is None:
        raise TransportError("adapter_down")
    return found


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """How a login ended. `count` is that of wrong logins after it, `transport` one of
    `login.TRANSPORTS`, empty when the PBX did not say."""

    attempt: Attempt
    count: LoginCount
    token: Secret | None = None
    transport: str = ""


@dataclass(frozen=True)
class Renewal:
    """How a lost token is replaced by a login.

    `last` is when that was done last, None for never. `password` gives the API password, and
    raises SecretError; `keep` is told the new token before it is used. Both are called in the
    thread that sends, and may block.
    """

    last: Moment | None
    password: Callable[[], Secret]
    keep: Callable[[Secret], None]


@dataclass(frozen=True)
class PbxClient:
    """Sends heartbeats, logs in and out. Blocking; safe to use from several threads at once.

    `learn` is told each new token before anything else sees it, `clean` hides secrets in a text.
    Nothing is sent when the profile or the secret has errors. Each request has `timeout_s`
    seconds, look-ups included, and so has a question that comes before it. Every method raises
    Cancelled once its `cancel` is used; only what takes a `guard` raises MoveWithheld.
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
        """Send one heartbeat and say how it ended.

        Without a `guard` reports are moved unasked, and nothing is found out about where they go.
        Where something else answered at the PBX's address, it is asked without the token first.
        With a `renewal`, and if the profile wants it, a lost token is replaced by one login,
        never a second one, and the heartbeat sent again.

        Raises Cancelled, and MoveWithheld when the guard wants a person to be asked.
        """
        if address_status.doubtful:
            other = self._ask_first(checked, cancel, timeout_s, guard)
            if other is not None:
                return other
        call = _Call(self, self.clock.now(), checked, token, cancel, timeout_s)
        attempt = call.send_heartbeat(guard)
        if address_status.known or checked.profile.announced:
            attempt = replace(attempt, outcome=doubted(attempt.outcome))
        if renewal is not None and checked.profile.renew and attempt.outcome.token_lost:
            return self._renew(call, guard, attempt, renewal)
        return attempt

    def ask_without_token(
        self, checked: ValidatedProfile, cancel: Cancel, timeout_s: float = TOTAL_TIMEOUT_S
    ) -> Attempt | None:
        """Send a heartbeat that has no token and moves no reports: what answers in the place of
        the PBX, or that nothing does; None when it is the PBX itself. Raises Cancelled only."""
        other = self._ask_first(_without_target(checked), cancel, timeout_s, None)
        return replace(other, target="") if other else None

    def _ask_first(
        self, checked: ValidatedProfile, cancel: Cancel, timeout_s: float, guard: Guard | None
    ) -> Attempt | None:
        call = _Call(self, self.clock.now(), checked, None, cancel, timeout_s)
        attempt = call.send_heartbeat(guard)
        if is_back(attempt.outcome):
            return None
        return replace(attempt, outcome=still_doubtful(attempt.outcome))

    def log_in(
        self,
        checked: ValidatedProfile,
        user: str,
        password: Secret,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
        address_status: AddressStatus = NEW_ADDRESS,
    ) -> LoggedIn:
        """Log in once. Where something else may answer in the PBX's place, it is asked without the
        password first. Raises Cancelled only."""
        authority = checked.address.authority if checked.address else ""
        if wrong := (*check_user(user), *check_password(password.reveal())[1]):
            not_sent = _not_sent(self.clock.now(), checked, wrong[0])
            return LoggedIn(not_sent, self.login_count(authority))
        if other := self._in_its_place(checked, address_status, cancel, timeout_s):
            return LoggedIn(other, self.login_count(authority))
        call = _Call(self, self.clock.now(), checked, None, cancel, timeout_s)
        attempt, said = call.log_in(user, password)
        now = self.clock.now().utc
        count = self.counts.update(authority, lambda count: count.after(said.outcome, now))
        if said.token is not None:
            self.learn(said.token)
        return LoggedIn(replace(attempt, outcome=said.outcome), count, said.token, said.transport)

    def login_count(self, authority: str) -> LoginCount:
        """The wrong logins at the PBX `host:port` until now. Blocks as long as a small file
        takes."""
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
        if other := self._in_its_place(checked, address_status, cancel, timeout_s):
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
        """Send a request that moves no reports; its answer, read as that to a heartbeat, and as it
        came. Raises Cancelled only."""
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
        """The code, and the detail; both empty if a login may be tried."""
        if last is not None and lost.sent.since(last) < login.RENEWALS_APART_S:
            return "token_shared", ""
        assert checked.address is not None, "the PBX has answered"
        # After a refused login the next one is a person's to try: five of them block.
        count = self.counts.get(checked.address.authority).at(lost.sent.utc)
        if count.wrong:
            return "login_refused_before", ""
        return ("login_count_unknown", count.unknown) if count.unknown else ("", "")

    def _in_its_place(
        self,
        checked: ValidatedProfile,
        address_status: AddressStatus,
        cancel: Cancel,
        timeout_s: float,
    ) -> Attempt | None:
        """What answers in the place of the PBX, if that is in doubt. A refusal in the API's words
        is no portal's: the request itself shall tell what is wrong."""
        if not address_status.doubtful:
            return None
        other = self.ask_without_token(checked, cancel, timeout_s)
        return None if other is None or _refused(other.outcome) else other


@dataclass(frozen=True)
class _Call:
    """One request: what it is about, and how long it may take."""

    client: PbxClient
    began: Moment
    checked: ValidatedProfile
    token: Secret | None
    cancel: Cancel
    timeout_s: float

    def send_heartbeat(self, guard: Guard | None) -> Attempt:
        profile = self.checked.profile
        target, instead = self._find_target(guard)
        if isinstance(target, Attempt):
            return target
        announced = guard.announces(target) if guard else target
        if announced is None:
            raise MoveWithheld(target)
        request = heartbeat.build(profile.api, profile.wire_url_field, announced)
        attempt, answer = self.send(request)
        text = heartbeat.answer_text(answer) if answer is not None else ""
        attempt = replace(attempt, target=str(announced), instead=instead, answer=text)
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
        target, _instead = self._find_target(None)
        if isinstance(target, Attempt):
            return target, LoginAnswer(target.outcome)
        # The request has no address: the heartbeat that follows says where reports go.
        request = login.build(self.checked.profile.api, target, user, password)
        attempt, answer = self.send(request)
        if answer is None:
            return attempt, LoginAnswer(attempt.outcome)
        return attempt, login.read_answer(answer, self.client.clean)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What forbids to send."""
        token = check_token(self.token.reveal())[1] if self.token is not None else ()
        return (*errors_of(token), *self.checked.errors)

    def send(self, request: WireRequest) -> tuple[Attempt, HttpAnswer | None]:
        """Send it and read the answer as that to a heartbeat. Only without errors."""
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
        """Where reports shall go, or how it ended when nothing can be sent. When only that cannot
        be found out, where they go now, and the code of why: the token must not die of an adapter
        that is down."""
        present = guard.fallback if guard else None
        if wrong := self.errors:
            # A form that is half-typed may say it.
            only_target = all(problem.field in _TARGET_FIELDS for problem in wrong)
            if only_target and present is not None and guard is not None and guard.repeat_known:
                return present, wrong[0].code
            return _not_sent(self.began, self.checked, wrong[0]), ""
        try:
            return self._wanted_target(), ""
        except TransportError as error:
            # Without a proxy a PBX to which there is no route is not reached, whatever is said.
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
        except TransportError:  # the heartbeat was accepted all the same
            return False


def _not_sent(now: Moment, checked: ValidatedProfile, problem: Problem) -> Attempt:
    address = storable(checked.profile.pbx)
    return Attempt(now, invalid(problem), address, problem=problem.field)


def _refused(outcome: Outcome) -> bool:
    """Whether a question without a token was answered with an error number."""
    if outcome.code == "answer_without_token":
        return outcome.detail != WITHOUT_ERRNO
    return outcome.kind is OutcomeKind.REFUSED


def _not_renewed(attempt: Attempt, lost: Outcome) -> Attempt:
    """What cannot be read may have been a refusal: a person must look before the next login. When
    the PBX was not asked for one, it has still said that the token is `lost`."""
    outcome = replace(attempt.outcome, final=attempt.outcome.kind is OutcomeKind.UNCLEAR)
    if not outcome.contact_attempted:
        outcome = replace(outcome, errno=lost.errno)
    return replace(attempt, outcome=outcome)
