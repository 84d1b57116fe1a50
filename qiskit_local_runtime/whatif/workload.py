"""What is studied: the steps of a workload, and what each of them waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from math import isfinite
from numbers import Real
from typing import Any

from ..errors import IBMInputValueError


@dataclass(frozen=True, kw_only=True)
class Step:
    """One job of a workload.

    Raises:
        IBMInputValueError: a time is negative or not a finite number, or ``after`` is no sequence of places.
    """

    quantum_seconds: float
    """How long it needs the QPU."""
    before_seconds: float = 0.0
    """Classical work in its lane before it wants the QPU, such as transpiling."""
    after_seconds: float = 0.0
    """Classical work in its lane after the QPU, such as mitigation."""
    think_seconds: float = 0.0
    """What your program does between the last result it waits for (or the beginning) and submitting this job."""
    after: tuple[int, ...] = ()
    """The steps whose results it waits for, by their places in the workload, the first being 0."""
    name: str = ""
    """What pictures and records call it; without it, its place."""

    def __post_init__(self) -> None:
        for field in ("quantum_seconds", "before_seconds", "after_seconds", "think_seconds"):
            not_negative(f"A step's {field}", getattr(self, field))
        if not isinstance(self.after, Sequence) or not all(isinstance(place, int) for place in self.after):
            raise IBMInputValueError(f"A step's after: expected places in the workload such as (0, 1), found {self.after!r}.")


def chain(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Make each step wait for the one before it, as the iterations of a VQE do."""
    return tuple(replace(step, after=(place - 1,) if place else ()) for place, step in enumerate(steps))


def checked(workload: Iterable[Step]) -> tuple[Step, ...]:
    """The steps of a workload that can be run to its end.

    Raises:
        IBMInputValueError: there are no steps, something else is among them, or they wait for a step that does not exist
            or, in a circle, for each other.
    """
    steps = tuple(workload)
    if not steps:
        raise IBMInputValueError("A workload has at least one step, found none.")
    for place, step in enumerate(steps):
        if not isinstance(step, Step):
            raise IBMInputValueError(f"A workload consists of Steps, found {type(step).__name__} at place {place}.")
        for other in step.after:
            if not 0 <= other < len(steps):
                raise IBMInputValueError(
                    f"Step {place} waits for step {other}, which does not exist: expected 0 to {len(steps) - 1}."
                )
    _no_circle(steps)
    return steps


def not_negative(what: str, seconds: Any) -> None:
    """Refuse what is no length of time.

    Raises:
        IBMInputValueError: it is negative or not a finite number.
    """
    if not isinstance(seconds, Real) or not isfinite(seconds) or seconds < 0:
        raise IBMInputValueError(f"{what}: expected a finite number >= 0, found {seconds!r}.")


def _no_circle(steps: Sequence[Step]) -> None:
    try:
        TopologicalSorter({place: step.after for place, step in enumerate(steps)}).prepare()
    except CycleError as error:
        # graphlib lists each step before the one that waits for it
        circle = " waits for ".join(str(place) for place in reversed(error.args[1]))
        raise IBMInputValueError(f"Steps wait for each other, so that none can begin: {circle}.") from None
