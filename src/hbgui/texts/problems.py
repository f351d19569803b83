"""What is wrong with a field: the cause and the allowed values."""

from __future__ import annotations

from collections.abc import Mapping

from hbgui.core.pbx.validation import Problem
from hbgui.texts.translation import T, translate

_PROBLEMS = {
    "host_missing": T("Enter the PBX's address: a name or IP address, or the URL of its web page."),
    "host_malformed": T(
        "This is no host name: letters, digits, hyphens and dots only, 1 to 63 characters between "
        "dots, 253 in all, no hyphen beside a dot or at an end. Brackets are for IPv6 addresses."
    ),
    "ipv4_malformed": T(
        "This is no IPv4 address: four numbers from 0 to 255, for instance 192.168.5.150."
    ),
    "ipv6_malformed": T("This is no IPv6 address; with a port it is written [fe80::1]:8088."),
    "character_odd": T(
        "{character} cannot stand here: type it with plain letters, digits and dots."
    ),
    "character_invisible": T("There is an invisible character in it, {character}: type it anew."),
    "address_is_token": T(
        "This looks like a token, not like an address: it belongs in the field Token "
        "(--token-stdin)."
    ),
    "scheme_mistyped": T(
        "Write http:// or https:// once, with a colon and two slashes, or leave it out."
    ),
    "address_has_user": T(
        "Leave out user name and password before the @: the token is all that is needed."
    ),
    "scheme_unknown": T("Let the address begin with https:// or http://: nothing else is spoken."),
    "address_without_tls": T("An http address has no certificate: write https:// before it."),
    "ip_missing": T("Enter the application server's address: the PBX sends its reports there."),
    "ip_has_port": T("Enter the address alone here: the port belongs in the field Port (--port)."),
    "ip_is_url": T(
        "Enter the address alone here: the port belongs in the field Port (--port), the path in "
        "the field URL (--url)."
    ),
    "ip_zone_taken_off": T("Sent without {zone}: only this computer knows that adapter."),
    "ip_loopback": T(
        "{ip} is every computer's own address: the PBX would send the reports to itself."
    ),
    "ip_link_local": T("{ip} is a makeshift address without DHCP: the PBX will hardly reach it."),
    "ip_unspecified": T("{ip} is no address that reports could go to."),
    "ip_multicast": T("{ip} is a group address, not one computer's."),
    "ip_is_pbx": T("{ip} is the PBX itself: it would send the reports to itself."),
    "ip_other_subnet": T(
        "{ip} is in another network than the PBX: reports need a route or port forwarding."
    ),
    "port_missing": T("Enter a port from 1 to 65535, usually 8260."),
    "pbx_port_missing": T(
        "Enter a port from 1 to 65535 after the colon, usually 8088, or leave out the colon."
    ),
    "port_not_a_number": T("A port is a number from 1 to 65535."),
    "port_end": T(
        "Ports go from 1 to 65535. The PBX's manual says 0 to 65536, but neither end can exist."
    ),
    "port_range": T("Ports go from 1 to 65535."),
    "url_missing": T("Enter the URL, for instance report, or choose “None” as the URL mode."),
    "url_long": T("The URL is longer than {max} characters."),
    "url_characters": T("A URL has no blanks and no control characters."),
    "url_looks_absolute": T(
        "This looks like an absolute URL, but it is relative: the PBX puts it behind IP address "
        "and port. If it names the server, choose the URL mode absolute (--url-mode absolute)."
    ),
    "url_slash_taken_off": T("Sent without the leading slash."),
    "url_scheme_taken_off": T("Sent without http://, as the PBX expects it."),
    "url_not_ascii": T(
        "A PBX may not report to a URL with “{character}”: write {encoded} if it should."
    ),
    "url_https": T("The PBX sends reports over plain http only: https:// is left out."),
    "url_scheme": T("Reports can only go to an http address."),
    "url_host": T(
        "An absolute URL begins with host and port, 1 to 65535, for instance "
        "10.20.30.40:8260/report."
    ),
    "url_mismatch": T(
        "The URL names {url}, the fields above {target}: reports will go to the URL."
    ),
    "interval_range": T("The interval is {low} to {high} minutes."),
    "interval_long": T("Above 20 minutes one missed heartbeat ends the token."),
    "proxy_has_user": T("Leave out user name and password; hbgui cannot log in to a proxy."),
    "proxy_scheme": T("Only HTTP proxies can be used: host:port or http://host:port."),
    "proxy_malformed": T(
        "A proxy is given as host and port, 1 to 65535, for instance 10.0.0.1:3128."
    ),
    "user_missing": T("Enter the user name of the API, not that of the web page."),
    "password_missing": T("Enter the password of the API."),
    "password_long": T("A password has at most {max} characters."),
    "user_characters": T(
        "The user name has a character that nobody can see, or is not UTF-8: {character}."
    ),
    "password_characters": T(
        "The password has a character that nobody can see, or is not UTF-8: {character}."
    ),
    "token_missing": T("Enter the token that the PBX gave at login."),
    "token_long": T("A token has at most {max} characters; usually 32."),
    "token_characters": T(
        "The token has a character that nobody can see, or is not UTF-8: {character}."
    ),
    "token_quotes_taken_off": T("Sent without the quotation marks around it."),
    "token_quoted": T("It has a quotation mark at an end, which is sent as a part of it."),
    "secret_utf16": T(
        "What came on standard input is UTF-16: save it as UTF-8, or as plain ASCII."
    ),
    "token_unusual": T("Unusual: tokens of these PBXs are 32 digits and letters from a to f."),
}


def problem_sentence(found: Problem) -> str:
    """What to say of a problem, at its field."""
    return problem_code_sentence(found.code, found.values)


def problem_code_sentence(code: str, values: Mapping[str, str]) -> str:
    """The sentence of a problem's code."""
    return translate(_PROBLEMS.get(code, ""), values)
