"""keyring's Secret Service, but one that is not waited for in vain and says why it stays locked.

Imported in the keyring thread only: it loads keyring and D-Bus.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import secretstorage
from jeepney.bus_messages import MatchRule, message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import Proxy  # type: ignore[import-untyped]
from keyring.backends import SecretService

from hbgui.core.api.errors import SecretError

_SERVICE = "org.freedesktop.secrets"
_GNOME = "org.gnome.keyring"
_GNOME_PROMPTER = "org.gnome.keyring.SystemPrompter"
_DEFAULT_COLLECTION = "/org/freedesktop/secrets/aliases/default"


class Keyring(SecretService.Keyring):
    """One connection for each call. `unlocking` is true while the system asks a person for the
    password of the keyring; it may be read from any thread."""

    unlocking = False

    def get_preferred_collection(self) -> Any:
        """The collection, unlocked; whoever asked closes its connection. Raises SecretError,
        and what secretstorage raises."""
        bus = _watched(secretstorage.dbus_init())
        try:
            return self._unlocked(bus)
        except BaseException:
            bus.close()
            raise

    def look(self, service: str, username: str) -> str | bool:
        """The password where reading it asks nobody, else whether there is one. Raises SecretError,
        and what secretstorage raises."""
        with contextlib.closing(_watched(secretstorage.dbus_init())) as bus:
            try:
                collection = secretstorage.Collection(bus, self._place)
            except secretstorage.ItemNotFoundException:
                return False
            for item in collection.search_items(self._query(service, username)):
                locked: bool = item.is_locked()
                return locked or str(item.get_secret().decode("utf-8"))
        return False

    @property
    def _place(self) -> str:
        return str(getattr(self, "preferred_collection", _DEFAULT_COLLECTION))

    def unlock(self, item: Any) -> None:
        """Unlock a single entry, if it is locked. Raises SecretError."""
        if item.is_locked():
            with self._asking():
                item.unlock()
            if item.is_locked():
                raise SecretError(_why_locked(item.connection))

    def _unlocked(self, bus: Any) -> Any:
        try:
            collection = secretstorage.Collection(bus, self._place)
        except secretstorage.ItemNotFoundException:
            return self._created(bus)
        if collection.is_locked():
            with self._asking():
                collection.unlock()
            if collection.is_locked():
                raise SecretError(_why_locked(bus))
        return collection

    def _created(self, bus: Any) -> Any:
        """The first collection of this user: the system asks for the password of a new one."""
        with contextlib.suppress(secretstorage.PromptDismissedException), self._asking():
            return secretstorage.create_collection(bus, "Default", "default")
        raise SecretError(_why_locked(bus))

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        self.unlocking = True
        try:
            yield
        finally:
            self.unlocking = False


def _watched(bus: Any) -> Any:
    """Make the connection fail when the service ends. A question to a person that is open then
    is never answered: whoever waits for it would wait for ever."""
    rule = MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged")
    rule.add_arg_condition(0, _SERVICE)
    receive = bus.receive

    def receive_or_fail(*, timeout: float | None = None) -> Any:
        message = receive(timeout=timeout)
        if rule.matches(message) and message.body[1]:
            raise SecretError("keyring_gone")
        return message

    try:
        Proxy(message_bus, bus).AddMatch(rule)
    except BaseException:
        bus.close()
        raise
    bus.receive = receive_or_fail
    return bus


def _why_locked(bus: Any) -> str:
    """Whether a person was asked and said no, or could not be asked: gnome-keyring calls both
    a dismissed prompt. Its prompter stays for some seconds."""
    names = Proxy(message_bus, bus).ListNames()[0]
    unasked = _GNOME in names and _GNOME_PROMPTER not in names
    return "keyring_locked" if unasked else "keyring_denied"
