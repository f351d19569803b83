"""Around the login: attempts left, the block, and how the PBX delivers reports."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from hbgui.core.login import HTTP, TCP
from hbgui.core.login_count import WRONG_MAX, LoginCount
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate


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
