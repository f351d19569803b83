"""What the redactor hides, and what it leaves."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.values import Secret
from patience import little_work

TOKEN = "0123456789abcdef" * 2


def knowing(*secrets: str) -> Redactor:
    redactor = Redactor()
    for secret in secrets:
        redactor.add(Secret(secret))
    return redactor


SPELL = [
    str,
    lambda s: quote(s, safe=""),
    lambda s: quote(s, safe="").lower() if s.islower() else quote(s, safe=""),
    quote,
    quote_plus,
    lambda s: quote(quote(s, safe=""), safe=""),
    lambda s: quote_plus(quote_plus(s)),
    lambda s: json.dumps(s)[1:-1],
    lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    lambda s: json.dumps(json.dumps(s))[3:-3],
    lambda s: json.dumps(s)[1:-1].replace("/", r"\/"),
    html.escape,
    lambda s: html.escape(html.escape(s)),
    lambda s: s.encode("ascii", "xmlcharrefreplace").decode(),
    lambda s: html.escape(json.dumps(s)[1:-1]),
    lambda s: repr(s)[1:-1],
    lambda s: ascii(s)[1:-1],
    lambda s: repr(s.encode())[2:-1],
]
# No asterisk: the mask itself would be a part of the secret.
secrets = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="*"), min_size=4
)


@settings(max_examples=400, deadline=None)
@given(secrets, st.sampled_from(range(len(SPELL))), st.text(), st.text())
@example("\\\\\\\\", 7, "", "")
@example("100%25&amp;", 5, "", "")
@example("a b+c d", 4, "", "")
@example("00\\\xa0", 7, "", "")
@example("000 ", 6, "", "")
@example('000"', 14, "", "")
def test_no_spelling_gets_through(secret, way, before, after):
    spelled = SPELL[way](secret)
    redactor = knowing(secret)
    left = redactor.text(f"{before}\n{spelled}\n{after}")
    assert spelled not in left
    assert secret not in left
    assert spelled.encode() not in redactor.data(f"\n{spelled}\n".encode())


HEX_TOKEN = "0fA1" * 8
CASES = {
    "as it is": str,
    "capitals": str.upper,
    "small": str.lower,
    "mixed": lambda s: "".join(c.upper() if i % 3 else c.lower() for i, c in enumerate(s)),
}
FORMS = {
    "alone": str,
    "in a URL": lambda s: f"/api?x={s}&y=1",
    "percent": lambda s: "".join(f"%{ord(c):02X}" for c in s),
    "backslash x": lambda s: "".join(f"\\x{ord(c):02X}" for c in s),
    "HTML numbers": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "UUID": lambda s: f"{s[:8]}-{s[8:12]}-{s[12:16]}-{s[16:20]}-{s[20:]}",
    "pairs": lambda s: ":".join(s[i : i + 2] for i in range(0, len(s), 2)),
    "spaced": lambda s: " ".join(s[i : i + 4] for i in range(0, len(s), 4)),
    "folded": lambda s: s[:20] + "=\r\n" + s[20:],
    "zero-width": lambda s: "\u200b".join(s),
    "UTF-16": lambda s: s.encode("utf-16-le").decode(),
    "hex": lambda s: s.encode().hex(),
    "hex in capitals": lambda s: s.encode().hex(" ").upper(),
    "quotes between": lambda s: f'"{s}"',
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_case_gets_through(case, form):
    spelled = form(case(HEX_TOKEN))
    redactor = knowing(HEX_TOKEN)
    for left in (
        redactor.text(f"a {spelled} b"),
        redactor.data(f"a {spelled} b".encode()).decode(),
    ):
        assert "***" in left
        digits = re.sub("[^0-9a-z]", "", left.lower())
        assert "a10fa" not in digits
        assert "6661" not in digits


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_base64_of_capitals_does_not_get_through(case):
    encoded = base64.b64encode(b"x" + case(HEX_TOKEN).encode()).decode()
    assert encoded[4:-4] not in knowing(HEX_TOKEN).text(encoded)


def test_a_password_in_another_case_does_not_get_through():
    assert knowing("S\u00e4mmer+1").text("s\u00c4MMER%2b1 sommer") == "*** sommer"


def test_other_hex_stays():
    text = "SHA-256 0f:a1:0f:a1:ff 0fa1-0fa1"
    assert knowing(HEX_TOKEN).text(text) == text
    assert knowing("pass-word").text("pass word password") == "pass word password"


@settings(deadline=None)
@given(st.binary())
def test_bytes_without_a_secret_are_untouched(data):
    assert knowing(TOKEN).data(data) == data


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("POST /api?token=abc&x=1 HTTP/1.1", "POST /api?token=***&x=1 HTTP/1.1"),
        ("/api?x=1&TOKEN=a%2Bb", "/api?x=1&TOKEN=***"),
        ('{"token":"abc","errno":"20006"}', '{"token":***,"errno":"20006"}'),
        ('{"password" : "a \\" b", "x": 1}', '{"password" : ***, "x": 1}'),
        ("{'token': 'abc', 'x': 1}", "{'token': ***, 'x': 1}"),
        (r'"{\"token\":\"abc\",\"x\":1}"', r'"{\"token\":***,\"x\":1}"'),
        ("X-Auth-Token: abc\nHost: x", "X-Auth-Token: ***\nHost: x"),
        ("Authorization: Basic YWJj", "Authorization: Basic ***"),
        ("HBGUI_TOKEN=abc", "HBGUI_TOKEN=***"),
        ("token%3Dabc", "token%3D***"),
        ("secret = abc; x", "secret = ***; x"),
        ("the token is good", "the token is good"),
        ('"token_good_until": "12:00"', '"token_good_until": "12:00"'),
        ("tokens: 3", "tokens: 3"),
    ],
)
def test_by_name(text, hidden):
    assert Redactor().text(text) == hidden
    assert Redactor().text(hidden) == hidden


BASE64 = [base64.b64encode, base64.urlsafe_b64encode]


@settings(max_examples=200, deadline=None)
@given(secrets, st.sampled_from(BASE64), st.binary(max_size=7), st.binary(max_size=7))
@example("\xfb\xff\xfe>>>???", BASE64[1], b"", b"")
def test_base64_does_not_get_through(secret, encode, before, after):
    for spelled in (secret, quote(secret, safe="")):
        encoded = encode(before + spelled.encode() + after).decode()
        core = encoded[-(-len(before) * 8 // 6) : (len(before) + len(spelled.encode())) * 8 // 6]
        for text in (encoded, quote(encoded, safe=""), json.dumps(encoded).replace("/", r"\/")):
            left = knowing(secret).text(f"x={text} y")
            assert "***" in left
            assert core not in left


OVERDONE = [
    lambda c: f"%{ord(c):02x}",
    lambda c: f"%25{ord(c):02X}",
    lambda c: f"\\u{ord(c):04x}",
    lambda c: f"\\x{ord(c):02x}",
    lambda c: f"\\\\u{ord(c):04X}",
    lambda c: f"&#{ord(c)};",
    lambda c: f"&#x{ord(c):X};",
    lambda c: f"&amp;#{ord(c):05};",
]


@pytest.mark.parametrize("spell", OVERDONE, ids=range(len(OVERDONE)))
def test_letters_and_digits_spelled_as_numbers(spell):
    some = "".join(c if i % 5 else spell(c) for i, c in enumerate(TOKEN))
    every = "".join(map(spell, TOKEN))
    for text in (some, every):
        assert knowing(TOKEN).text(f"x={text}&y") == "x=***&y"
        assert knowing(TOKEN).data(f"x={text}&y".encode()) == b"x=***&y"
        assert knowing("another").text(f"x={text}&y") == f"x={text}&y"


def test_basic_authorization_of_a_known_password():
    header = base64.b64encode(b"admin:correct horse").decode()
    assert knowing("correct horse").text(f"got {header}") == "got YWRtaW46***Q=="
    assert knowing("correct house").text(f"got {header}") == f"got {header}"


def test_what_is_known_does_not_print_itself():
    assert TOKEN not in repr(vars(knowing(TOKEN)))


def test_mixed_and_several():
    redactor = knowing("a/b+c", TOKEN)
    assert redactor.text(f"x {TOKEN} a%2fb+c a/b%252Bc y") == "x *** *** *** y"


def test_a_secret_that_begins_with_another():
    for order in (("secret", "secret-1"), ("secret-1", "secret")):
        assert knowing(*order).text("x secret-1 secret-2") == "x *** ***-2"


def test_discard():
    redactor = knowing(TOKEN)
    redactor.add(Secret(TOKEN))
    redactor.discard(Secret(TOKEN))
    assert redactor.text(TOKEN) == TOKEN


def test_a_short_secret_does_not_eat_the_text():
    redactor = knowing("a", "", "abc")
    assert redactor.text("an abacus, token=abc") == "an abacus, token=***"


@pytest.mark.parametrize("secret", ["\\" * 1200, "%" * 1200, "&" * 1200, "/" * 1200, "a" * 1200])
def test_long_rows_take_no_time(secret):
    redactor = knowing(secret + "x")
    with little_work():
        for row in (secret * 10, quote(secret, safe="") * 4, html.escape(secret) * 4):
            assert redactor.text(row + "y") == row + "y"


def test_threads_may_add_while_others_redact():
    redactor = knowing(TOKEN)

    def add(start):
        for i in range(start, start + 200):
            redactor.add(Secret(f"secret-{i}"))

    threads = [threading.Thread(target=add, args=(i * 200,)) for i in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert redactor.text(TOKEN) == "***"
    assert redactor.text("secret-799 secret-0") == "*** ***"


@pytest.mark.parametrize(
    "begin", ["/abcdefgh", "+abcdefgh", "abc/defgh", "ab//////cd", '\\"abcdefg']
)
def test_whoever_knows_a_secret_cannot_make_it_slow(begin: str) -> None:
    redactor = knowing(begin)
    row = "\\" * 60_000
    letters = "abcdefghcd"
    with little_work():
        redactor.data(f"{letters}{row} {begin[:3]}{row}{begin[3:]} ab{row}/{row}/".encode())


@pytest.mark.parametrize("unit", ["a-", "token-", 'token=\\"', "%25", "&amp;"])
def test_no_header_makes_it_slow(unit: str) -> None:
    with little_work():
        knowing(TOKEN).text(unit * (60_000 // len(unit)))
