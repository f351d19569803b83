"""A secret that does not print itself."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A token or password in memory.

    Its `repr` and `str` are `***`, it cannot be pickled, and only `reveal()` gives the text.
    Call that as late as possible and never keep the result.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself, for the wire or the keyring."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
