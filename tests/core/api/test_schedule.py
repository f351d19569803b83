"""Retries, token clock, sleep, durations."""

import pytest

from hbgui.core.api import schedule
from hbgui.core.api.schedule import TokenHealth, parse_duration, retry_delay_s


@pytest.mark.parametrize(
    ("failures", "delay"), [(1, 15), (2, 30), (3, 60), (4, 120), (5, 120), (1000, 120)]
)
def test_retry_delays(failures: int, delay: float) -> None:
    assert retry_delay_s(failures, 600, 0) == delay
    assert retry_delay_s(failures, 600, 1) == pytest.approx(delay * 1.1)
    assert retry_delay_s(failures, 600, -1) == pytest.approx(delay * 0.9)


@pytest.mark.parametrize("jitter", [-1, 0, 1])
def test_never_slower_than_the_interval(jitter: float) -> None:
    assert retry_delay_s(4, 60, jitter) == 60
    assert retry_delay_s(1, 0.5, jitter) == 0.5


@pytest.mark.parametrize(
    ("left", "health"),
    [
        (None, TokenHealth.UNKNOWN),
        (1800, TokenHealth.GOOD),
        (600, TokenHealth.GOOD),
        (599.9, TokenHealth.AMBER),
        (180, TokenHealth.AMBER),
        (179.9, TokenHealth.RED),
        (0, TokenHealth.EXPIRED),
    ],
)
def test_token_health(left: float | None, health: TokenHealth) -> None:
    assert schedule.token_health(left) is health


def test_token_lives_half_an_hour() -> None:
    assert schedule.token_left_s(0) == 1800
    assert schedule.token_left_s(1799) == 1
    assert schedule.token_left_s(99999) == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("10m", 600), ("1h", 3600), ("0.5s", 0.5), ("45", 45), (" 200ms ", 0.2)],
)
def test_duration(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "-5s", "0", "0s", "1e3", "5 s", "ten", "10d", "9" * 400])
def test_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)
