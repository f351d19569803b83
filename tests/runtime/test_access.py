"""Logging in and out, renewal, whose a token is, and trust: what the PBX and the keyring get."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.errors import SecretError, TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.login import hashed
from hbgui.core.api.outcome import Outcome, OutcomeKind
from hbgui.core.events import SecretPlace
from hbgui.core.pbx.connection import Pin, TlsMode
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.values import Secret
from hbgui.texts.outcomes import attempt_message
from runtime.world import World, running

OLD, NEW = Secret("0a" * 16), Secret("0b" * 16)
PASSWORD = Secret("pässwörd")
FIXED = ServerAddress(AddressKind.FIXED, "192.168.5.20")
PROFILE = Profile("a", "Hotel Post", "http://192.168.5.150", server=FIXED)
LOST = HttpAnswer(200, b'{"status":"Failed","errno":"20006"}')
WRONG = HttpAnswer(200, b'{"status":"Failed","errno":"20003"}')


def gives(token: Secret, **more: str) -> HttpAnswer:
    return HttpAnswer(
        200, json.dumps({"status": "Success", "token": token.reveal(), **more}).encode()
    )


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    with running(tmp_path, Settings((PROFILE,))) as built:
        yield built


def pbx(world: World) -> PbxState:
    return world.hub.state.pbxs["a"]


def profile(world: World) -> Profile:
    found = world.hub.state.profile("a")
    assert found is not None
    return found


def calls(world: World) -> list[tuple[str, str]]:
    return [(path.rpartition("/")[2], token) for _url, path, _body, token in world.pbx.received]


def log_in(world: World, qtbot: QtBot, *replies: HttpAnswer | Exception, **how: bool) -> None:
    world.pbx.replies["login"] = list(replies)
    options = {"keep": False, "renew": False} | how
    world.accounts.log_in("a", "api", PASSWORD, **options)
    qtbot.waitUntil(lambda: not pbx(world).logging_in)


def test_a_login_keeps_the_token_and_sends_a_heartbeat_at_once(world: World, qtbot: QtBot) -> None:
    log_in(world, qtbot, gives(NEW))
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    qtbot.waitUntil(lambda: pbx(world).secret is SecretPlace.KEYRING)
    assert calls(world) == [("login", ""), ("heartbeat", NEW.reveal())]
    assert world.keyring.entries == {"a": NEW}
    assert (profile(world).user, profile(world).token_host) == ("api", "192.168.5.150")
    assert NEW in world.learned


def test_a_password_is_kept_only_when_it_is_wanted(world: World, qtbot: QtBot) -> None:
    log_in(world, qtbot, gives(NEW), keep=True, renew=True)
    qtbot.waitUntil(lambda: pbx(world).password_kept)
    assert world.keyring.entries["a:password"] == PASSWORD
    assert profile(world).renew
    log_in(world, qtbot, gives(OLD), renew=True)
    qtbot.waitUntil(lambda: not pbx(world).password_kept)
    assert "a:password" not in world.keyring.entries
    assert not profile(world).renew


def test_the_kept_password_logs_in(world: World, qtbot: QtBot) -> None:
    world.keyring.entries["a:password"] = PASSWORD
    world.pbx.replies["login"] = [gives(NEW)]
    world.accounts.log_in("a", "api", None, keep=True, renew=True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    assert json.loads(world.pbx.received[0][2])["username"] == "api"
    assert world.keyring.entries["a:password"] == PASSWORD


def test_a_session_token_stays_out_of_the_keyring(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", OLD, session_only=True)
    log_in(world, qtbot, gives(NEW))
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    qtbot.wait(50)
    assert (world.keyring.entries, pbx(world).secret) == ({}, SecretPlace.SESSION)
    assert world.vault.get("a") == NEW


def test_a_wrong_password_changes_nothing_and_is_counted(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", OLD)
    qtbot.waitUntil(lambda: "a" in world.keyring.entries)
    log_in(world, qtbot, WRONG, keep=True)
    log_in(world, qtbot, WRONG, keep=True)
    qtbot.wait(50)
    assert world.keyring.entries == {"a": OLD}
    assert pbx(world).logins.left == 3
    assert calls(world) == [("login", ""), ("login", "")]
    assert profile(world).user == ""


PORTAL = HttpAnswer(302, b"", "http://login.hotel.example/")
BACK = HttpAnswer(200, b'{"status":"Failed","errno":"20005"}')


def doubt(world: World, qtbot: QtBot) -> None:
    """Something else answers where the PBX was accepted before."""
    world.supervisor.set_token("a", OLD)
    world.pbx.replies["heartbeat"] = [gives(NEW), PORTAL]
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None and not pbx(world).sending)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).address_status.doubtful and not pbx(world).sending)
    world.pbx.received.clear()


@pytest.mark.parametrize(
    "answer",
    [PORTAL, HttpAnswer(200, b"<html>Log in</html>"), gives(NEW)],
    ids=["portal", "page", "success"],
)
def test_what_answers_in_place_of_the_pbx_gets_neither_password_nor_token(
    world: World, qtbot: QtBot, answer: HttpAnswer
) -> None:
    doubt(world, qtbot)
    told: list[events.Attempt] = []

    def happened(event: object) -> None:
        if isinstance(event, events.LoginFinished | events.LoggedOut):
            told.append(event.attempt)

    world.hub.happened.connect(happened)
    world.pbx.replies["heartbeat"] = [answer, answer]
    log_in(world, qtbot, gives(NEW))
    world.accounts.log_out("a")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert calls(world) == [("heartbeat", ""), ("heartbeat", "")]
    assert hashed(PASSWORD).reveal() not in repr(world.pbx.received)
    assert all(attempt.outcome.another_answers for attempt in told)
    assert world.vault.get("a") == OLD
    assert pbx(world).logins.wrong == 0


def test_a_pbx_that_is_back_is_logged_in_to_and_out_of(world: World, qtbot: QtBot) -> None:
    doubt(world, qtbot)
    world.pbx.replies["heartbeat"] = [BACK]
    world.pbx.replies["logout"] = [gives(NEW)]
    world.accounts.log_out("a")
    qtbot.waitUntil(lambda: len(calls(world)) == 2)
    assert calls(world) == [("heartbeat", ""), ("logout", OLD.reveal())]
    world.pbx.replies["heartbeat"] = [BACK, gives(NEW)]
    log_in(world, qtbot, gives(NEW))
    qtbot.waitUntil(lambda: len(calls(world)) == 5)
    assert calls(world)[2:] == [("heartbeat", ""), ("login", ""), ("heartbeat", NEW.reveal())]


def test_a_login_can_be_cancelled(world: World, qtbot: QtBot) -> None:
    world.pbx.reply = "hang"
    world.accounts.log_in("a", "api", PASSWORD, keep=True, renew=True)
    qtbot.waitUntil(lambda: bool(world.pbx.received))
    world.accounts.cancel_login("a")
    qtbot.waitUntil(lambda: not pbx(world).logging_in)
    qtbot.wait(50)
    assert (world.keyring.entries, profile(world)) == ({}, PROFILE)


def test_tcp_is_remembered(world: World, qtbot: QtBot) -> None:
    log_in(world, qtbot, gives(NEW, transport="TCP"))
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    assert pbx(world).transport == "TCP"


def renewing(world: World) -> None:
    world.supervisor.save_profile(replace(PROFILE, user="api", renew=True))
    world.keyring.entries |= {"a": OLD, "a:password": PASSWORD}


def test_a_lost_token_is_renewed_once_and_the_schedule_goes_on(world: World, qtbot: QtBot) -> None:
    renewing(world)
    world.pbx.replies = {"heartbeat": [LOST], "login": [gives(NEW)]}
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    qtbot.waitUntil(lambda: world.keyring.entries["a"] == NEW)
    assert calls(world) == [
        ("heartbeat", OLD.reveal()),
        ("login", ""),
        ("heartbeat", NEW.reveal()),
    ]
    assert pbx(world).keeping
    assert pbx(world).due_s is not None


def test_a_second_loss_within_five_minutes_stops(world: World, qtbot: QtBot) -> None:
    renewing(world)
    world.pbx.replies = {"heartbeat": [LOST], "login": [gives(NEW), gives(OLD)]}
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    world.clock.added_s += 240
    world.pbx.replies["heartbeat"] = [LOST]
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).phase(world.clock.now()) is Phase.REFUSED)
    assert pbx(world).last is not None
    assert pbx(world).last.outcome.code == "token_shared"
    assert not pbx(world).keeping
    assert [name for name, _ in calls(world)].count("login") == 1


def test_a_loss_after_five_minutes_is_renewed_again(world: World, qtbot: QtBot) -> None:
    renewing(world)
    world.pbx.replies = {"heartbeat": [LOST], "login": [gives(NEW), gives(OLD)]}
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    world.clock.added_s += 301
    world.pbx.replies["heartbeat"] = [LOST]
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: len(calls(world)) == 6)
    qtbot.waitUntil(lambda: not pbx(world).sending)
    assert pbx(world).phase(world.clock.now()) is Phase.ALIVE


def test_a_refused_renewal_is_never_tried_again_by_itself(world: World, qtbot: QtBot) -> None:
    renewing(world)
    world.pbx.replies = {"heartbeat": [LOST, LOST], "login": [WRONG]}
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).phase(world.clock.now()) is Phase.REFUSED)
    assert pbx(world).last is not None
    assert pbx(world).last.outcome.errno == "20003"
    assert not pbx(world).keeping
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: len(calls(world)) == 3 and not pbx(world).keeping)
    assert [name for name, _ in calls(world)] == ["heartbeat", "login", "heartbeat"]
    assert pbx(world).last.outcome.code == "login_refused_before"


def test_an_unclear_renewal_waits_for_a_person(world: World, qtbot: QtBot) -> None:
    renewing(world)
    world.pbx.replies = {"heartbeat": [LOST], "login": [HttpAnswer(200, b"<html>")]}
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).phase(world.clock.now()) is Phase.STOPPED)
    assert not pbx(world).keeping


def test_a_renewal_that_does_not_reach_the_pbx_is_tried_again(world: World, qtbot: QtBot) -> None:
    renewing(world)
    world.pbx.replies = {"heartbeat": [LOST], "login": [TransportError("timed_out")]}
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).failures == 1)
    assert pbx(world).keeping
    assert pbx(world).due_s is not None


@pytest.mark.parametrize("how", ["no password", "off", "locked"])
def test_without_password_or_wish_there_is_no_login(world: World, qtbot: QtBot, how: str) -> None:
    renewing(world)
    world.vault.keep("a", OLD)
    if how == "off":
        world.accounts.set_renewal("a", False)
    elif how == "locked":
        world.keyring.error = SecretError("keyring_locked")
    else:
        world.accounts.forget_password("a")
        qtbot.waitUntil(lambda: "a:password" not in world.keyring.entries)
        world.accounts.set_renewal("a", True)
    world.pbx.replies = {"heartbeat": [LOST]}
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).last is not None)
    assert pbx(world).last is not None
    codes = {"no password": "password_not_stored", "off": "refused", "locked": "keyring_locked"}
    assert pbx(world).last.outcome.code == codes[how]
    assert calls(world) == [("heartbeat", OLD.reveal())]


def test_log_out_ends_the_token_everywhere(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", OLD)
    world.supervisor.keep_alive("a", True)
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    world.accounts.log_out("a")
    qtbot.waitUntil(lambda: pbx(world).secret is SecretPlace.NOWHERE)
    qtbot.waitUntil(lambda: world.keyring.entries == {})
    assert calls(world)[-1] == ("logout", OLD.reveal())
    assert (pbx(world).keeping, pbx(world).due_s, pbx(world).accepted) == (False, None, None)
    with pytest.raises(SecretError):
        world.vault.get("a")


def test_log_out_ends_the_heartbeat_that_is_on_its_way(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", OLD)
    world.pbx.reply = "hang"
    world.pbx.replies["logout"] = [HttpAnswer(200, b'{"status":"Success"}')]
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: calls(world) == [("heartbeat", OLD.reveal())])
    world.accounts.log_out("a")
    qtbot.waitUntil(lambda: pbx(world).secret is SecretPlace.NOWHERE)
    qtbot.waitUntil(lambda: world.pbx.cancelled == 1)
    assert not pbx(world).sending


def test_a_logout_that_fails_keeps_the_token(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", OLD)
    qtbot.waitUntil(lambda: "a" in world.keyring.entries)
    world.pbx.replies["logout"] = [TransportError("timed_out")]
    told = []
    world.hub.happened.connect(told.append)
    world.accounts.log_out("a")
    qtbot.waitUntil(lambda: any(isinstance(e, events.LoggedOut) for e in told))
    qtbot.wait(50)
    assert world.keyring.entries == {"a": OLD}
    assert pbx(world).secret is SecretPlace.KEYRING


def test_a_token_is_not_sent_to_another_host_until_somebody_says_so(
    world: World, qtbot: QtBot
) -> None:
    world.supervisor.set_token("a", OLD)
    world.supervisor.save_profile(replace(profile(world), pbx="http://10.0.0.9"))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).last is not None)
    assert pbx(world).last is not None
    assert pbx(world).last.outcome.code == "token_of_other_host"
    assert "192.168.5.150" in pbx(world).last.outcome.detail
    assert world.pbx.received == []
    world.accounts.claim_token("a")
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    assert world.pbx.received[0][0] == "http://10.0.0.9:80"


def test_another_port_of_the_same_host_needs_no_question(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", OLD)
    world.supervisor.save_profile(replace(profile(world), pbx="http://192.168.5.150:8080"))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)


def test_a_token_that_is_not_the_new_hosts_is_forgotten(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", OLD)
    qtbot.waitUntil(lambda: "a" in world.keyring.entries)
    world.keyring.entries["a:password"] = PASSWORD  # the other host's, too
    world.supervisor.save_profile(replace(profile(world), pbx="http://10.0.0.9"))
    world.accounts.disown_token("a")
    qtbot.waitUntil(lambda: world.keyring.entries == {})
    assert pbx(world).secret is SecretPlace.NOWHERE
    assert not profile(world).token_is_foreign
    world.supervisor.set_token("a", NEW)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    assert calls(world) == [("heartbeat", NEW.reveal())]


def test_a_token_of_unknown_origin_is_the_hosts_that_accepts_it(world: World, qtbot: QtBot) -> None:
    world.keyring.entries["a"] = OLD
    assert profile(world).token_host == ""
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: profile(world).token_host == "192.168.5.150")


SHA = "ab" * 32


def test_trust_for_good_is_a_pin_in_the_profile(world: World, qtbot: QtBot) -> None:
    world.vault.keep("a", OLD)
    world.supervisor.save_profile(replace(PROFILE, pbx="https://192.168.5.150"))
    world.accounts.trust_certificate("a", SHA, lasting=True)
    today = world.clock.now().utc.date().isoformat()
    assert profile(world).pin == Pin(SHA, "192.168.5.150:8088", today)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: bool(world.pbx.links))
    assert (world.pbx.links[0].tls, world.pbx.links[0].pin) == (TlsMode.PINNED, SHA)


def test_trust_for_now_is_in_no_profile_and_ends_with_the_address(
    world: World, qtbot: QtBot
) -> None:
    world.vault.keep("a", OLD)
    world.accounts.trust_certificate("a", SHA, lasting=False)
    assert profile(world) == PROFILE
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    world.supervisor.save_profile(replace(profile(world), pbx="http://192.168.5.150:81"))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: len(world.pbx.links) == 2)
    assert [link.pin for link in world.pbx.links] == [SHA, ""]


def looks(world: World) -> list[events.CertificateSeen]:
    """What comes of looks at the certificate, from now on."""
    told: list[events.CertificateSeen] = []

    def hear(event: object) -> None:
        if isinstance(event, events.CertificateSeen):
            told.append(event)

    world.hub.happened.connect(hear)
    return told


def test_a_look_at_the_certificate_is_told(world: World, qtbot: QtBot) -> None:
    world.supervisor.save_profile(replace(PROFILE, pbx="https://192.168.5.150"))
    told = looks(world)
    world.accounts.fetch_certificate("a")
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1] == events.CertificateSeen("a", world.pbx.shows)
    world.pbx.shows = TransportError("timed_out")
    world.accounts.fetch_certificate("a")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[-1].attempt is not None
    assert told[-1].attempt.outcome.code == "timed_out"


@pytest.mark.parametrize(
    ("typed", "code"), [("", "host_missing"), ("http://192.168.5.150", "address_without_tls")]
)
def test_an_address_without_a_certificate_is_told(
    world: World, qtbot: QtBot, typed: str, code: str
) -> None:
    world.supervisor.save_profile(replace(PROFILE, pbx=typed))
    told = looks(world)
    world.accounts.fetch_certificate("a")
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1].certificate is None
    assert told[-1].attempt is not None
    assert told[-1].attempt.outcome == Outcome(OutcomeKind.INVALID, code)
    assert "Nothing was sent" in attempt_message(told[-1].attempt).title


def test_a_mistake_of_the_program_leaves_no_login_waiting(
    world: World, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    world.pbx.replies["login"] = [ZeroDivisionError()]
    world.accounts.log_in("a", "api", PASSWORD, keep=False, renew=False)
    qtbot.waitUntil(lambda: not pbx(world).logging_in)
    assert "account work failed" in caplog.text
    caplog.clear()
    log_in(world, qtbot, gives(NEW))


def test_deleting_a_pbx_deletes_its_password(world: World, qtbot: QtBot) -> None:
    world.keyring.entries |= {"a": OLD, "a:password": PASSWORD, "b": NEW}
    world.supervisor.remove_pbx("a")
    world.supervisor.finish_remove()
    qtbot.waitUntil(lambda: world.keyring.entries == {"b": NEW})


def test_a_kept_password_goes_to_no_other_host(world: World, qtbot: QtBot) -> None:
    renewing(world)
    world.supervisor.set_token("a", OLD)
    world.supervisor.save_profile(replace(profile(world), pbx="http://10.0.0.9"))
    world.accounts.log_in("a", "api", None, keep=True, renew=True)
    qtbot.waitUntil(lambda: not pbx(world).logging_in)
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).last is not None)
    assert world.pbx.received == []
    # A token that is typed for the new host is used; the old password is forgotten.
    world.supervisor.set_token("a", NEW)
    qtbot.waitUntil(lambda: "a:password" not in world.keyring.entries)
    assert not profile(world).renew
    world.pbx.replies["heartbeat"] = [LOST]
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: bool(world.pbx.received) and not pbx(world).sending)
    assert calls(world) == [("heartbeat", NEW.reveal())]


def test_a_copy_has_no_secrets_and_no_claim_to_any(world: World) -> None:
    renewing(world)
    world.supervisor.set_token("a", OLD)
    copy_id = world.supervisor.duplicate_pbx("a")
    copy = world.hub.state.profile(copy_id)
    assert copy is not None
    assert (copy.user, copy.renew, copy.token_host) == ("api", False, "")


def test_a_login_for_an_address_that_was_edited_meanwhile_gives_it_no_token(
    world: World, qtbot: QtBot
) -> None:
    """Its answer comes too late to be cancelled; the token was given by another host."""
    hold = world.pbx.hold = threading.Event()
    world.pbx.replies["login"] = [gives(NEW)]
    world.accounts.log_in("a", "api", PASSWORD, keep=True, renew=True)
    qtbot.waitUntil(lambda: bool(world.pbx.received))
    world.supervisor.save_profile(replace(PROFILE, pbx="http://10.0.0.9"))
    told: list[object] = []
    world.hub.happened.connect(told.append)
    hold.set()
    qtbot.waitUntil(lambda: world.jobs.submit(("login", "a"), lambda _cancel: None))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: any(isinstance(e, events.HeartbeatFinished) for e in told))
    assert calls(world) == [("login", "")]
    assert world.keyring.entries == {}
    assert (profile(world).token_host, profile(world).user) == ("", "")


def test_a_renewal_for_an_address_that_was_edited_meanwhile_gives_it_no_token(
    world: World, qtbot: QtBot
) -> None:
    renewing(world)
    world.pbx.replies = {"heartbeat": [LOST], "login": [gives(NEW)]}
    told: list[object] = []
    world.hub.happened.connect(told.append)
    world.supervisor.send_now("a")
    # The answers are all there, and none of them has been told yet, when the address is edited.
    deadline = time.monotonic() + 10
    while len(calls(world)) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [name for name, _token in calls(world)] == ["heartbeat", "login", "heartbeat"]
    world.supervisor.save_profile(replace(profile(world), pbx="http://10.0.0.9"))
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: any(isinstance(e, events.HeartbeatFinished) for e in told))
    assert NEW.reveal() not in [
        token for url, _path, _body, token in world.pbx.received if "10.0.0.9" in url
    ]
    assert world.keyring.entries["a"] == OLD
