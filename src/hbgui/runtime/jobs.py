"""One-off work in the background: keyring, routes, addresses. Its results are posted."""

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

_LOOKS_S = 0.2

_Failed = Callable[[SecretError], Event | None]


class Jobs:
    """GUI thread, but for `keyring_came_back`. None of its methods blocks, but for `close`."""

    def __init__(self, context: Context) -> None:
        self.vault = context.vault
        self._adapters = context.adapters
        self._secrets = context.secrets
        self._looks = context.looks
        self._disk = context.disk
        self._post = context.post
        self._numbers = itertools.count()
        self._looking: dict[str, int] = {}
        self._lock = threading.Lock()
        self._pending: dict[tuple[str, str], tuple[Work, Callable[[SecretError], None]]] = {}

    def store_token(self, pbx_id: str) -> None:
        """Put the token that is in use into the keyring, if it is to last."""

        def store() -> Event | None:
            place = self.vault.store_present(pbx_id)
            return None if place is None else SecretPlaced(pbx_id, place)

        # It stays usable until the program ends; the code says why no longer.
        self._ask(("write", pbx_id), store, _failure(pbx_id, SecretPlace.SESSION))

    def find_password(self, pbx_id: str) -> None:
        """Find out whether the keyring holds the API password."""

        def find() -> Event:
            return PasswordPlaced(pbx_id, self.vault.keeps_password(pbx_id))

        # Looking for the token has told what is wrong with the keyring.
        silent = PasswordPlaced(pbx_id, False)
        self._ask(("find password", pbx_id), find, lambda _error: silent, once=True)

    def keep_password(self, pbx_id: str, password: Secret) -> None:
        """Put the API password into the keyring."""

        def keep() -> Event:
            self.vault.keep_password(pbx_id, password)
            return PasswordPlaced(pbx_id, True)

        self._ask(("password", pbx_id), keep, _no_password(pbx_id))

    def forget_password(self, pbx_id: str) -> None:
        """Delete the API password from the keyring."""

        def forget() -> Event:
            self.vault.forget_password(pbx_id)
            return PasswordPlaced(pbx_id, False)

        self._ask(("password", pbx_id), forget, _no_password(pbx_id))

    def look(self, key: Hashable, work: Work) -> bool:
        """Run a look-up, a login or the like soon. False while one of that key is on its way."""
        return self._looks.submit(work, key=key)

    def cancel(self, key: Hashable) -> None:
        """End the work of that key, if there is some."""
        self._looks.cancel(key)

    def find_token(self, pbx_id: str) -> None:
        """Find out where the token is."""

        def find() -> Event:
            return SecretPlaced(pbx_id, self.vault.place(pbx_id))

        self._ask(("find", pbx_id), find, _failure(pbx_id, SecretPlace.FAILED), once=True)

    def unstore_token(self, pbx_id: str) -> None:
        """Delete the token from the keyring; it stays in memory."""
        failed = _failure(pbx_id, SecretPlace.SESSION)
        self._ask(("write", pbx_id), lambda: self.vault.unstore(pbx_id), failed)

    def forget_token(self, pbx_id: str) -> None:
        """Delete the token of a PBX that is gone from keyring and memory."""
        number = self.vault.drop(pbx_id)
        self._ask(("write", pbx_id), lambda: self.vault.forget(pbx_id, number), _left(pbx_id))

    def forget_all(self, pbx_id: str) -> None:
        """Delete token and password of a PBX that is gone from keyring and memory."""
        number = self.vault.drop(pbx_id)

        def forget() -> None:
            self.vault.forget(pbx_id, number)
            self.vault.forget_password(pbx_id)

        self._ask(("write", pbx_id), forget, _left(pbx_id))

    def keyring_came_back(self, error: SecretError | None) -> None:
        """An answer of the keyring came too late: do what was left undone, unless it was
        refused. Any thread."""
        with self._lock:
            pending, self._pending = self._pending, {}
        for work, failed in pending.values():
            if error is None:
                self._secrets.submit(work)
            else:
                failed(error)

    def _ask(
        self,
        key: tuple[str, str],
        ask: Callable[[], Event | None],
        failed: _Failed,
        *,
        once: bool = False,
    ) -> None:
        def work(_cancel: Cancel) -> None:
            # Before the call: its late answer may come at the very moment of the time-out.
            number = self.vault.number(key[1])
            mine = (work, lambda error: self._tell(failed(error), number))
            with self._lock:
                self._pending[key] = mine
            pending = False
            try:
                event = ask()
            except SecretError as error:
                pending = error.code in SECRET_CODES_PENDING
                event = failed(error)
            with self._lock:
                if not pending and self._pending.get(key) is mine:
                    del self._pending[key]
            self._tell(event, number)

        self._secrets.submit(work, key=key if once else None)

    def _tell(self, event: Event | None, number: int) -> None:
        """`number` is that of the token that was the present one when the keyring was asked."""
        if isinstance(event, SecretPlaced):
            event = replace(event, number=number)
        if event is not None:
            self._post(event)

    def find_addresses(self) -> None:
        """List this computer's addresses."""

        def look(_cancel: Cancel) -> None:
            self._post(LocalAddressesListed(self._adapters.network.local_addresses()))

        self._looks.submit(look, key="addresses")

    def find_route(self, profile: Profile) -> None:
        """Find this computer's address on the way to the PBX; a newer search ends an older."""
        self._looks.cancel((profile.id, self._looking.get(profile.id)))
        number = self._looking[profile.id] = next(self._numbers)
        self._looks.submit(lambda cancel: self._route(profile, cancel), key=(profile.id, number))

    def _route(self, profile: Profile, cancel: Cancel) -> None:
        network = self._adapters.network
        self._post(LocalAddressesListed(network.local_addresses()))
        try:
            address = parse_pbx(profile.pbx)
            route = network.route_to(
                address.host, address.port, timeout_s=TOTAL_TIMEOUT_S, cancel=cancel
            )
            found = RouteFound(profile.id, route)
        except Cancelled:
            return
        except (AddressError, TransportError):
            found = RouteFound(profile.id, None)
        if not cancel.cancelled:
            self._post(found)

    def close(self, timeout_s: float) -> bool:
        """Finish what must not be lost, drop the rest. True when nothing was left behind."""
        deadline = time.monotonic() + timeout_s
        self._looks.close()
        return all(
            [
                self._secrets.close(drain_s=deadline - time.monotonic(), abort=False),
                self._disk.close(drain_s=deadline - time.monotonic(), abort=False),
                # They were told to end, which takes milliseconds where nothing hangs.
                self._looks.close(drain_s=min(_LOOKS_S, deadline - time.monotonic())),
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
