"""The file of the profiles: what is on disk, what comes back, and what never gets lost."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.api.errors import StorageError
from hbgui.core.pbx.address import storable
from hbgui.core.pbx.connection import Pin, TlsLevel, TlsMode
from hbgui.core.pbx.destination import Announced, ReportTarget, UrlMode
from hbgui.core.pbx.members import target_from
from hbgui.core.pbx.profile import AddressKind, ApiVersion, Profile, ServerAddress, UrlField
from hbgui.core.ports import Settings

EARLIER = ReportTarget("fd00::7", 80, UrlMode.RELATIVE, "in")
FULL = Profile(
    id="one",
    name="Zürich",
    pbx="https://192.168.5.150:8088",
    api=ApiVersion.V2,
    url_field=UrlField.BOTH,
    tls=TlsMode.PINNED,
    tls_level=TlsLevel.VERY_OLD,
    pin=Pin("ab" * 32, "192.168.5.150:8088", "2026-05-03"),
    proxy="10.0.0.1:3128",
    server=ServerAddress(AddressKind.ADAPTER, "eth0"),
    port="8261",
    url_mode=UrlMode.RELATIVE,
    url="reports",
    interval_min=7,
    user="api",
    renew=True,
    token_host="192.168.5.150",
    notes="Rack 3\nAsk Mr Kim",
    announced=(
        Announced("2026-05-03T10:00:00Z", ReportTarget("10.0.0.7", 8261), to_this_computer=True),
        Announced("2026-05-02T10:00:00Z", EARLIER),
    ),
    earlier=EARLIER,
    ask_before_moving=False,
)
OLD = Settings((Profile("old", "old"),), "old")
NEW = Settings((Profile("new", "new"),), "new")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hbgui" / "settings.json"


def raw(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_every_member_is_in_the_file_in_readable_json(path: Path) -> None:
    earlier = {"ip": "fd00::7", "port": 80, "url_mode": "relative", "url": "in"}
    ProfileFile(path).save(Settings((FULL,), "one"))
    assert json.loads(path.read_text("utf-8")) == {
        "version": 1,
        "selected": "one",
        "preferences": {
            "on_close": "ask",
            "start_minimised": False,
            "notifications": True,
            "technician": "",
            "company": "",
        },
        "profiles": [
            {
                "id": "one",
                "name": "Zürich",
                "pbx": "https://192.168.5.150:8088",
                "api": "v2.0.0",
                "url_field": "both",
                "tls": "pinned",
                "tls_level": "very-old",
                "pin": {
                    "sha256": "ab" * 32,
                    "authority": "192.168.5.150:8088",
                    "since": "2026-05-03",
                },
                "proxy": "10.0.0.1:3128",
                "server": {"kind": "adapter", "value": "eth0"},
                "port": "8261",
                "url_mode": "relative",
                "url": "reports",
                "interval_min": 7,
                "user": "api",
                "renew": True,
                "token_host": "192.168.5.150",
                "notes": "Rack 3\nAsk Mr Kim",
                "announced": [
                    {
                        "at": "2026-05-03T10:00:00Z",
                        "here": True,
                        "target": {"ip": "10.0.0.7", "port": 8261, "url_mode": "none", "url": ""},
                    },
                    {"at": "2026-05-02T10:00:00Z", "here": False, "target": earlier},
                ],
                "earlier": earlier,
                "ask_before_moving": False,
            }
        ],
    }
    assert '\n      "name": "Zürich",\n' in path.read_text("utf-8")
    assert ProfileFile(path).load().settings == Settings((FULL,), "one")


@pytest.mark.parametrize(
    "target",
    [
        None,
        7,
        [],
        {},
        {"ip": "10.0.0.1"},
        {"ip": "a b", "port": 80},
        {"ip": "10.0.0.1", "port": 0},
        {"ip": "10.0.0.1", "port": 80, "url_mode": "sideways"},
        {"ip": "10.0.0.1", "port": 80, "url_mode": "absolute", "url": "::::"},
    ],
)
def test_a_target_that_cannot_be_one_is_forgotten(path: Path, target: Any) -> None:
    entry = {"id": "a", "earlier": target, "announced": [{"target": target}, target]}
    raw(path, {"version": 1, "profiles": [entry]})
    profile = ProfileFile(path).load().settings.profiles[0]
    assert (profile.earlier, profile.announced, profile.ask_before_moving) == (None, (), True)


@pytest.mark.parametrize(
    "pin", ["ab:cd", {"sha256": "ab"}, {"sha256": 7}, {"authority": "x"}, [], None]
)
def test_a_pin_that_cannot_be_used_is_none_and_trusts_nothing(path: Path, pin: Any) -> None:
    raw(path, {"version": 1, "profiles": [{"id": "a", "pbx": "pbx", "tls": "pinned", "pin": pin}]})
    profile = ProfileFile(path).load().settings.profiles[0]
    assert (profile.tls, profile.link.pin) == (TlsMode.PINNED, "")


def test_a_pin_is_for_the_address_that_it_was_made_for(path: Path) -> None:
    pin = {"sha256": "ab" * 32, "authority": "192.168.5.150:8088"}
    entries = [
        {"id": pbx, "pbx": pbx, "tls": "pinned", "pin": pin}
        for pbx in ("192.168.5.150", "192.168.5.151", "192.168.5.150:443", "")
    ]
    raw(path, {"version": 1, "profiles": entries})
    profiles = ProfileFile(path).load().settings.profiles
    assert [p.link.pin for p in profiles] == ["ab" * 32, "", "", ""]


def test_the_password_of_a_proxy_is_not_written(path: Path) -> None:
    profile = Profile("a", proxy="http://me:hunter2@10.0.0.1:3128")
    ProfileFile(path).save(Settings((profile,)))
    assert b"hunter2" not in path.read_bytes()


def test_nothing_there_is_an_empty_list_and_makes_no_file(path: Path) -> None:
    loaded = ProfileFile(path).load()
    assert (loaded.settings, list(loaded.notes), loaded.read_only) == (Settings(), [], False)
    assert not path.parent.exists()


def test_only_this_user_can_read_it(path: Path) -> None:
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {p.name: oct(stat.S_IMODE(p.stat().st_mode)) for p in path.parent.iterdir()}
    assert modes == {"settings.json": "0o600", "settings.json.bak": "0o600"}


texts = st.text(max_size=40)
profiles = st.builds(
    Profile,
    id=st.uuids().map(str),
    name=texts,
    pbx=texts,
    api=st.sampled_from(ApiVersion),
    url_field=st.none() | st.sampled_from(UrlField),
    tls=st.sampled_from(TlsMode),
    server=st.builds(ServerAddress, st.sampled_from(AddressKind), texts),
    port=texts,
    url_mode=st.sampled_from(UrlMode),
    url=texts,
    interval_min=st.integers(-5, 100),
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(profiles, max_size=4, unique_by=lambda p: p.id), st.integers(0, 4))
def test_whatever_is_typed_comes_back(path: Path, typed: list[Profile], selected: int) -> None:
    given_ = Settings(tuple(typed), typed[selected].id if selected < len(typed) else "")
    ProfileFile(path).save(given_)
    kept = tuple(replace(p, pbx=storable(p.pbx)) for p in typed)
    assert ProfileFile(path).load().settings == replace(given_, profiles=kept)


@pytest.mark.parametrize(
    "pasted", ["https://u:canary@pbx/", "pbx:8088/api?token=canary", "p#canary"]
)
def test_a_secret_pasted_with_the_address_is_not_stored(path: Path, pasted: str) -> None:
    file = ProfileFile(path)
    file.save(Settings((Profile("one", pbx=pasted),)))
    file.save(Settings((Profile("one", "changed", pbx=pasted),)))
    assert all(b"canary" not in p.read_bytes() for p in path.parent.iterdir())


def test_half_a_surrogate_pair_is_saved_and_comes_back(path: Path) -> None:
    settings = Settings((Profile("one", "a\ud800b\udcff"),), "one")
    ProfileFile(path).save(settings)
    path.read_text("utf-8")
    assert ProfileFile(path).load().settings == settings


def test_what_a_later_version_adds_is_kept(path: Path) -> None:
    entry = {"id": "one", "name": "A", "colour": "ab:cd", "deep": {"x": [1, None]}}
    raw(path, {"version": 1, "profiles": [entry, {"id": "two"}], "theme": {"dark": True}})
    file = ProfileFile(path)
    first = file.load().settings.profiles[0]
    file.save(Settings((Profile("two"),)))
    file.save(Settings((Profile("two"), replace(first, name="B"))))
    saved = json.loads(path.read_bytes())
    assert saved["theme"] == {"dark": True}
    assert saved["profiles"][1].items() >= {"name": "B", "colour": "ab:cd"}.items()
    assert saved["profiles"][1]["deep"] == {"x": [1, None]}
    assert "colour" not in saved["profiles"][0]


def test_wrong_types_cost_one_member_and_no_profile(path: Path) -> None:
    entry = {
        "id": "one", "name": ["x"], "pbx": None, "api": "v9", "url_field": 1, "tls": True,
        "server": "eth0", "port": 8300, "url_mode": {}, "url": "kept", "interval_min": "7",
    }  # fmt: skip
    raw(path, {"version": "x", "selected": 5, "profiles": [entry, 7, {"server": {"kind": 1}}]})
    loaded = ProfileFile(path).load()
    assert (list(loaded.notes), loaded.read_only) == ([], False)
    first, second = loaded.settings.profiles
    assert first == Profile("one", port="8300", url="kept")
    assert second == Profile(second.id)
    assert loaded.settings.selected == ""


@pytest.mark.parametrize("interval", [True, 1.5, float("nan"), None])
def test_an_interval_is_a_whole_number(path: Path, interval: object) -> None:
    raw(path, {"version": 1, "profiles": [{"id": "one", "interval_min": interval}]})
    assert ProfileFile(path).load().settings.profiles == (Profile("one"),)


def test_every_profile_has_an_id_of_its_own_that_lasts(path: Path) -> None:
    ids = ["a", "a", "", None, "../../x", 5, "a"]
    raw(path, {"version": 1, "profiles": [{"id": i, "name": str(n)} for n, i in enumerate(ids)]})
    first = ProfileFile(path).load().settings.profiles
    assert first[0].id == "a"
    assert len({p.id for p in first}) == len(ids)
    assert [p.name for p in first] == [str(n) for n in range(len(ids))]
    assert all("/" not in p.id and p.id for p in first)
    assert ProfileFile(path).load().settings.profiles == first


DAMAGED = {
    "empty": b"",
    "torn": b'{"version": 1, "profiles": [{"id": "o',
    "not text": b"\xff\xfe\x00\x80",
    "no object": b"[1, 2]",
    "profiles no list": b'{"version": 1, "profiles": {}}',
    "zeros": bytes(4096),
    "bottomless": b"[" * 200_000,
    "50 MB": b" " * 50_000_000 + b"{}",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_kept_and_the_last_good_copy_used(path: Path, content: bytes) -> None:
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    raw(path, content)
    loaded = ProfileFile(path).load()
    assert loaded.settings == OLD
    assert not loaded.read_only
    (damaged, values), backup = loaded.notes
    assert (damaged, backup) == ("profiles_damaged", ("profiles_from_backup", {}))
    kept = Path(values["kept"])
    assert kept.read_bytes() == content
    assert kept.name.startswith("settings.json.damaged-2")
    # The next start finds it as well, saved meanwhile or not.
    again = ProfileFile(path).load()
    assert (again.settings, list(again.notes)) == (OLD, [("profiles_from_backup", {})])
    ProfileFile(path).save(NEW)
    assert (ProfileFile(path).load().settings, ProfileFile(path).load().notes) == (NEW, ())
    assert kept.exists()


def test_a_damaged_file_without_a_copy_is_kept_too(path: Path) -> None:
    for content in (b"one", b"two"):
        raw(path, content)
        loaded = ProfileFile(path).load()
        assert loaded.settings == Settings()
        assert [code for code, _ in loaded.notes] == ["profiles_damaged"]
    assert sorted(p.read_bytes() for p in path.parent.iterdir()) == [b"one", b"two"]


def test_a_file_damaged_while_the_program_runs_is_not_taken_for_a_good_copy(path: Path) -> None:
    file = ProfileFile(path)
    file.save(OLD)
    file.save(NEW)
    raw(path, b"{torn")
    file.save(OLD)
    assert file.load().settings == OLD
    assert (path.parent / "settings.json.bak").read_bytes().startswith(b"{\n")
    assert [n for n in names(path.parent) if "damaged" in n]


@pytest.mark.parametrize("version", [2, 99, 1.5])
def test_a_newer_file_is_shown_and_never_written(path: Path, version: float) -> None:
    raw(path, {"version": version, "profiles": [{"id": "one", "name": "A"}]})
    before = path.read_bytes()
    file = ProfileFile(path)
    loaded = file.load()
    assert loaded.settings.profiles == (Profile("one", "A"),)
    assert (list(loaded.notes), loaded.read_only) == ([("profiles_newer_version", {})], True)
    with pytest.raises(StorageError):
        file.save(NEW)
    assert path.read_bytes() == before
    assert names(path.parent) == ["settings.json"]


def test_a_newer_file_that_means_nothing_here_is_left_alone(path: Path) -> None:
    raw(path, {"version": 2, "profiles": {"by": "id"}})
    loaded = ProfileFile(path).load()
    assert (loaded.settings.profiles, loaded.read_only) == ((), True)
    assert names(path.parent) == ["settings.json"]


def test_more_profiles_than_fit_are_not_cut_off_on_disk(path: Path) -> None:
    raw(path, {"version": 1, "profiles": [{"id": f"p{n}"} for n in range(501)]})
    before = path.read_bytes()
    file = ProfileFile(path)
    loaded = file.load()
    assert (len(loaded.settings.profiles), loaded.read_only) == (500, True)
    with pytest.raises(StorageError):
        file.save(loaded.settings)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["x" * 1_200_000, ""], ids=["too large", "too many"])
def test_what_could_not_be_loaded_again_is_not_saved(path: Path, name: str) -> None:
    ProfileFile(path).save(OLD)
    many = tuple(Profile(f"p{n}") for n in range(1 if name else 501))
    with pytest.raises(StorageError) as failure:
        ProfileFile(path).save(Settings((replace(many[0], name=name), *many[1:])))
    assert failure.value.code == "storage_failed"
    assert failure.value.path == str(path)
    assert ProfileFile(path).load().settings == OLD


def test_what_cannot_be_saved_names_the_file_itself(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    elsewhere = tmp_path / "elsewhere.json"
    path.symlink_to(elsewhere)
    elsewhere.mkdir()  # nothing can be written there
    with pytest.raises(StorageError) as failure:
        ProfileFile(path).save(OLD)
    assert failure.value.path == str(elsewhere)
    assert failure.value.__context__ is None


def test_500_profiles_fit(path: Path) -> None:
    many = Settings(tuple(Profile(f"p{n}", "a usual name", "192.168.5.150") for n in range(500)))
    ProfileFile(path).save(many)
    assert ProfileFile(path).load().settings == many


def test_unknown_members_may_nest_deeply(path: Path) -> None:
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    raw(path, b'{"version": 1, "deep": ' + deep + b"}")
    file = ProfileFile(path)
    file.load()
    file.save(NEW)
    assert deep in path.read_bytes().replace(b" ", b"").replace(b"\n", b"")


def test_a_byte_order_mark_does_not_matter(path: Path) -> None:
    raw(path, b"\xef\xbb\xbf" + b'{"version": 1, "profiles": [{"id": "one"}]}')
    loaded = ProfileFile(path).load()
    assert (loaded.settings.profiles, loaded.notes) == ((Profile("one"),), ())


def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "pbxs.json"
    real.parent.mkdir()
    path.parent.mkdir()
    path.symlink_to(real)
    ProfileFile(path).save(OLD)
    ProfileFile(path).save(NEW)
    assert path.is_symlink()
    assert names(real.parent) == ["pbxs.json", "pbxs.json.bak"]
    assert names(path.parent) == ["settings.json"]
    assert ProfileFile(path).load().settings == NEW


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, link_to_itself])
def test_what_is_no_file_is_said_and_left(path: Path, make: Any) -> None:
    path.parent.mkdir()
    make(path)
    file = ProfileFile(path)
    loaded = file.load()
    assert loaded.read_only
    ((code, values),) = loaded.notes
    assert code == "profiles_unreadable"
    assert values["detail"]
    with pytest.raises(StorageError):
        file.save(NEW)
    assert names(path.parent) == ["settings.json"]


@pytest.mark.parametrize(
    ("members", "target"),
    [
        ({"ip": "büro.example", "port": 8260}, "xn--bro-hoa.example:8260"),
        ({"ip": "fe80::3%eth0", "port": "8260"}, "[fe80::3]:8260"),
        (
            {"ip": "10.0.0.9", "port": 1, "url_mode": "absolute", "url": "büro.example/r"},
            "xn--bro-hoa.example/r",
        ),
        ({"ip": "10.0.0.１", "port": 8260}, "None"),
        ({"ip": "0f" * 16, "port": 8260}, "None"),
        ({"ip": "10.0.0.9", "port": 1, "url_mode": "absolute", "url": "10.0.0.１/r"}, "None"),
        ({"ip": "10.0.0.9", "port": 1, "url_mode": "absolute", "url": ""}, "None"),
    ],
)
def test_a_target_of_an_older_file_is_as_it_would_be_announced(members, target) -> None:
    assert str(target_from(members)) == target
