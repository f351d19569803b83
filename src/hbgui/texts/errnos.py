"""The PBX's error numbers in words: what happened, why, what to do next."""

from __future__ import annotations

from hbgui.texts.translation import T

_BUG = T("Please report this: hbgui sent something that the PBX rejects.")
_WAIT = T("Wait a minute; if it goes on, restart the PBX's API.")

UNKNOWN_ERRNO = (
    T("The PBX refused with error {errno}"),
    T("The maker's documents do not list this number."),
    T("Check token, address and API version; then try again."),
)

OTHER_ERRNO = (
    T("The PBX refused with error {errno}"),
    T("The maker's documents say “{meaning}”, which does not fit this request."),
    T("Check token, address and API version; then try again."),
)

OTHER_MEANINGS: dict[str, str] = {
    "10002": T("XML is not supported"),
    "10005": T("no such call"),
    "10006": T("no such extension"),
    "10007": T("no such call"),
    "10008": T("the extension is not idle"),
    "10009": T("this may not be monitored"),
    "10010": T("the monitor mode does not match"),
    "10011": T("no such number to call"),
    "10012": T("no such IVR"),
    "10013": T("no such queue"),
    "10014": T("no such ring group"),
    "10015": T("the call is not connected"),
    "10016": T("too late to accept or refuse the call"),
    "10017": T("the extension could not be configured"),
    "10018": T("the IVR could not be configured"),
    "10019": T("the queue could not be configured"),
    "10020": T("an error of the alarm"),
    "10021": T("an error of the alarm"),
    "10022": T("an error of the alarm"),
    "10023": T("no such audio file"),
    "10024": T("no permission for outbound calls"),
    "10025": T("settings are applied too often"),
    "10026": T("an error of the GSM module"),
    "10027": T("an error of the GSM module"),
    "10028": T("the number is blank"),
    "10029": T("an error of the text message's file"),
    "10030": T("an error of the text message's contents"),
    "10031": T("the number to call is not valid"),
    "10032": T("wrong password"),
    "10033": T("the outbound route could not be saved"),
    "20012": T("the recording is missing, or its key is not valid"),
    "20013": T("wrong captcha"),
    "20014": T("the recording is missing or deleted"),
    "20016": T("an error of the voicemail's state"),
    "20017": T("the voicemail's key is not valid"),
    "20018": T("the voicemail's file is missing"),
    "20019": T("wrong format of time for call records"),
    "20020": T("the key for call records is not valid"),
    "20021": T("the call record is missing"),
}
"""Documented numbers that belong to other requests than login, heartbeat and logout."""

ERRNOS: dict[str, tuple[str, str, str]] = {
    "10003": (
        T("This PBX does not have that API version"),
        T("It does not support the request (error 10003)."),
        T("API v2.0.0 needs firmware 30.13.0.30. Choose the other API version."),
    ),
    "10004": (
        T("The PBX misses a field"),
        T("It found a needed value empty (error 10004)."),
        T("Check IP address, port and URL of the application server."),
    ),
    "20000": (
        T("The PBX could not read the request"),
        T("It says that it is not JSON (error 20000)."),
        _BUG,
    ),
    "20001": (
        T("The PBX got something else than a request"),
        T("It saw no POST (error 20001): something on the way changed it."),
        T("Check for a proxy; use the PBX's https port, usually 8088."),
    ),
    "20002": (
        T("The PBX has locked this computer out"),
        T("Five wrong logins block an address for 10 minutes (error 20002)."),
        T(
            "Wait, or unblock it on the PBX: Settings > System > Security > IP Auto Defense > "
            "Blocked IP Address."
        ),
    ),
    "20003": (
        T("Wrong API user name or password"),
        T("The PBX refused the login (error 20003)."),
        T("Use the API account of Settings > PBX > General > API."),
    ),
    "20004": (
        T("The PBX does not know this token"),
        T(
            "It is not valid: of another PBX, replaced by a newer one, or its time was over (error "
            "20004)."
        ),
        T("Trying again is no use. Enter a new token."),
    ),
    "20005": (
        T("The PBX got no token"),
        T("It says that the token is blank (error 20005)."),
        T("Enter the token again."),
    ),
    "20006": (
        T("The token has run out"),
        T("For 30 minutes nobody used it (error 20006)."),
        T("Trying again is no use. Enter a new token."),
    ),
    "20007": (
        T("The PBX got an empty request"),
        T("It says that the data are blank (error 20007)."),
        T("Check for a proxy on the way that empties requests."),
    ),
    "20008": (
        T("The PBX did not take the port"),
        T("It says that the application server's port is wrong (error 20008)."),
        T("Choose a port from 1 to 65535, usually 8260."),
    ),
    "20009": (
        T("The PBX got a blank request"),
        T("Nothing of it arrived (error 20009)."),
        T("Check for a proxy on the way that empties requests."),
    ),
    "20010": (
        T("The PBX could not pass the request on to its API"),
        T("It says so itself, but not why (error 20010)."),
        _WAIT,
    ),
    "20011": (
        T("The PBX refused the new report target"),
        T("The token is fine, {target} is not taken (error 20011)."),
        T("Check IP address, port and URL of the application server."),
    ),
    "20015": (
        T("The PBX does not allow this computer"),
        T("Its address is not among the allowed ones (error 20015)."),
        T("Allow this computer's address on the PBX."),
    ),
    "30001": (
        T("The PBX's API is in trouble"),
        T(
            "The maker's documents call this an error of the API, or a lack of memory (error "
            "30001)."
        ),
        _WAIT,
    ),
    "30003": (
        T("The PBX's API is not running"),
        T("It is switched off, starting, or has crashed (error 30003)."),
        T("On the PBX: Settings > PBX > General > API, tick Enabled, Save and Apply."),
    ),
}
