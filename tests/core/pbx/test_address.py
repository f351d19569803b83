"""What a person types as an address."""

import pytest

from hbgui.core.pbx.address import (
    AddressError,
    PbxAddress,
    parse_pbx,
    parse_proxy,
    same_pbx,
    storable,
    wire_host,
)


@pytest.mark.parametrize(
    ("typed", "scheme", "host", "port"),
    [
        ("192.168.5.150", "https", "192.168.5.150", 8088),
        (" 192.168.5.150 ", "https", "192.168.5.150", 8088),
        ("192.168.5.150:8088", "https", "192.168.5.150", 8088),
        ("https://192.168.5.150:8088/", "https", "192.168.5.150", 8088),
        ("HTTPS://pbx.example", "https", "pbx.example", 8088),
        ("http://pbx.example", "http", "pbx.example", 80),
        ("http://pbx.example:8088/api/v1.1.0/login?x=1#y", "http", "pbx.example", 8088),
        ("[fe80::1]:8088", "https", "fe80::1", 8088),
        ("[fe80::1]", "https", "fe80::1", 8088),
        ("2001:db8::5", "https", "2001:db8::5", 8088),
        ("2001:DB8:0:0::5", "https", "2001:db8::5", 8088),
        ("https://[2001:db8::5]:443/x", "https", "2001:db8::5", 443),
        ("pbx", "https", "pbx", 8088),
        ("pbx.example.", "https", "pbx.example.", 8088),
        ("telefon-büro.example:1", "https", "telefon-büro.example", 1),
        ("my_pbx.local:65535", "https", "my_pbx.local", 65535),
        # Marks that web pages and messengers put around what is copied there.
        ("\ufeff192.168.5.150\u200b", "https", "192.168.5.150", 8088),
        ("\u200e192.168.5.150:8089\u200f", "https", "192.168.5.150", 8089),
        ("\u2066\u00a0https://pbx.example:1\u2069\u00ad", "https", "pbx.example", 1),
        ("pbx.example :\u200b8089", "https", "pbx.example", 8089),
        ("\u3000pbx\u2060\ufe0f\u3164", "https", "pbx", 8088),
        # The same name in another Unicode form.
        ("telefon-bu\u0308ro.example", "https", "telefon-büro.example", 8088),
        ("电话.example", "https", "电话.example", 8088),
        # A zone, as it is written in a URL and outside.
        ("fe80::1%eth0", "https", "fe80::1%eth0", 8088),
        ("https://[fe80::1%25lo]:1", "https", "fe80::1%lo", 1),
        ("[fe80::1%lo]:1", "https", "fe80::1%lo", 1),
        ("fe80::1%25", "https", "fe80::1%25", 8088),
        ("FE80::1%25eth0.5", "https", "fe80::1%eth0.5", 8088),
        # A host that looks like a scheme, and one with 32 hex digits in its name.
        ("https", "https", "https", 8088),
        ("http:8088", "https", "http", 8088),
        ("http-proxy.example", "https", "http-proxy.example", 8088),
        ("0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f.example", "https", "0f" * 16 + ".example", 8088),
        ("deadbeef", "https", "deadbeef", 8088),
        ("00155dfffe0a1b2c", "https", "00155dfffe0a1b2c", 8088),
    ],
)
def test_address_is_taken_apart(typed: str, scheme: str, host: str, port: int) -> None:
    assert parse_pbx(typed) == PbxAddress(scheme, host, port)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "host_missing"),
        ("   ", "host_missing"),
        ("https://", "host_missing"),
        (":8088", "host_missing"),
        ("256.1.1.1", "ipv4_malformed"),
        ("192.168.5", "ipv4_malformed"),
        ("192.168.5.150.1", "ipv4_malformed"),
        ("192.168.05.150", "ipv4_malformed"),
        ("1234", "ipv4_malformed"),
        ("0x7f.1", "ipv4_malformed"),
        ("0xC0.0xA8.5.150", "ipv4_malformed"),
        ("192.168.5.x.150", "ipv4_malformed"),
        ("192.168.0x5.150.", "ipv4_malformed"),
        ("fe80:::1", "ipv6_malformed"),
        ("[192.168.5.150]", "host_malformed"),
        ("[fe80::1", "host_malformed"),
        ("[fe80::1]8088", "host_malformed"),
        ("-pbx", "host_malformed"),
        ("pbx one", "host_malformed"),
        ("pbx..example", "host_malformed"),
        ("a" * 64, "host_malformed"),
        ("pbx\nexample", "host_malformed"),
        ("ftp://pbx", "scheme_unknown"),
        ("admin:pw@pbx", "address_has_user"),
        ("pbx:", "pbx_port_missing"),
        ("[fe80::1]:", "pbx_port_missing"),
        ("https://pbx:/", "pbx_port_missing"),
        ("pbx:0", "port_range"),
        ("pbx:65536", "port_range"),
        ("pbx:70000", "port_range"),
        ("pbx:http", "port_not_a_number"),
        ("pbx:-1", "port_not_a_number"),
        ("192.168.5.150:8088:1", "port_not_a_number"),
        ("pbx:8088:1", "port_not_a_number"),
        ("pbx:８０８８", "character_odd"),
        ("192.168.5.１２２", "character_odd"),
        ("192.168.5.١٢٢", "character_odd"),
        ("192。168。5。122", "character_odd"),
        ("192．168．5．122", "character_odd"),
        ("ｐｂｘ.example", "character_odd"),
        ("pbx：8088", "character_odd"),
        ("ｈttps://pbx", "character_odd"),
        ("１::1", "character_odd"),
        ("pbx\N{EN DASH}1", "character_odd"),
        ("pbx²", "character_odd"),
        ("192.168\u200b.5.150", "character_invisible"),
        ("pbx.exa\u00admple", "character_invisible"),
        ("pbx.example:80\u200e88", "character_invisible"),
        ("pbx\u00a0one", "character_invisible"),
        ("pbx\u3164one", "character_invisible"),
        ("\u0308x", "host_malformed"),
        ("ü" * 60, "host_malformed"),
        ("fe80::1%", "ipv6_malformed"),
        ("fe80::1%et h0", "ipv6_malformed"),
        ("192.168.5.150%eth0", "host_malformed"),
        ("https//192.168.5.150", "scheme_mistyped"),
        ("http//pbx:8088/x", "scheme_mistyped"),
        ("https:/pbx", "scheme_mistyped"),
        ("https:pbx", "scheme_mistyped"),
        ("https:", "scheme_mistyped"),
        ("https;//pbx", "scheme_mistyped"),
        ("https:\\\\pbx", "scheme_mistyped"),
        ("https:///pbx", "scheme_mistyped"),
        ("https://https://pbx", "scheme_mistyped"),
        ("HTTPS//pbx", "scheme_mistyped"),
        ("://pbx", "scheme_mistyped"),
        ("//pbx", "scheme_mistyped"),
        ("https :// pbx", "scheme_mistyped"),
        ("file:///pbx", "scheme_unknown"),
        ("0f" * 16, "address_is_token"),
        ("0F" * 16, "address_is_token"),
        ("https://" + "0f" * 16 + "/", "address_is_token"),
        ("0f" * 16 + ":8088", "address_is_token"),
        ("\u200b" + "0f" * 16 + "\n", "address_is_token"),
        ("token=" + "0f" * 16, "address_is_token"),
        ("pbx " + "0f" * 16, "address_is_token"),
        ("0f" * 13, "address_is_token"),
        ("0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f", "address_is_token"),
        ("-".join(["0F0f"] * 8) + ":8088", "address_is_token"),
        ("https://admin:p/w@pbx", "address_has_user"),
    ],
)
def test_what_is_no_address_is_named(typed: str, code: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_pbx(typed)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("typed", "character"),
    [
        ("192.168.5.１", "１ (U+FF11 FULLWIDTH DIGIT ONE)"),
        ("192。168.5.1", "。 (U+3002 IDEOGRAPHIC FULL STOP)"),
        ("192.168\u202e.5.1", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("pbx:8\u00a088", "U+00A0 NO-BREAK SPACE"),
    ],
)
def test_the_wrong_character_is_named(typed: str, character: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_pbx(typed)
    assert caught.value.values == {"character": character}


@pytest.mark.parametrize(
    ("host", "wire"),
    [
        ("büro.example", "xn--bro-hoa.example"),
        ("BÜRO.Example.", "xn--bro-hoa.Example."),
        ("straße.example", "xn--strae-oqa.example"),
        ("电话.example", "xn--wny669b.example"),
        ("pbx.example", "pbx.example"),
        ("fe80::1%eth0", "fe80::1"),
        ("192.168.5.150", "192.168.5.150"),
    ],
)
def test_others_know_a_host_by_its_ascii_name_and_without_a_zone(host: str, wire: str) -> None:
    assert wire_host(parse_pbx(host).host) == wire


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("socks5://10.0.0.1:1080", "proxy_scheme"),
        ("https://10.0.0.1:1", "proxy_scheme"),
        ("http://us:p%40w@10.0.0.1:1", "proxy_has_user"),
        ("us:p/w@10.0.0.1:1", "proxy_has_user"),
        ("10.0.0.1", "proxy_malformed"),
        ("", "proxy_malformed"),
        ("http//10.0.0.1:3128", "scheme_mistyped"),
        ("10.0.0.１:3128", "character_odd"),
        ("0f" * 16 + ":3128", "address_is_token"),
    ],
)
def test_what_is_no_proxy_is_named(typed: str, code: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_proxy(typed)
    assert caught.value.code == code


def test_a_proxy_may_have_marks_around() -> None:
    assert parse_proxy("\u200b http://10.0.0.1:3128\ufeff") == PbxAddress("http", "10.0.0.1", 3128)


def test_ipv6_is_bracketed_in_urls() -> None:
    assert PbxAddress("https", "2001:db8::5", 8088).url == "https://[2001:db8::5]:8088"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://192.168.5.150:8088/", "https://192.168.5.150:8088/"),
        ("pbx", "pbx"),
        ("half typ", "half typ"),
        ("https://pbx:8088/api/v1.1.0/heartbeat?token=0f0f", "https://pbx:8088"),
        ("pbx?token=0f0f", "pbx"),
        ("https://admin:secret@pbx/", "https://pbx"),
        ("pbx#0f0f", "pbx"),
        ("", ""),
        ("0f" * 16, ""),
        (" https://" + "0F" * 16 + ":8088/x", ""),
        ("?token=" + "0f" * 16, ""),
        ("token=" + "0f" * 16, ""),
        ("pbx.example " + "0f" * 16, ""),
        ("https//" + "0f" * 16, ""),
        ("https:/" + "0f" * 16, ""),
        ("https://admin:p/w?x@pbx:8088/y", "https://pbx:8088"),
        ("https//pbx:8088/api?token=0f0f", "https//pbx:8088/api"),
        ("https://" + "0f" * 16 + ".example", "https://" + "0f" * 16 + ".example"),
    ],
)
def test_a_pasted_secret_is_not_stored(typed: str, stored: str) -> None:
    assert storable(typed) == stored


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.168.5.150", "https://192.168.5.150:8088/", True),
        ("192.168.5.150", "http://192.168.5.150", False),
        ("192.168.5.150", "192.168.5.151", False),
        ("half typ", " half typ", True),
        ("", "pbx", False),
    ],
)
def test_the_same_box_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert same_pbx(one, other) is same
