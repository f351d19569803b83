"""The parser. No value that was typed is ever echoed: it might be the token."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from hbgui import __version__
from hbgui.cli.streams import UsageError, say

if TYPE_CHECKING:
    from hbgui.cli.options import Command

COMMANDS = {
    "send": ("once", "send one heartbeat"),
    "keep": ("keep", "send heartbeats until Ctrl-C"),
    "login": ("login", "get a token with the API's user name and password"),
    "logout": ("once", "end a token on the PBX, and with it its reports"),
    "check": ("once", "ask whether a token is alive, without moving anybody's reports"),
    "diagnose": ("diagnose", "look at every link between this computer and reports that arrive"),
    "report": ("signoff", "write a sign-off report for the customer, as one HTML file"),
    "trust": ("trust", "show a PBX's certificate, and trust it"),
    "receive": ("receive", "show the reports that a PBX sends, until Ctrl-C"),
    "selftest": ("selftest", "say what this computer gives hbgui to work with, without secrets"),
    "simulate": ("simulate", "be a PBX to rehearse with"),
}
"""By name: the module of this package that has the `Command`, under its name in capital letters,
and the line of the list of commands."""

_EPILOG = """\
  hbgui          opens the window
  hbgui --demo   opens it on a simulated PBX, in folders of its own

examples:
  hbgui send --pbx 192.168.5.150 --ip auto --token-stdin < token.txt
  hbgui keep --profile "Hotel Post" --every 10m
  hbgui login --pbx 192.168.5.150 --user api --password-stdin --profile "Hotel Post"
  hbgui trust --pbx 192.168.5.150
  hbgui receive --bind 192.168.5.20 --port 8260 --from 192.168.5.150
  hbgui diagnose --profile "Hotel Post"
  hbgui report --profile "Hotel Post" --out report.html
  hbgui simulate
"""

_OPTION = re.compile(r"--?[a-z][a-z-]{0,20}\Z")


def command_named(name: str) -> Command:
    """One of the COMMANDS. Loads its module."""
    command: Command = getattr(import_module(f"hbgui.cli.{COMMANDS[name][0]}"), name.upper())
    return command


def build_parser() -> argparse.ArgumentParser:
    """The parser of `hbgui` and its commands. It loads the module of the command that it finds."""
    top = _Parser(
        prog="hbgui",
        description="Heartbeats for Yeastar S-Series PBXs: they keep an API token alive and tell "
        "the PBX where to send its event reports.",
        epilog=_EPILOG,
    )
    top.add_argument("--version", action="version", version=f"hbgui {__version__}")
    top.add_argument("--demo", action="store_true", help="only without a command: see below")
    top.add_argument(
        "--minimized", action="store_true", help="only without a command: start without the window"
    )
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_CommandParser
    )
    for name, (_module, line) in COMMANDS.items():
        commands.add_parser(name, help=line, command=name)
    return top


class _Parser(argparse.ArgumentParser):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **kwargs)

    def _print_message(self, message: str, _file: object = None) -> None:
        """Print help or version. argparse's own way hides that it could not be written."""
        say(message.removesuffix("\n"))

    def error(self, message: str) -> NoReturn:
        # argparse quotes the typed value, which must not be shown.
        if message.startswith("argument COMMAND"):
            message = "there is no such command; allowed: " + ", ".join(COMMANDS)
        hidden = re.sub(r"(['\"]).*\1", "(not shown)", message, flags=re.DOTALL)
        raise UsageError(hidden, self.prog)

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: None = None
    ) -> argparse.Namespace:
        parsed, unknown = self.parse_known_args(args, namespace)
        if unknown:
            name = unknown[0].partition("=")[0]
            shown = f" {name}" if _OPTION.match(name) else ""
            command = getattr(parsed, "command", None)
            raise UsageError(
                f"there is no option{shown}, or it takes no value",
                f"{self.prog} {command}" if command else self.prog,
            )
        return parsed


class _CommandParser(_Parser):
    """The parser of one command. It adds the options when that command is parsed."""

    def __init__(self, *, command: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._command = command

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self.epilog is None:
            command = command_named(self._command)
            self.epilog = command.epilog
            command.add_options(self)
        return super().parse_known_args(args, namespace)
