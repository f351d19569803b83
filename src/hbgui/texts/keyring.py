"""Why there was no token: what happened, why, what to do next."""

from __future__ import annotations

from hbgui.texts.translation import T

KEYRING: dict[str, tuple[str, str, str]] = {
    "keyring_none": (
        T("This computer has no keyring for the token"),
        T("No password store of the system answers."),
        T("Enter a token for this session only: it is kept until hbgui ends."),
    ),
    "keyring_locked": (
        T("The system keyring is locked"),
        T("The token in it is safe, but cannot be read now."),
        T("Unlock the keyring, or enter a token for this session only."),
    ),
    "keyring_unlocking": (
        T("The system keyring is locked and asks for its password"),
        T("The question is in another window of the system."),
        T("Answer it there, then send again; or enter a token for this session only."),
    ),
    "keyring_denied": (
        T("The system refused access to the keyring"),
        T("Its question was closed without the password, or forbidden."),
        T("Send again to be asked again, or enter a token for this session only."),
    ),
    "keyring_hung": (
        T("The system keyring does not answer"),
        T("It did not answer in time, or is busy with an earlier question."),
        T("Restart it, or enter a token for this session only."),
    ),
    "keyring_gone": (
        T("The system keyring ended while it was asked"),
        T("It, or the session's message bus, stopped before an answer came."),
        T("Send again: the system may have started it again."),
    ),
    "keyring_refused_backend": (
        T("The configured keyring would not keep the token safe"),
        T("It is {detail}, and may write in plain text."),
        T("Remove PYTHON_KEYRING_BACKEND. Until then tokens are for this session."),
    ),
    "keyring_keeps_nothing": (
        T("The configured keyring keeps nothing"),
        T("It is {detail}. hbgui does not use it."),
        T("Remove PYTHON_KEYRING_BACKEND. Until then tokens are for this session."),
    ),
    "keyring_not_kept": (
        T("The keyring did not keep the token"),
        T("It took the token, but did not give it back."),
        T("Enter a token for this session only, and check the keyring."),
    ),
    "keyring_failed": (
        T("The system keyring reports a fault"),
        T("{detail}"),
        T("The PBX was not asked. Enter a token for this session only."),
    ),
    "token_not_given": (
        T("There is no token to send"),
        T("None came from standard input, HBGUI_TOKEN or a profile."),
        T("Use --token-stdin, or --profile with a stored token."),
    ),
    "token_of_other_host": (
        T("The stored token is of another address"),
        T("It was given for {detail}. Nothing was sent."),
        T("Say that it belongs to this PBX, or enter a new one."),
    ),
    "password_not_stored": (
        T("There is no password to log in with"),
        T("The token is lost, and the keyring holds no API password for this PBX at this address."),
        T("Get a new token with user name and password."),
    ),
    "token_not_stored": (
        T("There is no token yet"),
        T("The keyring holds none for this PBX."),
        T("Enter the token that the PBX gave at login."),
    ),
}
