"""One-off work in the background: keyring and routes. What comes of it is posted."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Hashable

from hbgui.core.address import AddressError, parse_pbx
from hbgui.core.errors import Cancelled, SecretError, TransportError
from hbgui.core.events import (
    Event,
    LocalAddressesListed,
    PasswordPlaced,
    RouteFound,
    SecretPlace,
    SecretPlaced,
)
from hbgui.core.ports import TOTAL_TIMEOUT_S, Cancel, Network
from hbgui.core.profile import Profile
from hbgui.core.secret import Secret
from hbgui.runtime.pool import Pool, Work
from hbgui.runtime.token_vault import TokenVault


class Jobs:
    """None of its methods blocks, but for `close`.

    `secrets` runs keyring calls one at a time, `looks` the look-ups, `disk` the writing; Jobs
    only closes the last one. `network` is called in a worker, so that it may be loaded there.
    """

    def __init__(
        self,
        secrets: Pool,
        looks: Pool,
        disk: Pool,
        vault: TokenVault,
        network: Callable[[], Network],
        post: Callable[[Event], None],
    ) -> None:
        self.vault = vault
        self._secrets = secrets
        self._looks = looks
        self._disk = disk
        self._network = network
        self._post = post
        self._numbers = itertools.count()
        self._looking: dict[str, int] = {}

    def store_token(self, pbx_id: str, token: Secret) -> None:
        """Put a token, which the vault keeps already, into the keyring."""

        def work(_cancel: Cancel) -> None:
            try:
                placed = SecretPlaced(pbx_id, self.vault.store(pbx_id, token))
            except SecretError as error:
                # It stays usable until the program ends; the code says why no longer.
                placed = SecretPlaced(pbx_id, SecretPlace.SESSION, error.code, error.detail)
            self._post(placed)

        self._secrets.submit(work)

    def store_present_token(self, pbx_id: str) -> None:
        """Put the token that is in use into the keyring, if it is to last."""

        def work(_cancel: Cancel) -> None:
            try:
                placed = SecretPlaced(pbx_id, self.vault.store_present(pbx_id))
            except SecretError as error:
                placed = SecretPlaced(pbx_id, SecretPlace.SESSION, error.code, error.detail)
            self._post(placed)

        self._secrets.submit(work)

    def find_password(self, pbx_id: str) -> None:
        """Find out whether the keyring holds the API password."""
        self._password(pbx_id, lambda: bool(self.vault.password(pbx_id)))

    def keep_password(self, pbx_id: str, password: Secret) -> None:
        """Put the API password into the keyring."""

        def keep() -> bool:
            self.vault.keep_password(pbx_id, password)
            return True

        self._password(pbx_id, keep)

    def forget_password(self, pbx_id: str) -> None:
        """Delete the API password from the keyring."""

        def forget() -> bool:
            self.vault.forget_password(pbx_id)
            return False

        self._password(pbx_id, forget)

    def _password(self, pbx_id: str, work: Callable[[], bool]) -> None:
        def find(_cancel: Cancel) -> None:
            try:
                placed = PasswordPlaced(pbx_id, work())
            except SecretError as error:
                code = "" if error.code == "password_not_stored" else error.code
                placed = PasswordPlaced(pbx_id, False, code, error.detail)
            self._post(placed)

        self._secrets.submit(find)

    def look(self, key: Hashable, work: Work) -> bool:
        """Run a login or a look at a certificate. False while one of that key is on its way."""
        return self._looks.submit(work, key=key)

    def cancel(self, key: Hashable) -> None:
        """End the work of that key, if there is some."""
        self._looks.cancel(key)

    def find_token(self, pbx_id: str) -> None:
        """Find out where the token is."""

        def work(_cancel: Cancel) -> None:
            try:
                placed = SecretPlaced(pbx_id, self.vault.place(pbx_id))
            except SecretError as error:
                placed = SecretPlaced(pbx_id, SecretPlace.FAILED, error.code, error.detail)
            self._post(placed)

        self._secrets.submit(work, key=("find", pbx_id))

    def unstore_token(self, pbx_id: str) -> None:
        """Delete the token from the keyring; it stays in memory."""
        self._delete(pbx_id, self.vault.unstore)

    def forget_token(self, pbx_id: str) -> None:
        """Delete the token from keyring and memory."""
        self._delete(pbx_id, self.vault.forget)

    def forget_all(self, pbx_id: str) -> None:
        """Delete token and password from keyring and memory."""
        self.forget_token(pbx_id)
        self._delete(pbx_id, self.vault.forget_password)

    def _delete(self, pbx_id: str, delete: Callable[[str], None]) -> None:
        def work(_cancel: Cancel) -> None:
            try:
                delete(pbx_id)
            except SecretError as error:
                placed = SecretPlaced(pbx_id, SecretPlace.SESSION, error.code, error.detail)
                self._post(placed)

        self._secrets.submit(work)

    def find_route(self, profile: Profile) -> None:
        """Find this computer's address on the way to the PBX; a newer search ends an older."""
        self._looks.cancel((profile.id, self._looking.get(profile.id)))
        number = self._looking[profile.id] = next(self._numbers)
        self._looks.submit(lambda cancel: self._route(profile, cancel), key=(profile.id, number))

    def _route(self, profile: Profile, cancel: Cancel) -> None:
        network = self._network()
        self._post(LocalAddressesListed(network.local_addresses()))
        try:
            address = parse_pbx(profile.pbx)
            route = network.route_to(
                address.host, address.port, timeout_s=TOTAL_TIMEOUT_S, cancel=cancel
            )
            found = RouteFound(profile.id, route)
        except Cancelled:
            return
        except (AddressError, TransportError) as error:
            found = RouteFound(profile.id, None, error.code)
        if not cancel.cancelled:
            self._post(found)

    def close(self, timeout_s: float) -> bool:
        """Finish what must not be lost, drop the rest. True when nothing was left behind."""
        deadline = time.monotonic() + timeout_s
        return all(
            [
                self._looks.close(),
                self._secrets.close(drain_s=deadline - time.monotonic(), abort=False),
                self._disk.close(drain_s=deadline - time.monotonic(), abort=False),
            ]
        )
