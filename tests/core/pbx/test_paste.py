"""What is made of a pasted text."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis.strategies import text as texts

from hbgui.core.api.request_text import curl_command, heartbeat_of
from hbgui.core.pbx.address import parse_pbx
from hbgui.core.pbx.connection import ConnectionSettings, TlsMode
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.paste import TEXT_MAX, Pasted, is_command, read
from hbgui.core.pbx.profile import AddressKind, ApiVersion, Profile, ServerAddress, UrlField
from hbgui.core.pbx.validation import check
from hbgui.core.values import Secret

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
    text = curl_command(
        parse_pbx(profile.pbx), request, ConnectionSettings(TlsMode.INSECURE), "hbgui/1"
    )
    pasted = read(text.replace("$HBGUI_TOKEN", TOKEN))
    assert pasted is not None
    found = pasted.onto(Profile("b"))
    assert (found.pbx, found.api, found.tls) == (profile.pbx, ApiVersion.V2, TlsMode.INSECURE)
    assert found.server == ServerAddress(AddressKind.FIXED, "10.0.0.9")
    assert (found.port, found.url_mode, found.url) == ("9000", UrlMode.ABSOLUTE, target.url)
    assert pasted.token == Secret(TOKEN)
    assert TOKEN not in repr(pasted)


@pytest.mark.parametrize("written", ["$HBGUI_TOKEN", "${TOKEN}", "{token}", "<token>", "%T%"])
def test_the_variable_is_no_token(written: str) -> None:
    pasted = read(f'curl "https://10.0.0.1/api/v1.1.0/heartbeat?token={written}"')
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


URL = f"https://10.0.0.1:8088/api/v2.0.0/heartbeat?token={TOKEN}"
WHOLE = Pasted(
    "https://10.0.0.1:8088",
    ApiVersion.V2,
    server_ip="10.0.0.9",
    port="8261",
    token=Secret(TOKEN),
)
BODY = '{"ipaddr":"10.0.0.9","port":"8261"}'
ESCAPED = BODY.replace('"', '\\"')
CARETS = re.sub(r'([{}:,.\\"])', r"^\1", ESCAPED)


@pytest.mark.parametrize(
    "text",
    [
        # POSIX shells, and Chrome's and Firefox's copies for them.
        f"curl '{URL}' --data-raw $'{BODY}'",
        f'curl \'{URL}\' --data-raw $\'{{\\u0022ipaddr\\x22:"10.0.0.9","port":\\42\\070261"}}\'',
        f"curl '{URL}' -d'{BODY}'",
        f'curl "{URL}" -d"{ESCAPED}"',
        f"curl -d{ESCAPED} {URL}",
        f"curl '{URL}' \\\n  -X 'POST' \\\n  --data-raw '{BODY}' \\\n  --compressed",
        f"curl '{URL}' \\ \\ -H 'Accept: */*'   --data '{BODY}'",
        f"curl -sSX POST '{URL}' -d '{BODY}'",
        f"curl -sXPOST --url={URL} --data={BODY!r}",
        f"curl --request=POST --json '{BODY}' --url '{URL}'",
        f"curl --request POST --header 'a: b' --max-time 5 --data-binary '{BODY}' '{URL}'",
        f"curl -m 5 -Hx:y -otmp -A agent -u api:pw -w '%{{http_code}}' '{URL}' -d '{BODY}'",
        f"curl '{URL}' -d '{BODY}' | jq .",
        f"curl '{URL}' -d '{BODY}' > out.txt 2>&1",
        f"curl '{URL}' -d '{BODY}'; echo https://other.example",
        f"curl '{URL}' -d '{BODY}' && curl https://other.example",
        f"curl -d '{BODY}' -- '{URL}'",
        f"curl '{URL}' -d '{BODY}' --next https://other.example",
        f"curl -G https://10.0.0.1:8088/api/v2.0.0/heartbeat -d token={TOKEN}",
        # What stands before it.
        f"\u00a0curl\u00a0'{URL}'\u00a0-d\u00a0'{BODY}'",
        f"\ufeff\u200bcurl '{URL}' -d '{BODY}'\u200b",
        f"root@pbx:~# curl '{URL}' -d '{BODY}'",
        f"$ sudo /usr/bin/curl '{URL}' -d '{BODY}'",
        f'C:\\Users\\me> curl.exe "{URL}" -d "{ESCAPED}"',
        f"# curl cannot compare the certificate: x\ncurl '{URL}' -d '{BODY}'",
        f"please run CURL '{URL}' -d '{BODY}'",
        # The command prompt of Windows.
        f'curl "{URL}" -d "{BODY.replace(chr(34), chr(34) * 2)}"',
        f'curl ^"{URL}^" ^\n  --data-raw ^"{CARETS}^"',
        f'curl ^"{URL.replace("?", "^?").replace("=", "^=")}^" ^  -X POST ^  -d ^"{CARETS}^"',
        f'curl -s ^\r\n "{URL}" ^\r\n -d "{ESCAPED}"',
        # PowerShell.
        f"PS C:\\> curl.exe -s `\n '{URL}' `\n -d '{ESCAPED}'",
        f"PS C:\\> & curl.exe '{URL}' `   -d '{BODY}'",
        f'curl.exe "{URL}" -d "{BODY.replace(chr(34), chr(96) + chr(34))}"',
        # Its own command of that name, in Windows PowerShell.
        f"curl -Uri '{URL}' -Method POST -Body '{BODY}' -ContentType 'application/json'",
        f"curl -UseBasicParsing -Method Post -Uri {URL} `\n -Body '{BODY}'",
        # Word processors and web pages.
        f"curl “{URL}” –d ‘{BODY}’",
        f"curl “{URL}” —data ‘{BODY.replace(chr(34), '”')}’",
        # As the PBX's manual writes a body, and with a comma after the URL.
        f"curl '{URL}' -d '{{ ipaddr: \"10.0.0.9\", port:\u00a0\"8261\" }}'",
        f"curl {URL}, -d '{BODY}'",
    ],
)
def test_a_command_is_read_as_its_shell_reads_it(text: str) -> None:
    wanted = WHOLE if "-G" not in text else replace(WHOLE, server_ip="", port="")
    assert read(text) == wanted
    # A field of one line makes blanks of line breaks.
    assert read(" ".join(text.splitlines())) == wanted


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('{"ipaddr":"büro.example","port":8260}', {"server_ip": "büro.example", "port": "8260"}),
        ('{"ipaddr":"10.0.0.9","version":"2.0.0"}', {"server_ip": "10.0.0.9"}),
        ('{"version":"2.0.0"}', {}),
        ("", {}),
        (
            '{"ipaddr":"10.0.0.9","port":"80","url":"in"}',
            {"server_ip": "10.0.0.9", "port": "80", "url": "in", "url_mode": UrlMode.RELATIVE},
        ),
        # The example of the PBX's manual.
        (
            '{ "url": "10.20.30.40:8260/report", urlflag: "1" }',
            {
                "server_ip": "10.20.30.40",
                "port": "8260",
                "url": "10.20.30.40:8260/report",
                "url_mode": UrlMode.ABSOLUTE,
                "url_field": UrlField.URLFLAG,
            },
        ),
        (
            '{"ipaddr":"10.0.0.9","port":"80","url":"","urltag":"0"}',
            {"server_ip": "10.0.0.9", "port": "80"},
        ),
    ],
)
def test_what_a_body_says(body: str, found: dict) -> None:
    assert read(f"curl http://10.0.0.1 -d '{body}'") == replace(Pasted("http://10.0.0.1"), **found)


@pytest.mark.parametrize(
    "data",
    [
        "-d '[1]'",
        "-d '{\"ipaddr\":7}'",
        '-d \'{"ipaddr":"10.0.0.１"}\'',
        '-d \'{"ipaddr":"10.0.0.9","port":"http"}\'',
        '-d \'{"ipaddr":"10.0.0.9","port":"80","url":7,"urltag":"0"}\'',
        '-d \'{"ipaddr":"10.0.0.9","port":"80","url":"x","urltag":"2"}\'',
        '-d \'{"url":"/r","urltag":"1"}\'',
        "-d 'ipaddr=10.0.0.9&port=80'",
        "-d ipaddr=10.0.0.9 -d port=80",
        '-d \'{"ipaddr":"10.0.0.9"\'',
        "-d @body.json",
        "--data-binary @-",
        "--json @body.json",
        "-F ipaddr=10.0.0.9",
        "-T body.json",
        "--data-raw @body.json",
        "-d$BODY",
    ],
)
def test_a_body_that_cannot_be_read_gets_no_place_of_our_own(data: str) -> None:
    pasted = read(f"curl -k {data} '{URL}'")
    assert pasted == Pasted(
        "https://10.0.0.1:8088",
        ApiVersion.V2,
        insecure=True,
        token=Secret(TOKEN),
        body_unread=True,
    )
    profile = pasted.onto(Profile("a", "Hotel"))
    assert profile.server == ServerAddress(AddressKind.FIXED, "")
    assert [p.code for p in check(profile, "192.168.5.20").errors] == ["ip_missing"]


@pytest.mark.parametrize(
    "behind", [".", ",", ";", ")", ").", "!", "…", "”", "'", ">", "\u200b", "。"]
)
def test_what_a_sentence_puts_behind_a_url_is_not_the_tokens(behind: str) -> None:
    wanted = replace(WHOLE, server_ip="", port="")
    assert read(URL + behind) == wanted
    assert read(f"<{URL}{behind}") == wanted
    assert read(f'curl "{URL}{behind}"') == wanted


@pytest.mark.parametrize("text", ["192.168.5.150.", "(192.168.5.150)", "“192.168.5.150”,"])
def test_an_address_is_taken_out_of_a_sentence(text: str) -> None:
    assert read(text) == Pasted("192.168.5.150")


@given(texts())
@settings(deadline=None)
def test_any_command_is_read_or_not(rest: str) -> None:
    pasted = read(f"curl https://10.0.0.1 {rest}")
    assert pasted is None or pasted.pbx
