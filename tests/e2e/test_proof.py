"""Heartbeat, report, green lamp: the real window on a simulated PBX that really sends."""

from __future__ import annotations

import socket

from e2e.desktop import Desktop, Hbgui, no_secret_anywhere, wait_for
from e2e.simulated import Simulated, enter, simulated
from runtime.reporting import free_port


def announce(window: Hbgui, pbx: Simulated, port: str) -> None:
    enter(window, pbx)
    window.type("serverPort", port)
    window.press("sendButton")
    window.sees("stateLabel", "accepts")


def reports(window: Hbgui) -> list[list[str]]:
    return window.ask("rows", "reportsTable")


def test_reports_arrive_and_the_lamp_turns_green(screen: Desktop) -> None:
    port = str(free_port())
    with simulated("--events", "list", "--events-every", "0.2") as pbx, Hbgui(screen) as window:
        announce(window, pbx, port)
        assert window.text("reportsLamp") == "Reports arrive: not checked here"
        window.press("receiveButton")
        window.sees("reportsLamp", "Reports arrive: yes")
        window.sees("receiverState", f"Listening on http://127.0.0.1:{port}/")
        wait_for(lambda: any("Call record" in row[1] for row in reports(window)))
        assert window.quit() == 0
        assert window.printed() == ""
    no_secret_anywhere(screen, pbx.token)


def test_a_silent_pbx_stays_unproven(screen: Desktop) -> None:
    port = str(free_port())
    with simulated() as pbx, Hbgui(screen) as window:
        announce(window, pbx, port)
        window.press("receiveButton")
        window.sees("reportsLamp", "unproven, none came yet")
        # Somebody else's report turns nothing green.
        with socket.create_connection(("127.0.0.1", int(port)), 5, ("127.0.0.9", 0)) as sock:
            sock.sendall(b'POST / HTTP/1.1\r\nHost: x\r\n\r\n{"event":"BootUp"}')
            assert sock.recv(100).startswith(b"HTTP/1.1 403")
        window.sees("reportsLamp", "another address: 127.0.0.9")
        assert window.quit() == 0


def test_a_port_that_another_program_has(screen: Desktop, simulator: Simulated) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, Hbgui(screen) as window:
        port = str(taken.getsockname()[1])
        announce(window, simulator, port)
        window.press("receiveButton")
        window.sees("reportsLamp", "cannot be received here")
        window.sees("receiverState", f"Port {port} is in use by")
        assert window.quit() == 0
