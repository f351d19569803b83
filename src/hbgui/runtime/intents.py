"""What a person can ask for. The window calls these and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.settings import Preview
from hbgui.core.values import Moment, Secret


class Intents(Protocol):
    """All in the GUI thread; none blocks. What comes of them arrives through the hub."""

    def now(self) -> Moment:
        """The time, for countdowns."""

    def add_pbx(self, profile: Profile | None = None) -> str:
        """Add a PBX at the end, an empty one by default; its id."""

    def duplicate_pbx(self, pbx_id: str) -> str:
        """Add a copy below, without the token; its id."""

    def save_profile(self, profile: Profile) -> None:
        """Take an edited profile; it is on disk soon after."""

    def select_pbx(self, pbx_id: str) -> None:
        """Remember which PBX is shown."""

    def remove_pbx(self, pbx_id: str) -> None:
        """Stop and remove a PBX; `undo_remove` brings it back for a while."""

    def undo_remove(self) -> str:
        """Bring back the PBX that was removed last; its id, empty when it is too late."""

    def finish_remove(self) -> None:
        """The undo has run out: delete the secret of what was removed."""

    def export_profiles(self, path: Path) -> None:
        """Write all PBXs, without secrets, into a file; a note says how it went."""

    def read_import(self, path: Path) -> None:
        """Read such a file: ImportRead says what it would change, a note why it cannot be read."""

    def import_profiles(self, preview: Preview) -> None:
        """Do what the preview says, as if it were typed; a note says what was done."""

    def send_now(self, pbx_id: str, allowed: ReportTarget | None = None) -> None:
        """Send one heartbeat. Nothing happens while one is on its way.

        When it would move the PBX's reports, nothing is sent and MoveHeld follows, unless they go
        to what is `allowed`.
        """

    def restore_target(self, pbx_id: str) -> bool:
        """Send one heartbeat that announces the earlier target; False without one, and while
        another heartbeat is on its way."""

    def cancel(self, pbx_id: str) -> None:
        """Stop the heartbeat on its way; the schedule goes on."""

    def keep_alive(self, pbx_id: str, on: bool) -> None:
        """Start the schedule with a heartbeat at once, or stop it."""

    def set_token(self, pbx_id: str, token: Secret, *, session_only: bool = False) -> None:
        """Use this token from now on; stored in the keyring unless only for the session."""

    def look_up_token(self, pbx_id: str) -> None:
        """Find out whether the keyring holds a token for this PBX."""

    def look_up_route(self, pbx_id: str) -> None:
        """Find out from which address this computer reaches the PBX, and list all addresses."""


class AccountIntents(Protocol):
    """What a person can ask for about access to a PBX. GUI thread; none blocks."""

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
        """Get a token with these; without a password with the one in the keyring.

        `keep` puts the password into the keyring, or takes it out; `renew` lets hbgui log in by
        itself when the token is lost. A heartbeat follows, which may move reports to `moves_to`
        without a question. Nothing happens while a login is on its way.
        """

    def cancel_login(self, pbx_id: str) -> None:
        """End a login that is on its way. The PBX may have made a token all the same."""

    def set_renewal(self, pbx_id: str, on: bool) -> None:
        """Let hbgui log in by itself, or no longer."""

    def forget_password(self, pbx_id: str) -> None:
        """Delete the API password from the keyring; renewal ends with it."""

    def look_up_account(self, pbx_id: str) -> None:
        """Find out whether a password is kept, and how many logins were wrong."""

    def log_out(self, pbx_id: str) -> None:
        """End the token on the PBX, then forget it."""

    def claim_token(self, pbx_id: str) -> None:
        """The token does belong to the PBX's new address."""

    def disown_token(self, pbx_id: str) -> None:
        """It does not: forget it."""

    def look_at_certificate(self, pbx_id: str) -> None:
        """Fetch the certificate, with nothing secret; `CertificateSeen` follows."""

    def trust_certificate(self, pbx_id: str, sha256: str, *, lasting: bool) -> None:
        """Believe this certificate for the PBX's present address, for good or for this run."""


class ReportIntents(Protocol):
    """What a person can ask for about event reports. GUI thread; none blocks."""

    def receive(self, pbx_id: str, on: bool) -> None:
        """Listen where the form says that this PBX's reports go, or no longer."""

    def allow_sender(self, pbx_id: str, ip: str) -> None:
        """Take this PBX's reports from that address, too, until the program ends."""


class DiagnosisIntents(Protocol):
    """What a person can ask for when something does not work. GUI thread; none blocks."""

    def diagnose(self, pbx_id: str) -> None:
        """Look at every link from here to reports that arrive. Nobody's reports are moved.

        Nothing happens while a diagnosis or a check of that PBX runs.
        """

    def check(self, pbx_id: str) -> None:
        """Ask the PBX whether it takes the token, and what it is. It moves nothing."""

    def cancel(self, pbx_id: str) -> None:
        """End either, at once; nothing happens when there is none."""
