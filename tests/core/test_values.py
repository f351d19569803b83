"""A secret does not print itself."""

import pickle

import pytest

from hbgui.core.values import Secret


def test_it_never_shows() -> None:
    secret = Secret("a+b/c=d")
    assert repr(secret) == str(secret) == f"{secret}" == "***"
    assert "a+b" not in repr([secret, {"token": secret}])


def test_it_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("x"))


def test_equality_and_truth() -> None:
    assert Secret("x") == Secret("x")
    assert Secret("x") != Secret("y")
    assert Secret("x") != "x"
    assert len({Secret("x"), Secret("x")}) == 1
    assert not Secret("")
    assert Secret("\udc80") == Secret("\udc80")
