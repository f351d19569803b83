"""One request from profile to outcome: the same for window, command line and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hbgui.core import errnos, heartbeat
from hbgui.core.address import parse_pbx, storable
from hbgui.core.attempt import NEW, Standing
from hbgui.core.errors import MoveHeld, TransportError
from hbgui.core.events import Attempt
from hbgui.core.heartbeat import HttpAnswer, WireRequest
from hbgui.core.networks import adapter_ip
from hbgui.core.outcome import Outcome, OutcomeKind
from hbgui.core.ports import TOTAL_TIMEOUT_S, Cancel, Clock, Network, Transport
from hbgui.core.profile import (
    DEFAULT_PORT,
    AddressKind,
    Profile,
    ReportTarget,
    ServerAddress,
    UrlMode,
)
from hbgui.core.secret import Secret
from hbgui.core.target import Guard
from hbgui.core.validation import Checked, Field, check, check_token, errors_of

_TARGET_FIELDS = frozenset({Field.IP, Field.PORT, Field.URL})

WITHOUT_ERRNO = "Success"
"""What an answer said to a question without a token, where it was no error number."""

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
            attempt = replace(attempt, outcome=_doubted(attempt.outcome))
        return attempt

    def in_its_place(
        self, profile: Profile, cancel: Cancel, timeout_s: float, guard: Guard | None = None
    ) -> Attempt | None:
        """Send a heartbeat without the token: what answers in the place of the PBX, or that
        nothing does; None when it is the PBX itself. Raises what `beat` does."""
        attempt = self._beat(profile, None, cancel, timeout_s, guard)
        if _is_back(attempt.outcome):
            return None
        return replace(attempt, outcome=_still_doubtful(attempt.outcome))

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
            return Attempt(began, wrong[0].outcome, storable(profile.pbx), problem=wrong[0].field)
        try:
            checked, instead = self._check(profile, cancel, timeout_s, guard)
        except TransportError as error:
            return Attempt(began, error.outcome, parse_pbx(profile.pbx).url)
        if checked.address is None or checked.target is None or checked.errors:
            problem = checked.errors[0]
            return Attempt(began, problem.outcome, storable(profile.pbx), problem=problem.field)
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
    ) -> tuple[Checked, str]:
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

    def _wanted(self, profile: Profile, cancel: Cancel, timeout_s: float) -> Checked:
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


def _only_target_wrong(checked: Checked) -> bool:
    """Whether all that blocks is where reports shall go, as a form half-typed may say it."""
    return bool(checked.errors) and all(p.field in _TARGET_FIELDS for p in checked.errors)


def _is_back(outcome: Outcome) -> bool:
    """Whether this is a PBX's answer to a heartbeat without a token: nothing else says that."""
    refused = outcome.kind is OutcomeKind.REFUSED and outcome.http_status == 200
    return refused and outcome.errno == errnos.TOKEN_BLANK


def _still_doubtful(outcome: Outcome) -> Outcome:
    """The end of a heartbeat without a token that did not show the PBX."""
    if not outcome.asked or outcome.final:
        return outcome
    answered = outcome.accepted or outcome.kind is OutcomeKind.REFUSED
    if answered and outcome.errno not in errnos.MAY_PASS:
        # Neither a success nor a refusal is about a token that was not sent.
        said = outcome.errno or WITHOUT_ERRNO
        outcome = Outcome(OutcomeKind.UNCLEAR, "answer_without_token", detail=said)
    return replace(outcome, doubtful=True)


def _doubted(outcome: Outcome) -> Outcome:
    """The end of a heartbeat to where the PBX was accepted before."""
    other = outcome.kind in (OutcomeKind.REDIRECTED, OutcomeKind.UNCLEAR)
    return replace(outcome, doubtful=True) if other and not outcome.final else outcome
