"""The PBX's error numbers in words: what happened, why, what to do next."""

from __future__ import annotations

from hbgui.texts.translation import QT_TRANSLATE_NOOP

_BUG = QT_TRANSLATE_NOOP("texts", "Please report this: hbgui sent something that the PBX rejects.")
_WAIT = QT_TRANSLATE_NOOP("texts", "Wait a minute; if it goes on, restart the PBX's API.")

UNKNOWN_ERRNO = (
    QT_TRANSLATE_NOOP("texts", "The PBX refused with error {errno}"),
    QT_TRANSLATE_NOOP("texts", "The maker's documents do not list this number."),
    QT_TRANSLATE_NOOP("texts", "Check token, address and API version; then try again."),
)

OTHER_ERRNO = (
    QT_TRANSLATE_NOOP("texts", "The PBX refused with error {errno}"),
    QT_TRANSLATE_NOOP(
        "texts", "The maker's documents say “{meaning}”, which does not fit this request."
    ),
    QT_TRANSLATE_NOOP("texts", "Check token, address and API version; then try again."),
)

OTHER_MEANINGS: dict[str, str] = {
    "10002": QT_TRANSLATE_NOOP("texts", "XML is not supported"),
    "10005": QT_TRANSLATE_NOOP("texts", "no such call"),
    "10006": QT_TRANSLATE_NOOP("texts", "no such extension"),
    "10007": QT_TRANSLATE_NOOP("texts", "no such call"),
    "10008": QT_TRANSLATE_NOOP("texts", "the extension is not idle"),
    "10009": QT_TRANSLATE_NOOP("texts", "this may not be monitored"),
    "10010": QT_TRANSLATE_NOOP("texts", "the monitor mode does not match"),
    "10011": QT_TRANSLATE_NOOP("texts", "no such number to call"),
    "10012": QT_TRANSLATE_NOOP("texts", "no such IVR"),
    "10013": QT_TRANSLATE_NOOP("texts", "no such queue"),
    "10014": QT_TRANSLATE_NOOP("texts", "no such ring group"),
    "10015": QT_TRANSLATE_NOOP("texts", "the call is not connected"),
    "10016": QT_TRANSLATE_NOOP("texts", "too late to accept or refuse the call"),
    "10017": QT_TRANSLATE_NOOP("texts", "the extension could not be configured"),
    "10018": QT_TRANSLATE_NOOP("texts", "the IVR could not be configured"),
    "10019": QT_TRANSLATE_NOOP("texts", "the queue could not be configured"),
    "10020": QT_TRANSLATE_NOOP("texts", "an error of the alarm"),
    "10021": QT_TRANSLATE_NOOP("texts", "an error of the alarm"),
    "10022": QT_TRANSLATE_NOOP("texts", "an error of the alarm"),
    "10023": QT_TRANSLATE_NOOP("texts", "no such audio file"),
    "10024": QT_TRANSLATE_NOOP("texts", "no permission for outbound calls"),
    "10025": QT_TRANSLATE_NOOP("texts", "settings are applied too often"),
    "10026": QT_TRANSLATE_NOOP("texts", "an error of the GSM module"),
    "10027": QT_TRANSLATE_NOOP("texts", "an error of the GSM module"),
    "10028": QT_TRANSLATE_NOOP("texts", "the number is blank"),
    "10029": QT_TRANSLATE_NOOP("texts", "an error of the text message's file"),
    "10030": QT_TRANSLATE_NOOP("texts", "an error of the text message's contents"),
    "10031": QT_TRANSLATE_NOOP("texts", "the number to call is not valid"),
    "10032": QT_TRANSLATE_NOOP("texts", "wrong password"),
    "10033": QT_TRANSLATE_NOOP("texts", "the outbound route could not be saved"),
    "20012": QT_TRANSLATE_NOOP("texts", "the recording is missing, or its key is not valid"),
    "20013": QT_TRANSLATE_NOOP("texts", "wrong captcha"),
    "20014": QT_TRANSLATE_NOOP("texts", "the recording is missing or deleted"),
    "20016": QT_TRANSLATE_NOOP("texts", "an error of the voicemail's state"),
    "20017": QT_TRANSLATE_NOOP("texts", "the voicemail's key is not valid"),
    "20018": QT_TRANSLATE_NOOP("texts", "the voicemail's file is missing"),
    "20019": QT_TRANSLATE_NOOP("texts", "wrong format of time for call records"),
    "20020": QT_TRANSLATE_NOOP("texts", "the key for call records is not valid"),
    "20021": QT_TRANSLATE_NOOP("texts", "the call record is missing"),
}
"""Documented numbers that belong to other requests than login, heartbeat and logout."""

