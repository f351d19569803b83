"""One request from profile to outcome: the same for window, command line and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hbgui.core.api import heartbeat, login
from hbgui.core.api.errors import MoveHeld, SecretError, TransportError
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
from hbgui.core.api.outcome import NEW, Attempt, Outcome, OutcomeKind, Standing, invalid
from hbgui.core.pbx.address import parse_pbx, storable
from hbgui.core.pbx.destination import Guard, ReportTarget, UrlMode
from hbgui.core.pbx.networks import adapter_ip
from hbgui.core.pbx.profile import DEFAULT_PORT, AddressKind, Profile, ServerAddress
from hbgui.core.pbx.validation import (
    Field,
    ValidatedProfile,
    check,
    check_password,
    check_token,
    check_user,
    errors_of,
)
from hbgui.core.ports import Cancel, Clock, LoginCounts, Network, Transport
from hbgui.core.values import Moment, Secret

_TARGET_FIELDS = frozenset({Field.IP, Field.PORT, Field.URL})

_ANYWHERE = ServerAddress(AddressKind.FIXED, "127.0.0.1")


def without_target(profile: Profile) -> Profile:
    """The profile for a request that announces nothing: what is wrong with its report target
    must not stop it."""
    return replace(profile, server=_ANYWHERE, port=DEFAULT_PORT, url_mode=UrlMode.NONE)


@dataclass(frozen=True)
class Beater:
    """Sends heartbeats. Blocking; safe to use from several threads at once."""

    transport: Transport
    network: Network
    clock: Clock

    def beat(
        self,
        profile: Profile,
        token: Secret,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
        guard: Guard | None = None,
        standing: Standing = NEW,
    ) -> Attempt:
        """Send one heartbeat and say how it ended, within `timeout_s` seconds.

        Nothing is sent when the profile has errors. Without a `guard` reports are moved unasked,
        and nothing is found out about where they go. Where something else answered at the PBX's
        address, it is asked without the token first, with as much time. Raises Cancelled, and
        MoveHeld when the guard wants a person to be asked.
        """
        if standing.doubtful:
            other = self.in_its_place(profile, cancel, timeout_s, guard)
            if other is not None:
                return other
        attempt = self._beat(profile, token, cancel, timeout_s, guard)
        if standing.known or profile.announced:
            attempt = replace(attempt, outcome=doubted(attempt.outcome))
        return attempt

    def in_its_place(
        self, profile: Profile, cancel: Cancel, timeout_s: float, guard: Guard | None = None
    ) -> Attempt | None:
        """Send a heartbeat without the token: what answers in the place of the PBX, or that
        nothing does; None when it is the PBX itself. Raises what `beat` does."""
        attempt = self._beat(profile, None, cancel, timeout_s, guard)
        if is_back(attempt.outcome):
            return None
        return replace(attempt, outcome=still_doubtful(attempt.outcome))

    def _beat(
        self,
        profile: Profile,
        token: Secret | None,
        cancel: Cancel,
        timeout_s: float,
        guard: Guard | None,
    ) -> Attempt:
        wanted: list[ReportTarget] = []
        answers: list[HttpAnswer] = []

        def build(target: ReportTarget) -> WireRequest:
            announced = guard.announces(target) if guard else target
            if announced is None:
                raise MoveHeld(target)
            wanted.extend((target, announced))
            return heartbeat.build(profile.api, profile.wire_url_field, announced)

        def read(answer: HttpAnswer) -> Outcome:
            answers.append(answer)
            return heartbeat.read_answer(answer)

        attempt = self.call(profile, token, build, read, cancel, timeout_s, guard)
        if answers:
            attempt = replace(attempt, answer=heartbeat.answer_text(answers[0]))
        if not wanted or guard is None:
            return attempt
        target, announced = wanted
        return replace(
            attempt,
            target=str(announced),
            announced=announced,
            here=self._is_here(announced),
            held=None if target is announced else target,
        )

    def _is_here(self, target: ReportTarget) -> bool:
        try:
            return any(target.host == local.ip for local in self.network.local_addresses())
        except TransportError:  # the heartbeat was accepted all the same
            return False

    def call(
        self,
        profile: Profile,
        token: Secret | None,
        build: Callable[[ReportTarget], WireRequest],
        read: Callable[[HttpAnswer], Outcome],
        cancel: Cancel,
        timeout_s: float,
        guard: Guard | None = None,
    ) -> Attempt:
        """Send one request of the API to the PBX, and `read` the answer.

        The same rules as for `beat`.
        """
        began = self.clock.now()
        if wrong := errors_of(check_token(token.reveal())[1] if token is not None else ()):
            return Attempt(began, invalid(wrong[0]), storable(profile.pbx), problem=wrong[0].field)
        try:
            checked, instead = self._check(profile, cancel, timeout_s, guard)
        except TransportError as error:
            return Attempt(began, error.outcome, parse_pbx(profile.pbx).url)
        if checked.address is None or checked.target is None or checked.errors:
            problem = checked.errors[0]
            return Attempt(began, invalid(problem), storable(profile.pbx), problem=problem.field)
        sent = self.clock.now()
        try:
            answer = self.transport.post(
                checked.address,
                build(checked.target),
                token,
                link=profile.link,
                timeout_s=max(0.0, timeout_s - sent.since(began)),
                cancel=cancel,
            )
            outcome = read(answer)
        except TransportError as error:
            outcome = error.outcome
        latency_ms = self.clock.now().since(sent) * 1000
        attempt = Attempt(sent, outcome, checked.address.url, str(checked.target), latency_ms)
        return replace(attempt, instead=instead)

    def _check(
        self, profile: Profile, cancel: Cancel, timeout_s: float, guard: Guard | None
    ) -> tuple[ValidatedProfile, str]:
        """What can be sent. When only the wanted target cannot be found out, that is where reports
        go now, and the code of why: the token must not die of an adapter that is down."""
        present = guard.resort if guard else None
        try:
            checked = self._wanted(profile, cancel, timeout_s)
        except TransportError as error:
            # Without a proxy a PBX to which there is no route is not reached, whatever is said.
            if present is None or not (error.code == "adapter_down" or profile.proxy.strip()):
                raise
            return check(profile.announcing(present), None), error.code
        if present is not None and guard is not None and guard.hold and _only_target_wrong(checked):
            return check(profile.announcing(present), None), checked.errors[0].code
        return checked, ""

    def _wanted(self, profile: Profile, cancel: Cancel, timeout_s: float) -> ValidatedProfile:
        checked = check(profile, None)
        if checked.errors or checked.address is None:
            return checked
        match profile.server.kind:
            case AddressKind.FIXED:
                return checked
            case AddressKind.ADAPTER:
                local = self.network.local_addresses()
                found = adapter_ip(profile.server.value, checked.address.host, local)
                if found is None:
                    raise TransportError("adapter_down")
                ip = found
            case AddressKind.AUTO:
                route = self.network.route_to(
                    checked.address.host,
                    checked.address.port,
                    timeout_s=timeout_s,
                    cancel=cancel,
                )
                ip = route.ip
        return check(profile, ip)


def _only_target_wrong(checked: ValidatedProfile) -> bool:
    """Whether all that blocks is where reports shall go, as a form half-typed may say it."""
    return bool(checked.errors) and all(p.field in _TARGET_FIELDS for p in checked.errors)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """How a login ended. `count` is that of wrong logins after it."""

    attempt: Attempt
    count: LoginCount
    token: Secret | None = None
    transport: str = ""


@dataclass(frozen=True)
class Sessions:
    """Logs in and out. Blocking; safe to use from several threads at once.

    `learn` is told each new token before anything else sees it, `clean` hides secrets in a text.
    """

    beater: Beater
    counts: LoginCounts
    learn: Callable[[Secret], None]
    clean: Callable[[str], str]

    def log_in(
        self,
        profile: Profile,
        user: str,
        password: Secret,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
        standing: Standing = NEW,
    ) -> LoggedIn:
        """Log in once, within `timeout_s` seconds. Where something else may answer in its place, it
        is asked without the password first, with as much time. Raises Cancelled only."""
        if wrong := (*check_user(user), *check_password(password.reveal())[1]):
            now = self.beater.clock.now()
            said = Attempt(now, invalid(wrong[0]), storable(profile.pbx), problem=wrong[0].field)
            return LoggedIn(said, self.count(profile))
        other = self._in_its_place(profile, standing, cancel, timeout_s)
        if other is not None:
            return LoggedIn(other, self.count(profile))
        answers: list[LoginAnswer] = []

        def read(answer: HttpAnswer) -> Outcome:
            answers.append(login.read_answer(answer, self.clean))
            return answers[0].outcome

        attempt = self.beater.call(
            profile,
            None,
            lambda target: login.build(profile.api, target, user, password),
            read,
            cancel,
            timeout_s,
        )
        # It has no address: the heartbeat that follows says where reports go.
        attempt = replace(attempt, target="")
        count = self._count(profile.authority, attempt)
        if not answers or answers[0].token is None:
            return LoggedIn(attempt, count)
        self.learn(answers[0].token)
        return LoggedIn(attempt, count, answers[0].token, answers[0].transport)

    def count(self, profile: Profile) -> LoginCount:
        """The wrong logins at this PBX until now. Blocks as long as a small file takes."""
        return self.counts.get(profile.authority).at(self.beater.clock.now().utc)

    def _count(self, authority: str, attempt: Attempt) -> LoginCount:
        now = self.beater.clock.now().utc
        return self.counts.update(authority, lambda count: count.after(attempt.outcome, now))

    def log_out(
        self,
        profile: Profile,
        token: Secret,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
        standing: Standing = NEW,
    ) -> Attempt:
        """End the token on the PBX, by the same rules as for `log_in`. Raises Cancelled only."""
        other = self._in_its_place(profile, standing, cancel, timeout_s)
        if other is not None:
            return other
        attempt = self.beater.call(
            without_target(profile),
            token,
            lambda _target: login.build_logout(profile.api),
            login.read_logout,
            cancel,
            timeout_s,
        )
        return replace(attempt, target="")

    def _in_its_place(
        self, profile: Profile, standing: Standing, cancel: Cancel, timeout_s: float
    ) -> Attempt | None:
        """What answers in the place of the PBX, if that is in doubt. A refusal in the API's words
        is no portal's: the request itself shall tell what is wrong."""
        if not standing.doubtful:
            return None
        other = self.beater.in_its_place(without_target(profile), cancel, timeout_s)
        if other is None or _refused(other.outcome):
            return None
        return replace(other, target="")

    def beat(
        self,
        profile: Profile,
        token: Secret,
        password: Callable[[], Secret],
        renewed: Moment | None,
        keep: Callable[[Secret], None],
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
        guard: Guard | None = None,
        standing: Standing = NEW,
    ) -> Attempt:
        """Send a heartbeat; when its token is lost and the profile wants it, log in and go on.

        One login, never a second one: `renewed` is when that was done last. `password` gives
        what to log in with and raises SecretError, `keep` is told the new token. Each request
        has `timeout_s` seconds. Raises what `Beater.beat` does.
        """
        attempt = self.beater.beat(profile, token, cancel, timeout_s, guard, standing)
        if not (profile.renew and attempt.outcome.token_lost):
            return attempt
        refusal, detail = self._why_not_renewed(profile, attempt, renewed)
        if refusal:
            said = replace(attempt.outcome, code=refusal, detail=detail)
            return replace(attempt, outcome=said)
        lost = attempt.outcome
        try:
            secret = password()
        except SecretError as error:
            return replace(attempt, outcome=replace(error.outcome, errno=lost.errno))
        logged_in = self.log_in(profile, profile.user.strip(), secret, cancel, timeout_s)
        if logged_in.token is None:
            return _not_renewed(logged_in.attempt, lost)
        keep(logged_in.token)
        at = logged_in.attempt.sent
        attempt = self.beater.beat(profile, logged_in.token, cancel, timeout_s, guard)
        if attempt.outcome.token_lost:
            attempt = replace(attempt, outcome=replace(attempt.outcome, code="token_shared"))
        return replace(attempt, renewed=at, transport=logged_in.transport)

    def _why_not_renewed(
        self, profile: Profile, lost: Attempt, renewed: Moment | None
    ) -> tuple[str, str]:
        """The code, and the detail; both empty if a login may be tried."""
        if renewed is not None and lost.sent.since(renewed) < login.RENEWALS_APART_S:
            return "token_shared", ""
        # After a refused login the next one is a person's to try: five of them block.
        count = self.counts.get(profile.authority).at(lost.sent.utc)
        if count.wrong:
            return "login_refused_before", ""
        return ("login_count_unknown", count.unknown) if count.unknown else ("", "")


def _refused(outcome: Outcome) -> bool:
    """Whether a question without a token was answered with an error number."""
    if outcome.code == "answer_without_token":
        return outcome.detail != WITHOUT_ERRNO
    return outcome.kind is OutcomeKind.REFUSED


def _not_renewed(attempt: Attempt, lost: Outcome) -> Attempt:
    """What cannot be read may have been a refusal: a person must look before the next login. When
    the PBX was not asked for one, it has still said that the token is `lost`."""
    outcome = replace(attempt.outcome, final=attempt.outcome.kind is OutcomeKind.UNCLEAR)
    if not outcome.asked:
        outcome = replace(outcome, errno=lost.errno)
    return replace(attempt, outcome=outcome)
