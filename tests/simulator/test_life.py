"""What changes with time: tokens expire, lock-outs end."""

from __future__ import annotations

import time

import pytest

from hbgui.simulator.http import Request
from hbgui.simulator.pbx import REMEMBERED, Pbx
from simulated import beat, call, login


class Box:
    """A box with a clock that the test moves."""

    def __init__(self, ttl_s=1800.0, lock_s=600.0):
        self.now_s = 1000.0
        self.pbx = Pbx("api", "secret", ttl_s, lock_s, lambda: self.now_s)
        self.pbx.admit("token")

    def ask(self, endpoint, body=b"", token="token", source="127.0.0.1"):
        path = f"/api/v1.1.0/{endpoint}"
        at = None
        request = Request("POST", path, f"token={token}", "HTTP/1.1", (), body, source, at)
        answer = self.pbx.answer(request)
        return answer.get("errno", answer["status"])

    def beat(self, body=b'{"ipaddr":"192.0.2.1","port":"1"}'):
        return self.ask("heartbeat", body)

    def login(self, *, right, source="127.0.0.1"):
        # MD5 of "secret", as any client has to compute it.
        password = "5ebe2294ecd0e0f08eab7690d2a6ee69" if right else "0" * 32
        body = f'{{"username":"api","password":"{password}","port":"1"}}'.encode()
        return self.ask("login", body, source=source)


def test_a_token_lives_for_its_time():
    box = Box()
    box.now_s += 1799.9
    assert box.beat() == "Success"
    box = Box()
    box.now_s += 1800
    assert box.beat() == "20006"
    assert box.ask("logout") == "20006"
    assert box.pbx.tokens == {"token": 0.0}


def test_a_heartbeat_sets_the_life_back_and_does_not_add_up():
    box = Box()
    for _ in range(5):
        box.now_s += 1000
        assert box.beat() == "Success"
    assert box.pbx.tokens == {"token": 1800.0}
    box.now_s += 1800
    assert box.beat() == "20006"


def test_a_refused_heartbeat_prolongs_nothing():
    box = Box()
    box.now_s += 1000
    assert box.beat(b'{"ipaddr":"192.0.2.1","port":"0"}') == "20008"
    assert box.pbx.tokens == {"token": 800.0}


def test_deviceinfo_needs_a_live_token_and_prolongs_nothing():
    box = Box()
    box.now_s += 1000
    assert box.ask("deviceinfo/query") == "Success"
    assert box.pbx.tokens == {"token": 800.0}
    box.now_s += 800
    assert box.ask("deviceinfo/query") == "20006"


def test_the_time_since_the_start_begins_anew_with_a_boot():
    box = Box()
    request = Request("POST", "/api/v1.1.0/deviceinfo/query", "token=token", "", (), b"", "", None)
    box.now_s += 100
    assert box.pbx.answer(request)["deviceinfo"]["uptime"] == "00:01:40"
    box.pbx.restart()
    assert box.ask("deviceinfo/query") == "20004"
    box.pbx.admit("token")
    box.now_s += 5
    assert box.pbx.answer(request)["deviceinfo"]["uptime"] == "00:00:05"


def test_five_wrong_logins_in_a_row_lock_the_source_for_ten_minutes():
    box = Box()
    assert [box.login(right=False) for _ in range(5)] == ["20003"] * 5
    assert box.login(right=True) == "20002"
    assert box.login(right=False) == "20002"
    assert box.login(right=True, source="127.0.0.2") == "Success"
    assert box.beat() == "Success"
    box.now_s += 599.9
    assert box.login(right=True) == "20002"
    box.now_s += 0.1
    assert [box.login(right=False) for _ in range(4)] == ["20003"] * 4
    assert box.login(right=True) == "Success"


def test_a_right_login_ends_the_row():
    box = Box()
    for _ in range(3):
        assert [box.login(right=False) for _ in range(4)] == ["20003"] * 4
        assert box.login(right=True) == "Success"


def test_a_malformed_login_is_no_wrong_login():
    box = Box()
    assert [box.ask("login", b"{") for _ in range(6)] == ["20000"] * 6
    assert box.login(right=True) == "Success"


def test_it_can_lose_its_tokens_as_a_restarted_api_does(simulator):
    pbx = simulator()
    assert beat(pbx) == {"status": "Success"}
    pbx.lose_tokens()
    assert beat(pbx) == {"status": "Failed", "errno": "20004"}
    assert (pbx.tokens, pbx.targets) == ({}, {})


def test_memory_is_bounded():
    box = Box()
    for number in range(REMEMBERED + 10):
        assert box.login(right=True) == "Success"
        assert box.login(right=False, source=f"127.1.{number // 250}.{number % 250}") == "20003"
    assert len(box.pbx.tokens) == REMEMBERED
    assert len(box.pbx.targets) == REMEMBERED
    assert box.beat() == "20004"


@pytest.mark.parametrize("api", ["v1.1.0", "v2.0.0"])
def test_the_ttl_counts_on_the_wire(simulator, api):
    pbx = simulator(ttl_s=0.2)
    body = {"ipaddr": "192.0.2.1", "port": "1"}
    assert 0 < pbx.tokens[pbx.token] <= 0.2
    while pbx.tokens[pbx.token]:
        time.sleep(0.01)
    answer = call(pbx, "heartbeat", body, token=pbx.token, api=api)
    assert answer == {"status": "Failed", "errno": "20006"}


def test_the_lock_out_counts_sources_on_the_wire(simulator):
    pbx = simulator(lock_s=60)
    numbers = [login(pbx, "wrong", source="127.0.0.3")["errno"] for _ in range(6)]
    assert numbers == ["20003"] * 5 + ["20002"]
    assert login(pbx, source="127.0.0.3")["errno"] == "20002"
    assert login(pbx, source="127.0.0.4")["status"] == "Success"
    assert beat(pbx)["status"] == "Success"
