"""Who must leave the receiver when it is full."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hbgui.runtime.reports.clients import CONNECTIONS_MAX, ClientLimits

PBX = "192.168.5.150"


@dataclass(eq=False)
class Guest:
    since_s: float
    last_s: float
    sender: str = PBX
    drains: bool = False


def full(*more: Guest) -> ClientLimits:
    """All places are taken, from the PBX, just now."""
    guests = ClientLimits(lambda sender: sender == PBX)
    everybody = [*more, *(Guest(9.9, 9.9) for _ in range(CONNECTIONS_MAX - len(more)))]
    for guest in everybody:
        guests.add(guest)  # type: ignore[arg-type]
    return guests


def test_of_the_pbx_the_silent_ones_go_and_those_that_still_send_stay() -> None:
    silent, slow = Guest(0, 0), Guest(0, 9.9)
    guests = full(silent, slow)
    assert guests.who_may_go(10) == [silent]


def test_who_has_its_answer_goes_first() -> None:
    done = Guest(9.9, 9.9, drains=True)
    guests = full(Guest(0, 0), done)
    assert guests.who_may_go(10) == [done]


@pytest.mark.parametrize("age_s", [0.9, 1.0])
def test_a_stranger_goes_after_a_second(age_s: float) -> None:
    stranger = Guest(10 - age_s, 10, sender="10.0.0.9")
    guests = full(stranger, Guest(0, 0))
    assert (stranger in guests.who_may_go(10)) is (age_s >= 1)
