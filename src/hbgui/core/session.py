"""Logging in and out, from profile to outcome: the same for window, command line and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hbgui.core import login
from hbgui.core.address import storable
from hbgui.core.attempt import NEW, Standing
from hbgui.core.beat import WITHOUT_ERRNO, Beater, without_target
from hbgui.core.errors import SecretError
from hbgui.core.events import Attempt
from hbgui.core.heartbeat import HttpAnswer
from hbgui.core.login import LoginAnswer
from hbgui.core.login_count import LoginCount
from hbgui.core.moment import Moment
from hbgui.core.outcome import Outcome, OutcomeKind
from hbgui.core.ports import TOTAL_TIMEOUT_S, Cancel, LoginCounts
from hbgui.core.profile import Profile
from hbgui.core.secret import Secret
from hbgui.core.target import Guard
from hbgui.core.validation import check_password, check_user


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
            said = Attempt(now, wrong[0].outcome, storable(profile.pbx), problem=wrong[0].field)
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
