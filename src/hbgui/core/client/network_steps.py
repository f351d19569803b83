"""The network steps of a diagnosis: name, route, TCP, TLS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hbgui.core.api.errors import TransportError, on_the_way_to
from hbgui.core.api.heartbeat import CONNECT_TIMEOUT_S
from hbgui.core.api.outcome import invalid
from hbgui.core.client import findings
from hbgui.core.client.pbx_client import PbxClient, ip_of_adapter
from hbgui.core.diagnosis import DiagnosisStep, StepId, StepVerdict, broken
from hbgui.core.pbx.address import PbxAddress, literal_or_none
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import AddressKind
from hbgui.core.pbx.validation import Field, Severity, ValidatedProfile
from hbgui.core.ports import BackgroundCalls, Cancel, Clock, Future, Probes
from hbgui.core.values import Moment

NAME_TIMEOUT_S = 5.0

Look = Callable[[], DiagnosisStep]
"""Does one step. Raises TransportError if the step fails."""


@dataclass(frozen=True)
class Task:
    """What to diagnose, and the deadline for all steps together."""

    checked: ValidatedProfile
    cancel: Cancel
    clock: Clock
    began: Moment
    timeout_s: float

    def left_s(self) -> float:
        """Seconds to the deadline."""
        return max(0.0, self.timeout_s - self.clock.now().since(self.began))


class NetworkSteps:
    """The network steps for one PBX. Call each step once, in order, in one thread.

    After `route`, `checked` contains the report target and `local` this computer's addresses.
    """

    def __init__(
        self, task: Task, client: PbxClient, probes: Probes, background: BackgroundCalls
    ) -> None:
        self._task = task
        self._probes = probes
        self._client = client
        self._background = background
        self._proxy: PbxAddress | None = None
        self._ips: tuple[str, ...] = ()
        self._connecting: Future[tuple[str, float]] | None = None
        self.checked = task.checked
        self.local: tuple[LocalAddress, ...] = ()

    def steps(self) -> Mapping[StepId, Look]:
        """The function for each step, in order."""
        return {
            StepId.NAME: self.name,
            StepId.ROUTE: self.route,
            StepId.TCP: self.tcp,
            StepId.TLS: self.tls,
        }

    @property
    def url(self) -> str:
        """The PBX's URL, empty while the typed address is invalid."""
        return self.checked.pbx_url

    @property
    def _address(self) -> PbxAddress:
        assert self.checked.address is not None, "the first step was done"
        return self.checked.address

    @property
    def target(self) -> ReportTarget | None:
        """The target that a heartbeat would announce, None while it is unknown."""
        return self.checked.target

    def name(self) -> DiagnosisStep:
        """Look up the IP addresses and begin to connect in the background."""
        wrong = [p for p in self.checked.errors if p.field in (Field.PBX, Field.PROXY)]
        if wrong:
            return broken(StepId.NAME, invalid(wrong[0]))
        task = self._task
        self._proxy = self._probes.proxy(self._address, self.checked.profile.link)
        hop, timeout_s = self._hop, min(NAME_TIMEOUT_S, task.left_s())
        try:
            self._ips = self._probes.resolve(
                hop.host, hop.port, timeout_s=timeout_s, cancel=task.cancel
            )
        except TransportError as error:
            raise self._of_proxy(error) from error
        self._connecting = self._background.start(self._connect)
        values = {"host": hop.host, "addresses": ", ".join(self._ips)}
        literal = literal_or_none(hop.host) is not None
        code = "name_of_proxy" if self._proxy else "name_literal" if literal else "name_found"
        return DiagnosisStep(StepId.NAME, StepVerdict.OK, code, values)

    @property
    def _hop(self) -> PbxAddress:
        """The proxy, or the PBX without one: where connections are opened to."""
        return self._proxy or self._address

    def _of_proxy(self, error: TransportError) -> TransportError:
        """With a proxy, a failure to connect is reported as the proxy's."""
        return on_the_way_to(self._proxy.url, error) if self._proxy else error

    def _connect(self) -> tuple[str, float]:
        task = self._task
        began = task.clock.now()
        timeout_s = min(CONNECT_TIMEOUT_S, task.left_s())
        port = self._hop.port
        ip = self._probes.connect(self._ips, port, timeout_s=timeout_s, cancel=task.cancel)
        return ip, task.clock.now().since(began) * 1000

    def route(self) -> DiagnosisStep:
        """This computer's address on the route, and warnings about the announced address."""
        task, network = self._task, self._client.network
        route = network.route_to(
            self._ips[0], self._hop.port, timeout_s=task.left_s(), cancel=task.cancel
        )
        self.local = network.local_addresses()
        self.checked = task.checked.with_ip(self._announced_ip(route), self.local)
        values = {"ip": route.ip, "adapter": route.adapter, "address": self.url}
        doubts = [p for p in self.checked.problems if p.field is Field.IP]
        if doubts and self.target and doubts[0].severity is Severity.WARNING:
            values |= {"announced": self.target.ip, "problem": doubts[0].code}
            return DiagnosisStep(StepId.ROUTE, StepVerdict.WARNING, "announced_doubtful", values)
        code = "route_found" if route.adapter else "route_found_nameless"
        return DiagnosisStep(StepId.ROUTE, StepVerdict.OK, code, values)

    def _announced_ip(self, route: LocalAddress) -> str:
        server, task = self.checked.profile.server, self._task
        if server.kind is AddressKind.FIXED:
            return server.value
        if server.kind is AddressKind.ADAPTER:
            return ip_of_adapter(self.checked, self.local)
        if self._proxy is None:
            return route.ip
        # The PBX then sees the proxy's address; a heartbeat still announces this computer's.
        return self._client.network.route_to(
            self._address.host, self._address.port, timeout_s=task.left_s(), cancel=task.cancel
        ).ip

    def tcp(self) -> DiagnosisStep:
        """Whether the port accepts connections."""
        assert self._connecting is not None, "the name was found"
        try:
            ip, ms = self._connecting.result(self._task.left_s(), self._task.cancel)
        except TransportError as error:
            raise self._of_proxy(error) from error
        except TimeoutError:
            raise TransportError("connect_timed_out") from None
        values = {"ip": ip, "port": str(self._hop.port)}
        return DiagnosisStep(StepId.TCP, StepVerdict.OK, "tcp_open", values, ms)

    def tls(self) -> DiagnosisStep:
        """Do a TLS handshake without sending a secret."""
        task, link = self._task, self.checked.profile.link
        if self._address.scheme != "https":
            return DiagnosisStep(StepId.TLS, StepVerdict.WARNING, "tls_none")
        seen = self._client.transport.certificate(
            self._address, link=link, timeout_s=task.left_s(), cancel=task.cancel
        )
        return findings.tls(seen, link, task.clock.now().utc, self.url)
