"""A request as text: its headers, what the window shows of it, the command for curl."""

from __future__ import annotations

from hbgui.core.api.heartbeat import (
    CONNECT_TIMEOUT_S,
    CONTENT_TYPE,
    TOTAL_TIMEOUT_S,
    WireRequest,
    build,
)
from hbgui.core.pbx.address import DEFAULT_PORTS, PbxAddress, bracketed, wire_host
from hbgui.core.pbx.connection import PROXY_SYSTEM, ConnectionSettings, TlsLevel, TlsMode
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import Profile


def headers(host: str, port: int, agent: str, *, secured: bool) -> dict[str, str]:
    """The headers of every request but `Content-Length`, in their order on the wire.

    `host` is in ASCII, `agent` is the value of `User-Agent`. `secured`: it is sent over TLS.
    """
    usual = 443 if secured else DEFAULT_PORTS["http"]
    bare = bracketed(host)
    return {
        "Host": bare if port == usual else f"{bare}:{port}",
        "User-Agent": agent,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": CONTENT_TYPE,
        "Connection": "close",
    }


MASKED = "***"
TOKEN_VARIABLE = "$HBGUI_TOKEN"  # noqa: S105 - the name of a variable

_TLS_OPTIONS = {
    TlsLevel.MODERN: ["--tlsv1.2"],
    TlsLevel.COMPATIBLE: ["--tlsv1.2", "--tls-max", "1.2"],
    TlsLevel.VERY_OLD: ["--tlsv1.0", "--tls-max", "1.2", "--ciphers", "DEFAULT@SECLEVEL=0"],
}


def heartbeat_of(profile: Profile, target: ReportTarget) -> WireRequest:
    """The heartbeat that this profile would send for this target."""
    return build(profile.api, profile.wire_url_field, target)


def wire_text(
    address: PbxAddress, request: WireRequest, agent: str, *, proxied: bool = False
) -> str:
    """The request as it is sent, line by line, with the token masked.

    `proxied`: it is sent through a proxy; over plain http the request line then has the full URL.
    """
    secured = address.scheme == "https"
    host = wire_host(address.host).rstrip(".")
    whole = f"http://{bracketed(host)}:{address.port}" if proxied and not secured else ""
    lines = [f"POST {whole}{request.path}?token={MASKED} HTTP/1.1"]
    fields = headers(host, address.port, agent, secured=secured)
    fields["Content-Length"] = str(len(request.body))
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\n".join([*lines, "", request.body.decode()])


def curl_command(
    address: PbxAddress, request: WireRequest, link: ConnectionSettings, agent: str
) -> str:
    """The request as a command for a POSIX shell; the token comes from the environment.

    A comment in it warns where curl cannot do the same as hbgui.
    """
    import shlex  # importing it takes time, and it is rarely needed

    secured = address.scheme == "https"
    host = wire_host(address.host).rstrip(".")
    options = ["--max-time", f"{TOTAL_TIMEOUT_S:g}", "--connect-timeout", f"{CONNECT_TIMEOUT_S:g}"]
    options += _proxy_options(link.proxy)
    if secured:
        options += _TLS_OPTIONS[link.level]
        options += [] if link.tls is TlsMode.SYSTEM else ["--insecure"]
    fields = headers(host, address.port, agent, secured=secured)
    del fields["Host"]  # curl writes the same one
    lines = [shlex.join(["curl", "--http1.1", *options])]
    lines += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in fields.items()]
    lines.append(f"--data-binary {shlex.quote(request.body.decode())}")
    # A host has no characters that are special inside double quotes.
    place = f"{address.scheme}://{bracketed(host)}:{address.port}{request.path}"
    lines.append(f'"{place}?token={TOKEN_VARIABLE}"')
    command = " \\\n  ".join(lines)
    return f"{_caution(link)}{command}" if secured else command


def _caution(link: ConnectionSettings) -> str:
    if link.tls is not TlsMode.PINNED:
        return ""
    return "# curl cannot compare the certificate: --insecure believes any.\n"


def _proxy_options(proxy: str) -> list[str]:
    if proxy == PROXY_SYSTEM:
        return []
    return ["--proxy", proxy] if proxy else ["--noproxy", "*"]
