"""The steps that a simulator does by itself: the office, the list of events, a script."""

from __future__ import annotations

import itertools
import json
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from hbgui.simulator.connection import TICK_S
from hbgui.simulator.documented import DOCUMENTED, Sendable, event_named
from hbgui.simulator.events import encoded
from hbgui.simulator.faults import fault_named
from hbgui.simulator.office import office
from hbgui.simulator.pbx import TRANSPORTS

OFFICE_SPEED = 60.0
"""The factor by which the office is faster than real time: its day of ten hours takes 10 min."""


class ScriptedPbx(Protocol):
    """The part of a simulator that steps act on."""

    fault: str
    transport: str

    @property
    def registered(self) -> bool: ...

    def send_report(self, report: Sendable) -> int: ...

    def restart(self, down_s: float = ...) -> None: ...

    def lose_tokens(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """After `after_s` seconds send `report`, or call `act`, which `description` tells users."""

    after_s: float = 0.0
    report: Sendable | None = None
    act: Callable[[ScriptedPbx], object] | None = None
    description: str = ""


def office_steps(seed: int, first_day: date, every_s: float = 1.0) -> Iterator[ScriptStep]:
    """A small office without end, the same for the same seed and day.

    `every_s` is about the time in seconds between two reports by day: with 1, a day takes ten
    minutes.
    """
    now_s = 0.0
    for moment in office(seed, first_day):
        yield ScriptStep((moment.at_s - now_s) / OFFICE_SPEED * every_s, moment.event)
        now_s = moment.at_s


def even_steps(seed: int, first_day: date, every_s: float) -> Iterator[ScriptStep]:
    """The same office without its pauses, with an event every `every_s` seconds.

    An event that v1 does not have is sent together with the next one.
    """
    for moment in office(seed, first_day):
        yield ScriptStep(every_s if moment.event.v1 else 0.0, moment.event)


def list_steps(every_s: float = 1.0) -> Iterator[ScriptStep]:
    """Each documented event once, in the order of the documents, `every_s` seconds apart."""
    for event in DOCUMENTED:
        yield ScriptStep(every_s, event)


CLOSE_S = 0.4


class Player:
    """Does steps in a thread of its own. Waits while no target is registered.

    `log` is called in that thread with a text for each step that is not a report, and for each
    error.
    """

    def __init__(
        self, pbx: ScriptedPbx, steps: Iterable[ScriptStep], log: Callable[[str], None]
    ) -> None:
        self._pbx = pbx
        self._steps = steps
        self._log = log
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulator-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop after the present step. May be called again."""
        self._closing.set()
        if self._thread is not threading.current_thread():
            self._thread.join(CLOSE_S)

    def wait(self, timeout_s: float) -> bool:
        """Wait up to `timeout_s` seconds for the last step. Returns whether it is done."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._wait_for_target()
        for step in self._steps:
            self._closing.wait(step.after_s)
            if step.report is not None:
                self._wait_for_target()
            if self._closing.is_set():
                return
            self._play(step)
        self._log("no more events")

    def _wait_for_target(self) -> None:
        while not self._pbx.registered and not self._closing.wait(TICK_S / 2):
            pass

    def _play(self, step: ScriptStep) -> None:
        if step.report is not None:
            self._pbx.send_report(step.report)
        if step.act is not None:
            self._log(step.description)
            try:
                step.act(self._pbx)
            except (OSError, ValueError) as error:
                self._log(f"that failed: {error}")


SIZE_MAX = 1024 * 1024
WAIT_MAX_S = 86400.0
ROUND_MIN_S = 0.1
_KEYS = "wait, report, raw, do"
_ACTIONS = "restart, lose-tokens, fault, transport, again"


class ScriptError(ValueError):
    """The file is not a script. The text says what is wrong, and in which line."""


class Script:
    """The steps of a file; without end if its last line is `again`. Raises ScriptError."""

    def __init__(self, path: Path) -> None:
        self._steps, self._again = _read(path)

    def __iter__(self) -> Iterator[ScriptStep]:
        return iter(itertools.cycle(self._steps) if self._again else self._steps)


def _read(path: Path) -> tuple[list[ScriptStep], bool]:
    steps: list[ScriptStep] = []
    again = False
    for number, line in enumerate(_lines(path), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            step = _step(line)
            if again:
                raise ValueError("nothing may follow again")
            if step is None and sum(step.after_s for step in steps) < ROUND_MIN_S:
                raise ValueError(f"again needs waits of {ROUND_MIN_S} s in all before it")
        except ValueError as error:
            raise ScriptError(f"line {number}: {error}") from None
        again = step is None
        steps += [step] if step else []
    if not steps:
        raise ScriptError("there is no step in it")
    return steps, again


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_MAX + 1)
    except OSError as error:
        raise ScriptError(f"it cannot be read: {error.strerror or 'no such file'}") from None
    if len(data) > SIZE_MAX:
        raise ScriptError("it is larger than 1 MiB")
    try:
        return data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScriptError(f"line {line}: not UTF-8") from None


def _step(line: str) -> ScriptStep | None:
    """The step of a line, None for `again`. Raises ValueError."""
    try:
        # Pairs, since a dictionary would lose repeated names.
        pairs = json.loads(line, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(pairs, tuple) or not pairs:
        raise ValueError(f"not an object with one of {_KEYS}")
    members = dict(pairs)
    kinds = [name for name in ("wait", "report", "raw", "do") if name in members]
    if len(kinds) != 1 or len(members) != len(pairs):
        raise ValueError(f"needs exactly one of {_KEYS}")
    return _STEPS[kinds[0]](members)


def _wait(members: dict[str, Any]) -> ScriptStep:
    _check_members(members, "wait")
    return ScriptStep(_seconds(members["wait"], "wait"))


def _report(members: dict[str, Any]) -> ScriptStep:
    _check_members(members, "report")
    report = members["report"]
    if isinstance(report, str):
        return ScriptStep(report=event_named(report))
    if isinstance(report, tuple):
        return ScriptStep(report=encoded(report))
    raise ValueError("report needs the name of an event, or an object to send as it is")


def _raw(members: dict[str, Any]) -> ScriptStep:
    _check_members(members, "raw")
    if not isinstance(members["raw"], str):
        raise ValueError("raw needs a text to send as it is")
    return ScriptStep(report=members["raw"].encode("utf-8", "surrogatepass"))


def _do(members: dict[str, Any]) -> ScriptStep | None:
    action, value = members["do"], members.get("value")
    if action == "restart":
        _check_members(members, "do", "down")
        down_s = _seconds(members.get("down", 0.5), "down")
        return ScriptStep(act=lambda pbx: pbx.restart(down_s), description="restarts")
    _check_members(members, "do", *(["value"] if action in ("fault", "transport") else []))
    if action == "again":
        return None
    if action == "lose-tokens":
        return ScriptStep(act=lambda pbx: pbx.lose_tokens(), description="loses its tokens")
    if action == "fault":
        fault_named(str(value))
        return ScriptStep(act=_setting("fault", str(value)), description=f"fault {value}")
    if action == "transport":
        if value not in TRANSPORTS:
            raise ValueError("transport needs the value HTTP or TCP")
        return ScriptStep(act=_setting("transport", value), description=f"transport {value}")
    raise ValueError(f"do needs one of {_ACTIONS}")


_STEPS: dict[str, Callable[[dict[str, Any]], ScriptStep | None]] = {
    "wait": _wait,
    "report": _report,
    "raw": _raw,
    "do": _do,
}


def _setting(name: str, value: str) -> Callable[[ScriptedPbx], object]:
    return lambda pbx: setattr(pbx, name, value)


def _check_members(members: dict[str, Any], *allowed: str) -> None:
    if members.keys() - set(allowed):
        raise ValueError(f"unknown member; allowed here: {', '.join(allowed)}")


def _seconds(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        value = math.nan
    if not 0 <= value <= WAIT_MAX_S:
        raise ValueError(f"{name} needs seconds, 0 to {WAIT_MAX_S:g}")
    return float(value)
