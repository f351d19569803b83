"""Access to a PBX: login, logout, the token's owner, the certificate."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Slot

from hbgui.core import events
from hbgui.core.api.errors import Cancelled, SecretError, TransportError
from hbgui.core.api.heartbeat import TOTAL_TIMEOUT_S
from hbgui.core.api.outcome import INTERNAL_FAULT, AddressStatus, Attempt, Outcome, OutcomeKind
from hbgui.core.pbx.address import AddressError, host_of, parse_pbx, pbx_or_none, storable
from hbgui.core.pbx.connection import Certificate, Pin, TlsMode
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.validation import check
from hbgui.core.ports import Cancel
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Secret
from hbgui.runtime.context import Context
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.supervisor import Supervisor

_log = logging.getLogger(__name__)


class Accounts(QObject):
    """The commands of the window for access to a PBX. GUI thread; no method blocks."""

    def __init__(self, context: Context, jobs: Jobs, supervisor: Supervisor) -> None:
        super().__init__()
        self._adapters = context.adapters
        self._hub = context.hub
        self._clock = context.clock
        self._vault = context.vault
        self._jobs = jobs
        self._supervisor = supervisor
        self._requests: dict[str, _LoginRequest] = {}
        self._hub.happened.connect(self._happened)

    def log_in(
        self,
        pbx_id: str,
        user: str,
        password: Secret | None,
        *,
        keep: bool,
        renew: bool,
        moves_to: ReportTarget | None = None,
    ) -> None:
        """Get a token for `user` and `password`; None: the password in the keyring.

        `keep` stores the password in the keyring, else it is deleted there; `renew` lets hbgui log
        in by itself when the token is lost. A heartbeat follows, which may move reports to
        `moves_to` without asking. Nothing happens while a login is running.
        """
        profile = self._profile(pbx_id)
        if profile is None or self._hub.state.pbxs[pbx_id].logging_in:
            return
        self._hub.apply(events.LoginStarted(pbx_id))
        request = self._requests[pbx_id] = _LoginRequest(user, password, keep, renew, moves_to)
        pbx = self._hub.state.pbxs[pbx_id]
        link = pbx.trusting(profile)
        started = self._jobs.submit(
            ("login", pbx_id), lambda cancel: self._log_in(link, request, pbx, cancel)
        )
        if not started:
            # The login at an earlier address still runs: it hangs in the system.
            self._hub.apply(events.LoginCancelled(pbx_id))

    def _log_in(
        self,
        profile: Profile,
        request: _LoginRequest,
        before: PbxState,
        cancel: Cancel,
    ) -> None:
        """In a worker. `before` is what is known of the PBX until now."""
        pbx_id = profile.id
        try:
            if request.password is None and profile.token_is_foreign:
                # The stored password was given for another host.
                raise SecretError("password_not_stored")
            secret = request.password or self._vault.password(pbx_id)
            logged_in = self._adapters.client.log_in(
                check(profile, None),
                request.user,
                secret,
                cancel,
                address_status=before.address_status,
            )
        except Cancelled:
            self._hub.post(events.LoginCancelled(pbx_id))
            return
        except Exception as error:  # noqa: BLE001 - the PBX must not stay "logging in" for ever
            attempt = self._failed(profile, error)
            now = self._clock.now()
            self._hub.post(events.LoginFinished(pbx_id, attempt, before.logins, "", now))
            return
        self._hub.post(
            events.LoginFinished(
                pbx_id,
                logged_in.attempt,
                logged_in.count,
                logged_in.transport,
                self._clock.now(),
                logged_in.token,
                request.user,
                request.keep and request.renew,
            )
        )

    def cancel_login(self, pbx_id: str) -> None:
        """Cancel a running login. The PBX may have issued a token nevertheless."""
        self._jobs.cancel(("login", pbx_id))

    def set_renewal(self, pbx_id: str, on: bool) -> None:
        """Let hbgui log in by itself, or no longer."""
        profile = self._profile(pbx_id)
        if profile is not None:
            self._supervisor.save_profile(replace(profile, renew=on))

    def forget_password(self, pbx_id: str) -> None:
        """Delete the API password from the keyring; renewal ends with it."""
        self.set_renewal(pbx_id, False)
        self._jobs.forget_password(pbx_id)

    def look_up_account(self, pbx_id: str) -> None:
        """Look up whether a password is stored, and how many logins have failed."""
        profile = self._profile(pbx_id)
        if profile is None:
            return
        self._jobs.find_password(pbx_id)

        def count(_cancel: Cancel) -> None:
            login_count = self._adapters.client.login_count(profile.authority)
            self._hub.post(events.LoginCounted(pbx_id, login_count))

        self._jobs.submit(("count", pbx_id), count)

    def log_out(self, pbx_id: str) -> None:
        """End the token on the PBX, then forget it."""
        profile = self._profile(pbx_id)
        if profile is None:
            return
        self._supervisor.cancel(pbx_id)
        pbx = self._hub.state.pbxs[pbx_id]
        link, address_status = pbx.trusting(profile), pbx.address_status
        self._jobs.submit(
            ("logout", pbx_id), lambda cancel: self._log_out(link, address_status, cancel)
        )

    def _log_out(self, profile: Profile, address_status: AddressStatus, cancel: Cancel) -> None:
        """In a worker."""
        try:
            token = self._vault.token_for(profile)
            checked = check(profile, None)
            attempt = self._adapters.client.log_out(
                checked, token, cancel, address_status=address_status
            )
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 - somebody waits for an answer
            attempt = self._failed(profile, error)
        self._hub.post(events.LoggedOut(profile.id, attempt))

    def _failed(self, profile: Profile, error: Exception) -> Attempt:
        """The attempt to show for an `error` that the work has raised."""
        match error:
            case SecretError() | TransportError():
                outcome = error.outcome
            case AddressError(code=code, values=values):
                character = values.get("character", "")
                outcome = Outcome(OutcomeKind.INVALID, code, detail=character)
            case _:
                _log.error("account work failed", exc_info=error)
                outcome = INTERNAL_FAULT
        address = pbx_or_none(profile.pbx)
        return Attempt(
            self._clock.now(), outcome, address.url if address else storable(profile.pbx)
        )

    def claim_token(self, pbx_id: str) -> None:
        """Use the token at the PBX's new address, too: a person says that it belongs there."""
        profile = self._profile(pbx_id)
        if profile is not None:
            self._supervisor.save_profile(replace(profile, token_host=host_of(profile.pbx)))

    def disown_token(self, pbx_id: str) -> None:
        """Forget token and password: a person says that they belong to the old address."""
        profile = self._profile(pbx_id)
        if profile is not None and profile.token_is_foreign:
            # The stored password is for the old address, too.
            self._jobs.forget_password(pbx_id)
        self._hub.apply(events.TokenChanged(pbx_id, self._clock.now()))
        self._forget_token(pbx_id)

    def _forget_token(self, pbx_id: str) -> None:
        self._jobs.forget_token(pbx_id)
        number = self._vault.number(pbx_id)
        self._hub.apply(events.SecretPlaced(pbx_id, events.SecretPlace.NOWHERE, number=number))

    def fetch_certificate(self, pbx_id: str) -> None:
        """Fetch the certificate, without sending a secret; `CertificateSeen` follows."""
        profile = self._profile(pbx_id)
        if profile is not None:
            self._jobs.submit(
                ("look", pbx_id), lambda cancel: self._fetch_certificate(profile, cancel)
            )

    def _fetch_certificate(self, profile: Profile, cancel: Cancel) -> None:
        """In a worker."""
        certificate: Certificate | None = None
        attempt = None
        try:
            address = parse_pbx(profile.pbx)
            if address.scheme != "https":
                raise AddressError("address_without_tls")
            certificate = self._adapters.client.transport.certificate(
                address, link=profile.link, timeout_s=TOTAL_TIMEOUT_S, cancel=cancel
            )
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 - a dialog waits for it
            attempt = self._failed(profile, error)
        self._hub.post(events.CertificateSeen(profile.id, certificate, attempt))

    def trust_certificate(self, pbx_id: str, sha256: str, *, lasting: bool) -> None:
        """Trust this certificate at the PBX's present address, until the program ends unless it is
        `lasting`."""
        profile = self._profile(pbx_id)
        if profile is None:
            return
        today = self._clock.now().utc.date().isoformat()
        pin = Pin(sha256, profile.authority, today)
        if lasting:
            self._supervisor.save_profile(replace(profile, tls=TlsMode.PINNED, pin=pin))
        else:
            self._hub.apply(events.CertificateTrusted(pbx_id, pin))

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.TokenRenewed(pbx_id, token=token):
                self._use(pbx_id, token)
            case events.LoginFinished():
                self._logged_in(event)
            case events.LoginCancelled(pbx_id):
                self._requests.pop(pbx_id, None)
            case events.LoggedOut(pbx_id, attempt):
                if attempt.outcome.accepted or attempt.outcome.token_lost:
                    self._forget_token(pbx_id)

    def _use(self, pbx_id: str, token: Secret) -> None:
        """Use a new token, and store it. Only once the state has accepted the event: a token for
        an address that was edited meanwhile must not be sent to the new one."""
        self._vault.renew(pbx_id, token)
        number = self._vault.number(pbx_id)
        self._hub.apply(events.SecretPlaced(pbx_id, events.SecretPlace.SESSION, number=number))
        self._jobs.store_token(pbx_id)

    def _logged_in(self, event: events.LoginFinished) -> None:
        pbx_id = event.pbx_id
        request = self._requests.pop(pbx_id, None)
        if request is None or event.token is None:
            return
        self._use(pbx_id, event.token)
        if not request.keep:
            self._jobs.forget_password(pbx_id)
        elif request.password is not None:
            self._jobs.keep_password(pbx_id, request.password)
        # The PBX now sends reports to the address that logged in: announce the right target again.
        self._supervisor.send_now(pbx_id, request.moves_to)

    def _profile(self, pbx_id: str) -> Profile | None:
        return self._hub.state.profile(pbx_id)


@dataclass(frozen=True, slots=True)
class _LoginRequest:
    """The options of a running login."""

    user: str
    password: Secret | None
    keep: bool
    renew: bool
    moves_to: ReportTarget | None
