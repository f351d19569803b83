"""What can happen to a diagnosis or check, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from hbgui.core.attempt import Attempt
from hbgui.core.device import DeviceInfo
from hbgui.core.diagnosis import Diagnosis, Step
from hbgui.core.moment import Moment


@dataclass(frozen=True, slots=True)
class DiagnosisStarted:
    """A diagnosis began, or with `check_only` the question that moves nothing. `number` is that
    of the run."""

    pbx_id: str
    number: int
    at: Moment
    check_only: bool = False


@dataclass(frozen=True, slots=True)
class DiagnosisStep:
    """A link is looked at, or was judged."""

    pbx_id: str
    number: int
    step: Step


@dataclass(frozen=True, slots=True)
class DiagnosisFinished:
    pbx_id: str
    number: int
    diagnosis: Diagnosis
    at: Moment


@dataclass(frozen=True, slots=True)
class DiagnosisCancelled:
    pbx_id: str
    number: int
    at: Moment


@dataclass(frozen=True, slots=True)
class Checked:
    """The PBX was asked about itself, answered `at` this moment, and told `device` if it took the
    token."""

    pbx_id: str
    number: int
    attempt: Attempt
    device: DeviceInfo | None
    at: Moment
