"""Tokens and passwords in the system's keyring."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from hbgui.adapters.threads import NoAnswer, SerialWorker
from hbgui.core.api.errors import SecretError
from hbgui.core.ports import SECRET_TIMEOUT_S
from hbgui.core.values import Secret

ENVIRONMENT = "PYTHON_KEYRING_BACKEND"

_SECRET_SERVICE = "hbgui.adapters.secrets.secret_service.Keyring"  # noqa: S105 - the name of a class
_PLAIN_SECRET_SERVICE = "keyring.backends.SecretService.Keyring"  # noqa: S105 - as above
_LIBSECRET = "keyring.backends.libsecret.Keyring"
_KWALLET = "keyring.backends.kwallet.DBusKeyring"
_KWALLET4 = "keyring.backends.kwallet.DBusKeyringKWallet4"
_KEYCHAIN = "keyring.backends.macOS.Keyring"
_CREDENTIALS = "keyring.backends.Windows.WinVaultKeyring"

_ALLOWED = {"darwin": (_KEYCHAIN,), "win32": (_CREDENTIALS,)}
_ALLOWED_ELSEWHERE = (_SECRET_SERVICE, _LIBSECRET, _KWALLET, _KWALLET4)
_KEEP_NOTHING = ("keyring.backends.null.", "keyring.backends.fail.")
_REFUSED = ("keyring.backends.chainer.", "keyrings.alt.")
"""Beginnings of the names of back ends that may store plain text, or choose another that does."""

_NAMES = {
    _SECRET_SERVICE: "Secret Service",
    _LIBSECRET: "Secret Service (libsecret)",
    _KWALLET: "KWallet",
    _KWALLET4: "KWallet 4",
    _KEYCHAIN: "macOS Keychain",
    _CREDENTIALS: "Windows Credential Manager",
}


def choose() -> Any:
    """Make the back end that PYTHON_KEYRING_BACKEND names, else the one of the system.

    Of several usable ones the class with the highest `priority` is taken, as keyring does: on a
    KDE desktop that is KWallet. Raises SecretError, and whatever a back end raises.
    """
    named = os.environ.get(ENVIRONMENT, "").strip()
    if named:
        return _named_backend(named)
    classes = map(_importable, _ALLOWED.get(sys.platform, _ALLOWED_ELSEWHERE))
    usable = [(priority, c) for c in classes if (priority := _priority(c)) is not None]
    if not usable:
        raise SecretError("keyring_none")
    return max(usable, key=lambda pair: pair[0])[1]()


def _load(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _importable(name: str) -> Any:
    try:
        return _load(name)
    except ImportError:  # secretstorage is there on Linux only
        return None


def _priority(backend_class: Any) -> float | None:
    """The priority of a back end; None when it cannot be used: no package, or no answer."""
    try:
        return float(backend_class.priority)
    except Exception:  # noqa: BLE001 - a missing D-Bus raises more than RuntimeError
        return None


def _named_backend(name: str) -> Any:
    """Make the back end that the environment names. Refused names are not even imported."""
    _check_allowed(name)
    from keyring.backend import KeyringBackend

    backend_class = None
    with contextlib.suppress(Exception):  # a foreign module may fail in any way
        # keyring's own class would wait without end after the service has ended.
        backend_class = _load(_SECRET_SERVICE if name == _PLAIN_SECRET_SERVICE else name)
    if not (isinstance(backend_class, type) and issubclass(backend_class, KeyringBackend)):
        raise SecretError("keyring_failed", f"{ENVIRONMENT}={name}")
    for base in backend_class.__mro__:
        _check_allowed(class_name(base))
    if _priority(backend_class) is None:
        raise SecretError("keyring_none", name)
    return backend_class()


def _check_allowed(name: str) -> None:
    if name.startswith(_KEEP_NOTHING):
        raise SecretError("keyring_keeps_nothing", name)
    if name.startswith(_REFUSED) or "plain" in name.lower():
        raise SecretError("keyring_refused_backend", name)


def class_name(cls: type) -> str:
    """The full name of a class."""
    return f"{cls.__module__}.{cls.__qualname__}"


def human_name(backend: object) -> str:
    """The name of this keyring for users; the name of its class if it is not a known one."""
    name = class_name(type(backend))
    return _NAMES.get(name, name)


T = TypeVar("T")

SERVICE = "hbgui"
"""The service of every entry in the keyring; its account is the id of the profile."""

_DUPLICATES_MAX = 10

_NOT_OPENED = -1
"""The `handle` of keyring's KWallet before its first use, when it may ask for a password."""

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
"""Our codes for exceptions of the back ends, by the name of the class or the D-Bus name of the
exception or of one that caused it. The first match counts."""