ERRNOS: dict[str, tuple[str, str, str]] = {
    "10003": (
        QT_TRANSLATE_NOOP("texts", "This PBX does not have that API version"),
        QT_TRANSLATE_NOOP("texts", "It does not support the request (error 10003)."),
        QT_TRANSLATE_NOOP(
            "texts", "API v2.0.0 needs firmware 30.13.0.30. Choose the other API version."
        ),
    ),
    "10004": (
        QT_TRANSLATE_NOOP("texts", "The PBX misses a field"),
        QT_TRANSLATE_NOOP("texts", "It found a needed value empty (error 10004)."),
        QT_TRANSLATE_NOOP("texts", "Check IP address, port and URL of the application server."),
    ),
    "20000": (
        QT_TRANSLATE_NOOP("texts", "The PBX could not read the request"),
        QT_TRANSLATE_NOOP("texts", "It says that it is not JSON (error 20000)."),
        _BUG,
    ),
    "20001": (
        QT_TRANSLATE_NOOP("texts", "The PBX got something else than a request"),
        QT_TRANSLATE_NOOP(
            "texts", "It saw no POST (error 20001): something on the way changed it."
        ),
        QT_TRANSLATE_NOOP("texts", "Check for a proxy; use the PBX's https port, usually 8088."),
    ),
    "20002": (
        QT_TRANSLATE_NOOP("texts", "The PBX has locked this computer out"),
        QT_TRANSLATE_NOOP(
            "texts", "Five wrong logins block an address for 10 minutes (error 20002)."
        ),
        QT_TRANSLATE_NOOP(
            "texts",
            "Wait, or unblock it on the PBX: Settings > System > Security > "
            "IP Auto Defense > Blocked IP Address.",
        ),
    ),
    "20003": (
        QT_TRANSLATE_NOOP("texts", "Wrong API user name or password"),
        QT_TRANSLATE_NOOP("texts", "The PBX refused the login (error 20003)."),
        QT_TRANSLATE_NOOP("texts", "Use the API account of Settings > PBX > General > API."),
    ),
    "20004": (
        QT_TRANSLATE_NOOP("texts", "The PBX does not know this token"),
        QT_TRANSLATE_NOOP(
            "texts",
            "It is not valid: of another PBX, replaced by a newer one, or its time was over "
            "(error 20004).",
        ),
        QT_TRANSLATE_NOOP("texts", "Trying again is no use. Enter a new token."),
    ),
    "20005": (
        QT_TRANSLATE_NOOP("texts", "The PBX got no token"),
        QT_TRANSLATE_NOOP("texts", "It says that the token is blank (error 20005)."),
        QT_TRANSLATE_NOOP("texts", "Enter the token again."),
    ),
    "20006": (
        QT_TRANSLATE_NOOP("texts", "The token has run out"),
        QT_TRANSLATE_NOOP("texts", "For 30 minutes nobody used it (error 20006)."),
        QT_TRANSLATE_NOOP("texts", "Trying again is no use. Enter a new token."),
    ),
    "20007": (
        QT_TRANSLATE_NOOP("texts", "The PBX got an empty request"),
        QT_TRANSLATE_NOOP("texts", "It says that the data are blank (error 20007)."),
        QT_TRANSLATE_NOOP("texts", "Check for a proxy on the way that empties requests."),
    ),
    "20008": (
        QT_TRANSLATE_NOOP("texts", "The PBX did not take the port"),
        QT_TRANSLATE_NOOP(
            "texts", "It says that the application server's port is wrong (error 20008)."
        ),
        QT_TRANSLATE_NOOP("texts", "Choose a port from 1 to 65535, usually 8260."),
    ),
    "20009": (
        QT_TRANSLATE_NOOP("texts", "The PBX got a blank request"),
        QT_TRANSLATE_NOOP("texts", "Nothing of it arrived (error 20009)."),
        QT_TRANSLATE_NOOP("texts", "Check for a proxy on the way that empties requests."),
    ),
    "20010": (
        QT_TRANSLATE_NOOP("texts", "The PBX could not pass the request on to its API"),
        QT_TRANSLATE_NOOP("texts", "It says so itself, but not why (error 20010)."),
        _WAIT,
    ),
    "20011": (
        QT_TRANSLATE_NOOP("texts", "The PBX refused the new report target"),
        QT_TRANSLATE_NOOP("texts", "The token is fine, {target} is not taken (error 20011)."),
        QT_TRANSLATE_NOOP("texts", "Check IP address, port and URL of the application server."),
    ),
    "20015": (
        QT_TRANSLATE_NOOP("texts", "The PBX does not allow this computer"),
        QT_TRANSLATE_NOOP("texts", "Its address is not among the allowed ones (error 20015)."),
        QT_TRANSLATE_NOOP("texts", "Allow this computer's address on the PBX."),
    ),
    "30001": (
        QT_TRANSLATE_NOOP("texts", "The PBX's API is in trouble"),
        QT_TRANSLATE_NOOP(
            "texts",
            "The maker's documents call this an error of the API, or a lack of memory "
            "(error 30001).",
        ),
        _WAIT,
    ),
    "30003": (
        QT_TRANSLATE_NOOP("texts", "The PBX's API is not running"),
        QT_TRANSLATE_NOOP("texts", "It is switched off, starting, or has crashed (error 30003)."),
        QT_TRANSLATE_NOOP(
            "texts", "On the PBX: Settings > PBX > General > API, tick Enabled, Save and Apply."
        ),
    ),
}
