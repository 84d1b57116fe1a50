"""Everybody else: the jobs that other users bring to the backend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from random import Random

from ..errors import IBMInputValueError
from .workload import not_negative

OURS = "ours"
"""The instance of the workload that is studied."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A job of somebody else."""

    when: float
    instance: str
    before_seconds: float
    quantum_seconds: float
    after_seconds: float


@dataclass(frozen=True, kw_only=True)
class OtherLoad:
    """How busy other users keep the backend: single jobs that arrive at random.

    Raises:
        IBMInputValueError: a number is negative or not finite, or there is no instance.
    """

    jobs_per_hour: float
    """Arrivals are a Poisson process of this rate."""
    quantum_seconds: float
    """Mean time on the QPU; times are lognormal."""
    spread: float = 1.0
    """Standard deviation of the logarithm of the time on the QPU; 0: all jobs are alike."""
    before_seconds: float = 1.0
    """Classical work of each job before the QPU."""
    after_seconds: float = 0.0
    """Classical work of each job after the QPU."""
    instances: int = 4
    """How many instances share the backend, yours among them: each job is of any of them with the same probability."""
    warm_up_seconds: float = 3600.0
    """How long the others have been there when your workload begins."""

    def __post_init__(self) -> None:
        fields = ("jobs_per_hour", "quantum_seconds", "spread", "before_seconds", "after_seconds", "warm_up_seconds")
        for field in fields:
            not_negative(f"OtherLoad's {field}", getattr(self, field))
        if self.instances < 1:
            raise IBMInputValueError(f"OtherLoad's instances: expected at least 1, found {self.instances}.")

    @property
    def utilization(self) -> float:
        """Share of the time the others keep a backend busy that runs one job at once; from 1 on, their queue only grows."""
        return self.jobs_per_hour * (self.before_seconds + self.quantum_seconds + self.after_seconds) / 3600.0

    def arrivals(self, seed: int) -> Iterator[Arrival]:
        """The jobs in order of arrival, without end; time 0 is when your workload begins.

        The same seed gives the same jobs, whatever else happens.
        """
        random = Random(seed)
        when = -self.warm_up_seconds
        while self.jobs_per_hour:
            when += random.expovariate(self.jobs_per_hour / 3600.0)
            number = random.randrange(self.instances)
            instance = f"other {number}" if number else OURS
            yield Arrival(when, instance, self.before_seconds, self._service(random), self.after_seconds)

    def _service(self, random: Random) -> float:
        if not self.quantum_seconds:
            return 0.0
        return random.lognormvariate(log(self.quantum_seconds) - self.spread**2 / 2, self.spread)
