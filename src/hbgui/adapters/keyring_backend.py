"""Which keyring of the system holds the tokens. Never one that would write them in plain text.

The classes are taken directly. keyring's own choice would load every installed plug-in and obey
keyringrc.cfg, and so may silently be a plain file or one that forgets everything.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import Any

from hbgui.core.api.errors import SecretError

ENVIRONMENT = "PYTHON_KEYRING_BACKEND"

_SECRET_SERVICE = "hbgui.adapters.secret_service.Keyring"  # noqa: S105 - the name of a class
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
"""Modules that may write in plain text, and one that may choose those."""

_NAMES = {
    _SECRET_SERVICE: "Secret Service",
    _LIBSECRET: "Secret Service (libsecret)",
    _KWALLET: "KWallet",
    _KWALLET4: "KWallet 4",
    _KEYCHAIN: "macOS Keychain",
    _CREDENTIALS: "Windows Credential Manager",
}


def choose() -> Any:
    """The keyring that PYTHON_KEYRING_BACKEND names, else the system's own.

    Among several that are there, the `priority` of their classes decides, as in keyring itself:
    KWallet wins on a KDE desktop. Raises SecretError, and whatever a back end raises.
    """
    named = os.environ.get(ENVIRONMENT, "").strip()
    if named:
        return _explicit(named)
    classes = map(_importable, _ALLOWED.get(sys.platform, _ALLOWED_ELSEWHERE))
    found = [(priority, c) for c in classes if (priority := _priority(c)) is not None]
    if not found:
        raise SecretError("keyring_none")
    return max(found, key=lambda pair: pair[0])[1]()


def _load(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _importable(name: str) -> Any:
    try:
        return _load(name)
    except ImportError:  # secretstorage is there on Linux only
        return None


def _priority(backend_class: Any) -> float | None:
    """None when it cannot be used here: its package is missing, or nothing answers."""
    try:
        return float(backend_class.priority)
    except Exception:  # noqa: BLE001 - a bus that is not there raises more than RuntimeError
        return None


def _explicit(name: str) -> Any:
    """The class that the environment names. Refused by its name before it is even imported."""
    _refuse(name)
    from keyring.backend import KeyringBackend

    backend_class = None
    with contextlib.suppress(Exception):  # a foreign module may fail in any way
        # keyring's own class would wait for ever when the service ends.
        backend_class = _load(_SECRET_SERVICE if name == _PLAIN_SECRET_SERVICE else name)
    if not (isinstance(backend_class, type) and issubclass(backend_class, KeyringBackend)):
        raise SecretError("keyring_failed", f"{ENVIRONMENT}={name}")
    for base in backend_class.__mro__:
        _refuse(class_name(base))
    if _priority(backend_class) is None:
        raise SecretError("keyring_none", name)
    return backend_class()


def _refuse(name: str) -> None:
    if name.startswith(_KEEP_NOTHING):
        raise SecretError("keyring_keeps_nothing", name)
    if name.startswith(_REFUSED) or "plain" in name.lower():
        raise SecretError("keyring_refused_backend", name)


def class_name(cls: type) -> str:
    """The full name of a class."""
    return f"{cls.__module__}.{cls.__qualname__}"


def human_name(backend: object) -> str:
    """What a person calls this keyring; the name of the class if it is not a usual one."""
    name = class_name(type(backend))
    return _NAMES.get(name, name)
