"""Who must leave the receiver when it is full."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hbgui.runtime.reports.clients import CONNECTIONS_MAX, ClientLimits

PBX = "192.168.5.150"


@dataclass(eq=False)
class Client:
    since_s: float
    last_s: float
    sender: str = PBX
    drains: bool = False


def full(*more: Client) -> ClientLimits:
    """All places are taken, from the PBX, just now."""
    clients = ClientLimits(lambda sender: sender == PBX)
    everybody = [*more, *(Client(9.9, 9.9) for _ in range(CONNECTIONS_MAX - len(more)))]
    for client in everybody:
        clients.add(client)  # type: ignore[arg-type]
    return clients


def test_of_the_pbx_the_silent_ones_go_and_those_that_still_send_stay() -> None:
    silent, slow = Client(0, 0), Client(0, 9.9)
    clients = full(silent, slow)
    assert clients.removable(10) == [silent]


def test_who_has_its_answer_goes_first() -> None:
    done = Client(9.9, 9.9, drains=True)
    clients = full(Client(0, 0), done)
    assert clients.removable(10) == [done]


@pytest.mark.parametrize("age_s", [0.9, 1.0])
def test_a_stranger_goes_after_a_second(age_s: float) -> None:
    stranger = Client(10 - age_s, 10, sender="10.0.0.9")
    clients = full(stranger, Client(0, 0))
    assert (stranger in clients.removable(10)) is (age_s >= 1)
