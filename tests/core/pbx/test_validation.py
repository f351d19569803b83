"""What is wrong with a profile."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hbgui.core.api.outcome import Attempt, invalid
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.networks import LocalAddress, adapter_ip
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.pbx.validation import Field, Severity, check, check_token, parse_target
from hbgui.core.values import Moment
from hbgui.texts.outcomes import attempt_message
from hbgui.texts.problems import problem_sentence


def fixed(ip: str) -> ServerAddress:
    return ServerAddress(AddressKind.FIXED, ip)


GOOD = Profile("id", "Hotel Post", "192.168.5.150", server=fixed("192.168.5.20"))


def found(profile: Profile, *local: LocalAddress) -> set[tuple[str, str, str]]:
    problems = check(profile, None, local).problems
    assert not [p for p in problems if "{" in problem_sentence(p)]
    return {(p.field, p.severity, p.code) for p in problems}


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
        ({"server": fixed("127.0.0.1")}, Field.IP, Severity.WARNING, "ip_loopback"),
        ({"server": fixed("localhost")}, Field.IP, Severity.WARNING, "ip_loopback"),
        ({"server": fixed("169.254.3.4")}, Field.IP, Severity.WARNING, "ip_link_local"),
        ({"server": fixed("fe80::3")}, Field.IP, Severity.WARNING, "ip_link_local"),
        ({"server": fixed("0.0.0.0")}, Field.IP, Severity.WARNING, "ip_unspecified"),
        ({"server": fixed("255.255.255.255")}, Field.IP, Severity.WARNING, "ip_unspecified"),
        ({"server": fixed("250.1.2.3")}, Field.IP, Severity.WARNING, "ip_unspecified"),
        ({"server": fixed("::ffff:127.0.0.1")}, Field.IP, Severity.WARNING, "ip_loopback"),
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


@pytest.mark.parametrize("ip", ["192.168.5.0", "192.168.5.255"])
def test_the_ends_of_a_network_are_no_computers(ip: str) -> None:
    local = (LocalAddress("192.168.5.20", "eth0", 24),)
    codes = [p.code for p in check(replace(GOOD, server=fixed(ip)), None, local).problems]
    assert codes == ["ip_unspecified"]
    alone = (LocalAddress(ip, "ppp0", 31),)
    assert not check(replace(GOOD, server=fixed(ip)), None, alone).problems


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


TOKEN = "0f" * 16


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("192.168.5.122:8260", "ip_has_port"),
        ("192.168.5.122:", "ip_has_port"),
        ("server.example:8260", "ip_has_port"),
        ("[2001:db8::9]:8260", "ip_has_port"),
        ("[192.168.5.122]:8260", "ip_has_port"),
        ("http://192.168.5.122", "ip_is_url"),
        ("http://192.168.5.122:8260/report", "ip_is_url"),
        ("192.168.5.122:8260/report", "ip_is_url"),
        ("192.168.5.122/24", "ip_is_url"),
        ("http//192.168.5.122", "ip_is_url"),
        ("2001:db8:::9", "ipv6_malformed"),
        ("192.168.5.１２２", "character_odd"),
        ("192.168.5.122：8260", "character_odd"),
        ("192.168\u200b.5.122", "character_invisible"),
        (TOKEN, "address_is_token"),
        ("\u00a0\u200b", "ip_missing"),
    ],
)
def test_what_is_no_server_address_is_named(typed: str, code: str) -> None:
    assert found(replace(GOOD, server=fixed(typed))) == {(Field.IP, Severity.ERROR, code)}


@pytest.mark.parametrize(
    ("typed", "announced"),
    [
        ("büro.example", "xn--bro-hoa.example"),
        ("bu\u0308ro.example", "xn--bro-hoa.example"),
        ("\ufeff192.168.5.20\u200f", "192.168.5.20"),
        ("fe80::3%eth0", "fe80::3"),
        ("[fe80::3%25eth0]", "fe80::3"),
        ("2001:DB8::9", "2001:db8::9"),
    ],
)
def test_the_server_is_announced_as_others_know_it(typed: str, announced: str) -> None:
    target = check(replace(GOOD, server=fixed(typed)), None).target
    assert target is not None
    assert target.ip == announced


def test_a_zone_of_an_adapter_is_taken_off_and_said() -> None:
    problems = found(replace(GOOD, pbx="fe80::1%eth0", server=fixed("fe80::3%eth0")))
    assert (Field.IP, Severity.NOTE, "ip_zone_taken_off") in problems
    target = check(replace(GOOD, server=ServerAddress()), "fe80::9%eth0").target
    assert target is not None
    assert target.ip == "fe80::9"


def test_the_pbx_itself_is_known_without_its_zone() -> None:
    profile = replace(GOOD, pbx="[fe80::3%eth0]", server=fixed("fe80::3"))
    assert (Field.IP, Severity.WARNING, "ip_is_pbx") in found(profile)


@pytest.mark.parametrize(
    ("typed", "wire"),
    [
        ("büro.example:8260/r", "xn--bro-hoa.example:8260/r"),
        ("http://BÜRO.example/r?x=ö#y", "xn--bro-hoa.example/r?x=ö#y"),
        ("[fe80::9%25eth0]:8260/r", "[fe80::9]:8260/r"),
        ("fe80::9%eth0", "[fe80::9]"),
        ("\u200b10.0.0.9:80/r\ufeff", "10.0.0.9:80/r"),
        ("HTTP://10.0.0.9", "10.0.0.9"),
    ],
)
def test_an_absolute_url_names_its_host_as_others_know_it(typed: str, wire: str) -> None:
    target = check(replace(GOOD, url_mode=UrlMode.ABSOLUTE, url=typed), None).target
    assert target is not None
    assert target.url == wire


@pytest.mark.parametrize(
    ("mode", "typed", "code"),
    [
        (UrlMode.ABSOLUTE, "192.168.5.１２２:8260/r", "character_odd"),
        (UrlMode.ABSOLUTE, "192。168.5.122/r", "character_odd"),
        (UrlMode.ABSOLUTE, "192.168.5.122:8260/r１", "character_odd"),
        (UrlMode.ABSOLUTE, "192.168.5\u2060.122/r", "character_invisible"),
        (UrlMode.ABSOLUTE, "http//192.168.5.122:8260/r", "scheme_mistyped"),
        (UrlMode.ABSOLUTE, "http://http://192.168.5.122/r", "scheme_mistyped"),
        (UrlMode.ABSOLUTE, f"{TOKEN}/r", "address_is_token"),
        (UrlMode.RELATIVE, "report１", "character_odd"),
        (UrlMode.RELATIVE, "re\u00adport", "character_invisible"),
        (UrlMode.RELATIVE, "re\u00a0port", "character_invisible"),
    ],
)
def test_a_url_with_a_look_alike_is_refused(mode: UrlMode, typed: str, code: str) -> None:
    profile = replace(GOOD, url_mode=mode, url=typed)
    assert found(profile) == {(Field.URL, Severity.ERROR, code)}


def test_a_url_that_the_pbx_may_not_understand_is_told() -> None:
    (problem,) = check(replace(GOOD, url_mode=UrlMode.RELATIVE, url="büro"), None).problems
    assert (problem.severity, problem.code) == (Severity.WARNING, "url_not_ascii")
    assert problem.values == {"character": "ü", "encoded": "%C3%BC"}


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ("192.168.5.122:8260/report", True),
        ("192.168.5.122/report", True),
        ("192.168.5.122", True),
        ("http://192.168.5.122:8260/report", True),
        ("HTTPS://server/report", True),
        ("http//server/report", True),
        ("//server/report", True),
        ("server:8260", True),
        ("server.example/report", True),
        ("server.example", True),
        ("localhost/report", True),
        ("[2001:db8::9]:8260/report", True),
        ("büro.example:8260/report", True),
        ("report", False),
        ("report/192.168.5.122", False),
        ("report.php", False),
        ("index.PHP/report?x=a:1", False),
        ("v1.0/report", False),
        ("a:b/report", False),
    ],
)
def test_a_relative_url_that_looks_absolute_is_told(typed: str, warned: bool) -> None:
    codes = {
        code
        for _field, _severity, code in found(replace(GOOD, url_mode=UrlMode.RELATIVE, url=typed))
    }
    assert ("url_looks_absolute" in codes) is warned


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"port": "８２６０"}, "character_odd"),
        ({"port": "82\u200b60"}, "character_invisible"),
        ({"port": "٨٢٦٠"}, "character_odd"),
    ],
)
def test_a_port_has_plain_digits(change: dict, code: str) -> None:
    assert found(replace(GOOD, **change)) == {(Field.PORT, Severity.ERROR, code)}


def test_marks_around_a_port_do_not_matter() -> None:
    target = check(replace(GOOD, port="\ufeff 8261\u200e"), None).target
    assert target is not None
    assert target.port == 8261


def test_the_usual_port_is_named_for_each_side() -> None:
    assert "8088" in problem_sentence(check(replace(GOOD, pbx="192.168.5.150:"), None).errors[0])
    assert "8260" in problem_sentence(check(replace(GOOD, port=""), None).errors[0])


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("192.168.5.122:8260", "192.168.5.122:8260"),
        ("HTTP://192.168.5.122:8260/report", "192.168.5.122:8260/report"),
        ("\u200b[fe80::9%25eth0]:8260", "[fe80::9]:8260"),
        ("büro.example:8260", "xn--bro-hoa.example:8260"),
    ],
)
def test_a_written_down_target_is_read_as_the_form_is(typed: str, target: str) -> None:
    assert str(parse_target(typed)[0]) == target


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("192.168.5.１２２:8260", "character_odd"),
        ("192.168.5.122:８２６０", "character_odd"),
        ("192.168.5.122", "port_missing"),
        ("https://192.168.5.122:8260", "url_scheme"),
        ("http//192.168.5.122:8260", "scheme_mistyped"),
        (f"{TOKEN}:8260", "address_is_token"),
        ("192.168.5.122:8260/r\u200bx", "character_invisible"),
        (":8260", "ip_missing"),
    ],
)
def test_what_is_no_written_down_target_is_named(typed: str, code: str) -> None:
    target, problems = parse_target(typed)
    assert target is None
    assert [p.code for p in problems] == [code]
    assert "{" not in problem_sentence(problems[0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pbx": "192.168.5.１"}, "１ (U+FF11 FULLWIDTH DIGIT ONE)"),
        ({"pbx": "https//192.168.5.150"}, "colon"),
        ({"pbx": TOKEN}, "looks like a token"),
        ({"server": fixed("192.168.5.122:8260")}, "--port"),
    ],
)
def test_what_was_typed_is_corrected_in_words(change: dict, said: str) -> None:
    (found_problem,) = check(replace(GOOD, **change), None).errors
    assert said in problem_sentence(found_problem)
    attempt = Attempt(Moment(0, datetime(2026, 1, 2, tzinfo=UTC)), invalid(found_problem))
    assert said in attempt_message(attempt).why
    assert TOKEN not in problem_sentence(found_problem)
