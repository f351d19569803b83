"""A session with a keyring, for a module of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keyring_session import KeyringSession, keyring_session


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyringSession]:
    with keyring_session(tmp_path_factory.mktemp("session")) as running:
        yield running
