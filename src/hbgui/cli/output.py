"""The results of commands, as JSON objects or as lines of text."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING

from hbgui.cli.memory import CLOSE_S
from hbgui.cli.streams import NotWrittenError, UsageError, say, say_to_stderr
from hbgui.core.api.heartbeat import TOKEN_LIFE_S
from hbgui.core.api.outcome import Attempt, Outcome, OutcomeKind
from hbgui.core.pbx.typed import printable
from hbgui.core.pbx.validation import Problem, Severity
from hbgui.core.values import Secret, iso
from hbgui.texts.notes import note_message
from hbgui.texts.outcomes import Message, attempt_message, result_word
from hbgui.texts.problems import problem_sentence

if TYPE_CHECKING:
    from hbgui.core.api.device import DeviceInfo


def device_members(device: DeviceInfo) -> dict[str, object]:
    """The members of the JSON object `device`; null where the PBX did not send a fact."""
    return {
        "name": device.name or None,
        "serial": device.serial or None,
        "hardware": device.hardware or None,
        "firmware": device.firmware or None,
        "system_time": iso(device.system_time) if device.system_time else None,
        "uptime": device.uptime or None,
        "extensions_in_use": device.in_use,
        "extensions_capacity": device.capacity,
    }


def device_lines(device: DeviceInfo) -> list[str]:
    """A line of text for each fact that the PBX sent."""
    from hbgui.texts.access import device_facts  # one command of many needs it

    return [f"{label:<15}{value}" for label, value in device_facts(device)]


EXIT_CODES = {
    OutcomeKind.ACCEPTED: 0,
    OutcomeKind.REFUSED: 1,
    OutcomeKind.INVALID: 2,
    OutcomeKind.UNREACHABLE: 3,
    OutcomeKind.UNTRUSTED: 4,
    OutcomeKind.NO_SECRET: 5,
    OutcomeKind.UNCLEAR: 6,
    OutcomeKind.REDIRECTED: 6,
}

_OPTIONS = {
    "pbx": "--pbx",
    "ip": "--ip",
    "port": "--port",
    "url": "--url",
    "interval": "--every",
    "proxy": "--proxy",
    "user": "--user",
    "password": "--password-stdin",
    "token": "HBGUI_TOKEN or --token-stdin",
}


def bad_input(problems: Iterable[Problem]) -> UsageError:
    """An error that names the option of each problem and what it allows."""
    sentences = [f"{_OPTIONS.get(p.field, p.field)}: {problem_sentence(p)}" for p in problems]
    return UsageError(" ".join(sentences))


NOTES_APART_S = 60.0
"""Seconds until the same note is written again to standard error."""


class Output:
    """Writes to stdout, bad input, warnings and problems to stderr; everything through `redact`.

    The JSON object always has the `members`, null where there is no value, and lists of warnings
    and problems: warnings concern the settings in use, problems this computer. `command` is the
    name of the command.
    """

    def __init__(self, *, as_json: bool, command: str = "", members: Sequence[str] = ()) -> None:
        self.as_json = as_json
        self.redact: Callable[[str], str] = str
        self.say: Callable[[str], None] = say
        self.say_to_stderr: Callable[[str], None] = say_to_stderr
        self.late_problems: Callable[[float], Iterable[tuple[str, dict[str, str]]]] = (
            lambda _timeout_s: ()
        )
        """Takes a time-out in seconds; returns the problems that other threads found, as notes."""
        self.late_timeout_s = CLOSE_S
        self._command = command
        self._members = members
        self._next_s: dict[str, float] = {}
        self._warnings: dict[str, bool] = {}
        self._problems: dict[str, bool] = {}

    def message(self, attempt: Attempt, outcome: Outcome | None = None) -> Message:
        """The message of `attempt_message`, with the advice for the command line added."""
        message = attempt_message(attempt, outcome)
        advice = self.advice(message.advice, (outcome or attempt.outcome).code)
        return replace(message, advice=advice)

    def advice(self, advice: str, code: str) -> str:
        """The advice, with what helps on the command line only added by the outcome's `code`."""
        if code == "heartbeat_not_sent":
            return f"{advice} On the command line --ip says so."
        if code.startswith("certificate_"):
            return f"{advice} On the command line hbgui trust shows it."
        if not code.startswith(("keyring_", "token_not_stored")):
            return advice
        option = (
            "--print-token without --profile prints"
            if self._command == "login"
            else "--token-stdin takes"
        )
        return f"{advice} On the command line {option} a token without the keyring."

    def attempt(self, attempt: Attempt, name: str = "", device: DeviceInfo | None = None) -> None:
        """Write one heartbeat or other request, as an object or as a block of text."""
        message = self.message(attempt)
        if self.as_json:
            extra: dict[str, object] = {"device": device_members(device)} if device else {}
            self._object(attempt, message.cause, message.advice, extra)
            return
        head = f"{name or attempt.address}: {message.title}"
        facts = device_lines(device) if device else ()
        self.lines(head, message.why, *facts, message.advice)

    def line(self, attempt: Attempt, name: str, next_at: datetime | None) -> None:
        """Write one heartbeat of many, as an object or as one line. `next_at` (aware) is when the
        next one is due, None after the last."""
        if self.as_json:
            self.attempt(attempt)
            return
        message = self.message(attempt)
        at = attempt.sent.utc.astimezone().strftime("%H:%M:%S")
        word = result_word(attempt.outcome.kind)
        if attempt.outcome.accepted:
            result = f"{word}, reports go to {attempt.target}"
        else:
            result = f"{word}: {message.title}. {message.advice}"
        if next_at is not None:
            result += f" (next at {next_at.astimezone().strftime('%H:%M:%S')})"
        self.lines(f"{at}  {name or attempt.address}: {result}")

    def usage(self, error: UsageError) -> None:
        """Write why a command line cannot be carried out."""
        advice = f"See {error.command} --help."
        if self.as_json:
            members = {"outcome": OutcomeKind.INVALID, "message": str(error), "advice": advice}
            self.members(members)
        else:
            self.note(f"hbgui: {error}\n{advice}")

    def fault(self, message: str, advice: str) -> None:
        """Write a fault in hbgui itself."""
        if self.as_json:
            members = {"outcome": "internal_fault", "message": message, "advice": advice}
            with contextlib.suppress(NotWrittenError):
                self.members(members)
        else:
            self.note(f"hbgui: {message} {advice}")

    def warn(self, problems: Iterable[Problem], where: str = "") -> None:
        """Write warnings about options and settings. Errors among `problems` are left out."""
        for problem in problems:
            if problem.severity is not Severity.ERROR:
                option = where or _OPTIONS.get(problem.field, problem.field)
                self.warning(f"{option}: {problem_sentence(problem)}")

    def warning(self, text: str, *, transient: bool = False) -> None:
        """Write a warning. A `transient` one is in the next JSON object only."""
        self._add_note(text, self._warnings, transient=transient)

    def problem(self, text: str, *, transient: bool = False) -> None:
        """Write a problem of settings, history or keyring. A `transient` one is in the next JSON
        object only."""
        self._add_note(text, self._problems, transient=transient)

    def _add_note(self, text: str, notes: dict[str, bool], *, transient: bool) -> None:
        now_s = time.monotonic()
        if not self.as_json and now_s >= self._next_s.get(text, 0.0):
            # Else a problem that comes with every heartbeat would fill a log file.
            self._next_s[text] = now_s + NOTES_APART_S if transient else inf
            self.note(text)
        if self.as_json or not transient:
            notes[text] = transient

    def note(self, text: str) -> None:
        """Write a note for a person to standard error."""
        self.lines(text, to_stderr=True)

    def add_late_problems(self) -> None:
        """Write the problems that other threads have found until now."""
        for code, values in self.late_problems(self.late_timeout_s):
            message = note_message(code, values)
            self.problem(message.cause, transient=True)

    def warnings_and_problems(self) -> dict[str, list[str]]:
        """Warnings and problems as members of an object. Drops the transient ones."""
        members = {
            "warnings": [self.redact(text) for text in self._warnings],
            "problems": [self.redact(text) for text in self._problems],
        }
        self._warnings = {text: False for text, once in self._warnings.items() if not once}
        self._problems = {text: False for text, once in self._problems.items() if not once}
        return members

    def members(self, members: Mapping[str, object], token: Secret | None = None) -> None:
        """Write one JSON object, with secrets hidden in every text. Only `token` is shown."""
        self.add_late_problems()
        cleaned = dict.fromkeys(self._members) | self._clean(members) | self.warnings_and_problems()
        if token is not None:
            cleaned["token"] = token.reveal()
        self.say(json.dumps(cleaned))

    def lines(self, *lines: str, to_stderr: bool = False) -> None:
        """Write a block of text: all lines but the first are indented, empty ones left out."""
        if not to_stderr:
            self.add_late_problems()
        text = self.redact("\n  ".join(line for line in lines if line))
        # Text from the network must not move the cursor or hide earlier lines.
        text = "\n".join(map(printable, text.split("\n")))
        (self.say_to_stderr if to_stderr else self.say)(text)

    def _object(self, attempt: Attempt, text: str, advice: str, extra: dict[str, object]) -> None:
        outcome = attempt.outcome
        good_until = attempt.sent.utc + timedelta(seconds=TOKEN_LIFE_S)
        latency_ms = attempt.latency_ms
        members: dict[str, object] = {
            "outcome": outcome.kind,
            "pbx": attempt.address or None,
            "errno": outcome.errno,
            "message": text,
            "advice": advice or None,
            "http_status": outcome.http_status,
            "latency_ms": None if latency_ms is None else round(latency_ms, 1),
            "report_target": attempt.target or None,
            "token_good_until": iso(good_until) if outcome.code == "accepted" else None,
        }
        self.members(members | extra)

    def _clean(self, members: Mapping[str, object]) -> dict[str, object]:
        return {k: self._cleaned(v) for k, v in members.items()}

    def _cleaned(self, value: object) -> object:
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, Mapping):
            return self._clean(value)
        return [self._cleaned(v) for v in value] if isinstance(value, (list, tuple)) else value
