"""One heartbeat as a piece of work: started, finished or cancelled, and posted."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

from hbgui.core import events
from hbgui.core.api.errors import Cancelled, MoveHeld, SecretError
from hbgui.core.api.outcome import Attempt, Outcome, OutcomeKind
from hbgui.core.client.pbx_client import Sessions
from hbgui.core.events import Event
from hbgui.core.pbx.address import storable
from hbgui.core.ports import Cancel, Clock
from hbgui.core.values import Secret
from hbgui.runtime.heart import Order
from hbgui.runtime.pool import Pool
from hbgui.runtime.token_vault import TokenVault

_log = logging.getLogger(__name__)


class Sender:
    """Hands heartbeats to the pool. `send` and `cancel` never block and suit any thread.

    `sessions` is called in the pool, so that what it loads costs the window no time.
    """

    def __init__(
        self,
        pool: Pool,
        sessions: Callable[[], Sessions],
        vault: TokenVault,
        clock: Clock,
        post: Callable[[Event], None],
    ) -> None:
        self._pool = pool
        self._sessions = sessions
        self._vault = vault
        self._clock = clock
        self._post = post

    def send(self, order: Order) -> bool:
        """Send soon. False, and nothing happens, while one of the same run is on its way."""
        pbx_id, run = order.profile.id, order.run

        def work(cancel: Cancel) -> Callable[[], None]:
            self._post(events.HeartbeatStarted(pbx_id, run))
            ended = self._work(order, cancel)
            return lambda: self._post(ended)

        return self._pool.submit(work, key=(pbx_id, run), urgency=order.urgency)

    def cancel(self, pbx_id: str, run: int) -> None:
        """End the heartbeat of that run, if there is one."""
        self._pool.cancel((pbx_id, run))

    def _work(self, order: Order, cancel: Cancel) -> Event:
        profile, run = order.profile, order.run
        try:
            attempt = self._attempt(order, cancel)
        except Cancelled:
            return events.HeartbeatCancelled(profile.id, run, self._clock.now())
        except MoveHeld as held:
            return events.MoveHeld(profile.id, run, held.target, self._clock.now())
        except Exception:  # noqa: BLE001 - the PBX must not stay "sending" for ever
            _log.exception("heartbeat failed")
            outcome = Outcome(OutcomeKind.UNCLEAR, "internal_fault")
            attempt = Attempt(self._clock.now(), outcome, storable(profile.pbx))
        jitter = random.uniform(-1, 1)
        return events.HeartbeatFinished(profile.id, run, attempt, self._clock.now(), jitter)

    def _attempt(self, order: Order, cancel: Cancel) -> Attempt:
        profile = order.profile
        try:
            if profile.token_is_foreign:
                raise SecretError("token_of_other_host", profile.token_host)
            token = self._vault.get(profile.id)
        except SecretError as error:
            return Attempt(self._clock.now(), error.outcome, storable(profile.pbx))

        def keep(new: Secret) -> None:
            self._post(events.TokenRenewed(profile.id, order.run, new))

        return self._sessions().beat(
            profile,
            token,
            lambda: self._vault.password(profile.id),
            order.renewed,
            keep,
            cancel,
            guard=order.guard,
            standing=order.standing,
        )
