"""One way to post, and an issuer that this computer trusts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import trustme

from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.net.pbx_http import PbxHttp
from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.api.errors import TransportError
from hbgui.core.api.heartbeat import HttpAnswer, WireRequest
from hbgui.core.pbx.address import PbxAddress
from hbgui.core.pbx.connection import ConnectionSettings, TlsLevel, TlsMode
from hbgui.core.ports import Cancel
from hbgui.core.values import Secret
from simulated import simulator  # noqa: F401 - a fixture

CANARY = 'a+b/c=d&e%f"ü'
"""A token that is spelled differently in URLs, JSON and HTML."""

REQUEST = WireRequest("/api/v1.1.0/heartbeat", b'{"ipaddr":"10.0.0.5","port":"8260"}')


class Poster:
    """Posts the heartbeat as the program does."""

    def __init__(self) -> None:
        self.transport = PbxHttp(Redactor())

    def __call__(
        self,
        port: int,
        *,
        scheme: str = "http",
        host: str = "127.0.0.1",
        tls: TlsMode = TlsMode.SYSTEM,
        level: TlsLevel = TlsLevel.COMPATIBLE,
        pin: str = "",
        proxy: str = "",
        timeout_s: float = 5.0,
        cancel: Cancel | None = None,
        token: str | None = CANARY,
        request: WireRequest = REQUEST,
    ) -> HttpAnswer:
        return self.transport.post(
            PbxAddress(scheme, host, port),
            request,
            None if token is None else Secret(token),
            link=ConnectionSettings(tls, level, pin, proxy),
            timeout_s=timeout_s,
            cancel=cancel or WireCancel(),
        )

    def with_resolver(self, resolve: Callable[..., object]) -> Poster:
        self.transport = PbxHttp(Redactor(), Lookups(resolve))
        return self

    def failure(self, *args: object, **options: object) -> TransportError:
        with pytest.raises(TransportError) as caught:
            self(*args, **options)
        return caught.value


@pytest.fixture
def post() -> Poster:
    return Poster()


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(ca, tmp_path, monkeypatch) -> trustme.CA:
    """An issuer that the system trusts, and no other."""
    ca.cert_pem.write_to_path(str(tmp_path / "system.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    (tmp_path / "none").mkdir()
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    return ca
