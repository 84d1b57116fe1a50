"""What to do: everything the scheduler asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Start:
    """Start a job in a lane: pre-processing may begin."""

    job: str


@dataclass(frozen=True, slots=True)
class Grant:
    """The QPU is the job's."""

    job: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop a running job; it still has to report that it finished."""

    job: str


@dataclass(frozen=True, slots=True)
class Settle:
    """A job that never started has ended."""

    job: str
    outcome: Literal["CANCELLED", "ERROR"]
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A workload's facts are not what they were."""

    workload: str


Command = Start | Grant | Interrupt | Settle | Changed
