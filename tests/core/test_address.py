"""What a person types as an address."""

import pytest

from hbgui.core.address import AddressError, PbxAddress, parse_pbx, same_pbx, storable


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
        ("pbx:", "port_missing"),
        ("pbx:0", "port_end"),
        ("pbx:65536", "port_end"),
        ("pbx:70000", "port_range"),
        ("pbx:http", "port_not_a_number"),
        ("pbx:-1", "port_not_a_number"),
        ("pbx:８０８８", "port_not_a_number"),
    ],
)
def test_what_is_no_address_is_named(typed: str, code: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_pbx(typed)
    assert caught.value.code == code


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
