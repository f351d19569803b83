"""Tokens for this run of the program: read once from the keyring, then from memory.

Passwords are read from the keyring each time: they are seldom needed.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from hbgui.core.api.errors import SecretError
from hbgui.core.events import SecretPlace
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import SecretStore, password_account
from hbgui.core.values import Secret

T = TypeVar("T")


class TokenVault:
    """Any thread. Methods that ask the keyring block for up to 10 seconds, its time-out.

    Without a store tokens are in memory only. `learn` is called with every secret, so that it can
    be hidden in later output.
    """

    def __init__(self, store: SecretStore | None, learn: Callable[[Secret], None]) -> None:
        self._store = store
        self._learn = learn
        self._lock = threading.Lock()
        self._tokens: dict[str, Secret] = {}
        self._stored: set[str] = set()
        self._session_only: set[str] = set()
        self._numbers: defaultdict[str, int] = defaultdict(int)

    def get(self, pbx_id: str) -> Secret:
        """The token of that PBX. Raises SecretError."""
        with self._lock:
            known = self._tokens.get(pbx_id)
        if known is not None:
            return known
        token = self._ask(lambda store: store.get(pbx_id))
        if token is None:
            raise SecretError("token_not_stored")
        return self._found(pbx_id, token)

    def token_for(self, profile: Profile) -> Secret:
        """The token of that PBX, unless it was given for another host. Raises SecretError."""
        if profile.token_is_foreign:
            raise SecretError("token_of_other_host", profile.token_host)
        return self.get(profile.id)

    def _found(self, pbx_id: str, token: Secret) -> Secret:
        """The token to use: one that was typed while the keyring was asked is newer, and wins."""
        self._learn(token)
        with self._lock:
            if pbx_id not in self._tokens:
                self._tokens[pbx_id] = token
                self._stored.add(pbx_id)
            return self._tokens[pbx_id]

    def holds(self, pbx_id: str, token: Secret, *, session_only: bool) -> bool:
        """Whether this token is in use already, with the same `session_only`."""
        with self._lock:
            same = self._tokens.get(pbx_id) == token
            return same and session_only == (pbx_id in self._session_only)

    def keep(self, pbx_id: str, token: Secret, *, session_only: bool = False) -> None:
        """Use this token from now on, without storing it. Never blocks."""
        self._learn(token)
        with self._lock:
            self._tokens[pbx_id] = token
            self._numbers[pbx_id] += 1
            self._stored.discard(pbx_id)
            self._session_only.discard(pbx_id)
            if session_only:
                self._session_only.add(pbx_id)

    def number(self, pbx_id: str) -> int:
        """The number of the present token of that PBX. It grows with each change of the token."""
        with self._lock:
            return self._numbers[pbx_id]

    def drop(self, pbx_id: str) -> int:
        """Forget the token in memory; the number of this change. Never blocks."""
        with self._lock:
            self._tokens.pop(pbx_id, None)
            self._numbers[pbx_id] += 1
            return self._numbers[pbx_id]

    def renew(self, pbx_id: str, token: Secret) -> None:
        """Replace the token by a new one, which is for the session only if the old one was."""
        with self._lock:
            session_only = pbx_id in self._session_only
        self.keep(pbx_id, token, session_only=session_only)

    def store_present(self, pbx_id: str) -> SecretPlace | None:
        """Store the present token in the keyring, unless it is for the session only.

        Returns its place, as `store` does. Raises SecretError.
        """
        with self._lock:
            token = self._tokens.get(pbx_id)
            session_only = pbx_id in self._session_only
        if token is None or session_only:
            return SecretPlace.SESSION if token else SecretPlace.NOWHERE
        return self.store(pbx_id, token)

    def password(self, pbx_id: str) -> Secret:
        """The API password of that PBX. Raises SecretError."""
        password = self._ask(lambda store: store.get(password_account(pbx_id)))
        if password is None:
            raise SecretError("password_not_stored")
        self._learn(password)
        return password

    def keeps_password(self, pbx_id: str) -> bool:
        """Whether the keyring holds the API password; the keyring shows no dialog for that. Raises
        SecretError when the keyring does not say."""
        return bool(self._ask(lambda store: store.look(password_account(pbx_id))))

    def keep_password(self, pbx_id: str, password: Secret) -> None:
        """Put the API password into the keyring. Raises SecretError."""
        if self._store is None:
            raise SecretError("keyring_none")
        self._ask(lambda store: store.put(password_account(pbx_id), password))

    def forget_password(self, pbx_id: str) -> None:
        """Delete the API password from the keyring. Raises SecretError."""
        self._ask(lambda store: store.delete(password_account(pbx_id)))

    def store(self, pbx_id: str, token: Secret) -> SecretPlace | None:
        """Store the token in the keyring and return its place.

        None when it is no longer the present one: a newer one is not overwritten. Raises
        SecretError; the token can then be used in this session.
        """
        if self._store is None:
            return SecretPlace.SESSION
        if not self._lasts(pbx_id, token):
            return None
        self._ask(lambda store: store.put(pbx_id, token))
        if not self._lasts(pbx_id, token):
            return None
        with self._lock:
            self._stored.add(pbx_id)
        return SecretPlace.KEYRING

    def _lasts(self, pbx_id: str, token: Secret) -> bool:
        """Whether it is the present token, and not for this session only."""
        with self._lock:
            return self._tokens.get(pbx_id) == token and pbx_id not in self._session_only

    def place(self, pbx_id: str) -> SecretPlace:
        """Where the token is. Raises SecretError when the keyring does not say.

        It shows no dialog for the password of the keyring: that comes when the token is needed.
        """
        with self._lock:
            if pbx_id in self._tokens:
                stored = pbx_id in self._stored
                return SecretPlace.KEYRING if stored else SecretPlace.SESSION
        found = self._ask(lambda store: store.look(pbx_id))
        if isinstance(found, Secret) and self._found(pbx_id, found) != found:
            return SecretPlace.SESSION
        return SecretPlace.KEYRING if found else SecretPlace.NOWHERE

    def forget(self, pbx_id: str, number: int) -> None:
        """Delete the token from the keyring, and again from memory, unless the token has changed
        since `number`: a heartbeat may have read it meanwhile. Raises SecretError."""
        self.unstore(pbx_id)
        with self._lock:
            if self._numbers[pbx_id] == number:
                self._tokens.pop(pbx_id, None)

    def unstore(self, pbx_id: str) -> None:
        """Delete the token from the keyring only. Raises SecretError."""
        self._ask(lambda store: store.delete(pbx_id))
        with self._lock:
            self._stored.discard(pbx_id)

    def _ask(self, what: Callable[[SecretStore], T]) -> T | None:
        return None if self._store is None else what(self._store)
