"""Single pieces of background work: keyring, routes, addresses. Results are posted."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import replace

from hbgui.core.api.errors import (
    SECRET_CODES_NO_KEYRING,
    SECRET_CODES_PENDING,
    Cancelled,
    SecretError,
    TransportError,
)
from hbgui.core.api.heartbeat import TOTAL_TIMEOUT_S
from hbgui.core.events import (
    Event,
    LocalAddressesListed,
    MessageShown,
    PasswordPlaced,
    RouteFound,
    SecretPlace,
    SecretPlaced,
)
from hbgui.core.pbx.address import AddressError, parse_pbx
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Cancel
from hbgui.core.values import Secret
from hbgui.runtime.context import Context
from hbgui.runtime.pool import Work

_LOOKUPS_CLOSE_S = 0.2

_Failed = Callable[[SecretError], Event | None]


class Jobs:
    """GUI thread, except `keyring_answered_late`. No method blocks, except `close`."""

    def __init__(self, context: Context) -> None:
        self.vault = context.vault
        self._adapters = context.adapters
        self._secrets = context.secrets
        self._lookups = context.lookups
        self._disk = context.disk
        self._post = context.post
        self._numbers = itertools.count()
        self._route_numbers: dict[str, int] = {}
        self._lock = threading.Lock()
        self._pending: dict[tuple[str, str], tuple[Work, Callable[[SecretError], None]]] = {}

    def store_token(self, pbx_id: str) -> None:
        """Store the present token in the keyring, unless it is for this session only."""

        def store() -> Event | None:
            place = self.vault.store_present(pbx_id)
            return None if place is None else SecretPlaced(pbx_id, place)

        # The token can still be used until the program ends; the code says why no longer.
        self._ask_keyring(("write", pbx_id), store, _failure(pbx_id, SecretPlace.SESSION))

    def find_password(self, pbx_id: str) -> None:
        """Find out whether the keyring holds the API password."""

        def find() -> Event:
            return PasswordPlaced(pbx_id, self.vault.keeps_password(pbx_id))

        # `find_token` already reports what is wrong with the keyring.
        silent = PasswordPlaced(pbx_id, False)
        self._ask_keyring(("find password", pbx_id), find, lambda _error: silent, once=True)

    def keep_password(self, pbx_id: str, password: Secret) -> None:
        """Store the API password in the keyring."""

        def keep() -> Event:
            self.vault.keep_password(pbx_id, password)
            return PasswordPlaced(pbx_id, True)

        self._ask_keyring(("password", pbx_id), keep, _no_password(pbx_id))

    def forget_password(self, pbx_id: str) -> None:
        """Delete the API password from the keyring."""

        def forget() -> Event:
            self.vault.forget_password(pbx_id)
            return PasswordPlaced(pbx_id, False)

        self._ask_keyring(("password", pbx_id), forget, _no_password(pbx_id))

    def submit(self, key: Hashable, work: Work) -> bool:
        """Run `work` soon. False, and nothing happens, while work of that key waits or runs."""
        return self._lookups.submit(work, key=key)

    def cancel(self, key: Hashable) -> None:
        """Cancel the work of that key, if there is any."""
        self._lookups.cancel(key)

    def find_token(self, pbx_id: str) -> None:
        """Find out where the token is."""

        def find() -> Event:
            return SecretPlaced(pbx_id, self.vault.place(pbx_id))

        self._ask_keyring(("find", pbx_id), find, _failure(pbx_id, SecretPlace.FAILED), once=True)

    def unstore_token(self, pbx_id: str) -> None:
        """Delete the token from the keyring; it stays in memory."""
        failed = _failure(pbx_id, SecretPlace.SESSION)
        self._ask_keyring(("write", pbx_id), lambda: self.vault.unstore(pbx_id), failed)

    def forget_token(self, pbx_id: str) -> None:
        """Delete the token of a removed PBX from keyring and memory."""
        number = self.vault.drop(pbx_id)
        self._ask_keyring(
            ("write", pbx_id), lambda: self.vault.forget(pbx_id, number), _left(pbx_id)
        )

    def forget_all(self, pbx_id: str) -> None:
        """Delete token and password of a removed PBX from keyring and memory."""
        number = self.vault.drop(pbx_id)

        def forget() -> None:
            self.vault.forget(pbx_id, number)
            self.vault.forget_password(pbx_id)

        self._ask_keyring(("write", pbx_id), forget, _left(pbx_id))

    def keyring_answered_late(self, error: SecretError | None) -> None:
        """Repeat the work that timed out, now that the keyring has answered. With an `error` report
        that instead. Any thread."""
        with self._lock:
            pending, self._pending = self._pending, {}
        for work, failed in pending.values():
            if error is None:
                self._secrets.submit(work)
            else:
                failed(error)

    def _ask_keyring(
        self,
        key: tuple[str, str],
        ask: Callable[[], Event | None],
        failed: _Failed,
        *,
        once: bool = False,
    ) -> None:
        def work(_cancel: Cancel) -> None:
            # Set before the call: the late answer may come at the moment of the time-out.
            number = self.vault.number(key[1])
            unfinished = (work, lambda error: self._post_event(failed(error), number))
            with self._lock:
                self._pending[key] = unfinished
            pending = False
            try:
                event = ask()
            except SecretError as error:
                pending = error.code in SECRET_CODES_PENDING
                event = failed(error)
            with self._lock:
                if not pending and self._pending.get(key) is unfinished:
                    del self._pending[key]
            self._post_event(event, number)

        self._secrets.submit(work, key=key if once else None)

    def _post_event(self, event: Event | None, number: int) -> None:
        """Post `event`. `number` is that of the present token when the keyring was asked."""
        if isinstance(event, SecretPlaced):
            event = replace(event, number=number)
        if event is not None:
            self._post(event)

    def find_addresses(self) -> None:
        """List this computer's addresses."""

        def list_addresses(_cancel: Cancel) -> None:
            self._post(LocalAddressesListed(self._adapters.network.local_addresses()))

        self._lookups.submit(list_addresses, key="addresses")

    def find_route(self, profile: Profile) -> None:
        """Find this computer's address on the route to the PBX; an earlier search is cancelled."""
        self._lookups.cancel((profile.id, self._route_numbers.get(profile.id)))
        number = self._route_numbers[profile.id] = next(self._numbers)
        self._lookups.submit(lambda cancel: self._route(profile, cancel), key=(profile.id, number))

    def _route(self, profile: Profile, cancel: Cancel) -> None:
        network = self._adapters.network
        self._post(LocalAddressesListed(network.local_addresses()))
        try:
            address = parse_pbx(profile.pbx)
            route = network.route_to(
                address.host, address.port, timeout_s=TOTAL_TIMEOUT_S, cancel=cancel
            )
            event = RouteFound(profile.id, route)
        except Cancelled:
            return
        except (AddressError, TransportError):
            event = RouteFound(profile.id, None)
        if not cancel.cancelled:
            self._post(event)

    def close(self, timeout_s: float) -> bool:
        """Finish what the keyring and the disk must not lose, cancel the rest.

        Takes about `timeout_s` seconds at most. Returns whether all work has ended.
        """
        deadline = time.monotonic() + timeout_s
        self._lookups.close()
        return all(
            [
                self._secrets.close(drain_s=deadline - time.monotonic(), abort=False),
                self._disk.close(drain_s=deadline - time.monotonic(), abort=False),
                # They were cancelled, which takes milliseconds unless one hangs.
                self._lookups.close(drain_s=min(_LOOKUPS_CLOSE_S, deadline - time.monotonic())),
            ]
        )


def _failure(pbx_id: str, place: SecretPlace) -> _Failed:
    return lambda error: SecretPlaced(pbx_id, place, error.code, error.detail)


def _no_password(pbx_id: str) -> _Failed:
    return lambda error: PasswordPlaced(pbx_id, False, error.code, error.detail)


def _left(pbx_id: str) -> _Failed:
    """Of a PBX that was removed: say that its token is still in the keyring."""

    def failed(error: SecretError) -> Event | None:
        if error.code in SECRET_CODES_NO_KEYRING | SECRET_CODES_PENDING:
            return None
        return MessageShown("token_left", values={"account": pbx_id})

    return failed
