"""Why there was no token: what happened, why, what to do next."""

from __future__ import annotations

from hbgui.texts.translation import QT_TRANSLATE_NOOP

KEYRING: dict[str, tuple[str, str, str]] = {
    "keyring_none": (
        QT_TRANSLATE_NOOP("texts", "This computer has no keyring for the token"),
        QT_TRANSLATE_NOOP("texts", "No password store of the system answers."),
        QT_TRANSLATE_NOOP(
            "texts", "Enter a token for this session only: it is kept until hbgui ends."
        ),
    ),
    "keyring_locked": (
        QT_TRANSLATE_NOOP("texts", "The system keyring is locked"),
        QT_TRANSLATE_NOOP("texts", "The token in it is safe, but cannot be read now."),
        QT_TRANSLATE_NOOP("texts", "Unlock the keyring, or enter a token for this session only."),
    ),
    "keyring_unlocking": (
        QT_TRANSLATE_NOOP("texts", "The system keyring is locked and asks for its password"),
        QT_TRANSLATE_NOOP("texts", "The question is in another window of the system."),
        QT_TRANSLATE_NOOP(
            "texts", "Answer it there, then send again; or enter a token for this session only."
        ),
    ),
    "keyring_denied": (
        QT_TRANSLATE_NOOP("texts", "The system refused access to the keyring"),
        QT_TRANSLATE_NOOP("texts", "Its question was closed without the password, or forbidden."),
        QT_TRANSLATE_NOOP(
            "texts", "Send again to be asked again, or enter a token for this session only."
        ),
    ),
    "keyring_hung": (
        QT_TRANSLATE_NOOP("texts", "The system keyring does not answer"),
        QT_TRANSLATE_NOOP(
            "texts", "It did not answer in time, or is busy with an earlier question."
        ),
        QT_TRANSLATE_NOOP("texts", "Restart it, or enter a token for this session only."),
    ),
    "keyring_gone": (
        QT_TRANSLATE_NOOP("texts", "The system keyring ended while it was asked"),
        QT_TRANSLATE_NOOP(
            "texts", "It, or the session's message bus, stopped before an answer came."
        ),
        QT_TRANSLATE_NOOP("texts", "Send again: the system may have started it again."),
    ),
    "keyring_refused_backend": (
        QT_TRANSLATE_NOOP("texts", "The configured keyring would not keep the token safe"),
        QT_TRANSLATE_NOOP("texts", "It is {detail}, and may write in plain text."),
        QT_TRANSLATE_NOOP(
            "texts", "Remove PYTHON_KEYRING_BACKEND. Until then tokens are for this session."
        ),
    ),
    "keyring_keeps_nothing": (
        QT_TRANSLATE_NOOP("texts", "The configured keyring keeps nothing"),
        QT_TRANSLATE_NOOP("texts", "It is {detail}. hbgui does not use it."),
        QT_TRANSLATE_NOOP(
            "texts", "Remove PYTHON_KEYRING_BACKEND. Until then tokens are for this session."
        ),
    ),
    "keyring_not_kept": (
        QT_TRANSLATE_NOOP("texts", "The keyring did not keep the token"),
        QT_TRANSLATE_NOOP("texts", "It took the token, but did not give it back."),
        QT_TRANSLATE_NOOP("texts", "Enter a token for this session only, and check the keyring."),
    ),
    "keyring_failed": (
        QT_TRANSLATE_NOOP("texts", "The system keyring reports a fault"),
        QT_TRANSLATE_NOOP("texts", "{detail}"),
        QT_TRANSLATE_NOOP("texts", "The PBX was not asked. Enter a token for this session only."),
    ),
    "token_not_given": (
        QT_TRANSLATE_NOOP("texts", "There is no token to send"),
        QT_TRANSLATE_NOOP("texts", "None came from standard input, HBGUI_TOKEN or a profile."),
        QT_TRANSLATE_NOOP("texts", "Use --token-stdin, or --profile with a stored token."),
    ),
    "token_of_other_host": (
        QT_TRANSLATE_NOOP("texts", "The stored token is of another address"),
        QT_TRANSLATE_NOOP("texts", "It was given for {detail}. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "Say that it belongs to this PBX, or enter a new one."),
    ),
    "password_not_stored": (
        QT_TRANSLATE_NOOP("texts", "There is no password to log in with"),
        QT_TRANSLATE_NOOP(
            "texts",
            "The token is lost, and the keyring holds no API password for this PBX at this "
            "address.",
        ),
        QT_TRANSLATE_NOOP("texts", "Get a new token with user name and password."),
    ),
    "token_not_stored": (
        QT_TRANSLATE_NOOP("texts", "There is no token yet"),
        QT_TRANSLATE_NOOP("texts", "The keyring holds none for this PBX."),
        QT_TRANSLATE_NOOP("texts", "Enter the token that the PBX gave at login."),
    ),
}
