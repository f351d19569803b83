"""This computer's clock and addresses, as the operating system tells them."""

from __future__ import annotations

import datetime
import errno
import socket
import sys
import threading
import time

import psutil
import pytest

from hbgui.adapters.clock import LargerClock, SystemClock
from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.net.local import SystemNetwork
from hbgui.core.api.errors import Cancelled, TransportError
from hbgui.core.pbx.networks import LocalAddress


@pytest.fixture
def network():
    return SystemNetwork(Lookups())


def route(network, host, timeout_s=3.0, cancel=None):
    return network.route_to(host, 8088, timeout_s=timeout_s, cancel=cancel or WireCancel())


def test_now():
    clock = SystemClock()
    before = datetime.datetime.now(datetime.UTC)
    first, second = clock.now(), clock.now()
    assert second.since(first) >= 0
    assert before <= first.utc <= datetime.datetime.now(datetime.UTC)
    assert first.utc.tzinfo is datetime.UTC


def test_addresses_that_the_system_does_not_tell(network, monkeypatch):
    def full() -> dict[str, object]:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(psutil, "net_if_stats", full)
    with pytest.raises(TransportError) as caught:
        network.local_addresses()
    assert (caught.value.code, caught.value.detail) == ("connect_failed", "Too many open files")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has this clock")
def test_the_clock_counts_sleep():
    before_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    elapsed_s = SystemClock().now().elapsed_s
    assert before_s <= elapsed_s <= time.clock_gettime(time.CLOCK_BOOTTIME)


@pytest.mark.parametrize(
    ("monotonic", "wall", "elapsed_s"),
    [
        ([0, 10], [100, 110], 10),
        ([0, 10], [100, 3700], 3600),
        ([0, 10], [100, 50], 10),
        ([0, 10, 20], [100, 50, 60], 20),
        ([0, 10, 11], [5000, 100, 2500], 2410),
    ],
    ids=["both run", "slept", "set back", "set back and on", "set back, then slept"],
)
def test_without_such_a_clock_the_larger_step_counts(monotonic, wall, elapsed_s):
    clock = LargerClock(iter(monotonic).__next__, iter(wall).__next__)
    for _ in monotonic[1:]:
        last = clock()
    assert last == elapsed_s


def test_local_addresses_are_those_of_the_system(network):
    addresses = network.local_addresses()
    assert LocalAddress("127.0.0.1", "lo", 8) in addresses
    system = {e.address.partition("%")[0] for a in psutil.net_if_addrs().values() for e in a}
    assert {a.ip for a in addresses} <= system
    loopback = [a.network.is_loopback for a in addresses]
    assert loopback == sorted(loopback)
    assert not any(a.ip.startswith("fe80:") for a in addresses)


def test_adapters_that_are_down_do_not_count(network, monkeypatch):
    # Taking a real adapter down would take others' network away.
    stats = {n: s._replace(isup=False) for n, s in psutil.net_if_stats().items()}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: stats)
    assert network.local_addresses() == ()


def test_kinds_of_addresses_are_sorted(network, monkeypatch):
    def entry(ip, mask, family=socket.AF_INET):
        return type("Entry", (), {"family": family, "address": ip, "netmask": mask})

    stat = next(iter(psutil.net_if_stats().values()))._replace(isup=True)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {"lo": stat, "eth0": stat})
    found = {
        "lo": [entry("127.0.0.1", "255.0.0.0"), entry("00:00", None, socket.AF_PACKET)],
        "eth0": [
            entry("169.254.7.7", "255.255.0.0"),
            entry("10.0.0.5", "255.255.255.0"),
            entry("fe80::1%eth0", "ffff:ffff:ffff:ffff::", socket.AF_INET6),
            entry("2001:db8::5", "ffff:ffff:ffff:ffff::", socket.AF_INET6),
            entry("2001:db8::6", None, socket.AF_INET6),
        ],
    }
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: found)
    assert network.local_addresses() == (
        LocalAddress("10.0.0.5", "eth0", 24),
        LocalAddress("2001:db8::5", "eth0", 64),
        LocalAddress("2001:db8::6", "eth0", 64),
        LocalAddress("169.254.7.7", "eth0", 16),
        LocalAddress("127.0.0.1", "lo", 8),
    )


def test_the_route_to_loopback(network):
    assert route(network, "127.0.0.1") == LocalAddress("127.0.0.1", "lo", 8)
    assert route(network, "localhost").ip in ("127.0.0.1", "::1")
    assert route(network, "::1").adapter == "lo"


def test_the_route_sends_nothing(network):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        network.route_to("127.0.0.1", listener.getsockname()[1], timeout_s=1, cancel=WireCancel())
        with pytest.raises(TimeoutError):
            listener.recv(1)


def test_no_route(network):
    with pytest.raises(TransportError) as caught:
        route(network, "255.255.255.255")
    assert caught.value.code == "no_route"


def test_a_route_needs_a_known_name():
    def resolve(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(TransportError) as caught:
        route(SystemNetwork(Lookups(resolve)), "pbx.example")
    assert (caught.value.code, caught.value.detail) == ("name_unknown", "no such name")


def test_a_route_can_be_given_up():
    gate = threading.Event()
    network = SystemNetwork(Lookups(lambda *_a, **_o: gate.wait(5) and []))
    cancel = WireCancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        route(network, "pbx.example", cancel=cancel)
    with pytest.raises(TransportError):
        route(network, "pbx.example", timeout_s=0.2)
    gate.set()
