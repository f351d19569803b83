"""What a certificate that was looked at means."""

from __future__ import annotations

from hbgui.core.pbx.connection import Certificate, Pin, TlsLevel, TlsMode, spelled_fingerprint
from hbgui.core.pbx.profile import Profile
from hbgui.core.state.pbx_state import PbxState
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.outcomes import Message

_FAULTS = {
    "certificate_self_signed": QT_TRANSLATE_NOOP(
        "texts", "The PBX made it itself: usual for PBXs, but anybody can make one like it."
    ),
    "certificate_unknown_issuer": QT_TRANSLATE_NOOP(
        "texts", "This computer does not know who issued it: usual for PBXs."
    ),
    "certificate_expired": QT_TRANSLATE_NOOP(
        "texts", "It is past its date. Check this computer's date first."
    ),
    "certificate_not_yet_valid": QT_TRANSLATE_NOOP(
        "texts", "It begins in the future. Usually this computer's clock is wrong."
    ),
    "certificate_wrong_name": QT_TRANSLATE_NOOP(
        "texts", "It does not name this address: it may be another box's."
    ),
    "certificate_too_weak": QT_TRANSLATE_NOOP(
        "texts", "Its key is short: with much effort it can be imitated."
    ),
    "certificate_weak_issuer": QT_TRANSLATE_NOOP(
        "texts", "Its issuer's key is short: with much effort it can be imitated."
    ),
    "certificate_weak_signature": QT_TRANSLATE_NOOP(
        "texts", "It is signed in an outdated way, as with SHA-1: it may be imitated."
    ),
    "certificate_untrusted": QT_TRANSLATE_NOOP("texts", "It did not pass this computer's check."),
}


def fault(code: str) -> str:
    """Why the system does not trust a certificate, in a sentence."""
    return translate("texts", _FAULTS[code])


def trust(profile: Profile, pbx: PbxState | None, since: str) -> str:
    """Which certificate a PBX's profile believes; empty when the system decides.

    `since` is the day from which on, in the person's format.
    """
    pin, now = profile.pin, pbx.session_pin if pbx else None
    if now is not None and now.authority == profile.authority:
        text = QT_TRANSLATE_NOOP("texts", "One is trusted until hbgui is closed: {begin}…")
        return translate("texts", text, {"begin": spelled_fingerprint(now.sha256)[:23]})
    if profile.tls is not TlsMode.PINNED:
        return ""
    if pin is None:
        text = QT_TRANSLATE_NOOP("texts", "None is trusted yet: look at it first.")
        return translate("texts", text)
    if pin.authority != profile.authority:
        text = QT_TRANSLATE_NOOP(
            "texts", "The trusted one is of {authority}: look at this one first."
        )
        return translate("texts", text, {"authority": pin.authority})
    text = QT_TRANSLATE_NOOP("texts", "Trusted since {date}: {begin}…")
    values = {"date": since or "–", "begin": spelled_fingerprint(pin.sha256)[:23]}
    return translate("texts", text, values)


def weak_link(profile: Profile) -> str:
    """What the way to a PBX leaves unprotected for as long as it is set so; empty if nothing."""
    if profile.tls_level is not TlsLevel.VERY_OLD:
        return ""
    text = QT_TRANSLATE_NOOP("texts", "TLS level “very old”: who is on the way can read the token.")
    return translate("texts", text)


def certificate_message(seen: Certificate, pin: Pin | None, *, stored: bool) -> Message:
    """What to say of a certificate on the command line; `stored` if it is trusted from now on.

    `pin` is the one that was trusted until now.
    """
    changed = pin is not None and pin.sha256 != seen.sha256
    before = _before(pin) if pin and changed else ""
    if stored:
        title = QT_TRANSLATE_NOOP("texts", "This certificate is trusted from now on, no other")
        return Message(translate("texts", title), before, "")
    if changed:
        title = QT_TRANSLATE_NOOP("texts", "This is not the certificate that is trusted")
        advice = QT_TRANSLATE_NOOP(
            "texts",
            "If nobody renewed it or replaced the PBX, do not go on. Compare the new SHA-256 with "
            "the one that the PBX or its administrator shows.",
        )
        return Message(translate("texts", title), before, translate("texts", advice))
    if pin is not None:
        title = QT_TRANSLATE_NOOP("texts", "This is the certificate that is trusted")
        return Message(translate("texts", title), "", "")
    return _by_system(seen)


def _before(pin: Pin) -> str:
    text = QT_TRANSLATE_NOOP("texts", "The one that was trusted: {sha256}")
    return translate("texts", text, {"sha256": spelled_fingerprint(pin.sha256)})


def _by_system(seen: Certificate) -> Message:
    if not seen.fault:
        title = QT_TRANSLATE_NOOP("texts", "This computer trusts the certificate")
        return Message(translate("texts", title), "", "")
    title = QT_TRANSLATE_NOOP("texts", "This computer does not trust the certificate")
    advice = QT_TRANSLATE_NOOP(
        "texts",
        "Compare the SHA-256 with the one that the PBX or its administrator shows; if they are "
        "the same: hbgui trust with --profile NAME --yes, or --tls pin:SHA256.",
    )
    return Message(translate("texts", title), fault(seen.fault), translate("texts", advice))
