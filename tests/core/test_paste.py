"""What is made of a pasted text."""

import pytest

from hbgui.core.address import parse_pbx
from hbgui.core.link import Link, TlsMode
from hbgui.core.paste import TEXT_MAX, Pasted, is_command, read
from hbgui.core.profile import AddressKind, ApiVersion, Profile, ServerAddress, UrlField
from hbgui.core.request_text import curl_command, heartbeat_of
from hbgui.core.secret import Secret
from hbgui.core.target import ReportTarget, UrlMode

TOKEN = "0f" * 16


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("192.168.5.150", Pasted("192.168.5.150")),
        (" 192.168.5.150:8088\n", Pasted("192.168.5.150:8088")),
        ("https://192.168.5.150:8088/", Pasted("https://192.168.5.150:8088/")),
        (
            f"https://10.0.0.1:8088/api/v2.0.0/heartbeat?token={TOKEN}",
            Pasted("https://10.0.0.1:8088", ApiVersion.V2, token=Secret(TOKEN)),
        ),
        (
            f"curl -k -X POST 'https://10.0.0.1:8088/api/v1.1.0/heartbeat?token={TOKEN}' "
            """-H "Content-Type: application/json" -d '{"ipaddr":"10.0.0.9","port":8260}'""",
            Pasted(
                "https://10.0.0.1:8088",
                ApiVersion.V1,
                insecure=True,
                server_ip="10.0.0.9",
                port="8260",
                token=Secret(TOKEN),
            ),
        ),
        (
            '$ curl \\\n  --data-raw=\'{"url":"in","urltag":"0"}\' \\\n http://10.0.0.1',
            Pasted(
                "http://10.0.0.1",
                url_mode=UrlMode.RELATIVE,
                url="in",
                url_field=UrlField.URLTAG,
            ),
        ),
        # A one-line field makes a blank of a line break.
        ("curl -k \\   https://10.0.0.1 \\ -v", Pasted("https://10.0.0.1", insecure=True)),
        ("curl http://10.0.0.1 -d '[1]'", Pasted("http://10.0.0.1")),
        ("curl http://10.0.0.1 -d '{\"ipaddr\":7}'", Pasted("http://10.0.0.1")),
    ],
)
def test_what_it_says(text: str, meant: Pasted) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "call me at noon",
        "curl ",
        "curl -k",
        "curl 'unfinished",
        "curl ftp://10.0.0.1",
        "https://",
        "http://user:pw@10.0.0.1",
        "10.0.0.1:99999",
        "x" * (TEXT_MAX + 1),
        "curl " + "[" * 5000,
        "\x00",
    ],
)
def test_what_is_of_no_use(text: str) -> None:
    assert read(text) is None


def test_our_own_command_comes_back_as_the_profile_that_it_was_made_of() -> None:
    profile = Profile("a", "Hotel", "https://10.0.0.1:8088", api=ApiVersion.V2)
    target = ReportTarget("10.0.0.9", 9000, UrlMode.ABSOLUTE, "10.0.0.9:80/it's in")
    request = heartbeat_of(profile, target)
    text = curl_command(parse_pbx(profile.pbx), request, Link(TlsMode.INSECURE), "hbgui/1")
    pasted = read(text.replace("$HBGUI_TOKEN", TOKEN))
    assert pasted is not None
    found = pasted.onto(Profile("b"))
    assert (found.pbx, found.api, found.tls) == (profile.pbx, ApiVersion.V2, TlsMode.INSECURE)
    assert found.server == ServerAddress(AddressKind.FIXED, "10.0.0.9")
    assert (found.port, found.url_mode, found.url) == ("9000", UrlMode.ABSOLUTE, target.url)
    assert pasted.token == Secret(TOKEN)
    assert TOKEN not in repr(pasted)


def test_the_variable_is_no_token() -> None:
    pasted = read('curl "https://10.0.0.1/api/v1.1.0/heartbeat?token=$HBGUI_TOKEN"')
    assert pasted is not None
    assert pasted.token is None


def test_what_it_leaves_out_stays() -> None:
    profile = Profile("a", "Hotel", tls=TlsMode.PINNED, port="7")
    assert Pasted("10.0.0.1").onto(profile) == Profile(
        "a", "Hotel", "10.0.0.1", tls=TlsMode.PINNED, port="7"
    )


def test_commands_are_told_from_addresses() -> None:
    assert is_command("  curl -k x")
    assert not is_command("curl.example.net")
