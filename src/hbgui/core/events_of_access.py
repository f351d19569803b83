"""What can happen to a PBX's token, logins and certificate, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hbgui.core.attempt import Attempt
from hbgui.core.link import Certificate, Pin
from hbgui.core.login_count import LoginCount
from hbgui.core.moment import Moment
from hbgui.core.secret import Secret


class SecretPlace(StrEnum):
    """Where the token of a PBX is."""

    UNKNOWN = "unknown"
    NOWHERE = "nowhere"
    KEYRING = "keyring"
    SESSION = "session"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TokenChanged:
    """A new token was typed, or the old one forgotten: what was known of its life is void."""

    pbx_id: str
    at: Moment


@dataclass(frozen=True, slots=True)
class SecretPlaced:
    """The token was found, stored, missed or not readable; `code` says why it failed, `detail`
    names what failed. `number` tells which token: each later one of a PBX has a higher number."""

    pbx_id: str
    place: SecretPlace
    code: str = ""
    detail: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class TokenRenewed:
    """hbgui logged in by itself, during the heartbeat of that run, and got this token."""

    pbx_id: str
    run: int
    token: Secret


@dataclass(frozen=True, slots=True)
class LoginStarted:
    pbx_id: str


@dataclass(frozen=True, slots=True)
class LoginFinished:
    """A login of `user` that a person asked for has ended, `at` this moment. `count` is that of
    wrong logins after it, `token` what a success gave; with `renew` hbgui may log in by itself
    from now on."""

    pbx_id: str
    attempt: Attempt
    count: LoginCount
    transport: str
    at: Moment
    token: Secret | None = None
    user: str = ""
    renew: bool = False


@dataclass(frozen=True, slots=True)
class LoginCancelled:
    pbx_id: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The PBX answered to a logout, or could not be asked."""

    pbx_id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class LoginCounted:
    """How many wrong logins this PBX has seen from here."""

    pbx_id: str
    count: LoginCount


@dataclass(frozen=True, slots=True)
class PasswordPlaced:
    """Whether the keyring holds the API password; `code` says why that is not known, or why it
    could not be stored."""

    pbx_id: str
    kept: bool
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """Somebody asked to see the certificate; without one `attempt` says why."""

    pbx_id: str
    certificate: Certificate | None
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class CertificateTrusted:
    """A person trusts a certificate until the program ends."""

    pbx_id: str
    pin: Pin
