"""What a certificate that was looked at means."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.login import HTTP, TCP, WRONG_MAX, LoginCount
from hbgui.core.pbx.connection import Certificate, Pin, TlsLevel, TlsMode, spelled_fingerprint
from hbgui.core.pbx.profile import Profile
from hbgui.core.state.pbx_state import PbxState
from hbgui.texts.outcomes import Message
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

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


def attempts(count: LoginCount, now: datetime) -> str:
    """How close a block is, if that is known; empty while no login was wrong. `now` is aware
    UTC."""
    count = count.at(now)
    if count.locked_until is not None:
        minutes, seconds = divmod(ceil((count.locked_until - now).total_seconds()), 60)
        text = QT_TRANSLATE_NOOP(
            "texts",
            "The PBX blocks this computer for {left} minutes at most. An administrator can end "
            "that: Settings > System > Security > IP Auto Defense > Blocked IP Address, type "
            "API-IP.",
        )
        return translate("texts", text, {"left": f"{minutes}:{seconds:02}"})
    if count.unknown:
        text = QT_TRANSLATE_NOOP(
            "texts",
            "How many logins were wrong before is not known: it cannot be read from {file}. After "
            "{max} wrong ones the PBX blocks this computer for 10 minutes.",
        )
        return translate("texts", text, {"file": count.unknown, "max": str(WRONG_MAX)})
    if not count.wrong:
        return ""
    text = QT_TRANSLATE_NOOP(
        "texts",
        "This was attempt {wrong} of {max}: after {max} wrong ones the PBX blocks this computer "
        "for 10 minutes.",
    )
    return translate("texts", text, {"wrong": str(count.wrong), "max": str(WRONG_MAX)})


def transport(word: str) -> str:
    """How the PBX delivers reports, one of core.login's TRANSPORTS; empty when it did not say."""
    if word != HTTP:
        return no_reports(word)
    return translate("texts", QT_TRANSLATE_NOOP("texts", "The PBX delivers reports over HTTP."))


def no_reports(word: str) -> str:
    """Why no report can come, and what to change on the PBX; empty unless it delivers by TCP."""
    if word != TCP:
        return ""
    text = QT_TRANSLATE_NOOP(
        "texts",
        "The PBX delivers reports over TCP: none will come over HTTP. To change that on the PBX: "
        "Settings > PBX > General > API, report method HTTP.",
    )
    return translate("texts", text)


def device_facts(device: DeviceInfo) -> list[tuple[str, str]]:
    """Label and value of each fact that was told."""
    clock = device.system_time
    extensions = device.extensions
    if device.in_use is not None:
        text = QT_TRANSLATE_NOOP("texts", "{used} in use, capacity {capacity}")
        counts = {"used": str(device.in_use), "capacity": str(device.capacity)}
        extensions = translate("texts", text, counts)
    facts = (
        (QT_TRANSLATE_NOOP("texts", "Model"), device.name),
        (QT_TRANSLATE_NOOP("texts", "Serial number"), device.serial),
        (QT_TRANSLATE_NOOP("texts", "Hardware"), device.hardware),
        (QT_TRANSLATE_NOOP("texts", "Firmware"), device.firmware),
        (QT_TRANSLATE_NOOP("texts", "Its clock"), f"{clock:%Y-%m-%d %H:%M:%S %Z}" if clock else ""),
        (QT_TRANSLATE_NOOP("texts", "Running for"), device.uptime),
        (QT_TRANSLATE_NOOP("texts", "Extensions"), extensions),
    )
    return [(translate("texts", label), value) for label, value in facts if value]
