"""The times of a schedule: retries, life of the token, sleep of the computer."""

from __future__ import annotations

import re
from enum import StrEnum

from hbgui.core.api.heartbeat import TOKEN_LIFE_S
from hbgui.core.pbx.typed import trimmed

RETRY_DELAYS_S = (15.0, 30.0, 60.0, 120.0)
"""Delays after the first, second, ... failure in a row; the last one is used from then on."""

RETRY_JITTER = 0.1
SETTLE_S = 10.0
"""Pause after the computer slept: the network needs a moment to come back."""

TICK_S = 10.0
"""The longest time that the worker waits at once, so that it notices a sleep."""

SLEEP_GAP_S = 30.0
"""A gap between two ticks that only a sleeping computer explains."""

EVERY_MIN_S = 30.0
"""The shortest interval for a real PBX: its "IP Auto Defense" blocks senders of many packets."""

AMBER_S = 600.0
RED_S = 180.0


def retry_delay_s(failures: int, interval_s: float, jitter: float) -> float:
    """Seconds until the next try after `failures` failures in a row (1 and up).

    `jitter` from -1 to 1 moves it by up to 10 %; it is never longer than the interval.
    """
    base = RETRY_DELAYS_S[min(failures, len(RETRY_DELAYS_S)) - 1]
    return min(base * (1 + RETRY_JITTER * jitter), interval_s)


def slept(gap_s: float) -> bool:
    """Whether the time between two ticks of the worker means that the computer slept."""
    return gap_s > SLEEP_GAP_S


class TokenHealth(StrEnum):
    """How urgent the token clock is."""

    UNKNOWN = "unknown"
    GOOD = "good"
    AMBER = "amber"
    RED = "red"
    EXPIRED = "expired"


def token_left_s(age_s: float) -> float:
    """Seconds that a token still lives. `age_s`: seconds since the last accepted heartbeat was
    sent."""
    return max(0.0, TOKEN_LIFE_S - age_s)


def token_health(left_s: float | None) -> TokenHealth:
    """The colour of the token clock. `left_s` is None if the token's life is unknown."""
    if left_s is None:
        return TokenHealth.UNKNOWN
    if left_s <= 0:
        return TokenHealth.EXPIRED
    if left_s < RED_S:
        return TokenHealth.RED
    return TokenHealth.AMBER if left_s < AMBER_S else TokenHealth.GOOD


_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h)?", re.ASCII)
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


def parse_duration(text: str) -> float:
    """`30s`, `10m`, `1h`, `0.5s` or plain seconds, in seconds. Raises ValueError."""
    match = _DURATION.fullmatch(trimmed(text))
    seconds = float(match["number"]) * _UNIT_S[match["unit"]] if match else 0.0
    if not 0 < seconds < 10**9:
        raise ValueError("not a duration")
    return seconds
