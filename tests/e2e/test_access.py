"""Tokens and certificates in the real window, with the real keyring and TLS on the wire."""

from __future__ import annotations

import json
import sys

from e2e.desktop import Desktop, Hbgui, in_keyring, no_secret_anywhere, saved, wait_for
from e2e.simulated import simulated


def test_from_user_name_and_password_to_a_living_token_over_a_pinned_certificate(
    screen: Desktop,
) -> None:
    with simulated("--tls") as pbx, Hbgui(screen) as window:
        window.type("profileName", "Hotel Post")
        window.type("pbxHost", pbx.url)
        window.type("serverIp", "127.0.0.1")
        wait_for(lambda: saved(screen, name="Hotel Post", pbx=pbx.url))
        window.press("getTokenButton")
        window.type("apiUser", pbx.user)
        window.type("apiPassword", pbx.password)
        window.press("keepPassword")
        wait_for(lambda: window.ask("checked", "keepPassword"))
        window.press("renewByItself")
        window.press("logInButton")
        # The certificate is the PBX's own: it is asked for, and the password has not been sent.
        window.sees("trustTitle", "First contact")
        assert len(window.text("trustFingerprint")) == 96
        window.press("trustButton")
        wait_for(lambda: saved(screen, tls="pinned"))
        window.sees("stateLabel", "accepts")
        profile = wait_for(lambda: saved(screen, user=pbx.user))
        assert profile["renew"]
        wait_for(lambda: in_keyring(screen, f"{profile['id']}:password") == pbx.password)
        token = in_keyring(screen, profile["id"])
        assert len(token) == 32
        window.press("logOutButton")
        window.press("confirmLogOutButton")
        window.sees("messageBar", "Logged out")
        wait_for(lambda: in_keyring(screen, profile["id"]) == "")
        assert window.quit() == 0
        assert window.printed() == ""
        for secret in (token, pbx.password):
            no_secret_anywhere(screen, secret)


def test_the_command_line_makes_what_the_window_shows(screen: Desktop) -> None:
    with simulated() as pbx:
        done = screen.run(
            *(
                sys.executable,
                "-m",
                "hbgui",
                "login",
                "--pbx",
                pbx.url,
                "--user",
                pbx.user,
                "--password-stdin",
            ),
            *("--profile", "Clinic", "--json"),
            input=pbx.password,
        )
        assert json.loads(done.stdout)["outcome"] == "accepted", done.stdout + done.stderr
        with Hbgui(screen) as window:
            assert window.text("profileName") == "Clinic"
            window.type("serverIp", "127.0.0.1")
            window.press("sendButton")
            window.sees("stateLabel", "accepts")
            refused = screen.run(
                *(
                    sys.executable,
                    "-m",
                    "hbgui",
                    "login",
                    "--pbx",
                    pbx.url,
                    "--user",
                    pbx.user,
                    "--password-stdin",
                ),
                *("--profile", "Clinic", "--json"),
                input=pbx.password,
            )
            assert json.loads(refused.stdout)["outcome"] == "invalid"
            assert window.quit() == 0
