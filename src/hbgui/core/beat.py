"""One request from profile to outcome: the same for window, command line and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hbgui.core import heartbeat
from hbgui.core.address import parse_pbx, storable
from hbgui.core.errors import MoveHeld, TransportError
from hbgui.core.events import Attempt
from hbgui.core.heartbeat import HttpAnswer, WireRequest
from hbgui.core.networks import adapter_ip
from hbgui.core.outcome import Outcome
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
from hbgui.core.validation import Checked, check

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
    ) -> Attempt:
        """Send one heartbeat and say how it ended, within `timeout_s` seconds.

        Nothing is sent when the profile has errors. Without a `guard` reports are moved unasked,
        and nothing is found out about where they go. Raises Cancelled, and MoveHeld when the
        guard wants a person to be asked.
        """
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

        attempt = self.call(profile, token, build, read, cancel, timeout_s)
        if answers:
            attempt = replace(attempt, answer=heartbeat.answer_text(answers[0]))
        if not wanted or guard is None:
            return attempt
        target, announced = wanted
        return replace(
            attempt,
            target=str(announced),
            announced=announced,
            here=attempt.outcome.accepted and self._is_here(announced),
            held=None if target is announced else target,
        )

    def _is_here(self, target: ReportTarget) -> bool:
        return any(target.host == local.ip for local in self.network.local_addresses())

    def call(
        self,
        profile: Profile,
        token: Secret | None,
        build: Callable[[ReportTarget], WireRequest],
        read: Callable[[HttpAnswer], Outcome],
        cancel: Cancel,
        timeout_s: float,
    ) -> Attempt:
        """Send one request of the API to the PBX, and `read` the answer.

        The same rules as for `beat`.
        """
        began = self.clock.now()
        try:
            checked = self._check(profile, cancel, timeout_s)
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
        return Attempt(sent, outcome, checked.address.url, str(checked.target), latency_ms)

    def _check(self, profile: Profile, cancel: Cancel, timeout_s: float) -> Checked:
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
