"""What the window shows is what goes over the wire, and what curl sends."""

from __future__ import annotations

import subprocess

import pytest

from adapters.conftest import CANARY
from adapters.servers import Server
from hbgui import USER_AGENT
from hbgui.core.api.request_text import curl_command, heartbeat_of, wire_text
from hbgui.core.pbx.address import PbxAddress, parse_pbx
from hbgui.core.pbx.connection import ConnectionSettings
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import ApiVersion, Profile, UrlField

PROFILES = [
    (Profile("a"), ReportTarget("192.168.5.20", 8260)),
    (
        Profile("a", api=ApiVersion.V2, url_field=UrlField.BOTH),
        ReportTarget("192.168.5.20", 8260, UrlMode.ABSOLUTE, '10.0.0.1:80/it\'s $HOME `x` "y" ü'),
    ),
]


def head_and_body(request: bytes) -> tuple[str, set[str], str]:
    head, _, body = request.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    return first, set(lines), body


@pytest.mark.parametrize(("profile", "target"), PROFILES)
def test_the_window_shows_what_the_pbx_receives(post, profile, target) -> None:
    request = heartbeat_of(profile, target)
    with Server() as server:
        post(server.port, request=request)
        address = PbxAddress("http", "127.0.0.1", server.port)
    shown = wire_text(address, request, USER_AGENT)
    token = "a%2Bb%2Fc%3Dd%26e%25f%22%C3%BC"
    assert CANARY not in shown
    sent = server.requests[0].decode().replace("\r\n", "\n")
    assert shown == sent.replace(f"token={token}", "token=***")


@pytest.mark.parametrize(("profile", "target"), PROFILES)
def test_curl_sends_the_same(profile, target) -> None:
    request = heartbeat_of(profile, target)
    with Server() as server:
        address = parse_pbx(f"http://127.0.0.1:{server.port}")
        script = curl_command(address, request, ConnectionSettings(), USER_AGENT)
        ran = subprocess.run(
            ["sh", "-c", script],
            env={"PATH": "/usr/bin:/bin", "HBGUI_TOKEN": "0f" * 16, "HOME": "/nonexistent"},
            capture_output=True,
            timeout=20,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    shown = wire_text(address, request, USER_AGENT).replace("***", "0f" * 16)
    assert head_and_body(server.requests[0]) == head_and_body(shown.replace("\n", "\r\n").encode())
