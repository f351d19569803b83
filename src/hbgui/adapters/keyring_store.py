"""Tokens in the keyring of the operating system, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from hbgui.adapters import keyring_backend
from hbgui.adapters.one_thread import NoAnswer, OneThread
from hbgui.core.api.errors import SecretError
from hbgui.core.ports import SECRET_TIMEOUT_S
from hbgui.core.values import Secret

T = TypeVar("T")

SERVICE = "hbgui"
"""The service of every entry; the account is the profile's lasting id."""

_DUPLICATES_MAX = 10

_NOT_OPENED = -1
"""The `handle` of keyring's KWallet before its first use, at which it may ask a person."""

_CODES = {
    "org.freedesktop.DBus.Error.NoReply": "keyring_gone",
    "ConnectionResetError": "keyring_gone",
    "BrokenPipeError": "keyring_gone",
    "TimeoutError": "keyring_hung",
    "org.freedesktop.DBus.Error.AccessDenied": "keyring_denied",
    "KeychainDenied": "keyring_denied",
    "PromptDismissedException": "keyring_denied",
    "KeyringLocked": "keyring_locked",
    "LockedException": "keyring_locked",
    "org.freedesktop.Secret.Error.IsLocked": "keyring_locked",
    "NoKeyringError": "keyring_none",
    "SecretServiceNotAvailableException": "keyring_none",
}
"""What foreign exceptions mean, by the name of their class or their D-Bus name, or that of one
that caused them. The first that fits is taken."""

_SPAWN = "org.freedesktop.DBus.Error.Spawn."
"""The bus could not start the service."""

_CANCELLED = ("Cancelled by user", "Failed to unlock the keyring!")
"""KWallet's ways to say that a person closed its question."""


class KeyringStore:
    """Fulfils `core.ports.SecretStore`. May be called from any thread.

    keyring is imported and called in one daemon thread, one call at a time; each call ends
    within `timeout_s` seconds. While one hangs, further calls fail at once; they work again when
    it has come back. A call that timed out may still take effect later, before any later one;
    `came_back` is then called in the keyring thread with its error, or with None. It must not
    block; what it raises is logged.
    """

    def __init__(
        self,
        timeout_s: float = SECRET_TIMEOUT_S,
        came_back: Callable[[SecretError | None], None] = lambda _error: None,
    ) -> None:
        def late(answer: object) -> None:
            came_back(answer if isinstance(answer, SecretError) else None)

        self._thread = OneThread("keyring-store", timeout_s, late)
        self._backend: Any = None

    def get(self, account: str) -> Secret | None:
        """The secret, None when there is none. Raises SecretError."""
        return self._run(lambda backend: _read(backend, account))

    def look(self, account: str) -> Secret | bool:
        """The secret where reading it asks nobody, else whether there is one.

        Raises SecretError.
        """
        return self._run(lambda backend: _look(backend, account))

    def put(self, account: str, secret: Secret) -> None:
        """Store the secret and make sure that it can be read back. Raises SecretError."""
        self._run(lambda backend: _write(backend, account, secret))

    def delete(self, account: str) -> None:
        """Forget the secret; nothing happens when there is none. Raises SecretError."""
        self._run(lambda backend: _clear(backend, account))

    def backend_name(self) -> str:
        """What a person calls the keyring in use. Raises SecretError."""
        return self._run(keyring_backend.human_name)

    def _run(self, work: Callable[[Any], T]) -> T:
        answer: T | SecretError
        try:
            answer = self._thread.run(lambda: self._attempt(work))
        except NoAnswer:
            asks = getattr(self._backend, "unlocking", False)
            answer = SecretError("keyring_unlocking" if asks else "keyring_hung")
        if isinstance(answer, SecretError):
            raise answer
        return answer

    def _attempt(self, work: Callable[[Any], T]) -> T | SecretError:
        """In the keyring thread. Foreign exceptions end here: their texts may hold the secret."""
        try:
            if self._backend is None:
                self._backend = keyring_backend.choose()
            return work(self._backend)
        except SecretError as error:
            failure = (error.code, error.detail)
        except BaseException as error:  # noqa: BLE001 - backends raise anything; the thread lives
            failure = _meaning(error)
        return SecretError(*failure)


def _read(backend: Any, account: str) -> Secret | None:
    text = backend.get_password(SERVICE, account)
    return Secret(text) if text else None


def _look(backend: Any, account: str) -> Secret | bool:
    if not hasattr(backend, "look"):
        if getattr(backend, "handle", 0) == _NOT_OPENED:
            raise SecretError("keyring_locked")
        return _read(backend, account) or False
    found: str | bool = backend.look(SERVICE, account)
    return Secret(found) if isinstance(found, str) and found else bool(found)


def _write(backend: Any, account: str, secret: Secret) -> None:
    backend.set_password(SERVICE, account, secret.reveal())
    if _read(backend, account) == secret:
        return
    # Another program's entry for the same account may be in front of ours.
    _clear(backend, account)
    backend.set_password(SERVICE, account, secret.reveal())
    if _read(backend, account) != secret:
        raise SecretError("keyring_not_kept")


def _clear(backend: Any, account: str) -> None:
    """Delete all entries of the account: backends delete one at a time."""
    from keyring.errors import PasswordDeleteError

    look = getattr(backend, "look", None)
    if look is not None and not look(SERVICE, account):
        # A locked keyring need not be opened for nothing.
        return
    for _ in range(_DUPLICATES_MAX):
        if backend.get_password(SERVICE, account) is None:
            return
        try:
            backend.delete_password(SERVICE, account)
        except PasswordDeleteError:
            break
    if backend.get_password(SERVICE, account) is not None:
        raise SecretError("keyring_failed", "the entry could not be deleted")


def _meaning(error: BaseException) -> tuple[str, str]:
    """Code and detail; the detail is the name of the exception's class, never its text."""
    causes = list(_causes(error))
    names = {type(e).__name__ for e in causes}
    names |= {str(getattr(e, "name", "")) for e in causes}
    code = next((code for name, code in _CODES.items() if name in names), "keyring_failed")
    if _words(error) in _CANCELLED:
        code = "keyring_denied"
    elif any(name.startswith(_SPAWN) for name in names):
        code = "keyring_none"
    return code, keyring_backend.class_name(type(error))


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - of another program
        return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__
