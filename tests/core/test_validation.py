"""What is wrong with a profile."""

from dataclasses import replace

import pytest

from hbgui.core.networks import LocalAddress, adapter_ip
from hbgui.core.profile import AddressKind, Profile, ReportTarget, ServerAddress, UrlMode
from hbgui.core.validation import Field, Severity, check, check_token


def fixed(ip: str) -> ServerAddress:
    return ServerAddress(AddressKind.FIXED, ip)


GOOD = Profile("id", "Hotel Post", "192.168.5.150", server=fixed("192.168.5.20"))


def found(profile: Profile, *local: LocalAddress) -> set[tuple[str, str, str]]:
    return {(p.field, p.severity, p.code) for p in check(profile, None, local).problems}


def test_a_good_profile_has_no_problems_and_a_target() -> None:
    checked = check(GOOD, None)
    assert checked.problems == ()
    assert checked.address is not None
    assert checked.address.url == "https://192.168.5.150:8088"
    assert checked.target == ReportTarget("192.168.5.20", 8260)


@pytest.mark.parametrize(
    ("change", "field", "severity", "code"),
    [
        ({"pbx": ""}, Field.PBX, Severity.ERROR, "host_missing"),
        ({"server": fixed("")}, Field.IP, Severity.ERROR, "ip_missing"),
        ({"server": fixed("10.0.0.256")}, Field.IP, Severity.ERROR, "ipv4_malformed"),
        ({"server": fixed("10.0.0.5:8260")}, Field.IP, Severity.ERROR, "ipv6_malformed"),
        ({"server": fixed("127.0.0.1")}, Field.IP, Severity.WARNING, "ip_loopback"),
        ({"server": fixed("localhost")}, Field.IP, Severity.WARNING, "ip_loopback"),
        ({"server": fixed("169.254.3.4")}, Field.IP, Severity.WARNING, "ip_link_local"),
        ({"server": fixed("fe80::3")}, Field.IP, Severity.WARNING, "ip_link_local"),
        ({"server": fixed("0.0.0.0")}, Field.IP, Severity.WARNING, "ip_unspecified"),
        ({"server": fixed("224.0.0.1")}, Field.IP, Severity.WARNING, "ip_multicast"),
        ({"server": fixed("192.168.5.150")}, Field.IP, Severity.WARNING, "ip_is_pbx"),
        ({"server": fixed("192.168.6.20")}, Field.IP, Severity.WARNING, "ip_other_subnet"),
        ({"port": ""}, Field.PORT, Severity.ERROR, "port_missing"),
        ({"port": "0"}, Field.PORT, Severity.ERROR, "port_end"),
        ({"port": "65536"}, Field.PORT, Severity.ERROR, "port_end"),
        ({"port": "99999"}, Field.PORT, Severity.ERROR, "port_range"),
        ({"port": "8260x"}, Field.PORT, Severity.ERROR, "port_not_a_number"),
        ({"url_mode": UrlMode.RELATIVE}, Field.URL, Severity.ERROR, "url_missing"),
        ({"url_mode": UrlMode.ABSOLUTE}, Field.URL, Severity.ERROR, "url_missing"),
        ({"url_mode": UrlMode.RELATIVE, "url": "a b"}, Field.URL, Severity.ERROR, "url_characters"),
        ({"url_mode": UrlMode.RELATIVE, "url": "a" * 1025}, Field.URL, Severity.ERROR, "url_long"),
        (
            {"url_mode": UrlMode.RELATIVE, "url": "/r"},
            Field.URL,
            Severity.NOTE,
            "url_slash_taken_off",
        ),
        (
            {"url_mode": UrlMode.RELATIVE, "url": "http://x/r"},
            Field.URL,
            Severity.WARNING,
            "url_looks_absolute",
        ),
        (
            {"url_mode": UrlMode.ABSOLUTE, "url": "http://192.168.5.20:8260/r"},
            Field.URL,
            Severity.NOTE,
            "url_scheme_taken_off",
        ),
        (
            {"url_mode": UrlMode.ABSOLUTE, "url": "https://192.168.5.20:8260/r"},
            Field.URL,
            Severity.WARNING,
            "url_https",
        ),
        (
            {"url_mode": UrlMode.ABSOLUTE, "url": "ftp://192.168.5.20:8260"},
            Field.URL,
            Severity.ERROR,
            "url_scheme",
        ),
        ({"url_mode": UrlMode.ABSOLUTE, "url": "/r"}, Field.URL, Severity.ERROR, "url_host"),
        ({"url_mode": UrlMode.ABSOLUTE, "url": "x:0/r"}, Field.URL, Severity.ERROR, "url_host"),
        (
            {"url_mode": UrlMode.ABSOLUTE, "url": "192.168.5.20:8280/r"},
            Field.URL,
            Severity.WARNING,
            "url_mismatch",
        ),
        (
            {"url_mode": UrlMode.ABSOLUTE, "url": "192.168.5.21:8260/r"},
            Field.URL,
            Severity.WARNING,
            "url_mismatch",
        ),
        ({"interval_min": 0}, Field.INTERVAL, Severity.ERROR, "interval_range"),
        ({"interval_min": 26}, Field.INTERVAL, Severity.ERROR, "interval_range"),
        ({"interval_min": 21}, Field.INTERVAL, Severity.WARNING, "interval_long"),
    ],
)
def test_each_problem_is_found_at_its_field(
    change: dict, field: Field, severity: Severity, code: str
) -> None:
    profile = replace(GOOD, **change)
    assert found(profile) == {(field, severity, code)}
    assert bool(check(profile, None).errors) is (severity is Severity.ERROR)


