"""Each member of a profile in files: right, wrong, missing, unknown, repeated, shared or local."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.adapters.files.profile_share import ProfileShare
from hbgui.core.pbx.address import storable
from hbgui.core.pbx.connection import Pin, TlsLevel, TlsMode
from hbgui.core.pbx.destination import ANNOUNCED_MAX, Announced, ReportTarget, UrlMode
from hbgui.core.pbx.profile import AddressKind, ApiVersion, Profile, ServerAddress, UrlField
from hbgui.core.ports import Loaded, Settings
from hbgui.core.settings import FileFault, preview

with_files = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

MEMBERS = (
    *("id", "name", "pbx", "api", "url_field", "tls", "tls_level", "pin", "proxy", "server"),
    *("port", "url_mode", "url", "interval_min", "user", "renew", "token_host", "notes"),
    *("announced", "earlier", "ask_before_moving"),
)
"""As they stand in the file, in this order."""

LOCAL = ("renew", "token_host", "announced", "earlier", "ask_before_moving")
TEXTS = ("name", "pbx", "proxy", "port", "url", "user", "token_host", "notes")
CHOICES = {
    "api": ApiVersion,
    "url_field": UrlField,
    "tls": TlsMode,
    "tls_level": TlsLevel,
    "url_mode": UrlMode,
}
USUAL = Profile("")
Case = tuple[Any, Any]
"""A value in JSON, and what the profile then has."""


def same(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Case]:
    return values.map(lambda value: (value, value))


texts = st.text(max_size=12)
numbers = st.integers(-5, 99_999)
junk = st.recursive(
    st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | texts | numbers,
    lambda parts: st.lists(parts, max_size=2) | st.dictionaries(texts, parts, max_size=2),
    max_leaves=4,
)
text_cases = same(texts) | numbers.map(lambda number: (number, str(number)))
part_cases = text_cases | (st.floats(0, 1) | st.none() | st.booleans()).map(lambda odd: (odd, ""))
server_cases = st.tuples(st.sampled_from(AddressKind), part_cases).map(
    lambda both: (
        {"kind": both[0].value, "value": both[1][0]},
        ServerAddress(both[0], both[1][1]),
    )
)
pin_cases = st.tuples(st.binary(min_size=32, max_size=32), part_cases, part_cases).map(
    lambda three: (
        {"sha256": three[0].hex(":").upper(), "authority": three[1][0], "since": three[2][0]},
        Pin(three[0].hex(), three[1][1], three[2][1]),
    )
)
paths = st.from_regex(r"[a-z/]{0,9}", fullmatch=True)
relative = st.tuples(
    st.sampled_from([("10.0.0.7", "10.0.0.7"), ("FD00::7", "fd00::7"), ("pbx", "pbx")]),
    st.integers(1, 65535).flatmap(lambda n: st.sampled_from([(n, n), (str(n), n)])),
    st.sampled_from([UrlMode.NONE, UrlMode.RELATIVE]),
    paths,
).map(
    lambda four: (
        {"ip": four[0][0], "port": four[1][0], "url_mode": four[2].value, "url": four[3]},
        ReportTarget(four[0][1], four[1][1], four[2], four[3]),
    )
)
absolute = paths.map(
    lambda path: (
        {"ip": "10.0.0.7", "port": 80, "url_mode": "absolute", "url": f"http://a:81/{path}"},
        ReportTarget("10.0.0.7", 80, UrlMode.ABSOLUTE, f"a:81/{path}"),
    )
)
target_cases = relative | absolute
bad_targets = st.sampled_from([{}, {"ip": "a b", "port": 80}, {"ip": "10.0.0.1", "port": 0}, 7])
heard_cases = st.tuples(texts, target_cases, st.booleans()).map(
    lambda three: (
        {"at": three[0], "target": three[1][0], "here": three[2]},
        Announced(three[0], three[1][1], three[2]),
    )
)
announced_cases = st.lists(heard_cases, max_size=4).map(
    lambda cases: ([case[0] for case in cases], tuple(case[1] for case in cases))
)
half_read = st.tuples(announced_cases, bad_targets).map(
    lambda both: ([{"target": both[1]}, *both[0][0]], both[0][1])
)
"""A list of which one entry cannot be read: the others count, and the member is named."""


def is_text(value: Any) -> bool:
    return isinstance(value, str) or type(value) is int


def right_and_wrong(name: str) -> tuple[st.SearchStrategy[Case], st.SearchStrategy[Any]]:
    """Values that can be used with what they mean, and values that cannot."""
    if name in TEXTS:
        return text_cases, junk.filter(lambda value: not is_text(value))
    if name in CHOICES:
        kind = CHOICES[name]
        return st.sampled_from(kind).map(lambda one: (one.value, one)), junk
    no_whole = junk.filter(lambda value: type(value) is not int)
    no_object = junk.filter(lambda value: not isinstance(value, dict))
    odd = {
        "pin": (pin_cases, no_object | st.just({"sha256": "ab"}) | st.just({"authority": "pbx"})),
        "server": (server_cases, no_object | st.just({"kind": "Auto"}) | st.just({"value": "x"})),
        "interval_min": (same(numbers), no_whole | st.sampled_from([True, 7.0, "7"])),
        "announced": (announced_cases, junk.filter(lambda value: not isinstance(value, list))),
        "earlier": (target_cases, no_object | bad_targets),
    }
    no_flag = junk.filter(lambda value: not isinstance(value, bool))
    return odd.get(name, (same(st.booleans()), no_flag | st.sampled_from([0, 1, 1.0, "true"])))


@st.composite
def entries(draw: st.DrawFn, names: tuple[str, ...] = MEMBERS[1:]) -> tuple[Any, ...]:
    """An entry of a file, the profile that it means, which members are wrong, which unknown."""
    entry: dict[str, Any] = {"id": "one"}
    profile, wrong = Profile("one"), []
    unknown = draw(st.dictionaries(texts.map("x-".__add__), junk, max_size=3))
    for name in draw(st.permutations([*names, *unknown])):
        state = draw(st.sampled_from(["right", "right", "wrong", "null", "missing"]))
        if name in unknown:
            entry[name] = unknown[name]
            continue
        right, bad = right_and_wrong(name)
        if state == "right":
            entry[name], value = draw(right)
            profile = replace(profile, **{name: value})
        elif state == "wrong":
            entry[name] = draw(bad)
            wrong.append(name)
            if name == "announced" and draw(st.booleans()):
                entry[name], value = draw(half_read)
                profile = replace(profile, announced=value)
        elif state == "null":
            entry[name] = None
    return entry, profile, wrong, [name for name in entry if name in unknown]


def kept(profile: Profile) -> Profile:
    """What the file holds of it: nothing that may be a password."""
    proxy = "" if "@" in profile.proxy else profile.proxy
    return replace(profile, pbx=storable(profile.pbx), proxy=proxy)


def written(path: Path, *profiles: Any) -> bytes:
    path.parent.mkdir(exist_ok=True)
    data = json.dumps({"version": 1, "selected": "one", "profiles": profiles}).encode()
    path.write_bytes(data)
    path.with_name(f"{path.name}.bak").unlink(missing_ok=True)
    return data


def wrong_values(loaded: Loaded) -> dict[str, tuple[str, ...]]:
    return dict(loaded.problem.wrong_values) if loaded.problem is not None else {}


def in_order(names: list[str]) -> tuple[str, ...]:
    """As they are told: a list of which some entries were taken comes last."""
    return tuple(sorted(names, key=lambda name: (name == "announced", MEMBERS.index(name))))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hbgui" / "settings.json"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    return tmp_path / "shared.json"


def test_all_members_are_tried() -> None:
    assert tuple(f.name for f in fields(Profile)) == MEMBERS


@with_files
@given(entries())
def test_an_old_file_means_what_it_says_and_each_wrong_value_its_default(
    path: Path, made: tuple[Any, ...]
) -> None:
    entry, profile, wrong, _unknown = made
    written(path, entry)
    loaded = ProfileFile(path).load()
    assert loaded.settings.profiles == (profile,)
    assert wrong_values(loaded) == ({"one": in_order(wrong)} if wrong else {})
    assert loaded.problem is None or loaded.problem.fault is FileFault.WRONG_VALUES
    assert (list(loaded.notes), loaded.read_only) == ([], False)


@with_files
@given(entries(), texts)
def test_a_rewritten_file_has_all_members_in_order_and_the_unknown_ones_before(
    path: Path, made: tuple[Any, ...], notes: str
) -> None:
    entry, profile, _wrong, unknown = made
    before = written(path, entry)
    file = ProfileFile(path)
    found = file.load().settings
    file.save(replace(found, profiles=(replace(found.profiles[0], notes=notes),)))
    (saved,) = json.loads(path.read_bytes())["profiles"]
    assert tuple(saved) == (*unknown, *MEMBERS)
    assert {name: saved[name] for name in unknown} == {name: entry[name] for name in unknown}
    assert ProfileFile(path).load() == Loaded(
        replace(found, profiles=(kept(replace(profile, notes=notes)),))
    )
    assert path.with_name("settings.json.bak").read_bytes() == before


whole = st.builds(
    Profile,
    id=st.just("one"),
    **{name: right_and_wrong(name)[0].map(lambda case: case[1]) for name in MEMBERS[1:]},
)


@with_files
@given(whole, whole)
def test_any_profile_comes_back_and_the_copy_holds_the_one_before(
    path: Path, old: Profile, new: Profile
) -> None:
    written(path)
    for profile in (old, new):
        ProfileFile(path).save(Settings((profile,), "one"))
        assert ProfileFile(path).load() == Loaded(Settings((kept(profile),), "one"))
    path.unlink()
    back = ProfileFile(path).load().settings.profiles
    assert back == ((kept(old),) if kept(old) != kept(new) else ())


def test_the_newest_targets_are_read_and_the_rest_is_no_mistake(path: Path) -> None:
    target = {"ip": "10.0.0.7", "port": 80, "url_mode": "none", "url": ""}
    heard = [{"at": str(number), "target": target} for number in range(ANNOUNCED_MAX + 2)]
    written(path, {"id": "one", "announced": heard})
    loaded = ProfileFile(path).load()
    (profile,) = loaded.settings.profiles
    assert [a.at for a in profile.announced] == [str(number) for number in range(ANNOUNCED_MAX)]
    assert loaded.problem is None


@pytest.mark.parametrize("name", CHOICES)
def test_each_choice_has_its_value_in_the_file(path: Path, name: str) -> None:
    for choice in CHOICES[name]:
        ProfileFile(path).save(Settings((replace(USUAL, id="one", **{name: choice}),)))
        assert f'"{name}": "{choice.value}"' in path.read_text("utf-8")


@with_files
@given(whole)
def test_an_export_holds_what_is_shared_and_an_import_leaves_what_is_local(
    shared: Path, profile: Profile
) -> None:
    profile = replace(profile, interval_min=7, url_mode=UrlMode.NONE, port="8260", proxy="")
    profile = replace(profile, pbx="10.0.0.1", server=USUAL.server)
    share = ProfileShare(str)
    share.write(shared, (profile,))
    (entry,) = json.loads(shared.read_bytes())["profiles"]
    assert tuple(entry) == tuple(name for name in MEMBERS if name not in LOCAL)
    (read,) = share.read(shared).entries
    local = {name: getattr(USUAL, name) for name in LOCAL}
    assert (read.profile, read.missing) == (replace(profile, **local), frozenset())
    here = Profile("one", renew=True, token_host="10.0.0.1", ask_before_moving=False)
    (change,) = preview((here,), share.read(shared), room=0).changed
    assert set(change.fields) <= set(entry)
    there = {name: getattr(profile, name) for name in entry}
    assert change.new == change.onto(here) == replace(here, **there)


not_compared = ("pbx", "proxy", "server", "port", "pin")
"""Members that an import looks at in more ways than these."""


@with_files
@given(entries(tuple(name for name in MEMBERS[1:] if name not in not_compared)))
def test_an_import_names_what_is_wrong_and_what_is_missing(
    shared: Path, made: tuple[Any, ...]
) -> None:
    entry, profile, wrong, _unknown = made
    entry = {**entry, "url_mode": "none"}
    nulls = {name for name, value in entry.items() if value is None} - {"url_field"}
    bad = {*wrong, *nulls} - {*LOCAL, "url_mode"}
    minutes = entry.get("interval_min")
    if type(minutes) is int and not 1 <= minutes <= 25:
        bad.add("interval_min")
    shared.write_text(json.dumps({"format": "hbgui profiles", "version": 1, "profiles": [entry]}))
    read = ProfileShare(str).read(shared)
    if bad := {name for name in bad if name in MEMBERS}:
        (error,) = read.errors
        names = ", ".join(sorted(bad, key=MEMBERS.index))
        assert (error.code, error.values) == ("entry_wrong", {"members": names})
        return
    local = {name: getattr(USUAL, name) for name in LOCAL}
    (taken,) = read.entries
    assert taken.profile == replace(profile, **local, url_mode=UrlMode.NONE)
    assert taken.missing == set(MEMBERS) - set(LOCAL) - set(entry)


@pytest.mark.parametrize(
    ("minutes", "taken"), [(1, True), (25, True), (0, False), (26, False), (7.0, False)]
)
def test_an_import_takes_intervals_of_the_form_only(
    shared: Path, minutes: float, taken: bool
) -> None:
    entry = {"id": "one", "interval_min": minutes}
    shared.write_text(json.dumps({"format": "hbgui profiles", "version": 1, "profiles": [entry]}))
    read = ProfileShare(str).read(shared)
    assert [e.profile.interval_min for e in read.entries] == ([minutes] if taken else [])
    assert [e.values for e in read.errors] == ([] if taken else [{"members": "interval_min"}])


@with_files
@given(entries(), st.data())
def test_of_a_repeated_member_the_last_counts_and_it_is_named(
    path: Path, made: tuple[Any, ...], data: st.DataObject
) -> None:
    entry, profile, wrong, _unknown = made
    assume(given_here := [name for name in MEMBERS[1:] if name in entry])
    name = data.draw(st.sampled_from(given_here))
    given_value, value = data.draw(right_and_wrong(name)[0])
    again = f'{json.dumps(entry)[:-1]},\n"{name}": {json.dumps(given_value)}}}'
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'{{"version": 1, "profiles": [{again}]}}')
    loaded = ProfileFile(path).load()
    assert loaded.settings.profiles == (replace(profile, **{name: value}),)
    assert loaded.problem is not None
    assert [(r.path, r.place.line) for r in loaded.problem.repeated] == [(("profiles", 0, name), 2)]
    left = [one for one in wrong if one != name]
    assert wrong_values(loaded) == ({"one": in_order(left)} if left else {})