_SPAWN = "org.freedesktop.DBus.Error.Spawn."
"""The bus could not start the service."""

_CANCELLED = ("Cancelled by user", "Failed to unlock the keyring!")
"""KWallet's texts for a password dialog that the user has closed."""


class KeyringStore:
    """Fulfils `core.ports.SecretStore`. May be called from any thread.

    keyring is imported and called in one daemon thread, one call at a time; each call ends
    within `timeout_s` seconds. While a call hangs, further calls fail at once; they work again
    when it has returned. A call that timed out may still take effect, before any later one.
    `on_late_result` is then called in the keyring thread with its SecretError, or with None. It
    must not block; what it raises is logged.
    """

    def __init__(
        self,
        timeout_s: float = SECRET_TIMEOUT_S,
        on_late_result: Callable[[SecretError | None], None] = lambda _error: None,
    ) -> None:
        def report_late(answer: object) -> None:
            on_late_result(answer if isinstance(answer, SecretError) else None)

        self._thread = SerialWorker("keyring-store", timeout_s, report_late)
        self._backend: Any = None

    def get(self, account: str) -> Secret | None:
        """The secret of the account; None without one. Raises SecretError."""
        return self._run(lambda backend: _read(backend, account))

    def look(self, account: str) -> Secret | bool:
        """The secret if it can be read without asking the user, else whether there is one.

        Raises SecretError.
        """
        return self._run(lambda backend: _look(backend, account))

    def put(self, account: str, secret: Secret) -> None:
        """Store the secret, and check that it can be read again. Raises SecretError."""
        self._run(lambda backend: _write(backend, account, secret))

    def delete(self, account: str) -> None:
        """Delete the secret, if there is one. Raises SecretError."""
        self._run(lambda backend: _clear(backend, account))

    def backend_name(self) -> str:
        """The name for users of the keyring in use. Raises SecretError."""
        return self._run(human_name)

    def _run(self, work: Callable[[Any], T]) -> T:
        answer: T | SecretError
        try:
            answer = self._thread.run(lambda: self._call(work))
        except NoAnswer:
            asks = getattr(self._backend, "unlocking", False)
            answer = SecretError("keyring_unlocking" if asks else "keyring_hung")
        if isinstance(answer, SecretError):
            raise answer
        return answer

    def _call(self, work: Callable[[Any], T]) -> T | SecretError:
        """Call `work`, in the keyring thread. Returns a SecretError for any exception.

        Exceptions of the back end go no further: their texts may hold the secret.
        """
        try:
            if self._backend is None:
                self._backend = choose()
            return work(self._backend)
        except SecretError as error:
            failure = (error.code, error.detail)
        except BaseException as error:  # noqa: BLE001 - backends raise anything; the thread lives
            failure = _code_and_detail(error)
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
    # The back end may have read an entry of another program for the same account.
    _clear(backend, account)
    backend.set_password(SERVICE, account, secret.reveal())
    if _read(backend, account) != secret:
        raise SecretError("keyring_not_kept")


def _clear(backend: Any, account: str) -> None:
    """Delete all entries of the account: back ends delete one per call."""
    from keyring.errors import PasswordDeleteError

    look = getattr(backend, "look", None)
    if look is not None and not look(SERVICE, account):
        # Without an entry, a locked keyring is left locked.
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


def _code_and_detail(error: BaseException) -> tuple[str, str]:
    """The code and detail for an exception. The detail is the name of its class, not its text."""
    causes = list(_with_causes(error))
    names = {type(e).__name__ for e in causes}
    names |= {str(getattr(e, "name", "")) for e in causes}
    code = next((code for name, code in _CODES.items() if name in names), "keyring_failed")
    if _text(error) in _CANCELLED:
        code = "keyring_denied"
    elif any(name.startswith(_SPAWN) for name in names):
        code = "keyring_none"
    return code, class_name(type(error))


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the text of a back end's exception may fail
        return ""


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__
