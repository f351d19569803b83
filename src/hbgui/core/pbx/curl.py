"""Parsing of a pasted cURL command, by the rules of three shells: the text does not show which.

A text field replaces line breaks by spaces: an escape character before a space may therefore be one
that continued the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_BY_NUMBER = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")
_POWERSHELL = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


class _Text:
    """Reads a text from front to back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._text)

    def take(self) -> str:
        """Read the next character. Raises ValueError at the end: a quotation mark is missing."""
        if not self:
            raise ValueError("unfinished")
        self._at += 1
        return self._text[self._at - 1]

    def follows(self, begin: str) -> bool:
        """Whether `begin` comes next; if so, it is skipped."""
        fits = self._text.startswith(begin, self._at)
        self._at += len(begin) if fits else 0
        return fits

    def matched(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match the pattern at this position; a match is skipped."""
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match

    def blank(self) -> bool:
        """Whether white space or the end comes next."""
        return not self or self._text[self._at].isspace()


def posix(text: str) -> list[str]:
    """Split the first command into words like bash, including `$'…'`. Raises ValueError."""
    return _words(
        text, "\\", {"$'": _ansi_c, '$"': _posix_quoted, "'": _single, '"': _posix_quoted}
    )


def powershell(text: str) -> list[str]:
    """Split the first command into words like PowerShell. Raises ValueError."""
    return _words(text, "`", {"'": _doubled("'"), '"': _powershell_quoted})


def _words(text: str, escape: str, quotes: dict[str, Callable[[_Text], str]]) -> list[str]:
    words: list[str] = []
    rest, word = _Text(text), ""
    begun = False
    while rest:
        opened = next((mark for mark in quotes if rest.follows(mark)), "")
        if opened:
            word += quotes[opened](rest)
            begun = True
            continue
        char = rest.take()
        if char.isspace() or (char == escape and rest.blank()):
            words += [word] if begun else []
            word, begun = "", False
            continue
        if char in ";|":
            break  # the next command begins
        word += rest.take() if char == escape else char
        begun = True
    return words + ([word] if begun else [])


def _single(rest: _Text) -> str:
    found = ""
    while (char := rest.take()) != "'":
        found += char
    return found


def _doubled(mark: str) -> Callable[[_Text], str]:
    def quoted(rest: _Text) -> str:
        found = ""
        while (char := rest.take()) != mark or rest.follows(mark):
            found += char
        return found

    return quoted


def _posix_quoted(rest: _Text) -> str:
    found = ""
    while (char := rest.take()) != '"':
        if char == "\\":
            char = rest.take()
            char = {"\n": ""}.get(char, char if char in '$`"\\' else f"\\{char}")
        found += char
    return found


def _ansi_c(rest: _Text) -> str:
    found = ""
    while (char := rest.take()) != "'":
        found += _escaped(rest) if char == "\\" else char
    return found


def _escaped(rest: _Text) -> str:
    number = rest.matched(_BY_NUMBER)
    if number is None:
        char = rest.take()
        return _ESCAPES.get(char, char if char in "\\'\"?" else f"\\{char}")
    octal = number[4]
    code = int(octal, 8) if octal else int(number[1] or number[2] or number[3], 16)
    if code > 0x10FFFF:
        raise ValueError("no character")
    return chr(code)


def _powershell_quoted(rest: _Text) -> str:
    found = ""
    while (char := rest.take()) != '"' or rest.follows('"'):
        if char == "`":
            char = rest.take()
            char = _POWERSHELL.get(char, char)
        found += char
    return found


def cmd(text: str) -> list[str]:
    """Split a command into words like the Windows command prompt and a program started by it.
    Raises ValueError."""
    return list(_windows_words(_without_carets(text)))


def _without_carets(text: str) -> str:
    """Remove carets, which escape the next character for the command prompt only: an escaped
    quotation mark still has its meaning for the program."""
    rest, found, quoted = _Text(text), "", False
    while rest:
        char = rest.take()
        if char == "^" and not quoted:
            found += " " if rest.blank() else rest.take()
            continue
        quoted ^= char == '"'
        found += char
    return found


def _windows_words(text: str) -> Iterator[str]:
    rest, word, begun, quoted = _Text(text), "", False, False
    while rest:
        slashes = 0
        while rest.follows("\\"):
            slashes += 1
        if rest.follows('"'):
            begun = True
            word += "\\" * (slashes // 2)
            if slashes % 2 or (quoted and rest.follows('"')):
                word += '"'
            else:
                quoted = not quoted
            continue
        word += "\\" * slashes
        begun = begun or slashes > 0
        if not rest:
            break
        char = rest.take()
        if char.isspace() and not quoted:
            if begun:
                yield word
            word, begun = "", False
            continue
        word += char
        begun = True
    if quoted:
        raise ValueError("unfinished")
    if begun:
        yield word


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
"""The long options of curl 8 that have a value."""

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
"""The beginning of a curl command; a prompt or other words may precede it."""


@dataclass
class Curl:
    """A parsed curl command. `unread`: its body is not in the command but, say, in a file."""

    urls: list[str] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    insecure: bool = False
    get: bool = False
    unread: bool = False

    @property
    def url(self) -> str:
        """The first URL with all parts of its query, empty without a URL."""
        url = self.urls[0] if self.urls else ""
        query = [*self.query, *(self.data if self.get else ())]
        if not url or not query:
            return url
        return url + ("&" if "?" in url else "?") + "&".join(query)

    @property
    def body(self) -> str:
        """The body of the request, empty without one."""
        return "" if self.get else "&".join(self.data)


def command(words: list[str]) -> Curl:
    """Parse the words after `curl`."""
    curl = Curl()
    for name, value in _options(iter(words)):
        match name:
            case "":
                curl.urls.append(value)
            case "url":
                curl.urls.insert(0, value)
            case "url-query":
                curl.query.append(value)
            case "insecure":
                curl.insecure = True
            case "get":
                curl.get = True
            case _ if name in _NO_BODY_TO_READ:
                curl.unread = True
            case _ if name in _DATA:
                curl.data.append(value)
            case _:
                pass
    return curl


def _options(words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The options, without dashes, and their values; a URL has an empty name."""
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
    """Restore hyphens where a word processor has replaced them by one dash."""
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
"""In Windows PowerShell, `curl` is another command, with these options."""

_LONG = frozenset(
    {"insecure", "get", "silent", "verbose", "include", "location", "fail", "show-error"}
)


def _short(letters: str, words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Split combined one-letter options; the first one with a value takes the rest as its value."""
    for index, letter in enumerate(letters):
        if name := _SHORT.get(letter):
            rest = letters[index + 1 :]
            yield name, rest or next(words, "")
            return
        yield _SWITCHES.get(letter, letter), ""
