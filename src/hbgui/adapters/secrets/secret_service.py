"""The Secret Service back end of keyring, with two additions.

It fails when the service ends, instead of waiting without end, and it says why a keyring stays
locked. Import it in the keyring thread only: it loads keyring and D-Bus.
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
    """The back end; each call has a connection of its own.

    `unlocking` is true while the system asks the user for the password of the keyring. Any thread
    may read it.
    """

    unlocking = False

    def get_preferred_collection(self) -> Any:
        """The unlocked collection; the caller closes its connection.

        Raises SecretError, and what secretstorage raises.
        """
        bus = _failing_with_service(secretstorage.dbus_init())
        try:
            return self._unlocked(bus)
        except BaseException:
            bus.close()
            raise

    def look(self, service: str, username: str) -> str | bool:
        """The password if it can be read without asking the user, else whether there is one.

        Raises SecretError, and what secretstorage raises.
        """
        with contextlib.closing(_failing_with_service(secretstorage.dbus_init())) as bus:
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
            with self._while_asking():
                item.unlock()
            if item.is_locked():
                raise SecretError(_locked_code(item.connection))

    def _unlocked(self, bus: Any) -> Any:
        try:
            collection = secretstorage.Collection(bus, self._place)
        except secretstorage.ItemNotFoundException:
            return self._created(bus)
        if collection.is_locked():
            with self._while_asking():
                collection.unlock()
            if collection.is_locked():
                raise SecretError(_locked_code(bus))
        return collection

    def _created(self, bus: Any) -> Any:
        """A new collection, the first of this user: the system asks for a password for it."""
        with contextlib.suppress(secretstorage.PromptDismissedException), self._while_asking():
            return secretstorage.create_collection(bus, "Default", "default")
        raise SecretError(_locked_code(bus))

    @contextlib.contextmanager
    def _while_asking(self) -> Iterator[None]:
        self.unlocking = True
        try:
            yield
        finally:
            self.unlocking = False


def _failing_with_service(bus: Any) -> Any:
    """Make the connection fail when the Secret Service ends.

    Otherwise a call that waits for the user's answer to its password dialog would never return.
    """
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


def _locked_code(bus: Any) -> str:
    """The code for a keyring that stays locked: the user refused, or could not be asked.

    gnome-keyring reports both as a dismissed prompt. After a real prompt its prompter stays on the
    bus for some seconds.
    """
    names = Proxy(message_bus, bus).ListNames()[0]
    never_asked = _GNOME in names and _GNOME_PROMPTER not in names
    return "keyring_locked" if never_asked else "keyring_denied"