@pytest.mark.parametrize(
    ("mode", "url", "target"),
    [
        (UrlMode.NONE, "left over", "192.168.5.20:8260"),
        (UrlMode.RELATIVE, "/report", "192.168.5.20:8260/report"),
        (UrlMode.ABSOLUTE, "http://192.168.5.20:8260/a?b=c", "192.168.5.20:8260/a?b=c"),
    ],
)
def test_target_is_spelled_as_the_pbx_will_use_it(mode: UrlMode, url: str, target: str) -> None:
    assert str(check(replace(GOOD, url_mode=mode, url=url), None).target) == target


def test_ipv6_target_is_bracketed_but_not_on_the_wire() -> None:
    target = check(replace(GOOD, server=fixed("[2001:db8::9]")), None).target
    assert target is not None
    assert (target.ip, str(target)) == ("2001:db8::9", "[2001:db8::9]:8260")


def test_the_real_network_beats_the_guess() -> None:
    wide = LocalAddress("192.168.6.20", "eth0", 16)
    assert found(replace(GOOD, server=fixed("192.168.6.20")), wide) == set()
    narrow = LocalAddress("192.168.5.130", "eth0", 25)
    assert ("ip", "warning", "ip_other_subnet") in found(GOOD, narrow)


@pytest.mark.parametrize(
    ("pbx", "ip", "warned"),
    [
        ("8.8.8.8", "192.168.1.5", True),
        ("8.8.8.8", "9.9.9.9", False),
        ("pbx.example", "192.168.1.5", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("192.168.5.150", "2001:db8::1", True),
    ],
)
def test_other_subnet(pbx: str, ip: str, warned: bool) -> None:
    codes = {p.code for p in check(replace(GOOD, pbx=pbx, server=fixed(ip)), None).problems}
    assert bool(codes) is warned


def test_an_unknown_automatic_address_gives_no_target_and_no_error() -> None:
    checked = check(replace(GOOD, server=ServerAddress()), None)
    assert (checked.target, checked.problems) == (None, ())
    assert str(check(replace(GOOD, server=ServerAddress()), "192.168.5.9").target) == (
        "192.168.5.9:8260"
    )


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("0f" * 16, []),
        (" " + "0F" * 16 + "\n", []),
        ("", ["token_missing"]),
        ("  ", ["token_missing"]),
        ("abc", ["token_unusual"]),
        ("ä" * 32, ["token_unusual"]),
        ("0f\n" * 16, ["token_characters"]),
        ("0f\x00" * 8, ["token_characters"]),
        ("a" * 1201, ["token_long"]),
        ("a" * 1200, ["token_unusual"]),
    ],
)
def test_token(typed: str, codes: list[str]) -> None:
    token, problems = check_token(typed)
    assert [p.code for p in problems] == codes
    if token is None:
        assert problems[0].severity is Severity.ERROR
    else:
        assert token.reveal() == typed.strip()


def test_a_problem_never_carries_the_token() -> None:
    for typed in ("secret\nvalue", "x" * 1300):
        assert typed[:6] not in repr(check_token(typed))


@pytest.mark.parametrize(
    ("adapter", "pbx", "ip"),
    [
        ("eth0", "192.168.5.150", "192.168.5.20"),
        ("eth0", "2001:db8::5", "2001:db8::20"),
        ("lo", "2001:db8::5", "127.0.0.1"),
        ("gone", "192.168.5.150", None),
    ],
)
def test_an_adapter_announces_the_pbxs_kind_of_address(
    adapter: str, pbx: str, ip: str | None
) -> None:
    local = (
        LocalAddress("2001:db8::20", "eth0", 64),
        LocalAddress("192.168.5.20", "eth0", 24),
        LocalAddress("127.0.0.1", "lo", 8),
    )
    assert adapter_ip(adapter, pbx, local) == ip
