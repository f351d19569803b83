"""What is known of a PBX before a heartbeat: certificate, wrong logins, transport, device."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.login import HTTP, TCP, WRONG_MAX, LoginCount
from hbgui.core.pbx.connection import Certificate, Pin, TlsLevel, TlsMode, spelled_fingerprint
from hbgui.core.pbx.profile import Profile
from hbgui.texts.outcomes import Message
from hbgui.texts.translation import T, translate

if TYPE_CHECKING:
    # Of the window's state, which no command needs that sends once.
    from hbgui.core.state.pbx_state import PbxState

_FAULTS = {
    "certificate_self_signed": T(
        "The PBX made it itself: usual for PBXs, but anybody can make one like it."
    ),
    "certificate_unknown_issuer": T("This computer does not know who issued it: usual for PBXs."),
    "certificate_expired": T("It is past its date. Check this computer's date first."),
    "certificate_not_yet_valid": T(
        "It begins in the future. Usually this computer's clock is wrong."
    ),
    "certificate_wrong_name": T("It does not name this address: it may be another box's."),
    "certificate_too_weak": T("Its key is short: with much effort it can be imitated."),
    "certificate_weak_issuer": T("Its issuer's key is short: with much effort it can be imitated."),
    "certificate_weak_signature": T(
        "It is signed in an outdated way, as with SHA-1: it may be imitated."
    ),
    "certificate_untrusted": T("It did not pass this computer's check."),
}


def certificate_fault(code: str) -> str:
    """Why the system does not trust a certificate, in a sentence."""
    return translate(_FAULTS[code])


def certificate_trust(profile: Profile, pbx: PbxState | None, since: str) -> str:
    """Which certificate is trusted for a PBX; empty when the system's trust decides.

    `since` is the day on which the pin was stored, as the person writes dates.
    """
    pin, now = profile.pin, pbx.session_pin if pbx else None
    if now is not None and now.authority == profile.authority:
        return translate(
            T("One is trusted until hbgui is closed: {begin}…"),
            {"begin": spelled_fingerprint(now.sha256)[:23]},
        )
    if profile.tls is not TlsMode.PINNED:
        return ""
    if pin is None:
        return translate(T("None is trusted yet: look at it first."))
    if pin.authority != profile.authority:
        return translate(
            T("The trusted one is of {authority}: look at this one first."),
            {"authority": pin.authority},
        )
    values = {"date": since or "–", "begin": spelled_fingerprint(pin.sha256)[:23]}
    return translate(T("Trusted since {date}: {begin}…"), values)


def tls_level_warning(profile: Profile) -> str:
    """What the profile's TLS level leaves unprotected; empty if nothing."""
    if profile.tls_level is not TlsLevel.VERY_OLD:
        return ""
    return translate(T("TLS level “very old”: who is on the way can read the token."))


def certificate_message(certificate: Certificate, pin: Pin | None, *, stored: bool) -> Message:
    """What to say of a certificate on the command line; `stored` if it is trusted from now on.

    `pin` is the one that was trusted until now.
    """
    changed = pin is not None and pin.sha256 != certificate.sha256
    earlier = ""
    if pin and changed:
        sha256 = spelled_fingerprint(pin.sha256)
        earlier = translate(T("The one that was trusted: {sha256}"), {"sha256": sha256})
    if stored:
        return Message(
            translate(T("This certificate is trusted from now on, no other")), earlier, ""
        )
    if changed:
        return Message(
            translate(T("This is not the certificate that is trusted")),
            earlier,
            translate(
                T(
                    "If nobody renewed it or replaced the PBX, do not go on. Compare the new "
                    "SHA-256 with the one that the PBX or its administrator shows."
                )
            ),
        )
    if pin is not None:
        return Message(translate(T("This is the certificate that is trusted")), "", "")
    return _by_system(certificate)


def _by_system(certificate: Certificate) -> Message:
    if not certificate.fault:
        return Message(translate(T("This computer trusts the certificate")), "", "")
    return Message(
        translate(T("This computer does not trust the certificate")),
        certificate_fault(certificate.fault),
        translate(
            T(
                "Compare the SHA-256 with the one that the PBX or its administrator shows; if they "
                "are the same: hbgui trust with --profile NAME --yes, or --tls pin:SHA256."
            )
        ),
    )


def login_attempts_sentence(count: LoginCount, now: datetime) -> str:
    """How many logins are left before the PBX blocks this computer, if known; empty while none has
    failed. `now` is aware UTC."""
    count = count.at(now)
    if count.locked_until is not None:
        minutes, seconds = divmod(ceil((count.locked_until - now).total_seconds()), 60)
        return translate(
            T(
                "The PBX blocks this computer for {left} minutes at most. An administrator can end "
                "that: Settings > System > Security > IP Auto Defense > Blocked IP Address, type "
                "API-IP."
            ),
            {"left": f"{minutes}:{seconds:02}"},
        )
    if count.unknown:
        return translate(
            T(
                "How many logins were wrong before is not known: it cannot be read from {file}. "
                "After {max} wrong ones the PBX blocks this computer for 10 minutes."
            ),
            {"file": count.unknown, "max": str(WRONG_MAX)},
        )
    if not count.wrong:
        return ""
    return translate(
        T(
            "This was attempt {wrong} of {max}: after {max} wrong ones the PBX blocks this "
            "computer for 10 minutes."
        ),
        {"wrong": str(count.wrong), "max": str(WRONG_MAX)},
    )


def report_transport_sentence(word: str) -> str:
    """How the PBX delivers reports, one of core.api.login's TRANSPORTS; empty when unknown."""
    if word != HTTP:
        return tcp_transport_sentence(word)
    return translate(T("The PBX delivers reports over HTTP."))


def tcp_transport_sentence(word: str) -> str:
    """Why no report can arrive, and what to change on the PBX; empty unless it delivers by TCP."""
    if word != TCP:
        return ""
    return translate(
        T(
            "The PBX delivers reports over TCP: none will come over HTTP. To change that on the "
            "PBX: Settings > PBX > General > API, report method HTTP."
        )
    )


def device_facts(device: DeviceInfo) -> list[tuple[str, str]]:
    """Label and value of each fact that the PBX has sent."""
    clock = device.system_time
    extensions = device.extensions
    if device.in_use is not None:
        counts = {"used": str(device.in_use), "capacity": str(device.capacity)}
        extensions = translate(T("{used} in use, capacity {capacity}"), counts)
    facts = (
        (T("Model"), device.name),
        (T("Serial number"), device.serial),
        (T("Hardware"), device.hardware),
        (T("Firmware"), device.firmware),
        (T("Its clock"), f"{clock:%Y-%m-%d %H:%M:%S %Z}" if clock else ""),
        (T("Running for"), device.uptime),
        (T("Extensions"), extensions),
    )
    return [(translate(label), value) for label, value in facts if value]
