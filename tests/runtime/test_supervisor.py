"""Intents go in, heartbeats come out, and everything ends when it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.errors import SecretError, StorageError, TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.api.schedule import SETTLE_S
from hbgui.core.events import SecretPlace
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.values import Secret
from hbgui.runtime.context import Context
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.named_lock import NamedLock, keeper_of
from hbgui.runtime.settings import SettingsSaver
from patience import at_once
from runtime.world import SUCCESS, FakeAdapters, FakeFile, FakeNetwork, World, running

TOKEN = Secret("0f" * 16)
PROFILE = Profile("a", "Hotel Post", "http://192.168.5.150")


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    with running(tmp_path, Settings((PROFILE,))) as built:
        built.vault.keep("a", TOKEN)
        yield built


def pbx(world: World, pbx_id: str = "a") -> PbxState:
    return world.hub.state.pbxs[pbx_id]


def test_send_now_reaches_the_pbx_and_the_state(world: World, qtbot: QtBot) -> None:
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    url, path, body, token = world.pbx.received[0]
    assert (url, path, token) == ("http://192.168.5.150:80", "/api/v1.1.0/heartbeat", "0f" * 16)
    assert json.loads(body) == {"ipaddr": "192.168.5.20", "port": "8260"}
    assert pbx(world).last is not None
    assert pbx(world).last.target == "192.168.5.20:8260"
    assert pbx(world).phase(world.clock.now()) is Phase.ALIVE


def test_a_second_send_while_one_is_on_its_way_is_none(world: World, qtbot: QtBot) -> None:
    world.pbx.reply = "hang"
    for _ in range(5):
        world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).sending)
    world.supervisor.send_now("a")
    qtbot.wait(100)
    assert len(world.pbx.received) == 1


def test_keep_alive_sends_again_when_due_and_stops(world: World, qtbot: QtBot) -> None:
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    first_due_s = pbx(world).due_s
    assert first_due_s is not None
    world.clock.added_s += 20  # below what counts as a sleep
    world.hub.apply(events.ProfileChanged(replace(PROFILE, interval_min=1)))
    for _ in range(3):
        world.clock.added_s += 20
        qtbot.wait(30)
    # The worker looks at the clock every ten seconds at the latest: wake it by a new order.
    world.hub.apply(events.ProfileChanged(replace(PROFILE, interval_min=1, name="again")))
    qtbot.waitUntil(lambda: len(world.pbx.received) == 2, timeout=15_000)
    world.supervisor.keep_alive("a", False)
    assert (pbx(world).keeping, pbx(world).due_s) == (False, None)


def test_what_needs_a_person_ends_the_schedule(world: World, qtbot: QtBot) -> None:
    world.pbx.reply = HttpAnswer(200, b'{"status":"Failed","errno":"20006"}')
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).last is not None)
    assert (pbx(world).keeping, pbx(world).due_s) == (False, None)
    world.clock.added_s += 25
    qtbot.wait(100)
    assert len(world.pbx.received) == 1


def test_a_failure_that_may_pass_is_planned_again(world: World, qtbot: QtBot) -> None:
    world.pbx.reply = TransportError("connection_refused")
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).failures == 1)
    assert pbx(world).due_s is not None
    wait_s = pbx(world).due_s - world.clock.now().elapsed_s
    assert wait_s <= 17, "and a busy machine has used some of it"


def test_after_a_sleep_one_heartbeat_follows(world: World, qtbot: QtBot) -> None:
    woken: list[events.ComputerSlept] = []
    world.hub.happened.connect(
        lambda event: woken.append(event) if isinstance(event, events.ComputerSlept) else None
    )
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    qtbot.wait(1000)  # the next one is planned, and the scheduler waits for it
    world.clock.added_s += 7200
    qtbot.waitUntil(lambda: len(world.pbx.received) > 1, timeout=45_000)
    qtbot.wait(200)
    assert len(world.pbx.received) == 2
    (slept,) = woken
    assert pbx(world).accepted is not None
    assert pbx(world).accepted.sent.since(slept.at) >= SETTLE_S
    assert pbx(world).token_left_s(world.clock.now()) == pytest.approx(1800, abs=5)


@pytest.mark.parametrize("how", ["cancel", "stop", "token", "host", "remove"])
def test_a_hanging_heartbeat_is_ended(world: World, qtbot: QtBot, how: str) -> None:
    world.pbx.reply = "hang"
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).sending)
    match how:
        case "cancel":
            world.supervisor.cancel("a")
            qtbot.waitUntil(lambda: not pbx(world).sending)
            assert pbx(world).keeping
        case "stop":
            world.supervisor.keep_alive("a", False)
            assert not pbx(world).sending
        case "token":
            world.supervisor.set_token("a", Secret("1e" * 16))
            assert not pbx(world).sending
        case "host":
            world.supervisor.save_profile(replace(PROFILE, pbx="10.0.0.9"))
            assert not pbx(world).keeping
        case "remove":
            world.supervisor.remove_pbx("a")
    qtbot.waitUntil(lambda: world.pbx.cancelled == 1)
    assert "a" not in world.hub.state.pbxs or pbx(world).last is None


def test_a_late_answer_is_not_believed(world: World, qtbot: QtBot) -> None:
    world.pbx.delay_s = 0.2
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: len(world.pbx.received) == 1)
    # Past the cancelling: an answer that was on its way already.
    late = world.hub.state.pbxs["a"].run
    world.supervisor.save_profile(replace(PROFILE, pbx="10.0.0.9"))
    world.hub.post(events.HeartbeatStarted("a", late))
    qtbot.wait(400)
    assert pbx(world).accepted is None
    assert not pbx(world).sending


def test_the_token_goes_to_the_keyring(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", Secret("1e" * 16))
    qtbot.waitUntil(lambda: pbx(world).secret is SecretPlace.KEYRING)
    assert world.keyring.entries == {"a": Secret("1e" * 16)}
    assert Secret("1e" * 16) in world.learned


def test_only_for_the_session_means_no_keyring(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", Secret("1e" * 16), session_only=True)
    assert pbx(world).secret is SecretPlace.SESSION
    qtbot.wait(100)
    assert world.keyring.entries == {}


def test_a_stored_token_leaves_the_keyring_when_only_the_session_shall_have_it(
    world: World, qtbot: QtBot
) -> None:
    token = Secret("1e" * 16)
    world.supervisor.set_token("a", token)
    qtbot.waitUntil(lambda: world.keyring.entries == {"a": token})
    world.supervisor.set_token("a", token, session_only=True)
    qtbot.waitUntil(lambda: world.keyring.entries == {})
    assert pbx(world).secret is SecretPlace.SESSION
    assert world.vault.get("a") == token


def test_without_a_keyring_the_token_lives_in_memory(world: World, qtbot: QtBot) -> None:
    world.keyring.error = SecretError("keyring_locked")
    world.supervisor.set_token("a", Secret("1e" * 16))
    qtbot.waitUntil(lambda: pbx(world).secret_code == "keyring_locked")
    assert pbx(world).secret is SecretPlace.SESSION
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    assert world.pbx.received[0][3] == "1e" * 16


@pytest.mark.parametrize("code", ["", "keyring_none"])
def test_the_same_token_again_changes_nothing(world: World, qtbot: QtBot, code: str) -> None:
    world.keyring.error = SecretError(code) if code else None
    token = Secret("1e" * 16)
    world.supervisor.set_token("a", token)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    before = pbx(world)
    world.supervisor.set_token("a", token)
    assert pbx(world).accepted is before.accepted
    assert pbx(world).run == before.run


def test_a_token_for_a_removed_pbx_is_dropped(world: World) -> None:
    world.supervisor.remove_pbx("a")
    world.supervisor.set_token("a", Secret("1e" * 16))
    assert world.hub.state.pbxs == {}


def test_a_stored_token_is_found_and_used(qtbot: QtBot, tmp_path: Path) -> None:
    with running(tmp_path, Settings((PROFILE,))) as world:
        world.keyring.entries["a"] = TOKEN
        world.supervisor.look_up_token("a")
        qtbot.waitUntil(lambda: pbx(world).secret is SecretPlace.KEYRING)
        world.supervisor.send_now("a")
        qtbot.waitUntil(lambda: pbx(world).accepted is not None)


@pytest.mark.parametrize("code", ["keyring_none", "keyring_locked", "keyring_hung"])
def test_no_token_is_said_and_stops(qtbot: QtBot, tmp_path: Path, code: str) -> None:
    with running(tmp_path, Settings((PROFILE,))) as world:
        world.keyring.error = SecretError(code)
        world.supervisor.look_up_token("a")
        qtbot.waitUntil(lambda: pbx(world).secret is SecretPlace.FAILED)
        assert pbx(world).secret_code == code
        world.supervisor.keep_alive("a", True)
        qtbot.waitUntil(lambda: pbx(world).last is not None)
        assert pbx(world).last is not None
        assert pbx(world).last.outcome.kind is OutcomeKind.NO_SECRET
        assert not pbx(world).keeping
        assert world.pbx.received == []


def test_removing_can_be_undone_with_the_token(world: World, qtbot: QtBot) -> None:
    world.keyring.entries["a"] = TOKEN
    other = world.supervisor.add_pbx(Profile("b"))
    world.supervisor.remove_pbx("a")
    assert [p.id for p in world.hub.state.profiles] == [other]
    assert world.supervisor.undo_remove() == "a"
    assert [p.id for p in world.hub.state.profiles] == ["a", other]
    assert world.keyring.entries == {"a": TOKEN}
    assert world.supervisor.undo_remove() == ""


def test_the_secret_goes_when_the_undo_has_run_out(world: World, qtbot: QtBot) -> None:
    world.keyring.entries.update(a=TOKEN, b=TOKEN)
    world.supervisor.add_pbx(Profile("b"))
    world.supervisor.remove_pbx("a")
    world.supervisor.finish_remove()
    qtbot.waitUntil(lambda: world.keyring.entries == {"b": TOKEN})
    world.supervisor.remove_pbx("b")


def test_removing_another_pbx_ends_the_undo_of_the_first(world: World, qtbot: QtBot) -> None:
    world.keyring.entries.update(a=TOKEN, b=TOKEN)
    world.supervisor.add_pbx(Profile("b"))
    world.supervisor.remove_pbx("a")
    world.supervisor.remove_pbx("b")
    qtbot.waitUntil(lambda: world.keyring.entries == {"b": TOKEN})
    assert world.supervisor.undo_remove() == "b"


def test_an_answer_from_before_the_removal_is_not_believed_after_the_undo(world: World) -> None:
    before = pbx(world).run
    world.supervisor.remove_pbx("a")
    world.supervisor.undo_remove()
    world.hub.apply(events.HeartbeatStarted("a", before))
    assert not pbx(world).sending


def test_the_secret_of_a_removed_pbx_goes_at_quit(qtbot: QtBot, tmp_path: Path) -> None:
    with running(tmp_path, Settings((PROFILE,))) as world:
        world.keyring.entries["a"] = TOKEN
        world.supervisor.remove_pbx("a")
    assert world.keyring.entries == {}


def test_edits_are_saved_and_the_newest_wins(world: World, qtbot: QtBot) -> None:
    for number in range(50):
        world.supervisor.save_profile(replace(PROFILE, name=f"Post {number}"))
    world.supervisor.select_pbx("a")
    qtbot.waitUntil(lambda: bool(world.file.saved) and world.file.saved[-1].selected == "a")
    assert world.file.saved[-1].profiles == (replace(PROFILE, name="Post 49"),)


def test_loading_writes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    with running(tmp_path, Settings((PROFILE, replace(PROFILE, id="b")))) as world:
        qtbot.wait(100)
        assert world.file.saved == []


def test_a_full_disk_is_told_until_it_is_saved(world: World, qtbot: QtBot) -> None:
    world.file.error = StorageError("disk_full", path="/made/up")
    world.supervisor.save_profile(replace(PROFILE, name="x"))
    not_saved = events.SettingsNotSaved("disk_full", "", "/made/up")
    qtbot.waitUntil(lambda: world.hub.state.not_saved == not_saved)
    world.file.error = None
    world.supervisor.save_profile(replace(PROFILE, name="y"))
    qtbot.waitUntil(lambda: world.hub.state.not_saved is None)


def test_what_could_not_be_saved_is_tried_once_more_at_quit(qtbot: QtBot, tmp_path: Path) -> None:
    with running(tmp_path, Settings((PROFILE,))) as world:
        world.file.error = StorageError("disk_full")
        world.supervisor.save_profile(replace(PROFILE, name="x"))
        qtbot.waitUntil(lambda: world.hub.state.not_saved is not None)
        world.file.error = None
    assert world.file.saved[-1].profiles == (replace(PROFILE, name="x"),)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_not_ours_is_not_written(
    qtbot: QtBot, tmp_path: Path, read_only: bool
) -> None:
    file, told = FakeFile(), []
    context = Context(FakeAdapters(tmp_path, file=file))
    context.post = told.append
    context.disk.start()
    SettingsSaver(context, read_only=read_only).save(Settings((PROFILE,)))
    assert context.disk.close(drain_s=30, abort=False)
    assert (len(file.saved), len(told)) == ((0, 0) if read_only else (1, 1))


def test_two_keepers_of_one_pbx_exclude_each_other(
    world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    noted: list[object] = []
    world.hub.happened.connect(noted.append)
    other = NamedLock(tmp_path, keeper_of("a"))
    assert other.acquire()
    world.supervisor.keep_alive("a", True)
    assert not pbx(world).keeping
    assert events.MessageShown("kept_elsewhere", "a") in noted
    other.release()
    world.supervisor.keep_alive("a", True)
    assert pbx(world).keeping
    assert not other.acquire()
    world.supervisor.keep_alive("a", False)
    assert other.acquire()
    other.release()


def test_a_pbx_that_is_removed_and_brought_back_can_be_kept_again(
    world: World, tmp_path: Path
) -> None:
    world.supervisor.keep_alive("a", True)
    world.supervisor.remove_pbx("a")
    other = NamedLock(tmp_path, keeper_of("a"))
    assert other.acquire()
    other.release()
    world.supervisor.undo_remove()
    world.supervisor.keep_alive("a", True)
    assert pbx(world).keeping


def test_a_route_is_found_or_known_to_be_none(world: World, qtbot: QtBot) -> None:
    world.supervisor.look_up_route("a")
    qtbot.waitUntil(lambda: pbx(world).route is not None)
    assert world.hub.state.addresses
    world.supervisor.save_profile(replace(PROFILE, pbx="nowhere.example"))
    assert pbx(world).route is None
    told: list[object] = []
    world.hub.happened.connect(told.append)
    qtbot.waitUntil(lambda: events.RouteFound("a", None) in told)
    assert pbx(world).route is None


def test_a_route_to_an_address_that_was_edited_meanwhile_is_not_told(
    qtbot: QtBot, tmp_path: Path
) -> None:
    told: list[object] = []
    began, gate = threading.Event(), threading.Event()

    class Slow(FakeNetwork):
        def route_to(self, host: str, port: int, **more: object) -> LocalAddress:
            if host == "old.example":
                began.set()
                gate.wait(30)
            return LocalAddress("10.0.0.1" if host == "old.example" else "10.0.0.2", "eth0", 24)

    adapters = FakeAdapters(tmp_path)
    adapters.network = Slow()
    context = Context(adapters)
    context.post = told.append
    context.lookups.start()
    jobs = Jobs(context)
    jobs.find_route(replace(PROFILE, pbx="old.example"))
    assert began.wait(30)
    jobs.find_route(replace(PROFILE, pbx="new.example"))
    gate.set()
    assert context.lookups.close(drain_s=30, abort=False)
    routes = [event.route.ip for event in told if isinstance(event, events.RouteFound)]
    assert routes == ["10.0.0.2"]


def test_a_fixed_address_is_announced_as_it_is(world: World, qtbot: QtBot) -> None:
    fixed = ServerAddress(AddressKind.FIXED, "10.1.2.3")
    world.supervisor.save_profile(replace(PROFILE, server=fixed))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: bool(world.pbx.received))
    assert json.loads(world.pbx.received[0][2])["ipaddr"] == "10.1.2.3"


@pytest.mark.parametrize(
    ("adapter", "outcome"), [("eth0", OutcomeKind.ACCEPTED), ("gone", OutcomeKind.UNREACHABLE)]
)
def test_an_adapter_announces_its_present_address(
    world: World, qtbot: QtBot, adapter: str, outcome: OutcomeKind
) -> None:
    server = ServerAddress(AddressKind.ADAPTER, adapter)
    world.supervisor.save_profile(replace(PROFILE, server=server))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).last is not None)
    assert pbx(world).last is not None
    assert pbx(world).last.outcome.kind is outcome


def test_an_invalid_profile_sends_nothing(world: World, qtbot: QtBot) -> None:
    world.supervisor.save_profile(replace(PROFILE, port="0"))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).last is not None)
    assert pbx(world).last is not None
    assert pbx(world).last.outcome.kind is OutcomeKind.INVALID
    assert pbx(world).last.problem == "port"
    assert world.pbx.received == []


def test_a_fault_of_ours_is_shown_as_one(world: World, qtbot: QtBot) -> None:
    world.pbx.reply = ZeroDivisionError("ours")
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).last is not None)
    assert pbx(world).last is not None
    assert pbx(world).last.outcome.code == "internal_fault"
    assert pbx(world).last_contact_attempt is None
    assert pbx(world).marks == ()
    assert not pbx(world).sending


def test_a_hundred_pbxs_are_all_kept(qtbot: QtBot, tmp_path: Path) -> None:
    profiles = tuple(replace(PROFILE, id=f"p{n}") for n in range(100))
    with running(tmp_path, Settings(profiles)) as world:
        world.pbx.delay_s = 0.01
        for profile in profiles:
            world.vault.keep(profile.id, TOKEN)
            world.supervisor.keep_alive(profile.id, True)
        everyone = world.hub.state.pbxs
        qtbot.waitUntil(
            lambda: all(p.accepted for p in world.hub.state.pbxs.values()), timeout=60_000
        )
        assert len(everyone) == len(world.pbx.received) == 100


def test_a_hung_pbx_does_not_hold_the_others(qtbot: QtBot, tmp_path: Path) -> None:
    profiles = (PROFILE, replace(PROFILE, id="b"))
    with running(tmp_path, Settings(profiles)) as world:
        for profile in profiles:
            world.vault.keep(profile.id, TOKEN)
        world.pbx.reply = "hang"
        world.supervisor.send_now("a")
        qtbot.waitUntil(lambda: len(world.pbx.received) == 1)
        world.pbx.reply = SUCCESS
        world.supervisor.send_now("b")
        qtbot.waitUntil(lambda: pbx(world, "b").accepted is not None)
        assert pbx(world, "a").sending


def test_two_hundred_starts_and_stops(qtbot: QtBot, tmp_path: Path) -> None:
    before = threading.active_count()
    for number in range(200):
        world = World(tmp_path)
        world.pbx.reply = "hang" if number % 2 else SUCCESS
        world.start(Settings((PROFILE,)))
        world.vault.keep("a", TOKEN)
        world.supervisor.keep_alive("a", True)
        if number % 3 == 0:
            qtbot.wait(30)
        assert world.supervisor.close(30)
        assert world.supervisor.close(30)
        assert world.history.close(30)
    qtbot.waitUntil(lambda: threading.active_count() <= before + 2)


def test_closing_is_quick_while_everything_hangs(qtbot: QtBot, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.pbx.reply = "hang"
    world.keyring.gate = threading.Event()
    world.start(Settings((PROFILE, replace(PROFILE, id="b"))))
    world.vault.keep("a", TOKEN)
    world.supervisor.keep_alive("a", True)
    world.supervisor.look_up_token("b")
    qtbot.waitUntil(lambda: pbx(world).sending)
    with at_once():
        assert not world.supervisor.close(0.5)  # the keyring is left behind
    world.keyring.gate.set()


def test_posting_after_close_falls_to_the_floor(qtbot: QtBot, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start(Settings((PROFILE,)))
    stop = threading.Event()

    def hammer() -> None:
        while not stop.is_set():
            world.hub.post(events.HeartbeatStarted("a", 0))

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    qtbot.wait(50)
    assert world.supervisor.close(30)
    stop.set()
    for thread in threads:
        thread.join()
    qtbot.wait(50)
    assert world.hub.state.profile("a") is not None


def test_events_arrive_in_order_and_complete(qtbot: QtBot, tmp_path: Path) -> None:
    with running(tmp_path, Settings((PROFILE,))) as world:
        seen: list[str] = []

        def note(event: object) -> None:
            if isinstance(event, events.MessageShown):
                seen.append(event.code)

        world.hub.happened.connect(note)

        def post() -> None:
            for number in range(1000):
                world.hub.post(events.MessageShown(str(number)))

        thread = threading.Thread(target=post)
        thread.start()
        qtbot.waitUntil(lambda: len(seen) == 1000)
        thread.join()
        assert seen == [str(n) for n in range(1000)]


PORTAL = HttpAnswer(302, b"", "http://login.hotel.example/")
NO_TOKEN = HttpAnswer(200, b'{"status":"Failed","errno":"20005"}')


def test_a_guest_wifi_ends_no_schedule_and_gets_no_token(world: World, qtbot: QtBot) -> None:
    """The PBX was accepted here; a log-in page comes in its place, then the PBX again."""
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    accepted = pbx(world).accepted
    beats = 1
    for reply in (PORTAL, HttpAnswer(200, b"<html>Welcome"), TransportError("timed_out"), PORTAL):
        world.pbx.reply = reply
        world.supervisor.send_now("a")
        beats += 1
        qtbot.waitUntil(lambda: len(pbx(world).marks) == beats)  # noqa: B023
        assert (pbx(world).keeping, pbx(world).accepted) == (True, accepted)
        assert pbx(world).due_s is not None
        assert pbx(world).phase(world.clock.now()) is Phase.FAILING
    # A token that is typed meanwhile goes to nobody either.
    world.supervisor.set_token("a", Secret("1e" * 16))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: len(pbx(world).marks) == beats + 1)
    assert [token for *_, token in world.pbx.received] == ["0f" * 16, "0f" * 16, *[""] * 4]
    world.pbx.replies["heartbeat"] = [NO_TOKEN, SUCCESS]
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    assert [token for *_, token in world.pbx.received[-2:]] == ["", "1e" * 16]
    world.pbx.reply = SUCCESS
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: len(world.pbx.received) == 9)
    assert world.pbx.received[-1][3] == "1e" * 16


def test_a_first_contact_that_is_redirected_waits_for_a_person(world: World, qtbot: QtBot) -> None:
    world.pbx.reply = PORTAL
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).last is not None)
    assert not pbx(world).keeping


def test_a_pbx_of_an_earlier_run_is_known(qtbot: QtBot, tmp_path: Path) -> None:
    announced = (
        Announced(
            "2026-01-02T11:00:00Z", ReportTarget("192.168.5.20", 8260), to_this_computer=True
        ),
    )
    with running(tmp_path, Settings((replace(PROFILE, announced=announced),))) as world:
        world.vault.keep("a", TOKEN)
        world.pbx.reply = PORTAL
        world.supervisor.keep_alive("a", True)
        qtbot.waitUntil(lambda: pbx(world).last is not None)
        assert pbx(world).keeping
        # Another address is another box.
        world.supervisor.save_profile(replace(PROFILE, pbx="10.0.0.9", token_host="10.0.0.9"))
        world.supervisor.keep_alive("a", True)
        qtbot.waitUntil(lambda: pbx(world).last is not None)
        assert not pbx(world).keeping


def test_a_token_lives_on_while_its_adapter_is_down(world: World, qtbot: QtBot) -> None:
    pinned = ServerAddress(AddressKind.ADAPTER, "eth0")
    world.supervisor.save_profile(replace(PROFILE, server=pinned, ask_before_moving=False))
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    gone = replace(world.hub.state.profiles[0], server=replace(pinned, value="gone0"))
    world.supervisor.save_profile(gone)
    first = pbx(world).accepted
    world.supervisor.keep_alive("a", False)
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not first)
    assert [json.loads(body)["ipaddr"] for _, _, body, _ in world.pbx.received] == [
        "192.168.5.20",
        "192.168.5.20",
    ]
    assert pbx(world).keeping


def test_retries_are_spread(world: World, qtbot: QtBot) -> None:
    """Else a hundred PBXs behind one router are tried again in the same moment."""
    jitters: list[float] = []

    def hear(event: object) -> None:
        if isinstance(event, events.HeartbeatFinished):
            jitters.append(event.jitter)

    world.hub.happened.connect(hear)
    world.pbx.reply = TransportError("connection_refused")
    for number in range(1, 9):
        world.supervisor.send_now("a")
        qtbot.waitUntil(lambda: len(jitters) == number)  # noqa: B023
    assert len(set(jitters)) > 1
    assert all(-1 <= jitter <= 1 for jitter in jitters)
