"""The request for people: what it leaves out, and what a shell makes of it."""

import shlex

import pytest

from hbgui.core.api.heartbeat import HttpAnswer, answer_text
from hbgui.core.api.request_text import curl_command, heartbeat_of, wire_text
from hbgui.core.pbx.address import parse_pbx
from hbgui.core.pbx.connection import ConnectionSettings, TlsLevel, TlsMode
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import ApiVersion, Profile

TARGET = ReportTarget("192.168.5.20", 8260, UrlMode.RELATIVE, "it's/$HOME/`x`")


SYSTEM = ConnectionSettings()


def command(pbx: str = "https://192.168.5.150", link: ConnectionSettings = SYSTEM) -> str:
    return curl_command(parse_pbx(pbx), heartbeat_of(Profile("a"), TARGET), link, "hbgui/1")


def test_the_token_is_masked_and_its_variable_named() -> None:
    request = heartbeat_of(Profile("a"), TARGET)
    text = wire_text(parse_pbx("192.168.5.150"), request, "hbgui/1")
    assert text.startswith(
        "POST /api/v1.1.0/heartbeat?token=*** HTTP/1.1\nHost: 192.168.5.150:8088"
    )
    assert text.endswith(request.body.decode())
    assert command().endswith(
        '"https://192.168.5.150:8088/api/v1.1.0/heartbeat?token=$HBGUI_TOKEN"'
    )


def test_a_proxy_for_plain_http_is_told_the_whole_address() -> None:
    request = heartbeat_of(Profile("a", api=ApiVersion.V2), TARGET)
    text = wire_text(parse_pbx("http://10.0.0.1"), request, "hbgui/1", proxied=True)
    assert text.startswith("POST http://10.0.0.1:80/api/v2.0.0/heartbeat?token=*** HTTP/1.1\n")


def test_what_is_typed_is_only_text_for_the_shell() -> None:
    words = shlex.split(command(), comments=True)
    body = words[words.index("--data-binary") + 1]
    assert "it's/$HOME/`x`" in body


@pytest.mark.parametrize(
    ("link", "wanted", "unwanted"),
    [
        (ConnectionSettings(), "--noproxy", "--insecure"),
        (ConnectionSettings(TlsMode.INSECURE), "--insecure", "#"),
        (ConnectionSettings(TlsMode.PINNED, pin="ab" * 32), "# curl cannot compare", "ab" * 32),
        (ConnectionSettings(level=TlsLevel.VERY_OLD), "--tlsv1.0", "--tlsv1.2"),
        (ConnectionSettings(level=TlsLevel.MODERN), "--tlsv1.2", "--tls-max"),
        (ConnectionSettings(proxy="10.0.0.1:3128"), "--proxy 10.0.0.1:3128", "--noproxy"),
        (ConnectionSettings(proxy="system"), "--http1.1", "--noproxy"),
    ],
)
def test_options_as_the_profile_has_them(
    link: ConnectionSettings, wanted: str, unwanted: str
) -> None:
    assert wanted in command(link=link)
    assert unwanted not in command(link=link)


def test_plain_http_has_no_tls_options() -> None:
    assert "tls" not in command("http://10.0.0.1", ConnectionSettings(TlsMode.INSECURE))


def test_an_answer_is_shown_without_what_could_play_tricks() -> None:
    answer = HttpAnswer(302, b"\x1b[31m\xff\xe2\x80\xaeabc\nd", "https://x/")
    text = answer_text(answer)
    assert text.splitlines()[:2] == ["HTTP 302", "Location: https://x/"]
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.endswith("abc\nd")
    assert len(answer_text(HttpAnswer(200, b"x" * 60_000))) < 4200
