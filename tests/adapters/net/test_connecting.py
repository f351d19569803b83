"""Why no connection comes about. The system's answers are played: no packet may leave here."""

from __future__ import annotations

import errno
import socket
from types import SimpleNamespace

import psutil
import pytest

from hbgui.core.api.errors import TransportError
from hbgui.texts.outcomes import outcome_message


def address(family: int, ip: str, netmask: str) -> SimpleNamespace:
    return SimpleNamespace(family=family, address=ip, netmask=netmask)


ADAPTERS = {
    "eth0": [
        address(socket.AF_INET, "192.168.5.20", "255.255.255.0"),
        address(socket.AF_INET6, "2001:db8::20", "ffff:ffff:ffff:ffff::"),
    ]
}


@pytest.fixture
def fails(post, monkeypatch):
    """Connect to hosts that fail with these numbers, one after the other."""
    up = {name: SimpleNamespace(isup=True) for name in ADAPTERS}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: ADAPTERS)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: up)

    def fail(hosts: dict[str, int]) -> TransportError:
        def connect_ex(_self: socket.socket, address: tuple[str, int]) -> int:
            return hosts[address[0]]

        def resolve(_host: str, port: int, **_options: object) -> list[object]:
            return [
                (socket.AF_INET6 if ":" in ip else socket.AF_INET, 1, 6, "", (ip, port))
                for ip in hosts
            ]

        monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
        return post.with_resolver(resolve).failure(8088, host="pbx.example")

    return fail


NEAR, FAR = "192.168.5.150", "10.9.9.9"
NEAR_V6, FAR_V6 = "2001:db8::1", "2001:db9::1"


@pytest.mark.parametrize(
    ("host", "error", "code", "title"),
    [
        (NEAR, errno.EHOSTUNREACH, "no_device", "No device answers at this address"),
        (FAR, errno.EHOSTUNREACH, "host_unreachable", "No device answers at this address, says"),
        (NEAR_V6, errno.EHOSTUNREACH, "no_device", "No device answers at this address"),
        (FAR_V6, errno.EHOSTUNREACH, "host_unreachable", "No device answers at this address, says"),
        (NEAR, errno.ENETUNREACH, "no_route", "There is no way"),
        (FAR, errno.ENETUNREACH, "no_route", "There is no way"),
        (NEAR, errno.EACCES, "connect_forbidden", "This computer may not"),
        (NEAR, errno.EPERM, "connect_forbidden", "This computer may not"),
        (NEAR, errno.ENOBUFS, "connect_failed", "The connection could not be made"),
        (NEAR, errno.EINVAL, "connect_failed", "The connection could not be made"),
        (NEAR, errno.ECONNREFUSED, "connection_refused", "Nothing listens"),
        (NEAR, errno.ETIMEDOUT, "connect_timed_out", "The PBX did not answer"),
    ],
)
def test_each_failure_says_what_it_is(fails, host, error, code, title):
    failure = fails({host: error})
    assert failure.code == code
    said = outcome_message(failure.outcome, "pbx.example")
    assert said.title.startswith(title)
    assert ("cable" in said.advice) == (code == "no_route")


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (errno.EHOSTUNREACH, errno.ENETUNREACH, "no_device"),
        (errno.ENETUNREACH, errno.EHOSTUNREACH, "host_unreachable"),
        (errno.EHOSTUNREACH, errno.ECONNREFUSED, "connection_refused"),
        (errno.ECONNREFUSED, errno.ETIMEDOUT, "connection_refused"),
        (errno.ENETUNREACH, errno.ENETUNREACH, "no_route"),
    ],
)
def test_the_most_telling_of_two_counts(fails, first, second, code):
    assert fails({NEAR: first, FAR: second}).code == code


def test_no_more_sockets_is_not_the_network(fails, monkeypatch):
    def no_option(*_args: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket.socket, "setsockopt", no_option)
    failure = fails({NEAR: errno.EHOSTUNREACH})
    assert (failure.code, failure.detail) == ("connect_failed", "Too many open files")


@pytest.mark.parametrize("host", ["fe80::1", "fe80::1%nosuch0", "2001:db8::1%nosuch0"])
def test_an_address_that_needs_an_adapter_says_so(post, host):
    error = post.failure(8088, host=host)
    assert error.code == "zone_unknown"
    assert not error.outcome.contact_attempted
    said = outcome_message(error.outcome, f"http://[{host}]:8088")
    assert "adapter" in said.title
    assert "fe80::1%eth0" in said.advice
