"""What keyboards, web pages and messengers put into a text."""

import pytest

from hbgui.core.api.schedule import parse_duration
from hbgui.core.pbx.connection import parse_fingerprint
from hbgui.core.pbx.typed import name_key, trimmed

SHA256 = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "mark", list("\ufeff\u200b\u200d\u200e\u202b\u2069\u00ad\u2060\ufe0f\u3164")
)
def test_a_mark_around_is_taken_off(mark: str) -> None:
    assert trimmed(f"{mark} \u00a0a{mark}b\u3000{mark}\n") == f"a{mark}b"
    assert trimmed(mark) == ""


@pytest.mark.parametrize(
    "typed",
    [
        SHA256.upper(),
        f"\u200e{SHA256}\u200f",
        f"\ufeff{':'.join(SHA256[i : i + 2] for i in range(0, 64, 2))}\u00a0",
        SHA256[:32] + "\u200b" + SHA256[32:],
        SHA256[:32] + "\u00ad\u00a0" + SHA256[32:],
    ],
)
def test_a_fingerprint_is_read_without_the_marks(typed: str) -> None:
    assert parse_fingerprint(typed) == SHA256


@pytest.mark.parametrize("typed", ["０" + SHA256[1:], "٠" + SHA256[1:], SHA256[1:], "\u200b" * 64])
def test_what_is_no_fingerprint_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        parse_fingerprint(typed)


@pytest.mark.parametrize("typed", ["１０m", "١٠m", "10\u200bm", "10\u00a0m", "1_0m"])
def test_what_is_no_duration_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(typed)


def test_marks_around_a_duration_do_not_matter() -> None:
    assert parse_duration("\u200e10m\u200f") == 600


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Müller", "Mu\u0308ller", True),
        ("MÜLLER", "mu\u0308ller", True),
        ("Hotel\u00a0Post", "Hotel Post", True),
        ("Hotel\u202f Post ", "Hotel\u3000Post", True),
        ("\ufeffHotel Post\u200b", "Hotel Post", True),
        ("Ho\u00adtel Post", "Hotel Post", True),
        ("Straße", "STRASSE", True),
        ("Ὦ", "\u1f66\u0345", False),
        ("Hotel Post", "HotelPost", False),
        ("Post 1", "Post ¹", False),
    ],
)
def test_a_name_is_the_same_however_it_was_written(one: str, other: str, same: bool) -> None:
    assert (name_key(one) == name_key(other)) is same
