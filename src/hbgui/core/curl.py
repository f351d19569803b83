"""What a cURL command says: its URL, its body, and whether it checks certificates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAMES = """
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config
connect-timeout connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data
data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr
dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save
expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts
interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl
limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs
max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey
preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert
proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass
proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword
proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request
request-target resolve retry retry-delay retry-max-time sasl-authzid service-name socks4 socks4a
socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option
tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii
trace-config unix-socket upload-file url url-query user user-agent variable vlan-priority
write-out
"""
_WITH_VALUE = frozenset(_NAMES.split())
"""Long options that are followed by a value, of curl 8."""

_SHORT = {
    "A": "user-agent",
    "b": "cookie",
    "c": "cookie-jar",
    "C": "continue-at",
    "d": "data",
    "D": "dump-header",
    "e": "referer",
    "E": "cert",
    "F": "form",
    "H": "header",
    "K": "config",
    "m": "max-time",
    "o": "output",
    "P": "ftp-port",
    "Q": "quote",
    "r": "range",
    "t": "telnet-option",
    "T": "upload-file",
    "u": "user",
    "U": "proxy-user",
    "w": "write-out",
    "x": "proxy",
    "X": "request",
    "y": "speed-time",
    "Y": "speed-limit",
    "z": "time-cond",
}
_SWITCHES = {"k": "insecure", "G": "get"}
_DATA = frozenset({"data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json"})
_NO_BODY_TO_READ = frozenset({"form", "form-string", "upload-file", "config"})
_DASH = re.compile("[\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{NON-BREAKING HYPHEN}]-?")
_END = re.compile(r"[|;<>]|[0-9]>|&&?\Z")

CURL = re.compile(
    r"(?:^|(?<=[\s>$#%;&|(`]))(?:[^\s'\"]{0,200}[/\\])?[\"']?curl(?:\.exe)?[\"']?\s+"
    r"(?=[-\N{EN DASH}\N{EM DASH}\"'^`$\\\N{LEFT DOUBLE QUOTATION MARK}"
    r"\N{LEFT SINGLE QUOTATION MARK}]|[^\s]*[.:/?]|\Z)",
    re.IGNORECASE,
)
"""The beginning of a command, after a prompt and other words perhaps."""


@dataclass
class Curl:
    """The command. `unread` says that it has a body which does not stand in it."""

    urls: list[str] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    insecure: bool = False
    get: bool = False
    unread: bool = False

    @property
    def url(self) -> str:
        """The first URL, with what goes into its query; empty without one."""
        url = self.urls[0] if self.urls else ""
        query = [*self.query, *(self.data if self.get else ())]
        if not url or not query:
            return url
        return url + ("&" if "?" in url else "?") + "&".join(query)

    @property
    def body(self) -> str:
        """What is sent, empty without a body."""
        return "" if self.get else "&".join(self.data)


def command(words: list[str]) -> Curl:
    """What the words after `curl` say."""
    said = Curl()
    for name, value in _options(iter(words)):
        match name:
            case "":
                said.urls.append(value)
            case "url":
                said.urls.insert(0, value)
            case "url-query":
                said.query.append(value)
            case "insecure":
                said.insecure = True
            case "get":
                said.get = True
            case _ if name in _NO_BODY_TO_READ:
                said.unread = True
            case _ if name in _DATA:
                said.data.append(value)
            case _:
                pass
    return said


def _options(words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Names of options, without their dashes, and their values; URLs under an empty name."""
    for typed in words:
        if _END.match(typed) or typed in ("--next", "-:"):
            return
        if typed == "--":
            yield from (("", word) for word in words)
            return
        word = _ascii_dashes(typed)
        if (name := _OF_POWERSHELL.get(word.lower())) is not None:
            yield name, "" if name in _LONG else next(words, "")
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name in _WITH_VALUE and not equals:
                value = next(words, "")
            yield name, value
        elif word.startswith("-") and len(word) > 1:
            yield from _short(word[1:], words)
        elif word:
            yield "", word


def _ascii_dashes(word: str) -> str:
    """Word processors make one long dash of two short ones, or of one."""
    dash = _DASH.match(word)
    if dash is None:
        return word
    rest = word[dash.end() :]
    long = rest.partition("=")[0]
    return f"--{rest}" if len(long) > 1 and (long in _WITH_VALUE or long in _LONG) else f"-{rest}"


_OF_POWERSHELL = {
    "-uri": "url",
    "-method": "request",
    "-body": "data-raw",
    "-infile": "upload-file",
    "-form": "form",
    "-headers": "header",
    "-contenttype": "header",
    "-skipcertificatecheck": "insecure",
    "-usebasicparsing": "silent",
}
"""What Windows PowerShell calls curl is a command of its own, and has these options."""

_LONG = frozenset(
    {"insecure", "get", "silent", "verbose", "include", "location", "fail", "show-error"}
)


def _short(letters: str, words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Options of one letter can stand together; the first with a value takes the rest."""
    for index, letter in enumerate(letters):
        if name := _SHORT.get(letter):
            rest = letters[index + 1 :]
            yield name, rest or next(words, "")
            return
        yield _SWITCHES.get(letter, letter), ""
